"""The pair rule on the synapses of one segment (a source and a delay).

Amounts are of the type of the weights. An event changes a weight by ``k * (at - by * w)``
(potentiation) or ``k * (at + by * w)`` (depression), where ``at`` and ``by`` stand for the weight
dependence: one loop for all of them, with the bits of the formulas in ``neurosim.synapses.STDP``.
Most synapses saw none, one or two postsynaptic spikes since the last event of their source. Those
are found in ``Posts.pairs`` without a branch: a spike that does not count takes its decay from an
entry that is zero.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from neurosim.kernels._jit import inline, inner
from neurosim.kernels.arithmetic import exp, log
from neurosim.kernels.disjoint import fetch, old, put
from neurosim.kernels.layout import GAPS, LONG_AGO, RECENT

PAIRS, HALF, LOW = RECENT // 2, np.uint32(16), (1 << 16) - 1
AGED = 1 << 12
"""Steps between two calls of :func:`age`."""

HIDDEN = (1 << 16) - AGED
"""Gaps from here on belong to spikes that are not seen yet."""

NOTHING = np.int64(-1)
"""Before all stamps: no spike is seen."""

NO_GAP, ONE_GAP = np.uint32(0), np.uint32(1)
NO_BITS, ONE_BIT, EACH = np.uint64(0), np.uint64(1), np.uint64(0x0101010101010101)

# places in ``Synapses.real`` of a plastic block
TAU_PLUS, TAU_MINUS, A_PLUS, A_MINUS, W_MIN, W_MAX, MU_PLUS, MU_MINUS = range(8)
PLUS_AT, PLUS_BY, MINUS_AT, MINUS_BY = range(8, 12)
# places in ``Synapses.whole`` of a plastic block; ``PLUS`` and ``MINUS``: where a table begins
NEAREST, ROW, GUTIG, QUICK, PLUS, MINUS = range(6)


@inline
def _lowest(bits: Any) -> Any:
    """Number of the lowest byte that is not zero, of eight that are 0 or 1."""
    lowest = bits & (~bits + ONE_BIT)
    return np.int64((lowest * np.uint64(0x0001020304050607)) >> np.uint64(56))


@inner
def age(stamp: Any, recent: Any) -> None:
    """Keep old spikes from looking young, which they would after ``2**16`` steps."""
    for r in range(len(recent)):
        if (stamp - recent[r]) & LOW > LONG_AGO:
            recent[r] = (stamp - LONG_AGO) & LOW


@inline
def decayed(trace: Any, gap: Any, dt: Any, tau: Any) -> Any:
    """What is left of a trace after ``gap`` steps."""
    return trace * exp(-(np.float64(gap) * dt) / tau)


@inline
def own(segment: Any, block: Any, synapses: Any) -> Any:
    """Targets and weights of a segment."""
    low, high = synapses.ptr[segment], synapses.ptr[segment + 1]
    target, weight = synapses.target_start[block], synapses.weight_start[block]
    return (
        synapses.targets[target + low : target + high],
        synapses.weights[weight + low : weight + high],
    )


@inline
def where(segment: Any, block: Any, synapses: Any) -> Any:
    """Where the targets and the weights of a segment begin, and how many they are."""
    low, high = synapses.ptr[segment], synapses.ptr[segment + 1]
    return synapses.target_start[block] + low, synapses.weight_start[block] + low, high - low


@inline
def _power(base: Any, exponent: Any) -> Any:
    if exponent == 0.0:
        return 1.0
    return exp(exponent * log(base)) if base > 0.0 else 0.0


@inline
def _clipped(w: Any, low: Any, high: Any) -> Any:
    return max(low, min(high, w))


@inner
def potentiate(
    until: Any, dt: Any, segment: Any, dendritic: Any, block: Any, synapses: Any, posts: Any
) -> None:
    """Apply the postsynaptic events of a segment that came after the last applied one, up to
    ``until``."""
    last, applied = synapses.last[segment], synapses.applied[segment]
    synapses.applied[segment] = until
    t, v, n = where(segment, block, synapses)
    fresh, shift = until - applied, applied - last
    if last < 0 or fresh <= 0 or n == 0:
        return
    targets, weights, pairs, decay = synapses.targets, synapses.weights, posts.pairs, posts.decay
    real, reals = synapses.real, block * synapses.real.shape[1]
    whole, wholes = synapses.whole, block * synapses.whole.shape[1]
    row, kind = fetch(whole, wholes, ROW), weights.dtype.type
    quick = fetch(whole, wholes, QUICK) != 0 and fresh + shift < GAPS and dendritic < AGED
    left, odd, odds, zero = not quick, posts.odd, posts.odds, np.int64(0)
    if quick:
        at, by = kind(fetch(real, reals, PLUS_AT)), kind(fetch(real, reals, PLUS_BY))
        low, high = kind(fetch(real, reals, W_MIN)), kind(fetch(real, reals, W_MAX))
        step = kind(fetch(real, reals, A_PLUS) * synapses.trace[segment])
        first, reach = np.uint32((applied - dendritic + 1) & LOW), np.uint32(fresh)
        span, none = np.uint32(fresh + dendritic), np.uint32(GAPS - 1 - shift)
        after, row_pairs = fetch(whole, wholes, PLUS) + shift + 1, row * PAIRS
        for i in range(n):
            pair = np.int32(np.int32(fetch(targets, t, i)) * PAIRS)
            newest = fetch(pairs, row_pairs, pair)
            older = fetch(pairs, row_pairs + 1, pair)
            more = (np.uint32((older >> HALF) - first) & LOW) < span
            put(odd, zero, i, np.uint8(more))
            limit = np.uint32(0) if more else reach
            w = old(weights, v, i)
            gap = np.uint32(older - first) & LOW
            k = step * fetch(decay, after, np.int32(gap if gap < limit else none))
            w = _clipped(w + k * (at - by * w), low, high)
            gap = np.uint32((newest >> HALF) - first) & LOW
            k = step * fetch(decay, after, np.int32(gap if gap < limit else none))
            w = _clipped(w + k * (at - by * w), low, high)
            gap = np.uint32(newest - first) & LOW
            k = step * fetch(decay, after, np.int32(gap if gap < limit else none))
            put(weights, v, i, _clipped(w + k * (at - by * w), low, high))
        for group in range((n + 7) // 8):
            bits = odds[group]
            while bits != NO_BITS:
                i = 8 * group + _lowest(bits)
                bits &= bits - ONE_BIT
                if i >= n:
                    break
                oldest = row_pairs + np.int64(fetch(targets, t, i)) * PAIRS + PAIRS - 1
                if (np.uint32((fetch(pairs, oldest, zero) >> HALF) - first) & LOW) < span:
                    left = True
                    continue
                w = old(weights, v, i)
                for r in range(PAIRS):
                    both = fetch(pairs, oldest, -r)
                    if r > 0:
                        gap = np.uint32((both >> HALF) - first) & LOW
                        k = step * fetch(decay, after, np.int32(gap if gap < reach else none))
                        w = _clipped(w + k * (at - by * w), low, high)
                    gap = np.uint32(both - first) & LOW
                    k = step * fetch(decay, after, np.int32(gap if gap < reach else none))
                    w = _clipped(w + k * (at - by * w), low, high)
                put(weights, v, i, w)
                odd[i] = 0
    if left:
        _one_by_one(
            quick, applied, until, NOTHING, last, synapses.trace[segment], dt, dendritic, block,
            t, v, n, targets, weights, real, whole, odds, posts.count, posts.stamp, posts.trace,
            decay,
        )  # fmt: skip


@inner
def depress(
    now: Any, dt: Any, segment: Any, dendritic: Any, block: Any, synapses: Any, posts: Any
) -> None:
    """The rule's presynaptic event of a segment at ``now``, after all postsynaptic events up to
    ``now``."""
    last, trace, applied = synapses.last[segment], synapses.trace[segment], now
    if last >= 0:
        applied = synapses.applied[segment]
    t, v, n = where(segment, block, synapses)
    targets, weights, pairs, decay = synapses.targets, synapses.weights, posts.pairs, posts.decay
    real, reals = synapses.real, block * synapses.real.shape[1]
    whole, wholes = synapses.whole, block * synapses.whole.shape[1]
    row, kind = fetch(whole, wholes, ROW), weights.dtype.type
    seen, quick = now - dendritic, fetch(whole, wholes, QUICK) != 0 and dendritic < AGED
    if quick:
        at, by = kind(fetch(real, reals, MINUS_AT)), kind(fetch(real, reals, MINUS_BY))
        low, high = kind(fetch(real, reals, W_MIN)), kind(fetch(real, reals, W_MAX))
        table, row_pairs = fetch(whole, wholes, MINUS), row * PAIRS
        odd, fall, zero = posts.odd, posts.fall, np.int64(0)
        origin, most, none = np.uint32(seen & LOW), np.uint32(GAPS - 1), np.uint32(GAPS)
        vanished = fetch(decay, table, GAPS - 1) == fetch(decay, table, GAPS)
        far = np.uint32(HIDDEN if vanished else GAPS)
        for i in range(n):
            post = np.int32(fetch(targets, t, i))
            newest = fetch(pairs, row_pairs, np.int32(post * PAIRS))
            gap = np.uint32(origin - newest) & LOW
            put(odd, zero, i, np.uint8((gap == NO_GAP) | (gap >= far)))
            known = np.uint32(gap - ONE_GAP) < most
            k = fetch(fall, row, post) * fetch(decay, table, np.int32(gap if known else none))
            w = old(weights, v, i)
            put(weights, v, i, _clipped(w - k * (at + by * w), low, high))
    _one_by_one(
        quick, applied, now, seen, last, trace, dt, dendritic, block, t, v, n, targets, weights,
        real, whole, posts.odds, posts.count, posts.stamp, posts.trace, decay,
    )  # fmt: skip
    synapses.trace[segment] = 1.0
    if last >= 0 and fetch(whole, wholes, NEAREST) == 0:
        tau = fetch(real, reals, TAU_PLUS)
        synapses.trace[segment] = 1.0 + decayed(trace, now - last, dt, tau)
    synapses.last[segment] = synapses.applied[segment] = now


@inner
def _one_by_one(
    only_odd: Any, applied: Any, until: Any, seen: Any, last: Any, pre: Any, dt: Any,
    dendritic: Any, block: Any, t: Any, v: Any, n: Any, targets: Any, weights: Any, real: Any,
    whole: Any, odds: Any, count: Any, stamp: Any, trace: Any, decay: Any,
) -> None:  # fmt: skip
    """Look at the history of each synapse, or of each ``odd`` one: potentiate by the events after
    ``applied`` up to ``until``, then depress by the newest spike until stamp ``seen``."""
    reals, wholes, kind = block * real.shape[1], block * whole.shape[1], weights.dtype.type
    row, gutig = fetch(whole, wholes, ROW), fetch(whole, wholes, GUTIG) != 0
    plus, minus = fetch(whole, wholes, PLUS), fetch(whole, wholes, MINUS)
    w_min, w_max = fetch(real, reals, W_MIN), fetch(real, reals, W_MAX)
    low, high, rise = kind(w_min), kind(w_max), kind(fetch(real, reals, A_PLUS) * pre)
    plus_at, plus_by = kind(fetch(real, reals, PLUS_AT)), kind(fetch(real, reals, PLUS_BY))
    minus_at, minus_by = kind(fetch(real, reals, MINUS_AT)), kind(fetch(real, reals, MINUS_BY))
    for group in range((n + 7) // 8):
        bits = odds[group] if only_odd else EACH
        while bits != NO_BITS:
            i = 8 * group + _lowest(bits)
            bits &= bits - ONE_BIT
            if i >= n:
                break
            post, w = row + np.int64(fetch(targets, t, i)), old(weights, v, i)
            e = end = count[post]
            while e > 0 and stamp[post, e - 1] + dendritic > applied:
                e -= 1
            while e < end and stamp[post, e] + dendritic <= until:
                passed = stamp[post, e] + dendritic - last
                if passed < GAPS:
                    k = rise * fetch(decay, plus, passed)
                else:
                    k = rise * kind(decayed(1.0, passed, dt, fetch(real, reals, TAU_PLUS)))
                k *= plus_at - plus_by * w
                if gutig:
                    q = (np.float64(w) - w_min) / (w_max - w_min)
                    k *= kind(_power(1.0 - q, fetch(real, reals, MU_PLUS)))
                w = _clipped(w + k, low, high)
                e += 1
            if e > 0 and stamp[post, e - 1] <= seen:
                passed = seen - stamp[post, e - 1]
                k = kind(fetch(real, reals, A_MINUS) * trace[post, e - 1])
                if passed < GAPS:
                    k *= fetch(decay, minus, passed)
                else:
                    k *= kind(decayed(1.0, passed, dt, fetch(real, reals, TAU_MINUS)))
                k *= minus_at + minus_by * w
                if gutig:
                    q = (np.float64(w) - w_min) / (w_max - w_min)
                    k *= kind(_power(q, fetch(real, reals, MU_MINUS)))
                w = _clipped(w - k, low, high)
            put(weights, v, i, w)
