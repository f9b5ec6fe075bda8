"""Drawing pairs by target, and sorting them into segments of (source, delay)."""

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
def draw_with_replacement(
    key: Any, n_from: Any, first: Any, last: Any, n: Any, begins: Any, apart: Any, other: Any,
    own: Any,
) -> None:  # fmt: skip
    """``n`` partners out of ``n_from`` for each unit from ``first`` to ``last``, repeats allowed.

    Parameters
    ----------
    key : uint64
        Stream; the draw of partner ``j`` of unit ``u`` is at position ``u n + j``.
    n_from, first, last, n : int64
        Sizes.
    begins, apart : ndarray of int64
        Partners that unit ``u`` never gets, ascending: ``apart[begins[u]:begins[u + 1]]``.
    other, own : ndarray of int32, shape ((last - first) n,)
        Partners and units, filled in place.
    """
    at = 0
    for unit in range(first, last):
        never = apart[begins[unit] : begins[unit + 1]]
        pool = np.uint64(n_from - never.shape[0])
        for j in range(n):
            word = _word(key, unit * n + j, 0)
            partner = np.int64((word * pool) >> np.uint64(32))
            for out in never:
                if partner >= out:
                    partner += 1
            other[at] = partner
            own[at] = unit
            at += 1


@kernel
def draw_distinct(
    key: Any, n_from: Any, first: Any, last: Any, n: Any, begins: Any, apart: Any, other: Any,
    own: Any,
) -> None:  # fmt: skip
    """As :func:`draw_with_replacement`, without repeats.

    Draws until ``n`` differ; where more than half of the pool is wanted, the others are drawn
    instead and left out. Partners of a unit come in ascending order in that case.
    """
    mark = np.full(n_from, np.int64(-1))
    at = 0
    for unit in range(first, last):
        never = apart[begins[unit] : begins[unit + 1]]
        pool = n_from - never.shape[0]
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

    Parameters are those of :func:`draw_with_replacement`; ``other`` and ``own`` hold up to
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
def count_segments(segments: Any, counts: Any) -> None:
    """Add the number of synapses of each segment to ``counts[segment + 1]`` (int64)."""
    for i in range(segments.shape[0]):
        counts[segments[i] + 1] += 1


@kernel
def place_synapses(segments: Any, cursor: Any, places: Any) -> None:
    """Place of each synapse in the order of segments; ``cursor`` (next free place) moves on."""
    for i in range(segments.shape[0]):
        segment = segments[i]
        places[i] = cursor[segment]
        cursor[segment] += 1
