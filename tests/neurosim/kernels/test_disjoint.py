"""Loads and stores that do not meet."""

import numpy as np
import pytest
from numba import njit, typeof

from neurosim.kernels._jit import kernel
from neurosim.kernels.disjoint import fetch, old, put


@kernel
def marked(values, places, table):
    start = np.int64(1)
    for i in range(len(values) - 1):
        x = fetch(table, start, np.int32(fetch(places, start, i)))
        y = x * x + old(values, start, i)
        put(values, start, i, max(x, min(y * y - x, y * x + x)))


@kernel
def plain(values, places, table):
    for i in range(1, len(values)):
        x = table[places[i] + 1]
        y = x * x + values[i]
        values[i] = max(x, min(y * y - x, y * x + x))


def arrays(dtype, place):
    rng = np.random.default_rng(3)
    places = rng.integers(0, 50, 333).astype(place)
    return rng.random(333).astype(dtype), places, rng.random(51).astype(dtype)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("place", [np.uint16, np.int32])
def test_values_are_those_of_plain_indexing(dtype, place):
    found, expected = arrays(dtype, place), arrays(dtype, place)
    marked(*found)
    plain(*expected)
    for f, e in zip(found, expected, strict=True):
        assert f.dtype == e.dtype
        assert (f == e).all()
    assert (found[0] != arrays(dtype, place)[0])[1:].all()


def test_a_loop_of_gathered_values_vectorises_only_with_the_promise():
    given = arrays(np.float32, np.uint16)
    types = tuple(typeof(array) for array in given)
    texts = {}
    for function in (marked, plain):
        fresh = njit(error_model="numpy")(function.py_func)  # one read from a cache has no text
        fresh(*given)
        texts[function] = fresh.inspect_llvm(types)
    assert " x float>" in texts[marked]
    assert " x float>" not in texts[plain]
