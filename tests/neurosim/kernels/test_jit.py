import math

import numpy as np
import pytest
from numba.core.errors import TypingError

from neurosim.kernels import _jit


@_jit.kernel
def quotient_and_sum(x, y, values):
    total = 0.0
    for value in values:
        total += value
    return x / y, total


def test_arithmetic_is_that_of_the_standard():
    assert not _jit.FLAGS.get("fastmath", False)
    values = np.array([1e16, 1.0, -1e16, 1.0])  # another order of additions would give 2
    assert quotient_and_sum(1.0, 0.0, values) == (math.inf, 1.0)
    assert math.isnan(quotient_and_sum(0.0, 0.0, values)[0])
    assert math.isnan(quotient_and_sum(1.0, 1.0, np.array([math.nan, 1.0]))[1])


def test_kernels_make_no_arrays():
    with pytest.raises(TypingError, match="NRT"):
        _jit.kernel(lambda n: np.empty(n))(3)
