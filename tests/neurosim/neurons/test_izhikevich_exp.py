"""IzhikevichCurrExp: one step by hand, order of convergence, and the board's long step."""

from __future__ import annotations

import numpy as np
import pytest

from neurosim.neurons import IzhikevichCurrExp
from tests.neurosim.neurons.drive import drive


def slope(v: float, u: float, current: float) -> tuple[float, float]:
    return 0.04 * v * v + 5.0 * v + 140.0 - u + current, 0.02 * (0.2 * v - u)


def midpoint(v: float, u: float, start: float, half: float, h: float) -> tuple[float, float]:
    dv, du = slope(v, u, start)
    dv, du = slope(v + 0.5 * h * dv, u + 0.5 * h * du, half)
    return v + h * dv, u + h * du


def test_a_step_is_the_midpoint_rule_and_currents_act_in_the_next_step() -> None:
    trace = drive(IzhikevichCurrExp(i_offset=3.0), 2, 0.5, {"excitatory": {0: 2.0}}, injected=1.0)
    first = midpoint(-70.0, -14.0, 4.0, 4.0, 0.5)
    second = midpoint(*first, 4.0 + 2.0, 4.0 + 2.0 * np.exp(-0.05), 0.5)
    np.testing.assert_allclose(trace["v"][1:], [first[0], second[0]], rtol=1e-14)
    np.testing.assert_allclose(trace["u"][1:], [first[1], second[1]], rtol=1e-14)


def test_the_error_falls_with_the_square_of_the_step() -> None:
    ends = [
        drive(IzhikevichCurrExp(i_offset=1.0), round(8.0 / dt), dt, {}, initial={"isyn_exc": 3.0})[
            "v"
        ][-1]
        for dt in (0.4, 0.2, 0.1, 0.0125)
    ]
    errors = np.abs(np.array(ends[:3]) - ends[3])
    assert errors[0] / errors[1] == pytest.approx(4.0, rel=0.2)
    assert errors[1] / errors[2] == pytest.approx(4.0, rel=0.2)


def test_on_the_board_the_step_after_a_spike_is_longer() -> None:
    neuron = IzhikevichCurrExp(i_offset=10.0, d=8.0)
    trace = drive(neuron, 30, 1.0, timing="spinnaker")
    k = int(trace.spikes[0])
    assert trace["v"][k + 1] == -65.0
    v, _ = midpoint(-65.0, trace["u"][k + 1], 10.0, 10.0, 1.85)
    assert trace["v"][k + 2] == pytest.approx(v, rel=1e-13)
    v, _ = midpoint(trace["v"][k + 2], trace["u"][k + 2], 10.0, 10.0, 1.0)
    assert trace["v"][k + 3] == pytest.approx(v, rel=1e-13)
