"""Leaky: order of decay, reset, input and threshold, against plain loops over matrices."""

from __future__ import annotations

import numpy as np
import pytest

import neurosim as ns
from neurosim.errors import ParameterError
from neurosim.neurons import Leaky
from tests.neurosim.neurons.drive import drive

STEPS, DT = 60, 1.0


def test_the_reset_subtracts_one_step_after_the_spike() -> None:
    trace = drive(Leaky(beta=0.5), 5, inputs={"arrived": {0: 1.5, 1: 1.0}})
    assert trace["v"].tolist() == [0.0, 1.5, 0.75, 0.375, 0.1875, 0.09375]
    assert trace.spikes.tolist() == [0]


def test_the_reset_to_zero_keeps_the_input_of_its_step() -> None:
    trace = drive(Leaky(beta=0.5, reset="zero"), 4, inputs={"arrived": {0: 9.0, 1: 0.5}})
    assert trace["v"].tolist() == [0.0, 9.0, 0.5, 0.25, 0.125]
    assert trace.spikes.tolist() == [0]


def test_a_potential_at_the_threshold_does_not_spike() -> None:
    assert drive(Leaky(threshold=2.0), 1, inputs={"arrived": {0: 2.0}}).spikes.tolist() == []
    more = float(np.nextafter(2.0, 3.0))
    assert drive(Leaky(threshold=2.0), 1, inputs={"arrived": {0: more}}).spikes.tolist() == [0]


def test_a_constant_input_goes_to_its_closed_form() -> None:
    beta, offset = 0.8, 0.1
    trace = drive(Leaky(beta=beta, i_offset=offset), 50)
    expected = offset * (1.0 - beta ** np.arange(51)) / (1.0 - beta)
    assert trace["v"] == pytest.approx(expected, rel=1e-14)


def test_nothing_depends_on_the_time_step() -> None:
    neuron = Leaky(beta=0.7, threshold=[0.5, 1.0], i_offset=0.2)
    coarse, fine = neuron.constants(1.0), neuron.constants(0.1)
    assert set(coarse) == set(fine)
    assert all(np.array_equal(coarse[name], fine[name]) for name in coarse)


def test_an_unknown_reset_is_refused() -> None:
    with pytest.raises(ParameterError, match=r"Leaky\.reset: must be one of 'subtract', 'zero'"):
        Leaky(reset="none")


def recurrent(reset: str) -> tuple[ns.Network, np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(3)
    x = rng.random((STEPS, 20)) < 0.2
    w_in = (0.5 * rng.normal(size=(20, 30))).astype(np.float32)
    w_rec = (0.2 * rng.normal(size=(30, 30))).astype(np.float32)
    net = ns.Network("recurrent")
    given = [np.flatnonzero(column) * DT for column in x.T]
    source = net.population("in", 20, ns.SpikeSourceArray(spike_times=given))
    cells = net.population("cells", 30, ns.Leaky(beta=0.95, reset=reset))
    net.project(source, cells, ns.AllToAll(), ns.Static(w_in, DT))
    net.project(cells, cells, ns.AllToAll(), ns.Static(w_rec, DT))
    net.record(cells, ["spikes", "v"])
    return net, x, w_in, w_rec


@pytest.mark.parametrize("backend", ["numba", "reference"])
@pytest.mark.parametrize("reset", ["subtract", "zero"])
def test_a_recurrent_layer_is_the_plain_loop_over_matrices(backend: str, reset: str) -> None:
    net, x, w_in, w_rec = recurrent(reset)
    recording = ns.simulate(net, STEPS * DT, dt=DT, seed=1, backend=backend)
    v, s = np.zeros(30), np.zeros(30, dtype=bool)
    for step in range(STEPS):
        arrived = np.zeros(30)
        for row in (*w_in[x[step]], *w_rec[s]):  # one by one: the sum has the order of the engine
            arrived += row
        kept = v * ~s if reset == "zero" else v
        v = 0.95 * kept + arrived - (s if reset == "subtract" else 0.0)
        s = v > 1.0
        assert np.array_equal(recording.signal("cells", "v")[step + 1], v)
        spikes = recording.spikes["cells"]
        now = spikes.ids[spikes.times == (step + 1) * DT]
        assert np.array_equal(now, np.flatnonzero(s))
    assert len(recording.spikes["cells"]) > 100
