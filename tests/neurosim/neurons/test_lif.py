"""IFCurrExp: closed forms, refractoriness, the SpiNNaker form."""

from __future__ import annotations

import math
from decimal import Decimal, localcontext

import numpy as np
import pytest

from neurosim.distributions import Uniform
from neurosim.errors import ParameterError
from neurosim.neurons import IFCurrExp
from tests.neurosim.neurons.drive import drive

DT = 0.1
CLASS_A = {"cm": 0.27, "tau_m": 3.0, "v_thresh": -57.0}
CLASS_B = {"cm": 0.14, "tau_m": 0.5, "v_thresh": -57.0}
CA3 = {
    "tau_refrac": 1.0, "tau_syn_E": 0.3, "tau_syn_I": 0.3, "v_rest": -60.0, "v_reset": -60.0,
}  # fmt: skip


def response(t: float, tau_m: float, tau_syn: float, cm: float) -> float:
    """mV at ``t`` ms after a current of 1 nA began to decay, in exact arithmetic."""
    with localcontext() as context:
        context.prec = 60
        t, tau_m, tau_syn, cm = (Decimal(x) for x in (t, tau_m, tau_syn, cm))
        if tau_m == tau_syn:
            return float(t / cm * (-t / tau_m).exp())
        rate = 1 / tau_m - 1 / tau_syn
        return float(((-t / tau_syn).exp() - (-t / tau_m).exp()) / rate / cm)


@pytest.mark.parametrize("tau_syn", [0.05, 5.0, 19.9999999, 20.0, 20.0000001, 80.0])
def test_response_to_one_spike(tau_syn: float) -> None:
    neuron = IFCurrExp(tau_syn_E=tau_syn, tau_syn_I=tau_syn, v_thresh=1e3)
    for receptor, sign in (("excitatory", 1.0), ("inhibitory", -1.0)):
        trace = drive(neuron, 400, DT, {receptor: {2: sign}})
        exact = [response(k * DT, 20.0, tau_syn, 1.0) for k in range(398)]
        assert np.abs(trace["v"][3:] + 65.0 - sign * np.array(exact)).max() < 1e-12
        assert (trace["v"][:4] == -65.0).all()


def test_two_receptors_add_up() -> None:
    neuron = IFCurrExp(tau_syn_I=3.0, v_thresh=1e3)
    both = drive(neuron, 300, DT, {"excitatory": {5: 3.0}, "inhibitory": {9: -2.0}})
    one = drive(neuron, 300, DT, {"excitatory": {5: 3.0}})
    other = drive(neuron, 300, DT, {"inhibitory": {9: -2.0}})
    assert np.allclose(both["v"] + 65.0, one["v"] + other["v"] + 130.0, rtol=0, atol=1e-12)


@pytest.mark.parametrize("current", [0.751, 0.8, 1.0, 2.5, 20.0])
@pytest.mark.parametrize("tau_refrac", [0.0, 0.1, 2.0, 2.05])
def test_rate_under_constant_current(current: float, tau_refrac: float) -> None:
    neuron = IFCurrExp(i_offset=current, tau_refrac=tau_refrac)
    rise = 20.0 * math.log(20.0 * current / (20.0 * current - 15.0))
    interval = math.ceil(rise / DT) + math.ceil(tau_refrac / DT - 1e-6)
    spikes = drive(neuron, 4 * interval, DT).spikes
    assert spikes[0] == math.ceil(rise / DT) - 1
    assert (np.diff(spikes) == interval).all()


def test_injected_current_acts_like_an_offset() -> None:
    for timing in ("standard", "spinnaker"):
        offset = drive(IFCurrExp(i_offset=1.0), 1000, DT, timing=timing)
        injected = drive(IFCurrExp(), 1000, DT, injected=1.0, timing=timing)
        assert np.array_equal(offset.spikes, injected.spikes)
        assert np.allclose(offset["v"], injected["v"], rtol=0, atol=1e-10)


