"""Functions that step functions may call: the same operations in plain Python and in compiled code.

``exp`` is our own: branch-free, so that compiled loops vectorise, and built from additions and
multiplications only, so that plain Python gives the same bits. ``log`` and ``sqrt`` are those of
:mod:`math`.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

NAMES = ("exp", "log", "sqrt")

LOG2_E = 1.4426950408889634
LN2_HIGH = 6.93147180369123816490e-01
LN2_LOW = 1.90821492927058770002e-10
SHIFT = 6755399441055744.0  # 1.5 * 2**52: adding and subtracting it rounds to a whole number
LIMIT = 708.0


def exp(x: float) -> float:
    """``e**x`` for ``|x| <= 708`` (clamped outside), relative error below 2e-16.

    The argument is split as ``x = k ln 2 + r`` with ``|r| <= ln 2 / 2``; ``e**r`` is a polynomial
    of degree 11, the one with the smallest largest relative error (4e-18), summed in the order in
    which a processor is fastest. In single precision (compiled only) the polynomial has degree 6,
    the limit is 87 and the relative error is below 1.2e-7.
    """
    power, k = _parts(min(max(x, -LIMIT), LIMIT))
    return math.ldexp(power, int(k))


def exp_each(x: NDArray[np.float64]) -> NDArray[np.float64]:
    """:func:`exp` of every element, with its bits."""
    power, k = _parts(np.clip(x, -LIMIT, LIMIT))
    values: NDArray[np.float64] = np.ldexp(power, k.astype(np.int32))
    return values


def _parts(x: Any) -> tuple[Any, Any]:
    """``e**r`` and ``k``."""
    k = (x * LOG2_E + SHIFT) - SHIFT
    r = (x - k * LN2_HIGH) - k * LN2_LOW
    r2 = r * r
    r4 = r2 * r2
    low = (0.5000000000000011 + 0.16666666666666413 * r) + (
        0.04166666666653016 + 0.008333333333494399 * r
    ) * r2
    middle = (0.001388888894362952 + 0.0001984126950671873 * r) + (
        2.4801493099528506e-05 + 2.7557586246922544e-06 * r
    ) * r2
    high = 2.763024817117492e-07 + 2.5000102107682377e-08 * r
    p = 1.0 + (r + r2 * (low + (middle + high * r4) * r4))
    return p, k


log = math.log
sqrt = math.sqrt
