"""Leaky integrate-and-fire neurons in closed form, and when they reach their threshold.

Time is counted in steps. Between events a neuron obeys ::

    x' = -alpha x + u (e + i),   e' = -beta_E e + dt p,   p' = -beta_E p,   i, q alike

where ``x = v - drive`` is the distance from the potential to which the constant currents pull,
``e`` and ``i`` are the synaptic currents (nA) and ``p`` and ``q`` their rises (nA/ms, zero but for
alpha-shaped currents). Its state at a time is the tuple ``(x, e, i, p, q)``.

No crossing of the threshold is missed, also if the potential only touches it: times at which the
summed current ``e + i`` has an extremum are found first (in closed form, or as zeros of a function
whose own extrema are known). Between them ``exp(alpha h) x'(h)`` is monotone, for its derivative is
``u exp(alpha h) (e + i)'``; so ``x'`` has at most one zero there, and where it has none ``x`` is
monotone. Each search therefore has a bracket with one zero in it.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from neurosim.kernels._jit import inner

TIME, X, EXC, INH, RISE_EXC, RISE_INH, RELEASE, DRIVE = range(8)
"""Columns of a neuron's state: when it was valid, ``x``, currents and rises, end of the refractory
period, drive. (With ``x`` a potential that tends to the threshold never rounds to it.)"""

COLUMNS = 8

(ALPHA, BETA_E, BETA_I, CHARGE, DT, THRESHOLD, RESET, REFRACTORY, SLOPE_E, SLOPE_I, PEAK_E,
 PEAK_I, TOP_E, TOP_I, JUMP_E, JUMP_I, HORIZON, RESISTANCE) = range(18)  # fmt: skip
"""Columns of a neuron's constants, in steps, mV and nA: rates of decay; mV a step and nA;
dt in ms; threshold, reset, refractory steps; mV/step at most that 1 nA/ms of rise brings; mV at
most that 1 nA, and that 1 nA/ms of rise, bring in the end; rise by a weight of 1 nA; steps after
which all has decayed; MOhm."""

CONSTANTS = 18

VALUE, SLOPE, TURN, BEND = np.int64(0), np.int64(1), np.int64(2), np.int64(3)
"""What is measured: distance to the threshold, its slope, change of the current, change of that."""


@inner
def exp(x: Any) -> Any:
    """``e**x`` of the C library: a call, where our own would be merged into every place at which it
    is used (compiled code of this file took a third longer to make, and was no faster)."""
    return math.exp(x)


@inner
def gain(h: Any, a: Any, b: Any, decay_a: Any, decay_b: Any) -> Any:
    """Integral of ``exp(-a (h - s)) exp(-b s)`` over ``s`` in [0, h], given both decays."""
    gap = (b - a) * h
    if abs(gap) > 0.02:
        return (decay_a - decay_b) / (b - a)
    series = 1.0 - gap / 6.0 * (1.0 - gap / 7.0)
    for n in (5.0, 4.0, 3.0, 2.0):
        series = 1.0 - gap / n * series
    return h * decay_a * series


@inner
def rise_gain(h: Any, a: Any, b: Any, decay_a: Any, decay_b: Any) -> Any:
    """Integral of ``exp(-a (h - s)) s exp(-b s)`` over ``s`` in [0, h], given both decays."""
    gap = (b - a) * h
    if abs(gap) > 0.5:
        return (decay_a - (1.0 + gap) * decay_b) / ((b - a) * (b - a))
    total, term = 0.5, 1.0
    for n in range(1, 15):
        term = -term * gap / n
        total += term / (n + 2.0)
    return h * h * decay_a * total


@inner
def after(s: Any, c: Any, h: Any) -> Any:
    """The state ``h`` steps later."""
    x, e, i, p, q = s
    a, u, dt = c[ALPHA], c[CHARGE], c[DT]
    decay = exp(-a * h)
    y = x * decay
    if e != 0.0 or p != 0.0:
        b = c[BETA_E]
        fading = exp(-b * h)
        y += u * e * gain(h, a, b, decay, fading)
        if p != 0.0:
            y += u * dt * p * rise_gain(h, a, b, decay, fading)
        e, p = (e + dt * p * h) * fading, p * fading
    if i != 0.0 or q != 0.0:
        b = c[BETA_I]
        fading = exp(-b * h)
        y += u * i * gain(h, a, b, decay, fading)
        if q != 0.0:
            y += u * dt * q * rise_gain(h, a, b, decay, fading)
        i, q = (i + dt * q * h) * fading, q * fading
    return y, e, i, p, q


@inner
def currents_after(s: Any, c: Any, h: Any) -> Any:
    """The state ``h`` steps later while the potential is held."""
    x, e, i, p, q = s
    if e != 0.0 or p != 0.0:
        fading = exp(-c[BETA_E] * h)
        e, p = (e + c[DT] * p * h) * fading, p * fading
    if i != 0.0 or q != 0.0:
        fading = exp(-c[BETA_I] * h)
        i, q = (i + c[DT] * q * h) * fading, q * fading
    return x, e, i, p, q


@inner
def at(row: Any, c: Any, time: Any) -> Any:
    """The state of a neuron at a time that is not before that of its row."""
    now = row[TIME]
    s = (row[X], row[EXC], row[INH], row[RISE_EXC], row[RISE_INH])
    if row[RELEASE] > now:
        held = min(row[RELEASE], time)
        s = currents_after(s, c, held - now)
        now = held
    if time > now:
        s = after(s, c, time - now)
    return s


@inner
def advance(row: Any, c: Any, time: Any) -> None:
    """Bring a neuron's row to a time."""
    if row[TIME] < time:
        x, e, i, p, q = at(row, c, time)
        row[X], row[EXC], row[INH], row[RISE_EXC], row[RISE_INH] = x, e, i, p, q
        row[TIME] = time


