"""Arithmetic of the board's programs on whole numbers, in plain Python.

``k`` is s16.15: a 32-bit whole number, in units of 1/32768. Results wrap to 32 bits. Everything
here happens once for a neuron or a projection; what happens in every tick is in
:mod:`neurosim.hardware.spinnaker.kernels`.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from decimal import ROUND_HALF_EVEN, Decimal, localcontext
from typing import Any

import numpy as np
from numpy.typing import NDArray

from neurosim.errors import LoweringError

ONE = 1 << 15
"""1.0 as ``k``."""
TRACE_ONE = 1 << 11
"""1.0 as the s4.11 of plasticity traces."""
LOW32 = (1 << 32) - 1
LOW64 = (1 << 64) - 1
BIGGEST = (1 << 31) - 1
LARGEST_ARGUMENT, SMALLEST_ARGUMENT = 363408, -340695
"""``exp_k`` is cut off beyond: the largest number, and 0."""


def wrapped(x: int) -> int:
    """The low 32 bits as a signed number."""
    x &= LOW32
    return x - (1 << 32) if x >> 31 else x


def to_k(value: float) -> int:
    """A number as s16.15, rounded half to even on its shortest decimal form, as the host does.

    Raises
    ------
    LoweringError
        If it does not fit.

    Examples
    --------
    >>> to_k(0.1), to_k(0.01), to_k(-65.0)
    (3277, 328, -2129920)
    """
    bits = round(Decimal(str(float(value))) * ONE)
    if not -(1 << 31) <= bits <= BIGGEST:
        raise LoweringError(
            f"spinnaker: numbers must lie within -65536 and 65536, got {value!r}. Rescale it."
        )
    return bits


def to_k_array(values: Any, size: int) -> NDArray[np.int32]:
    """Numbers as s16.15, one for each of ``size`` units."""
    given = np.broadcast_to(np.asarray(values, dtype=np.float64), size)
    different, which = np.unique(given, return_inverse=True)
    return np.array([to_k(v) for v in different.tolist()], dtype=np.int32)[which]


def for_each(function: Callable[..., int], *columns: NDArray[Any]) -> NDArray[np.int64]:
    """A function of whole numbers applied along columns, once for each different row."""
    table = np.stack([np.asarray(c, dtype=np.int64) for c in columns], axis=1)
    if not len(table):
        return np.empty(0, dtype=np.int64)
    rows, which = np.unique(table, axis=0, return_inverse=True)
    return np.array([function(*row) for row in rows.tolist()], dtype=np.int64)[which.reshape(-1)]


def multiply(a: int, b: int) -> int:
    """Product of two ``k``, rounded down."""
    return wrapped((a * b) >> 15)


def divide(a: int, b: int) -> int:
    """Quotient of two positive ``k``, rounded down."""
    return wrapped((a << 15) // (b & LOW32))


def up(x: int) -> int:
    """A ``k`` rounded up to a whole number."""
    return (x >> 15) + (1 if x & (ONE - 1) else 0)


def decayed(x: int, factor: int) -> int:
    """A signed number times a 32-bit fraction, rounded down."""
    return wrapped((x * factor) >> 32)


def _table(powers: list[Decimal], bits: int) -> list[int]:
    return [int((p * (1 << bits)).to_integral_value(ROUND_HALF_EVEN)) for p in powers]


def _tables() -> tuple[list[int], list[int]]:
    with localcontext() as context:
        context.prec = 60
        whole = _table([Decimal(i).exp() for i in range(-13, 13)], 32)
        parts = _table([1 - (Decimal(-i) / 16).exp() for i in range(16)], 32)
    return whole, parts


WHOLE, PARTS = _tables()
"""``exp(i)`` for i from -13 to 12, and ``1 - exp(-i / 16)`` for i from 0 to 15, times 2**32."""
SERIES = (5294, 4293434720, 2081624032)
"""Coefficients of ``1 - exp(-x)`` for x below 1/16."""


def _scaled(x: int, fraction: int) -> int:
    low = (x & LOW32) * fraction
    carry = (low >> 32) + (1 if (low & LOW32) >= 0x7FFFFFFF else 0)
    return (carry + (x >> 32) * fraction) & LOW64


def _series(y: int) -> int:
    t = (SERIES[1] - ((SERIES[2] * y) >> 32)) & LOW32
    return (((t * y) >> 32) + SERIES[0]) & LOW32


def _exponential(n: int) -> int:
    """``exp(n / 32768) * 2**32``, for n within the limits."""
    z = n >> 15
    f = n - (z << 15)
    if f == 0:
        return WHOLE[z + 13]
    f = ONE - f
    t = WHOLE[z + 14]
    t = (t - _scaled(t, PARTS[f >> 11])) & LOW64
    return (t - _scaled(t, _series((f & 0x7FF) << 17))) & LOW64


def exp_k(n: int) -> int:
    """Exponential of a ``k``, as ``k``.

    Examples
    --------
    >>> exp_k(-1638), exp_k(1638), exp_k(-340695), exp_k(-340696)
    (31170, 34447, 1, 0)
    """
    if n > LARGEST_ARGUMENT:
        return BIGGEST
    return 0 if n < SMALLEST_ARGUMENT else wrapped(_exponential(n) >> 17)


def exp_fraction(n: int) -> int:
    """Exponential of a ``k``, as a 32-bit fraction; 0 for ``n = 0``, since 1 does not fit.

    Examples
    --------
    >>> exp_fraction(-6553), exp_fraction(-32768)
    (3516490311, 1580030169)
    """
    if n > LARGEST_ARGUMENT:
        return BIGGEST
    return 0 if n < SMALLEST_ARGUMENT else _exponential(n) & LOW32


def synapse_decay(tau: int, tick: int) -> int:
    """Factor of a synapse's exponential decay in a tick, a 32-bit fraction.

    Parameters
    ----------
    tau, tick : int
        Time constant and length of a tick, ms as ``k``.
    """
    return exp_fraction(-divide(tick, tau))


def synapse_charge(tau: int, tick: int) -> int:
    """Factor on an arriving weight that makes the mean over the tick equal to it, a 32-bit
    fraction.

    Examples
    --------
    >>> synapse_charge(5 * ONE, ONE)
    3892384920
    """
    rest = (LOW32 - synapse_decay(tau, tick)) & LOW32
    return ((divide(tau, tick) * rest) >> 15) & LOW32


def trace_table(tau: float, dt: float) -> NDArray[np.int16]:
    """Exponential window of plasticity by lag in ticks, s4.11.

    Parameters
    ----------
    tau, dt : float
        Time constant and tick, ms.
    """
    length = 2 * math.ceil(math.log(TRACE_ONE) / (dt / tau) / 2.0)
    lags = np.arange(length)
    table: NDArray[np.int16] = np.floor(TRACE_ONE * np.exp(-lags * dt / tau)).astype(np.int16)
    return table
