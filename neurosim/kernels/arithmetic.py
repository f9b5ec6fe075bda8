"""The compiled twin of :mod:`neurosim.neurons.arithmetic`: the same operations, the same bits."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from neurosim.kernels._jit import inline

LOG2_E = 1.4426950408889634
LN2_HIGH = 6.93147180369123816490e-01
LN2_LOW = 1.90821492927058770002e-10
SHIFT = 6755399441055744.0
BIAS = np.int64(1023)
MANTISSA = np.int64(52)


@inline
def exp(x: Any) -> Any:
    """``e**x``; the power of two is put into the exponent bits, so that loops vectorise."""
    x = min(max(x, -708.0), 708.0)
    shifted = x * LOG2_E + SHIFT
    k = shifted - SHIFT
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
    power = (np.float64(shifted).view(np.int64) + BIAS) << MANTISSA
    return p * np.int64(power).view(np.float64)


@inline
def exp32(x: Any) -> Any:
    """:func:`exp` for single precision."""
    return np.float32(exp(np.float64(x)))


@inline
def log(x: Any) -> Any:
    """Natural logarithm of the C library, as :func:`math.log`."""
    return math.log(x)


@inline
def sqrt(x: Any) -> Any:
    """Square root, correctly rounded."""
    return math.sqrt(x)
