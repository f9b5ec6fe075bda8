import platform
import re

import numba
import numpy as np
import pytest

from neurosim.kernels import batch
from neurosim.kernels._jit import FLAGS, kernel
from neurosim.kernels.batch import (
    EQUAL_ROWS,
    EQUAL_SEGMENTS,
    ROWS,
    SEGMENTS,
    TILE,
    BatchLanes,
    arguments,
    deliver_batch,
    source,
)
from neurosim.kernels.driver import Features
from neurosim.kernels.layout import History

SOURCES, TARGETS, SAMPLES, FIRST = 12, 2 * TILE + 5, 3, 2
FORMS = (ROWS, ROWS, SEGMENTS, EQUAL_ROWS, EQUAL_SEGMENTS, ROWS)
DELAYS = (1, 2, 1, 2, 1, 3)

compiled = pytest.mark.skipif(bool(numba.config.DISABLE_JIT), reason="looks at compiled code")


@kernel
def call(arrival, lanes, history, accumulators):
    """An inner function has no entry point for Python."""
    deliver_batch(arrival, lanes, history, accumulators)


def matrices(weight_dtype):
    """Weights of every lane from sources FIRST, FIRST + 1, ...; NaN where no synapse is."""
    rng = np.random.default_rng(1)
    found = []
    for form in FORMS:
        own = rng.normal(size=(SOURCES, TARGETS)).astype(weight_dtype).astype(np.float64)
        if form in (EQUAL_ROWS, EQUAL_SEGMENTS):
            own[:] = 0.3
        if form != EQUAL_ROWS:
            own[rng.random(own.shape) < 0.2] = np.nan
        found.append(own)
    return found


