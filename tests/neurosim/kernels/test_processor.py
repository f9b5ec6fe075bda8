import os
import subprocess
import sys
import threading

import numpy as np
import pytest

from neurosim.kernels import processor
from neurosim.kernels._jit import kernel
from neurosim.kernels.processor import (
    add,
    give_way,
    load,
    prefetch,
    prefetch_all,
    set_mode,
    small_as_zero,
    store,
)
from tests.neurosim.kernels import both

TIMES = 200_000


@kernel
def add_often(cells, index, times):
    """Add one that many times; the sum of what was there before."""
    total = np.int64(0)
    for _ in range(times):
        total += add(cells, index, np.int64(1))
    return total


@kernel
def add_plainly(cells, index, times):
    """As :func:`add_often`, in three acts."""
    for _ in range(times):
        before = load(cells, index)
        give_way()
        store(cells, index, before + 1)


@kernel
def ask(values, index):
    """Ask for a cache line."""
    prefetch(values, index)


@kernel
def ask_for_all(values, low, high):
    """Ask for a range."""
    prefetch_all(values, low, high)


@kernel
def send(cells, values, times):
    """Write a value, then say that it is there; wait until it was taken."""
    for i in range(times):
        values[0] = i
        store(cells, 0, np.int64(i + 1))
        while load(cells, 16) != i + 1:
            give_way()


@kernel
def receive(cells, values, times):
    """Number of values that were not there yet when they were said to be."""
    wrong = 0
    for i in range(times):
        while load(cells, 0) != i + 1:
            give_way()
        wrong += values[0] != i
        store(cells, 16, np.int64(i + 1))
    return wrong


@kernel
def halved(values, out, small):
    """Halves of numbers, with or without numbers below the smallest normal one; the modes before
    and after."""
    before = np.int64(-1)
    if small:
        before = small_as_zero()
    for i in range(values.shape[0]):
        out[i] = values[i] * 0.5
    if small:
        set_mode(before)
    return before


def side_by_side(*works):
    found = [None] * len(works)

    def do(i):
        found[i] = works[i]()

    threads = [threading.Thread(target=do, args=(i,), daemon=True) for i in range(len(works))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60.0)
    assert not any(thread.is_alive() for thread in threads)
    return found


def test_no_addition_is_lost():
    cells = np.zeros(20, dtype=np.int64)
    add_often(cells, 3, 0)
    before = side_by_side(*[lambda: add_often(cells, 3, TIMES)] * 2)
    n = 2 * TIMES
    assert cells[3] == n
    assert sum(before) == n * (n - 1) // 2  # every value was seen by exactly one
    assert not cells[:3].any()
    assert not cells[4:].any()


def test_additions_in_several_acts_are_lost():
    """What the test above would see without atomic additions."""
    cells, times = np.zeros(1, dtype=np.int64), 2000
    add_plainly(cells, 0, 0)
    for _ in range(100):
        cells[0] = 0
        side_by_side(*[lambda: add_plainly(cells, 0, times)] * 2)
        if cells[0] < 2 * times:
            return
    pytest.fail("nothing was lost")


def test_what_was_written_before_a_store_is_seen_after_its_load():
    cells, values = np.zeros(32, dtype=np.int64), np.full(1, -1, dtype=np.int64)
    send(cells, values, 0)
    receive(cells, values, 0)
    done = side_by_side(lambda: send(cells, values, 2000), lambda: receive(cells, values, 2000))
    assert done == [None, 0]


@pytest.mark.parametrize("dtype", [np.uint16, np.int32, np.float32, np.float64])
@pytest.mark.parametrize("size", [0, 1, 1000])
def test_prefetching_changes_nothing_and_may_go_out_of_bounds(dtype, size):
    values = np.arange(size).astype(dtype)
    for index in (0, 999, -1, 10**6, 2**40, -(2**40)):
        ask(values, index)
        ask_for_all(values, index, index + 100_000)
        ask_for_all(values, index, index)
    assert (values == np.arange(size).astype(dtype)).all()


SMALLEST = {np.float64: 2.2250738585072014e-308, np.float32: 1.1754943508222875e-38}


@pytest.mark.skipif(not processor.INTEL, reason="only processors of that kind can")
@pytest.mark.parametrize("dtype", SMALLEST)
def test_numbers_below_the_smallest_normal_one_count_as_zero_until_the_mode_is_back(dtype):
    tiny = SMALLEST[dtype]
    values = np.array([tiny, -tiny, 2 * tiny, 0.5 * tiny, 1.0, np.inf], dtype=dtype)
    exact = (values * dtype(0.5)).astype(dtype)
    assert exact[0] > 0.0
    plain, small = np.empty((2, len(values)), dtype=dtype)
    halved(values, plain, False)
    assert (plain == exact).all()
    halved(values, small, True)
    assert small.tolist() == [0.0, 0.0, exact[2], 0.0, 0.5, np.inf]
    halved(values, plain, False)
    assert (plain == exact).all()
    assert (values * dtype(0.5) == exact).all()


def test_the_mode_is_that_of_the_thread():
    tiny = np.array([2.2250738585072014e-308])
    out = np.empty((2, 1))
    halved(tiny, out[0], False)
    gate = threading.Barrier(2, timeout=30.0)

    def one(small):
        gate.wait()
        for _ in range(1000):
            halved(tiny, out[int(small)], small)
        return out[int(small), 0]

    found = side_by_side(lambda: one(False), lambda: one(True))
    assert found[0] == 0.5 * tiny[0] > 0.0
    assert found[1] == (0.0 if processor.INTEL else found[0])


def test_plain_python_gives_the_same_bits(plain):
    found = both.of_processor()
    assert plain["processor"].keys() == found.keys()
    for name, array in found.items():
        assert np.array_equal(plain["processor"][name], array), name


PLAIN = """
import numpy as np
from neurosim.kernels import processor as p
assert not p.COMPILED
cells = np.arange(4)
assert (p.load(cells, 2), p.add(cells, 2, 5), cells[2]) == (2, 2, 7)
assert p.store(cells, 1, 9) is None and cells.tolist() == [0, 9, 7, 3]
assert p.prefetch(cells, 100) is None and cells.tolist() == [0, 9, 7, 3]
assert p.small_as_zero() == 0 and p.set_mode(0) is None and p.give_way() == 0
assert np.array([2.2250738585072014e-308])[0] * 0.5 > 0.0
"""


def test_without_compilation_plain_functions_stand_in():
    done = subprocess.run(
        [sys.executable, "-c", PLAIN],
        capture_output=True, text=True, env={**os.environ, "NUMBA_DISABLE_JIT": "1"},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
