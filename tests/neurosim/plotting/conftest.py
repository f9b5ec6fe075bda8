"""A small recording, and figures without a screen."""

import matplotlib as mpl
import numpy as np
import pytest

import neurosim as ns


@pytest.fixture(autouse=True)
def plain_figures():
    mpl.use("Agg")
    from matplotlib import pyplot

    before = dict(mpl.rcParams)
    yield
    pyplot.close("all")
    assert dict(mpl.rcParams) == before


@pytest.fixture
def recording():
    spikes = {
        "exc": ns.SpikeTrains(
            np.array([1.0, 5.0, 12.0, 19.0]), np.array([0, 8, 4, 0], np.int32), np.array([0, 4, 8])
        ),
        "inh": ns.SpikeTrains(np.array([15.0]), np.array([1], np.int32), np.arange(2), 10.0, 20.0),
    }
    times = np.arange(5) * 5.0
    signals = {
        ("exc", "v"): ns.Signal(times[:, None] - [60.0, 65.0], times, 5.0, np.array([0, 4]), "mV"),
        ("many", "w"): ns.Signal(
            np.arange(5.0)[:, None] + np.arange(101), times, 5.0, np.arange(101), "1"
        ),
    }
    return ns.Recording(spikes, signals, 20.0)
