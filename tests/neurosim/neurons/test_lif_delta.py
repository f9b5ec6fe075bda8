"""IFCurrDelta: jumps, order of operations, inputs lost in refractoriness."""

from __future__ import annotations

import math

import numpy as np

from neurosim.neurons import IFCurrDelta
from tests.neurosim.neurons.drive import drive

DT = 0.1


def test_jump_then_decay() -> None:
    trace = drive(IFCurrDelta(), 300, DT, {"delta": {4: 3.0, 104: -5.0}})
    t = np.arange(301) * DT
    exact = np.where(t > 0.45, 3.0 * np.exp((0.5 - t) / 20.0), 0.0)
    exact -= np.where(t > 10.45, 5.0 * np.exp((10.5 - t) / 20.0), 0.0)
    assert np.abs(trace["v"] + 65.0 - exact).max() < 1e-12


def test_both_receptors_act_on_the_potential() -> None:
    assert IFCurrDelta.inputs() == ("delta",)
    receptors = [(r.name, r.unit, r.sign) for r in IFCurrDelta.receptors]
    assert receptors == [("excitatory", "mV", 1), ("inhibitory", "mV", -1)]


def test_jump_fires_in_the_step_in_which_it_arrives() -> None:
    assert drive(IFCurrDelta(), 10, DT, {"delta": {6: 15.0}}).spikes.tolist() == [6]
    assert drive(IFCurrDelta(), 10, DT, {"delta": {6: 14.999}}).spikes.tolist() == []


def test_jump_counts_after_the_decay_of_its_step() -> None:
    jumps = {"delta": {0: 10.0, 10: 15.0 - 10.0 * math.exp(-1.0 / 20.0) + 1e-9}}
    assert drive(IFCurrDelta(), 12, DT, jumps).spikes.tolist() == [10]


def test_inputs_are_lost_in_refractoriness() -> None:
    neuron = IFCurrDelta(tau_refrac=1.0, v_reset=-70.0)
    alone = drive(neuron, 60, DT, {"delta": {5: 20.0}})
    for step in range(6, 16):
        trace = drive(neuron, 60, DT, {"delta": {5: 20.0, step: 19.0}})
        assert trace.spikes.tolist() == [5]
        assert np.array_equal(trace["v"], alone["v"])
    late = drive(neuron, 60, DT, {"delta": {5: 20.0, 16: 21.0}})
    assert late.spikes.tolist() == [5, 16]


def test_rate_under_constant_current() -> None:
    neuron = IFCurrDelta(i_offset=1.0, tau_refrac=2.0)
    rise = math.ceil(20.0 * math.log(4.0) / DT)
    spikes = drive(neuron, 2000, DT).spikes
    assert spikes[0] == rise - 1
    assert (np.diff(spikes) == rise + 20).all()
    injected = drive(IFCurrDelta(tau_refrac=2.0), 2000, DT, injected=1.0)
    assert np.array_equal(injected.spikes, spikes)
