"""IFCondExp and IFCondAlpha: conductances, orders of convergence, stability, refractoriness."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from neurosim.neurons import IFCondAlpha, IFCondExp
from tests.neurosim.neurons.drive import drive, errors, orders

DT = 0.1
KINDS = [IFCondExp, IFCondAlpha]
INTEGRATORS = ["exponential_euler", "pade", "rk4"]
INPUTS = {
    "excitatory": {2.0: 0.02, 4.0: 0.05, 4.2: 0.05, 9.0: 0.3},
    "inhibitory": {6.0: 0.1, 12.0: 0.4},
}
both = pytest.mark.parametrize("kind", KINDS)
every = pytest.mark.parametrize("integrator", INTEGRATORS)


@every
def test_exponential_conductance(integrator: str) -> None:
    neuron = IFCondExp(tau_syn_I=2.0, integrator=integrator, v_thresh=1e3)
    trace = drive(neuron, 200, DT, {"excitatory": {4: 0.3}, "inhibitory": {4: 0.2}})
    t = np.arange(196) * DT
    assert np.allclose(trace["gsyn_exc"][5:], 0.3 * np.exp(-t / 5.0), rtol=0, atol=1e-14)
    assert np.allclose(trace["gsyn_inh"][5:], 0.2 * np.exp(-t / 2.0), rtol=0, atol=1e-14)


@every
def test_alpha_conductance(integrator: str) -> None:
    neuron = IFCondAlpha(tau_syn_E=2.0, tau_syn_I=1.0, integrator=integrator, v_thresh=1e3)
    trace = drive(neuron, 200, DT, {"excitatory": {4: 0.3}, "inhibitory": {4: 0.2}})
    t = np.arange(196) * DT
    excitatory, inhibitory = 0.3 * t / 2.0 * np.exp(1.0 - t / 2.0), 0.2 * t * np.exp(1.0 - t)
    assert np.allclose(trace["gsyn_exc"][5:], excitatory, rtol=0, atol=1e-14)
    assert np.allclose(trace["gsyn_inh"][5:], inhibitory, rtol=0, atol=1e-14)


@both
@pytest.mark.parametrize(
    ("integrator", "order", "worst"),
    [("exponential_euler", 2, 5e-3), ("pade", 2, 5e-3), ("rk4", 4, 2e-6)],
)
def test_order_of_convergence(kind: Any, integrator: str, order: int, worst: float) -> None:
    common = {"tau_syn_E": 2.0, "tau_syn_I": 3.0, "v_thresh": 1e3}
    neuron, exact = kind(integrator=integrator, **common), kind(integrator="rk4", **common)
    found = errors(neuron, exact, (0.2, 0.1, 0.05), 0.005, 20.0, INPUTS, injected=0.1)
    assert np.abs(orders(found) - order).max() < 0.15
    assert found[1] < worst  # at dt = 0.1 ms; measured 6e-4 and 4e-3, 2e-7 and 1.3e-6 mV


@both
@every
def test_without_synapses_the_membrane_is_a_leaky_integrator(kind: Any, integrator: str) -> None:
    neuron = kind(i_offset=1.0, tau_refrac=2.0, integrator=integrator)
    trace = drive(neuron, 1000, DT)
    rise = math.ceil(20.0 * math.log(4.0) / DT)
    assert trace.spikes[0] == rise - 1
    assert (np.diff(trace.spikes) == rise + 20).all()
    t = np.arange(rise) * DT
    atol = 1e-12 if integrator == "exponential_euler" else 1e-7
    assert np.allclose(trace["v"][:rise], -45.0 - 20.0 * np.exp(-t / 20.0), rtol=0, atol=atol)
    injected = drive(kind(tau_refrac=2.0, integrator=integrator), 1000, DT, injected=1.0)
    assert np.array_equal(injected.spikes, trace.spikes)


@both
@every
def test_refractoriness_holds_the_potential_and_not_the_conductances(
    kind: Any, integrator: str
) -> None:
    neuron = kind(tau_refrac=1.0, v_reset=-70.0, i_offset=2.0, integrator=integrator)
    spike = drive(neuron, 300, DT).spikes[0]
    late = {"excitatory": {spike + 3: 0.1}}
    held = drive(neuron, 300, DT, late)
    free = drive(neuron.replace(v_thresh=1e3), 300, DT, late)
    assert (held["v"][spike + 1 : spike + 12] == -70.0).all()
    assert held["v"][spike + 12] > -70.0
    assert np.array_equal(held["gsyn_exc"], free["gsyn_exc"])


@both
@pytest.mark.parametrize("integrator", ["exponential_euler", "pade"])
def test_the_potential_stays_between_the_reversal_potentials(kind: Any, integrator: str) -> None:
    neuron = kind(v_thresh=1e3, integrator=integrator)
    inputs = {"excitatory": {0: 500.0, 20: 1e5}, "inhibitory": {10: 800.0}}
    trace = drive(neuron, 60, 1.0, inputs)
    assert trace["v"].min() >= -70.0
    assert trace["v"].max() <= 0.0


@both
@pytest.mark.parametrize(("strength", "most"), [(0.02, 1e-5), (0.2, 3e-3), (1.0, 0.3)])
def test_pade_differs_by_what_its_factor_does(kind: Any, strength: float, most: float) -> None:
    inputs = {"excitatory": {5: strength, 30: strength}, "inhibitory": {20: strength}}
    exact = drive(kind(v_thresh=1e3, cm=0.2), 100, DT, inputs)
    found = drive(kind(v_thresh=1e3, cm=0.2, integrator="pade"), 100, DT, inputs)
    x = DT * (0.01 + exact["gsyn_exc"] + exact["gsyn_inh"]).max() / 0.2
    difference = np.abs(found["v"] - exact["v"]).max()
    assert 0.0 < difference < x**4 / 24.0 * 70.0 / -math.expm1(-x)
    assert difference < most
