"""Constants of exact integration over one time step, for floats and arrays."""

from __future__ import annotations

from typing import Any

import numpy as np


def steps_up(duration: Any, dt: float) -> Any:
    """Whole steps that cover a duration (ms), as float or array.

    Examples
    --------
    >>> steps_up(2.0, 0.1), steps_up(0.1, 1.0), steps_up(0.0, 0.1)
    (20.0, 1.0, 0.0)
    """
    exact = np.asarray(duration, dtype=np.float64) / dt
    steps = np.ceil(exact - 1e-6) + 0.0  # no -0.0
    return float(steps) if steps.ndim == 0 else steps


def phi(x: Any) -> Any:
    """``(exp(x) - 1) / x``, continuous at 0, for floats and arrays."""
    x = np.asarray(x, dtype=np.float64)
    small = np.abs(x) < 1e-8
    safe = np.where(small, 1.0, x)
    value = np.where(small, 1.0 + 0.5 * x, np.expm1(safe) / safe)
    return float(value) if value.ndim == 0 else value


def exponential_gain(tau_m: Any, tau_syn: Any, cm: Any, dt: float) -> Any:
    """mV that 1 nA of an exponential current at the start of a step adds to ``v`` by its end.

    Exact solution of ``dv/dt = -v / tau_m + I / cm``, ``dI/dt = -I / tau_syn``; stable where the
    two time constants meet and where one of them is very short.
    """
    a = dt / np.asarray(tau_m, dtype=np.float64)
    b = dt / np.asarray(tau_syn, dtype=np.float64)
    gain = dt / np.asarray(cm) * np.exp(-np.minimum(a, b)) * phi(-np.abs(a - b))
    return float(gain) if np.ndim(gain) == 0 else gain


def decay(tau: Any, dt: float) -> Any:
    """``exp(-dt / tau)`` for a float or an array."""
    value = np.exp(-dt / np.asarray(tau, dtype=np.float64))
    return float(value) if np.ndim(value) == 0 else value