@inner
def can_cross(row: Any, c: Any) -> Any:
    """Whether the potential may reach the threshold without more input: a bound, never too low."""
    gap = c[THRESHOLD] - row[DRIVE]
    top = max(row[X], 0.0)
    top += max(row[EXC], 0.0) * c[PEAK_E] + max(row[INH], 0.0) * c[PEAK_I]
    top += max(row[RISE_EXC], 0.0) * c[TOP_E] + max(row[RISE_INH], 0.0) * c[TOP_I]
    return top > gap or row[X] >= gap


@inner
def safe_steps(row: Any, c: Any) -> Any:
    """Steps of free motion in which the potential stays below the threshold: a lower bound."""
    slope = c[ALPHA] * max(-row[X], 0.0)
    slope += c[CHARGE] * (max(row[EXC], 0.0) + max(row[INH], 0.0))
    slope += max(row[RISE_EXC], 0.0) * c[SLOPE_E] + max(row[RISE_INH], 0.0) * c[SLOPE_I]
    gap = c[THRESHOLD] - row[DRIVE] - row[X]
    if gap <= 0.0:
        return 0.0
    return gap / slope if slope > 0.0 else np.inf


# crossings


@inner
def _bend(s: Any, c: Any) -> Any:
    """The change of the summed current is ``exp(-slow h) (a + b h + (k + m h) exp(-gap h))``;
    the five constants in order ``a, b, k, m, gap``, with ``gap >= 0``."""
    _, e, i, p, q = s
    rise, other = c[DT] * p, c[DT] * q
    a, b = rise - c[BETA_E] * e, -c[BETA_E] * rise
    k, m = other - c[BETA_I] * i, -c[BETA_I] * other
    gap = c[BETA_I] - c[BETA_E]
    if gap < 0.0:
        return k, m, a, b, -gap
    return a, b, k, m, gap


@inner
def measure(what: Any, h: Any, s: Any, c: Any, gap: Any) -> Any:
    """One of the functions whose zeros are looked for, ``h`` steps after the state ``s``.

    ``gap`` is the threshold minus the drive.
    """
    if what <= SLOPE:
        x, e, i, _, _ = after(s, c, h)
        if what == VALUE:
            return x - gap
        return c[CHARGE] * (e + i) - c[ALPHA] * x
    a, b, k, m, apart = _bend(s, c)
    fading = exp(-apart * h)
    if what == TURN:
        return a + b * h + (k + m * h) * fading
    return b + (m - apart * (k + m * h)) * fading


@inner
def solve(
    what: Any, low: Any, high: Any, f_low: Any, f_high: Any, tolerance: Any, s: Any, c: Any,
    gap: Any,
) -> Any:  # fmt: skip
    """The zero between ``low`` and ``high``, where the function has other signs.

    Chandrupatla's method: inverse quadratic interpolation where that is safe, else bisection. Of
    the last bracket the end on which the function is >= 0 is returned.
    """
    a, fa, b, fb = low, f_low, high, f_high
    d, fd = a, fa
    share = 0.5
    for _ in range(200):
        x = b + share * (a - b)
        fx = measure(what, x, s, c, gap)
        if (fx >= 0.0) == (fb >= 0.0):
            d, fd = b, fb
        else:
            d, fd = a, fa
            a, fa = b, fb
        b, fb = x, fx
        width = abs(a - b)
        least = tolerance + 4e-16 * abs(b)
        if width <= 2.0 * least or fb == 0.0:
            break
        share = 0.5
        if fa != fb and fa != fd and fb != fd and a != d:
            xi = (b - a) / (d - a)
            phi = (fb - fa) / (fd - fa)
            if phi * phi < xi and (1.0 - phi) * (1.0 - phi) < 1.0 - xi:
                share = fb / (fa - fb) * fd / (fa - fd)
                share += (d - b) / (a - b) * fa / (fd - fa) * fb / (fd - fb)
        edge = least / width
        share = min(max(share, edge), 1.0 - edge)
    return b if fb >= 0.0 else a


