"""The compiled twin of :mod:`neurosim.neurons.arithmetic`: the same operations, the same bits.

Polynomials are summed in pairs, pairs of pairs and so on: a chain of products takes its full time
for each term, while a processor works on several short chains at once. The power of two is added
to the exponent bits, so that loops over neurons vectorise.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from neurosim.kernels._jit import inline

LIMIT = 708.0
LOG2_E = 1.4426950408889634
LN2_HIGH = 6.93147180369123816490e-01
LN2_LOW = 1.90821492927058770002e-10
SHIFT = 6755399441055744.0
MANTISSA = np.int64(52)

LIMIT_32 = np.float32(87.0)
LOG2_E_32 = np.float32(1.4426950408889634)
LN2_HIGH_32 = np.float32(0.693359375)
LN2_LOW_32 = np.float32(-2.1219444005469057e-4)
SHIFT_32 = np.float32(12582912.0)  # 1.5 * 2**23
MANTISSA_32 = np.int32(23)
ONE_32 = np.float32(1.0)
C2_32 = np.float32(0.49999993447746)
C3_32 = np.float32(0.16666520632816717)
C4_32 = np.float32(0.041668388097654)
C5_32 = np.float32(0.008368716802893536)
C6_32 = np.float32(0.0013814594787203863)


@inline
def exp(x: Any) -> Any:
    """``e**x`` in double precision."""
    x = min(max(x, -LIMIT), LIMIT)
    shifted = x * LOG2_E + SHIFT
    k = shifted - SHIFT
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
    bits = np.float64(p).view(np.int64) + (np.float64(shifted).view(np.int64) << MANTISSA)
    return np.int64(bits).view(np.float64)


@inline
def exp32(x: Any) -> Any:
    """``e**x`` in single precision for ``|x| <= 87`` (clamped outside), relative error below
    1.2e-7; the method is that of :func:`exp`."""
    x = min(max(x, -LIMIT_32), LIMIT_32)
    shifted = x * LOG2_E_32 + SHIFT_32
    k = shifted - SHIFT_32
    r = (x - k * LN2_HIGH_32) - k * LN2_LOW_32
    r2 = r * r
    low = (C2_32 + C3_32 * r) + (C4_32 + C5_32 * r) * r2
    p = ONE_32 + (r + r2 * (low + C6_32 * (r2 * r2)))
    power = np.int32(np.float32(shifted).view(np.int32) << MANTISSA_32)
    return np.int32(np.float32(p).view(np.int32) + power).view(np.float32)


@inline
def log(x: Any) -> Any:
    """Natural logarithm of the C library, as :func:`math.log`."""
    return math.log(x)


@inline
def sqrt(x: Any) -> Any:
    """Square root, correctly rounded."""
    return math.sqrt(x)