def lanes_of(made, dtype, weight_dtype):
    """The lanes by hand; the accumulators of a sample are TARGETS + 7 apart."""
    ptr, targets, weights, rows = [0], [], [], []
    starts, shifts = [], []
    tiles = -(-TARGETS // TILE)
    for form, own in zip(FORMS, made, strict=True):
        shifts.append(len(weights) - len(targets))
        starts.append(sum(map(len, rows)) if form == ROWS else len(ptr) - 1)
        if form == ROWS:
            padded = np.zeros((SOURCES, tiles * TILE))
            padded[:, :TARGETS] = np.nan_to_num(own)
            rows.append(padded.reshape(SOURCES, tiles, TILE).transpose(1, 0, 2).ravel())
        if form in (SEGMENTS, EQUAL_SEGMENTS):
            for row in own:
                there = np.flatnonzero(~np.isnan(row))
                targets += there.tolist()
                weights += row[there].tolist() if form == SEGMENTS else []
                ptr.append(len(targets))
    n = len(FORMS)
    return BatchLanes(
        form=np.array(FORMS), until=np.array([2, 2, 3, 4, 5, 6]), delay=np.array(DELAYS),
        first=np.full(n, FIRST), sources=np.full(n, SOURCES),
        population=np.tile(np.arange(SAMPLES), (n, 1)),
        place=np.tile(3 + (TARGETS + 7) * np.arange(SAMPLES), (n, 1)),
        start=np.array(starts), stride=np.ones(n, dtype=np.int64), width=np.full(n, TARGETS),
        shift=np.array(shifts), weight=np.full(n, 0.3, dtype=dtype),
        ptr=np.array(ptr), targets=np.array(targets, dtype=np.uint16),
        weights=np.array(weights, dtype=weight_dtype),
        rows=np.concatenate(rows).astype(weight_dtype), sums=np.zeros(TILE, dtype=dtype),
    )  # fmt: skip


def history_of(rng, depth=5):
    """Ascending ids, some twice, some outside the sources of the lanes; one slot is empty."""
    size = FIRST + SOURCES + 3
    ids = np.zeros((depth, 100), dtype=np.int32)
    low, high = np.zeros((2, depth, SAMPLES), dtype=np.int64)
    for slot in range(depth):
        at = 0
        for s in range(SAMPLES):
            own = np.sort(rng.integers(0, size, int(rng.integers(0, 17)) if slot != 1 else 0))
            ids[slot, at : at + len(own)] = own
            low[slot, s], high[slot, s] = at, at + len(own)
            at += len(own)
    queue = np.zeros((1, 3), dtype=np.int64)
    return History(0, ids[None], high.max(axis=1)[None], low[None], high[None], queue)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("weight_dtype", [np.float32, np.float64])
def test_every_form_adds_weight_by_weight_in_order(dtype, weight_dtype):
    made = matrices(weight_dtype)
    lanes, history = lanes_of(made, dtype, weight_dtype), history_of(np.random.default_rng(2))
    for arrival in range(8):
        start = np.random.default_rng(arrival).normal(size=3 + SAMPLES * (TARGETS + 7))
        accumulators = start.astype(dtype)
        expected = accumulators.copy()
        for x, (form, delay, own) in enumerate(zip(FORMS, DELAYS, made, strict=True)):
            if arrival < delay:
                continue
            slot = (arrival - delay) % 5
            equal = form in (EQUAL_ROWS, EQUAL_SEGMENTS)
            for s in range(SAMPLES):
                out = expected[lanes.place[x, s] :][:TARGETS]
                for i in history.ids[0, slot, history.low[0, slot, s] : history.high[0, slot, s]]:
                    if FIRST <= i < FIRST + SOURCES:
                        row = own[i - FIRST]
                        there = ~np.isnan(row)
                        weight = dtype(0.3) if equal else row[there].astype(weight_dtype)
                        out[there] = (out[there] + weight).astype(dtype)
        call(np.int64(arrival), lanes, history, accumulators)
        assert accumulators.tobytes() == expected.tobytes()


@compiled
@pytest.mark.skipif(platform.machine() != "x86_64", reason="looks for instructions of x86-64")
def test_rows_are_added_in_vectors():
    fresh = numba.njit(**FLAGS)(call.py_func)  # code from the cache cannot be looked at
    lanes = lanes_of(matrices(np.float32), np.float32, np.float32)
    fresh(np.int64(4), lanes, history_of(np.random.default_rng(2)), np.zeros(1000, np.float32))
    (code,) = fresh.inspect_asm().values()
    packed = re.findall(r"\bv?addps\b", code)
    assert len(packed) >= 5  # four rows at once, and one


@pytest.mark.parametrize("arrival", [0, 1])
def test_a_step_has_the_order_of_events_of_a_single_run(arrival):
    features = Features(arrival, poisson=True, inputs=True, currents=True)
    text = source((), features)
    calls = re.findall(r"^        (\w+)\(", text, re.M)
    late = ["deliver_batch", "add_poisson", "add_currents"]
    assert calls == (
        ["sample", "emit_arrays", "emit_poisson", "record", *late, "open_slot", "record"]
        if arrival
        else ["sample", "open_slot", "emit_arrays", "emit_poisson", *late, "record"]
    )
    assert arguments(features)[-3:] == ("poisson", "inputs", "currents")


def test_only_what_is_used_is_compiled():
    text = source((), Features(1))
    assert arguments(Features(1)) == ("rows", "neurons", "history", "arrays", "lanes", "probes")
    assert not re.search(r"^        (emit_poisson|add_poisson|add_currents)\(", text, re.M)


@compiled
def test_no_literal_number_compiles_a_function_twice():
    fresh = numba.njit(**FLAGS)(call.py_func)
    lanes = lanes_of(matrices(np.float64), np.float64, np.float64)
    fresh(np.int64(4), lanes, history_of(np.random.default_rng(2)), np.zeros(1000))
    for function in (batch._add_rows, batch._add_equal_rows, batch._add_segments, batch._add_tile):
        types = [str(kind) for signature in function.signatures for kind in signature]
        assert types
        assert not any("iteral" in kind for kind in types)
