"""Drawing pairs by target, and sorting them into segments: a row (source) and a slot (delay)."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from neurosim.kernels._jit import inline, kernel
from neurosim.kernels.rng import philox


@inline
def _word(key: Any, position: Any, step: Any) -> Any:
    p = np.uint64(position)
    w0, w1, w2, w3 = philox(key, p >> np.uint64(2), np.uint64(step))
    lane = p & np.uint64(3)
    low = w0 if lane == np.uint64(0) else w1
    high = w2 if lane == np.uint64(2) else w3
    return low if lane < np.uint64(2) else high


@kernel
def draw_distinct(
    key: Any, n_from: Any, first: Any, last: Any, starts: Any, begins: Any, apart: Any,
    mark: Any, other: Any, own: Any,
) -> None:  # fmt: skip
    """Different partners out of ``n_from`` for each unit from ``first`` to ``last``.

    Draws until all differ; where more than half of the pool is wanted, the others are drawn
    instead and left out. Partners of a unit come in ascending order in that case.

    Parameters
    ----------
    key : uint64
        Stream.
    n_from, first, last : int64
        Sizes.
    starts : ndarray of int64
        Unit ``u`` gets ``starts[u + 1] - starts[u]`` partners.
    begins, apart : ndarray of int64
        Partners that unit ``u`` never gets, ascending: ``apart[begins[u]:begins[u + 1]]``.
    mark : ndarray of int64, shape (n_from,)
        Working space, -1 everywhere.
    other, own : ndarray of int32, shape (starts[last] - starts[first],)
        Partners and units, filled in place.
    """
    at = 0
    for unit in range(first, last):
        never = apart[begins[unit] : begins[unit + 1]]
        pool = n_from - never.shape[0]
        n = starts[unit + 1] - starts[unit]
        invert = 2 * n > pool
        wanted = pool - n if invert else n
        found = 0
        position = 0
        while found < wanted:
            word = _word(key, position, unit + 1)
            position += 1
            partner = np.int64((word * np.uint64(pool)) >> np.uint64(32))
            for out in never:
                if partner >= out:
                    partner += 1
            if mark[partner] != unit:
                mark[partner] = unit
                found += 1
                if not invert:
                    other[at] = partner
                    own[at] = unit
                    at += 1
        if invert:
            for out in never:
                mark[out] = unit
            for rest in range(n_from):
                if mark[rest] != unit:
                    other[at] = rest
                    own[at] = unit
                    at += 1


@kernel
def draw_probability(
    key: Any, n_from: Any, first: Any, last: Any, p: Any, begins: Any, apart: Any, other: Any,
    own: Any,
) -> Any:  # fmt: skip
    """Each of ``n_from`` partners with probability ``p``, 0 < p < 1, by geometric gaps.

    Parameters are those of :func:`draw_distinct`; ``other`` and ``own`` hold up to
    ``capacity`` pairs, of which at least ``n_from`` must fit.

    Returns
    -------
    (int, int)
        Number of pairs, and the unit to go on from (``last`` when all are done).
    """
    scale = 1.0 / math.log1p(-p)
    at = 0
    for unit in range(first, last):
        if at + n_from > other.shape[0]:
            return at, unit
        skip, stop = begins[unit], begins[unit + 1]
        partner = np.int64(-1)
        position = 0
        while True:
            word = _word(key, position, unit + 1)
            position += 1
            gap = math.log((np.float64(word) + 0.5) * 2.3283064365386963e-10) * scale
            if gap >= n_from - 1 - partner:
                break
            partner += 1 + np.int64(gap)
            while skip < stop and apart[skip] < partner:
                skip += 1
            if skip == stop or apart[skip] != partner:
                other[at] = partner
                own[at] = unit
                at += 1
    return at, last


@kernel
def count_pairs(pre: Any, post: Any, rows: Any, ids: Any, slots: Any, counts: Any) -> None:
    """Add the number of pairs of each segment to its count.

    Parameters
    ----------
    pre, post : ndarray of int32, shape (n,)
        Pairs.
    rows : ndarray of int64
        Where the counts of a source begin, negative where its pairs are left out.
    ids : ndarray of int32
        What is written for a target, negative where its pairs are left out.
    slots : ndarray of int32, shape (n,) or (1,)
        The count of a pair is ``counts[rows[pre] + slot]``; one slot may serve all.
    counts : ndarray of int64 or int32
        Added to.
    """
    several = np.int64(slots.shape[0] > 1)
    for i in range(pre.shape[0]):
        row = rows[pre[i]]
        if row >= 0 and ids[post[i]] >= 0:
            counts[row + slots[i * several]] += 1


@kernel
def place_pairs(
    pre: Any, post: Any, rows: Any, ids: Any, slots: Any, values: Any, cursor: Any, targets: Any,
    weights: Any,
) -> None:  # fmt: skip
    """Write targets and weights to the next free places of their segments.

    Parameters
    ----------
    pre, post, rows, ids, slots
        As for :func:`count_pairs`.
    values : ndarray of float64, shape (n,), (1,) or (0,)
        Weights of the pairs, one for all, or none to be written.
    cursor : ndarray of int64
        ``cursor[rows[pre] + slot]`` is the next free place; it moves on.
    targets, weights : ndarray
        Filled in place.
    """
    several = np.int64(slots.shape[0] > 1)
    own = np.int64(values.shape[0] > 1)
    weighted = values.shape[0] > 0
    for i in range(pre.shape[0]):
        row = rows[pre[i]]
        target = ids[post[i]]
        if row >= 0 and target >= 0:
            segment = row + slots[i * several]
            place = cursor[segment]
            cursor[segment] = place + 1
            targets[place] = target
            if weighted:
                weights[place] = values[i * own]
