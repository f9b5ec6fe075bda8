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
    """``e**x`` for ``|x| <= 708`` (clamped outside), relative error below 3e-16.

    The argument is split as ``x = k ln 2 + r`` with ``|r| <= ln 2 / 2``; ``e**r`` is a Taylor
    polynomial of degree 13.
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
    p = 1.6059043836821613e-10
    p = p * r + 2.08767569878681e-09
    p = p * r + 2.505210838544172e-08
    p = p * r + 2.755731922398589e-07
    p = p * r + 2.7557319223985893e-06
    p = p * r + 2.48015873015873e-05
    p = p * r + 0.0001984126984126984
    p = p * r + 0.001388888888888889
    p = p * r + 0.008333333333333333
    p = p * r + 0.041666666666666664
    p = p * r + 0.16666666666666666
    p = p * r + 0.5
    p = p * r + 1.0
    p = p * r + 1.0
    return p, k


log = math.log
sqrt = math.sqrt
