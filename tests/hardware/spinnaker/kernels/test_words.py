import numpy as np
import pytest

from neurosim.hardware.spinnaker import fixed_point as fp
from neurosim.hardware.spinnaker.kernels.words import decayed, multiply, window, wrap
from neurosim.kernels._jit import kernel

EDGES = [0, 1, -1, 32767, 32768, -32768, 2**31 - 1, -(2**31), 123456789, -987654321]


@kernel
def all_of(a, b, fraction, out):
    for i in range(len(a)):
        out[i, 0] = multiply(a[i], b[i])
        out[i, 1] = decayed(a[i], fraction[i])
        out[i, 2] = wrap(np.int64(a[i]) + b[i])


@kernel
def entries(table, lags, out):
    for i in range(len(lags)):
        out[i] = window(table, 1, 3, lags[i])


def test_compiled_arithmetic_is_that_of_the_host():
    a, b = (m.ravel() for m in np.meshgrid(EDGES, EDGES))
    fraction = (b.astype(np.int64) & fp.LOW32).astype(np.uint32)
    out = np.empty((len(a), 3), dtype=np.int64)
    all_of(a.astype(np.int32), b.astype(np.int32), fraction, out)
    for x, y, f, row in zip(a.tolist(), b.tolist(), fraction.tolist(), out.tolist(), strict=True):
        assert row == [fp.multiply(x, y), fp.decayed(x, f), fp.wrapped(x + y)]


@pytest.mark.parametrize(("lag", "value"), [(-1, 0), (0, 7), (2, 9), (3, 0)])
def test_windows_end(lag, value):
    out = np.empty(1, dtype=np.int64)
    entries(np.array([5, 7, 8, 9, 6], dtype=np.int16), np.array([lag]), out)
    assert out[0] == value
