import numpy as np
import pytest

import neurosim as ns
from neurosim.errors import ParameterError
from neurosim.plotting import rate


def stairs(ax):
    return [tuple(a.tolist() for a in patch.get_data()[:2]) for patch in ax.patches]


def test_rates_are_per_unit_and_second(recording):
    ax = rate(recording, bin=10.0)
    exc, inh = stairs(ax)
    assert exc == ([pytest.approx(2000.0 / 30.0)] * 2, [0.0, 10.0, 20.0])
    assert inh == ([50.0], [10.0, 20.0])  # recorded from 10 ms on
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("time (ms)", "rate (Hz)")
    assert [t.get_text() for t in ax.get_legend().get_texts()] == ["exc", "inh"]


def test_a_shorter_last_bin_has_the_right_rate(recording):
    values, edges = stairs(rate(recording, "exc", bin=15.0))[0]
    assert edges == [0.0, 15.0, 20.0]
    assert values == [pytest.approx(3000.0 / 45.0), pytest.approx(1000.0 / 15.0)]


def test_bins_that_fit_despite_rounding_are_not_split(recording):
    short = ns.Recording(recording.spikes, {}, 20.0)
    assert len(stairs(rate(short, "exc", bin=0.1))[0][0]) == 200


def test_no_time_is_drawn_as_nothing():
    silent = ns.SpikeTrains(np.empty(0), np.empty(0, np.int32), np.arange(3, dtype=np.int32))
    assert stairs(rate(ns.Recording({"exc": silent}, {}, 0.0)))[0][0] == [0.0]


def test_a_window_limits_time(recording):
    assert rate(recording, window=(5.0, 10.0)).get_xlim() == (5.0, 10.0)


@pytest.mark.parametrize("width", [0.0, -1.0, np.nan, "wide", None])
def test_a_wrong_bin_is_refused(recording, width):
    with pytest.raises(ParameterError, match=r"rate.bin: must be > 0 ms"):
        rate(recording, bin=width)