@inner
def _zeros(what: Any, points: Any, s: Any, c: Any) -> Any:
    """Zeros between four points, one at most between neighbours; else infinite."""
    first = second = third = np.inf
    found = 0
    low = points[0]
    f_low = measure(what, low, s, c, 0.0)
    for j in range(1, 4):
        high = points[j]
        if high > low:
            f_high = measure(what, high, s, c, 0.0)
            if (f_low >= 0.0) != (f_high >= 0.0):
                zero = solve(what, low, high, f_low, f_high, 1e-9, s, c, 0.0)
                if found == 0:
                    first = zero
                elif found == 1:
                    second = zero
                else:
                    third = zero
                found += 1
            low, f_low = high, f_high
    return first, second, third


@inner
def turns(s: Any, c: Any) -> Any:
    """When the summed current has an extremum, ascending, at most three times; else infinite."""
    _, e, i, p, q = s
    far = c[HORIZON]
    if p == 0.0 and q == 0.0:
        when = np.inf
        if (e > 0.0 > i or i > 0.0 > e) and c[BETA_E] != c[BETA_I]:
            ratio = -(c[BETA_E] * e) / (c[BETA_I] * i)
            if 0.0 < ratio < np.inf:
                when = np.log(ratio) / (c[BETA_E] - c[BETA_I])
        return when if when > 0.0 else np.inf, np.inf, np.inf
    _, _, k, m, apart = _bend(s, c)
    bend = far
    if apart > 0.0 and m != 0.0:
        bend = min(max(2.0 / apart - k / m, 0.0), far)
    one, two, _ = _zeros(BEND, (0.0, bend, far, far), s, c)
    return _zeros(TURN, (0.0, min(one, far), min(two, far), far), s, c)


@inner
def first_crossing(start: Any, s: Any, c: Any, gap: Any) -> Any:
    """Steps until the potential reaches the threshold, infinite if it never does.

    Looks from ``start`` steps after the state ``s`` on, when it is below the threshold. The result
    is late by at most 2e-13 steps (or the precision of its number), never early.
    """
    one, two, three = turns(s, c)
    points = (one, two, three, c[HORIZON])
    low = start
    slope = measure(SLOPE, low, s, c, gap)
    below = measure(VALUE, low, s, c, gap)
    for j in range(4):
        high = min(points[j], c[HORIZON])
        if high <= low:
            continue
        slope_high = measure(SLOPE, high, s, c, gap)
        top = high
        if slope_high <= 0.0:
            if slope <= 0.0:
                below = measure(VALUE, high, s, c, gap)
                low, slope = high, slope_high
                continue
            top = solve(SLOPE, low, high, slope, slope_high, 1e-9, s, c, gap)
        value = measure(VALUE, top, s, c, gap)
        if value >= 0.0:
            return solve(VALUE, low, top, below, value, 1e-13, s, c, gap)
        below = measure(VALUE, high, s, c, gap)
        low, slope = high, slope_high
    return np.inf


@inner
def next_spike(row: Any, c: Any, on_grid: Any) -> Any:
    """When a neuron will spike without more input, infinite if never.

    With ``on_grid`` it spikes at the first whole number of steps at which the potential is at or
    above the threshold (``row`` is valid at a whole number then); a potential that is above the
    threshold only between two of them does not spike.
    """
    now, gap = row[TIME], c[THRESHOLD] - row[DRIVE]
    s = (row[X], row[EXC], row[INH], row[RISE_EXC], row[RISE_INH])
    if row[RELEASE] > now:
        s = currents_after(s, c, row[RELEASE] - now)
        now = row[RELEASE]
    start = 0.0
    if s[0] >= gap:  # a start value, or a threshold that is reached right now
        if not on_grid:
            return now
        start = 1.0
        if measure(VALUE, start, s, c, gap) >= 0.0:
            return now + start
    while True:
        h = first_crossing(start, s, c, gap)
        if not on_grid or h == np.inf:
            return now + h
        step = np.ceil(h)
        if step - 1.0 > start and measure(VALUE, step - 1.0, s, c, gap) >= 0.0:
            return now + step - 1.0
        if measure(VALUE, step, s, c, gap) >= 0.0:
            return now + step
        start = step
