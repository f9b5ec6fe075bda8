"""AdEx: orders of convergence, adaptation, reset, no overflow."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from neurosim.errors import ParameterError
from neurosim.neurons import AdEx
from tests.neurosim.neurons.drive import drive, errors, orders

DT = 0.1
INTEGRATORS = ["rk4", "exponential_euler"]
every = pytest.mark.parametrize("integrator", INTEGRATORS)


@pytest.mark.parametrize(
    ("integrator", "order", "worst"), [("rk4", 4, 1e-7), ("exponential_euler", 1, 2e-3)]
)
def test_order_of_convergence(integrator: str, order: int, worst: float) -> None:
    inputs = {"excitatory": {2.0: 0.005, 4.0: 0.01}, "inhibitory": {8.0: 0.05}}
    neuron = AdEx(integrator=integrator)
    found = errors(neuron, AdEx(), (0.2, 0.1, 0.05), 0.005, 20.0, inputs, injected=0.3)
    assert np.abs(orders(found) - order).max() < 0.2
    assert found[1] < worst  # at dt = 0.1 ms; measured 1.6e-8 and 4.4e-4 mV


@every
def test_subthreshold_rest_with_adaptation(integrator: str) -> None:
    # without the exponential: v - v_rest = I / (g + a), w = a (v - v_rest)
    neuron = AdEx(delta_T=0.0, v_thresh=-40.0, i_offset=0.3, integrator=integrator)
    trace = drive(neuron, 20000, DT)
    rise = 0.3 / (0.281 / 9.3667 + 4e-3)
    assert trace["v"][-1] + 70.6 == pytest.approx(rise, abs=1e-4)
    assert trace["w"][-1] == pytest.approx(4e-3 * rise, abs=1e-6)


@every
def test_spike_resets_adapts_and_holds(integrator: str) -> None:
    neuron = AdEx(i_offset=1.0, tau_refrac=1.0, v_reset=-60.0, integrator=integrator)
    trace = drive(neuron, 1000, DT)
    spike = trace.spikes[0]
    assert (trace["v"][spike + 1 : spike + 12] == -60.0).all()
    assert trace["v"][spike + 12] != -60.0
    assert trace["w"][spike + 1] - trace["w"][spike] == pytest.approx(0.0805, abs=1e-3)
    t = np.arange(11) * DT
    w_inf = 4e-3 * (70.6 - 60.0)
    w = w_inf + (trace["w"][spike + 1] - w_inf) * np.exp(-t / 144.0)
    assert np.allclose(trace["w"][spike + 1 : spike + 12], w, rtol=0, atol=1e-12)
    gaps = np.diff(trace.spikes)
    assert gaps[-1] > 1.5 * gaps[0]


@every
def test_without_exponential_it_is_a_leaky_integrator(integrator: str) -> None:
    neuron = AdEx(delta_T=0.0, a=0.0, b=0.0, i_offset=1.0, integrator=integrator)
    steady = 1.0 * 9.3667 / 0.281
    rise = math.ceil(9.3667 * math.log(steady / (steady - 20.2)) / DT)
    spikes = drive(neuron, 1000, DT).spikes
    assert spikes[0] == rise - 1
    assert (np.diff(spikes) == rise + 1).all()
    injected = drive(neuron.replace(i_offset=0.0), 1000, DT, injected=1.0)
    assert np.array_equal(injected.spikes, spikes)


@every
@pytest.mark.parametrize(
    "extreme", [{"v_spike": 500.0, "delta_T": 0.1}, {"delta_T": 1e-6}, {"v_spike": 1e4}]
)
def test_no_overflow(integrator: str, extreme: dict[str, Any]) -> None:
    neuron = AdEx(i_offset=1.5, integrator=integrator, **extreme)
    trace = drive(neuron, 1000, DT, {"excitatory": {50: 0.5}, "inhibitory": {60: 0.5}})
    assert len(trace.spikes) > 3
    for name in ("v", "w"):
        assert np.isfinite(trace[name]).all()
    assert trace["v"].max() < neuron.v_spike


def test_thresholds_must_be_ordered() -> None:
    with pytest.raises(ParameterError, match=r"v_reset: must be < v_spike \(-40.0 mV\)"):
        AdEx(v_reset=-40.0)
    with pytest.raises(ParameterError, match=r"v_thresh: must be <= v_spike \(-40.0 mV\)"):
        AdEx(v_thresh=-39.0)
    assert AdEx(v_thresh=-40.0).v_thresh == -40.0