@pytest.mark.parametrize("timing", ["standard", "spinnaker"])
def test_refractoriness_holds_the_potential_and_not_the_currents(timing: str) -> None:
    neuron = IFCurrExp(tau_refrac=1.0, v_reset=-70.0, i_offset=2.0)
    trace = drive(neuron, 400, DT, {"excitatory": {100: 1.0}}, timing=timing)
    spike = trace.spikes[0]
    assert (trace["v"][spike + 1 : spike + 12] == -70.0).all()
    assert trace["v"][spike + 12] > -70.0
    held = drive(neuron, 400, DT, {"excitatory": {spike + 3: 1.0}}, timing=timing)
    free = drive(IFCurrExp(v_thresh=1e3), 400, DT, {"excitatory": {spike + 3: 1.0}}, timing=timing)
    assert np.array_equal(held["isyn_exc"], free["isyn_exc"])


def test_time_of_an_input_by_timing() -> None:
    neuron = IFCurrExp()
    standard = drive(neuron, 10, 1.0, {"excitatory": {3: 1.0}})
    board = drive(neuron, 10, 1.0, {"excitatory": {3: 1.0}}, timing="spinnaker")
    assert np.flatnonzero(standard["v"] > -65.0)[0] == 5
    assert np.flatnonzero(board["v"] > -65.0)[0] == 4


@pytest.mark.parametrize(
    ("neuron_class", "gain", "needed"), [(CLASS_A, 0.911187, 3.2924), (CLASS_B, 0.893377, 3.3580)]
)
def test_spinnaker_form_of_the_ca3_memory(
    neuron_class: dict[str, float], gain: float, needed: float
) -> None:
    neuron = IFCurrExp(**CA3, **neuron_class)
    one = drive(neuron, 3, 1.0, {"excitatory": {0: 1.0}}, timing="spinnaker")
    assert one["v"][1] + 60.0 == pytest.approx(gain, abs=5e-7)
    assert 3.0 / (one["v"][1] + 60.0) == pytest.approx(needed, abs=5e-5)
    for weight, fires in ((needed - 1e-3, 0), (needed + 1e-3, 1)):
        given = {"excitatory": {4: weight}}
        trace = drive(neuron, 5, 1.0, given, timing="spinnaker")
        assert trace.spikes.tolist() == [4] * fires


def test_spinnaker_form_of_the_read_out() -> None:
    neuron = IFCurrExp(**CA3, **{**CLASS_A, "v_thresh": -57.5})
    for weight, fires in ((2.743, 0), (2.744, 1)):
        trace = drive(neuron, 1, 1.0, {"excitatory": {0: weight}}, timing="spinnaker")
        assert len(trace.spikes) == fires


def test_spinnaker_form_spikes_at_most_every_second_step() -> None:
    neuron = IFCurrExp(**CA3, **CLASS_A)
    inputs = {"excitatory": dict.fromkeys(range(8), 6.0)}
    assert drive(neuron, 8, 1.0, inputs, timing="spinnaker").spikes.tolist() == [0, 2, 4, 6]


def test_reset_must_be_below_threshold() -> None:
    for reset in (-50.0, -40.0):
        with pytest.raises(ParameterError, match=r"v_reset: must be < v_thresh \(-50.0 mV\)"):
            IFCurrExp(v_reset=reset)
    with pytest.raises(ParameterError, match="v_reset"):
        IFCurrExp(v_reset=[-65.0, -49.0])
    with pytest.raises(ParameterError, match="must have 3 values, as many as v_thresh"):
        IFCurrExp(v_reset=[-65.0, -64.0], v_thresh=[-50.0, -51.0, -52.0])
    IFCurrExp(v_reset=Uniform(-70.0, -60.0))
    assert IFCurrExp(v_reset=-66.0).replace(v_thresh=-60.0).v_reset == -66.0
