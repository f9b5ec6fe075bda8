"""Propagators of one step."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from neurosim.neurons import propagators


@pytest.mark.parametrize(
    ("duration", "dt", "steps"),
    [(2.0, 0.1, 20.0), (0.3, 0.1, 3.0), (0.31, 0.1, 4.0), (0.0, 1.0, 0.0)],
)
def test_steps_up(duration: float, dt: float, steps: float) -> None:
    assert propagators.steps_up(duration, dt) == steps
    assert propagators.steps_up(np.array([duration, 1.0]), dt)[0] == steps


@given(st.floats(-50.0, 50.0))
def test_phi_is_smooth_through_zero(x: float) -> None:
    assert propagators.phi(x) == pytest.approx(math.expm1(x) / x if x else 1.0, rel=1e-14)
    assert propagators.phi(np.array([x]))[0] == propagators.phi(x)


@given(st.floats(1e-4, 1e4), st.floats(1e-4, 1e4), st.floats(1e-3, 10.0))
def test_exponential_gain_is_symmetric_and_finite(tau_m: float, tau_syn: float, dt: float) -> None:
    gain = propagators.exponential_gain(tau_m, tau_syn, 2.0, dt)
    assert gain == propagators.exponential_gain(tau_syn, tau_m, 2.0, dt)
    assert 0.0 <= gain <= dt / 2.0


def test_decay() -> None:
    assert propagators.decay(20.0, 1.0) == math.exp(-0.05)
    assert propagators.decay(np.array([20.0, 10.0]), 1.0).tolist() == [
        math.exp(-0.05),
        math.exp(-0.1),
    ]
