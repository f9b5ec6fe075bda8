from __future__ import annotations

import nir
import numpy as np
import pytest

from neurosim.errors import ParameterError, WiringError
from neurosim.facade import simulate
from neurosim.io.nir import duration, from_graph, latency, output
from tests.neurosim.io.frameworks import played

from .graphs import chain, lif, node


@pytest.fixture
def network():
    made = chain(lif(2, tau=0.001), nir.Linear(np.eye(2)), node("LI", 2), n_in=2, n_out=2)
    found = from_graph(made, 0.5, "norse")
    found.record("a", "spikes")
    return found


def test_latency_and_duration(network):
    assert [latency(network, name) for name in network.populations] == [0, 0, 1]
    assert duration(network, 10, 0.5) == 5.5
    with pytest.raises(WiringError):
        latency(network, "x")


def test_rows_are_steps_of_the_graph(network):
    x = np.zeros((8, 2), dtype=np.bool_)
    x[[2, 3], 0] = True  # with dt = tau / 2 the second of two inputs brings 0.75
    found = played(network, x, 0.5, name="in")
    assert found.duration == duration(network, 8, 0.5)
    spikes = output(found, network, "a", 8)
    assert spikes.dtype == np.bool_
    assert np.argwhere(spikes).tolist() == [[3, 0]]
    v = output(found, network, "c", 8)
    assert v.shape == (8, 2)
    assert (v[:3] == 0.1).all()
    assert v[3, 0] == pytest.approx(0.1 + 0.05)
    assert np.array_equal(v, output(found, network, "c", 8, "v"))


def test_what_was_not_recorded_or_not_run_is_refused(network):
    short = simulate(network, 4.0, dt=0.5, seed=1, backend="reference")
    assert output(short, network, "c", 7).shape == (7, 2)
    with pytest.raises(ParameterError, match=r"steps: must be at most 7.*duration"):
        output(short, network, "c", 8)
    with pytest.raises(WiringError):
        output(short, network, "a", 4, "v")
    with pytest.raises(WiringError):
        output(short, network, "in", 4)
    for steps in (0, -1, 1.5, True, None):
        with pytest.raises(ParameterError, match="steps: must be a whole number >= 1"):
            output(short, network, "c", steps)
        with pytest.raises(ParameterError, match="steps: must be a whole number >= 1"):
            duration(network, steps, 0.5)


def test_parts_are_refused():
    made = from_graph(chain(lif(3), n_in=3, n_out=3), 1.0)
    made.probes.clear()
    made.record(made["a"][:2], "spikes")
    made.record("a", "v", every=2.0)
    found = simulate(made, 4.0, dt=1.0, seed=1, backend="reference")
    with pytest.raises(ParameterError, match="must hold all units"):
        output(found, made, "a", 3)
    with pytest.raises(ParameterError, match="must hold every step"):
        output(found, made, "a", 3, "v")
