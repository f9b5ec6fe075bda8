"""An oracle of exact integration: linear neurons by matrix exponentials, crossings by bisection.

Slow, and independent of the closed forms and of the search for crossings that the event-driven
engine uses.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]


def expm(matrix: FloatArray) -> FloatArray:
    """Exponential of a small matrix: Taylor series, after scaling by a power of two.

    Examples
    --------
    >>> float(expm(np.array([[0.0, 1.0], [0.0, 0.0]]))[0, 1])
    1.0
    """
    halvings = max(0, int(np.ceil(np.log2(max(np.abs(matrix).sum(axis=1).max(), 1e-300)))) + 4)
    small = matrix / 2.0**halvings
    total = term = np.eye(len(matrix))
    for n in range(1, 18):
        term = term @ small / n
        total = total + term
    for _ in range(halvings):
        total = total @ total
    return total


def equations(tau_m: float, cm: float, tau_e: float, tau_i: float) -> FloatArray:
    """Matrix ``A`` of ``d(x, e, i, p, q)/dt = A (x, e, i, p, q)`` per ms.

    ``x`` is the potential minus that to which constant currents pull (mV), ``e`` and ``i`` are
    synaptic currents (nA), ``p`` and ``q`` their rises (nA/ms).
    """
    a = np.zeros((5, 5))
    a[0, :3] = -1.0 / tau_m, 1.0 / cm, 1.0 / cm
    a[1, [1, 3]] = -1.0 / tau_e, 1.0
    a[2, [2, 4]] = -1.0 / tau_i, 1.0
    a[3, 3], a[4, 4] = -1.0 / tau_e, -1.0 / tau_i
    return a


def first_crossing(a: FloatArray, state: Any, gap: float, until: float, every: float) -> float:
    """When ``x`` first reaches ``gap``, ms; infinite if not before ``until``.

    Parameters
    ----------
    a : ndarray, shape (5, 5)
        :func:`equations`.
    state : array_like, shape (5,)
        State at time 0, with ``x`` below ``gap``.
    gap : float
        Threshold of ``x``, mV.
    until, every : float
        Last time, and interval at which ``x`` is looked at, ms. A crossing and a return between
        two looks are found if ``x`` has its maximum there and ``every`` is short.
    """
    flow, now, time = expm(a * every), np.array(state, dtype=np.float64), 0.0
    while time < until:
        later = flow @ now
        high = every if later[0] >= gap else 0.0
        rises, falls = (a @ now)[0] > 0.0, (a @ later)[0] < 0.0
        if not high and rises and falls:  # a maximum between the two
            high = _bisect(lambda h, s=now: (a @ expm(a * h) @ s)[0] < 0.0, every)
            high = high if (expm(a * high) @ now)[0] >= gap else 0.0
        if high:
            return time + _bisect(lambda h, s=now: (expm(a * h) @ s)[0] >= gap, high)
        now, time = later, time + every
    return np.inf


def _bisect(holds: Any, high: float) -> float:
    """The smallest number from which on, up to ``high``, something holds."""
    low = 0.0
    for _ in range(60):
        middle = 0.5 * (low + high)
        if holds(middle):
            high = middle
        else:
            low = middle
    return high
