"""Izhikevich: units, order of operations, orders of convergence, firing patterns."""

from __future__ import annotations

import numpy as np
import pytest

from neurosim.errors import ParameterError
from neurosim.neurons import Izhikevich
from tests.neurosim.neurons.drive import drive, errors, orders

INTEGRATORS = ["euler", "rk4"]


def test_one_euler_step_by_hand() -> None:
    trace = drive(Izhikevich(i_offset=0.01), 1, 0.5, {"delta": {0: 2.0}}, injected=0.003)
    v, u = -70.0, -14.0
    assert trace["v"].tolist() == [v, v + 0.5 * (0.04 * v * v + 5.0 * v + 140.0 - u + 13.0) + 2.0]
    assert trace["u"].tolist() == [u, u + 0.5 * 0.02 * (0.2 * v - u)]


@pytest.mark.parametrize("integrator", INTEGRATORS)
def test_start_values_are_at_rest(integrator: str) -> None:
    trace = drive(Izhikevich(integrator=integrator), 500, 1.0)
    assert np.abs(trace["v"] + 70.0).max() < 1e-12
    assert np.abs(trace["u"] + 14.0).max() < 1e-12


@pytest.mark.parametrize("integrator", INTEGRATORS)
def test_jump_fires_and_resets_in_its_step(integrator: str) -> None:
    neuron = Izhikevich(c=-60.0, d=6.0, integrator=integrator)
    trace = drive(neuron, 4, 0.1, {"delta": {2: 100.0 + 1e-9}})
    assert trace.spikes.tolist() == [2]
    assert trace["v"][3] == -60.0
    assert trace["u"][3] == pytest.approx(-14.0 + 6.0, abs=1e-12)
    assert drive(neuron, 3, 0.1, {"delta": {2: 99.0}}).spikes.tolist() == []


@pytest.mark.parametrize("integrator", INTEGRATORS)
def test_there_is_no_refractory_period(integrator: str) -> None:
    neuron = Izhikevich(integrator=integrator)
    trace = drive(neuron, 4, 0.1, {"delta": {0: 120.0, 1: 120.0, 2: 120.0}})
    assert trace.spikes.tolist() == [0, 1, 2]


@pytest.mark.parametrize(
    ("integrator", "order", "steps"), [("euler", 1, (0.005, 0.0025)), ("rk4", 4, (0.1, 0.05))]
)
def test_order_of_convergence(integrator: str, order: int, steps: tuple[float, ...]) -> None:
    exact = Izhikevich(integrator="rk4")
    inputs = {"delta": {2.0: 3.0, 4.0: -5.0}}
    neuron = Izhikevich(integrator=integrator)
    found = errors(neuron, exact, steps, steps[1] / 4.0, 8.0, inputs, injected=0.004)
    assert np.abs(orders(found) - order).max() < 0.2


@pytest.mark.parametrize("integrator", INTEGRATORS)
def test_patterns_of_the_paper(integrator: str) -> None:
    # Izhikevich (2003), figure 2: regular spiking adapts, fast spiking does not, chattering bursts
    regular = drive(Izhikevich(d=8.0, i_offset=0.01, integrator=integrator), 5000, 0.2)
    gaps = np.diff(regular.spikes) * 0.2
    assert gaps[-1] > 2.0 * gaps[0]
    fast = drive(Izhikevich(a=0.1, i_offset=0.01, integrator=integrator), 5000, 0.2)
    assert len(fast.spikes) > 3 * len(regular.spikes)
    chattering = Izhikevich(c=-50.0, i_offset=0.01, integrator=integrator)
    gaps = np.diff(drive(chattering, 5000, 0.2).spikes) * 0.2
    assert gaps.min() < 5.0 < 20.0 < gaps.max()


def test_reset_must_be_below_the_peak() -> None:
    with pytest.raises(ParameterError, match=r"Izhikevich\.c: must be < 30 mV"):
        Izhikevich(c=30.0)


def test_extreme_inputs_stay_finite() -> None:
    for integrator in INTEGRATORS:
        neuron = Izhikevich(integrator=integrator)
        trace = drive(neuron, 50, 0.1, {"delta": {3: 1e6, 4: -100.0}})
        assert np.isfinite(trace["v"]).all()
