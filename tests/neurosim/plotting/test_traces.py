import numpy as np
import pytest
from matplotlib import pyplot

from neurosim.errors import ParameterError, WiringError
from neurosim.plotting import traces


def labels(ax):
    return [t.get_text() for t in ax.get_legend().get_texts()]


def test_few_units_are_single_lines(recording):
    ax = traces(recording, "exc", "v")
    assert [line.get_ydata().tolist() for line in ax.lines] == [
        [-60.0, -55.0, -50.0, -45.0, -40.0],
        [-65.0, -60.0, -55.0, -50.0, -45.0],
    ]
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("time (ms)", "v (mV)")
    assert labels(ax) == ["exc 0", "exc 4"]
    assert ax.get_xlim() == (0.0, 20.0)


def test_units_are_chosen_by_id(recording):
    ax = traces(recording, "exc", units=4)
    assert labels(ax) == ["exc 4"]
    assert ax.lines[0].get_ydata()[0] == -65.0
    assert len(traces(recording, "many", "w", units=np.arange(12)).lines) == 12


def test_many_units_are_a_mean_and_a_range(recording):
    ax = traces(recording, "many", "w")
    (line,) = ax.lines
    assert line.get_ydata().tolist() == [50.0, 51.0, 52.0, 53.0, 54.0]
    band = ax.collections[0].get_paths()[0].vertices
    first = band[band[:, 0] == 0.0][:, 1]
    assert (first.min(), first.max()) == (5.0, 95.0)
    assert labels(ax) == ["mean of 101 units of many", "90 % of them"]
    assert ax.get_ylabel() == "w"


def test_only_the_lowest_of_shared_axes_has_a_label(recording):
    upper, lower = pyplot.subplots(2, sharex=True)[1]
    assert traces(recording, "exc", ax=upper).get_xlabel() == ""
    assert traces(recording, "exc", ax=lower).get_xlabel() == "time (ms)"


def test_a_window_limits_time(recording):
    assert traces(recording, "exc", window=(5.0, 10.0)).get_xlim() == (5.0, 10.0)


@pytest.mark.parametrize("units", [[1], "a", [0, None], 2.5e9])
def test_units_that_were_not_recorded_are_refused(recording, units):
    with pytest.raises(ParameterError, match="units: must be ids among the 2 recorded units"):
        traces(recording, "exc", units=units)


def test_what_was_not_recorded_is_refused(recording):
    with pytest.raises(WiringError, match=r"exc.u was not recorded"):
        traces(recording, "exc", "u")
    with pytest.raises(ParameterError, match="recording: must be a Recording"):
        traces(None, "exc")
