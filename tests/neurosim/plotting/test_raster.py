import time

import numpy as np
import pytest
from matplotlib import pyplot

import neurosim as ns
from neurosim.errors import ParameterError, WiringError
from neurosim.plotting import raster


def test_one_population_has_its_ids_on_the_axis(recording):
    ax = raster(recording, "exc")
    (line,) = ax.lines
    assert line.get_xdata().tolist() == [1.0, 5.0, 12.0, 19.0]
    assert line.get_ydata().tolist() == [0, 8, 4, 0]
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("time (ms)", "exc (unit)")
    assert (ax.get_xlim(), ax.get_ylim()) == ((0.0, 20.0), (-0.5, 8.5))


def test_several_populations_stand_on_each_other(recording):
    ax = raster(recording)
    exc, inh = ax.lines[:2]
    assert exc.get_ydata().tolist() == [0, 2, 1, 0]  # rows of the recorded units 0, 4, 8
    assert inh.get_ydata().tolist() == [4]
    assert [t.get_text() for t in ax.get_yticklabels()] == ["exc", "inh"]
    assert ax.get_yticks().tolist() == [1.0, 3.5]
    assert exc.get_color() != inh.get_color()


def test_the_order_is_that_of_the_call(recording):
    ax = raster(recording, ["inh", "exc"])
    assert [t.get_text() for t in ax.get_yticklabels()] == ["inh", "exc"]


def test_a_window_limits_time(recording):
    ax = raster(recording, "exc", window=(4.0, 12.0))
    assert ax.lines[0].get_xdata().tolist() == [5.0]
    assert ax.get_xlim() == (4.0, 12.0)


def test_given_axes_are_used(recording):
    ax = pyplot.subplots()[1]
    assert raster(recording, ax=ax) is ax
    assert len(pyplot.get_fignums()) == 1


def test_many_spikes_are_drawn_as_pixels_in_short_time(tmp_path):
    rng = np.random.default_rng(1)
    times, ids = np.sort(rng.random(10**6)) * 1e3, rng.integers(0, 10_000, 10**6)
    spikes = {"exc": ns.SpikeTrains(times, ids.astype(np.int32), np.arange(10_000, dtype=np.int32))}
    began = time.process_time()
    ax = raster(ns.Recording(spikes, {}, 1e3))
    ax.figure.savefig(tmp_path / "many.pdf")
    assert time.process_time() - began < 5.0
    assert ax.lines[0].get_rasterized()
    assert (tmp_path / "many.pdf").stat().st_size < 10**6


def test_silent_populations_can_be_drawn():
    silent = ns.SpikeTrains(np.empty(0), np.empty(0, np.int32), np.arange(3, dtype=np.int32))
    assert raster(ns.Recording({"exc": silent}, {}, 0.0)).get_ylim() == (-0.5, 2.5)


def test_wrong_arguments_are_named(recording):
    with pytest.raises(ParameterError, match="recording: must be a Recording"):
        raster({"exc": []})
    with pytest.raises(WiringError, match=r"spikes of 'ex' were not recorded. Did you mean 'exc'"):
        raster(recording, "ex")
    with pytest.raises(WiringError, match="spikes of 3 were not recorded"):
        raster(recording, [3])
    with pytest.raises(ParameterError, match="populations: must be names"):
        raster(recording, 3)
    with pytest.raises(ParameterError, match="ax: must be matplotlib Axes"):
        raster(recording, ax="axes")
    with pytest.raises(WiringError, match="no spikes were recorded"):
        raster(ns.Recording({}, {}, 1.0))


@pytest.mark.parametrize("window", [(5.0, 5.0), (9.0, 5.0), 5.0, "ab", (1.0,), (np.nan, 1.0)])
def test_a_wrong_window_is_refused(recording, window):
    with pytest.raises(ParameterError, match="window: must be"):
        raster(recording, window=window)
