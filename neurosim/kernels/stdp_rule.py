"""The pair rule on the synapses of one segment (a source and a delay).

Amounts are of the type of the weights. An event changes a weight by ``k * (at - by * w)``
(potentiation) or ``k * (at + by * w)`` (depression), where ``at`` and ``by`` stand for the weight
dependence: one loop for all of them, with the bits of the formulas in ``neurosim.synapses.STDP``.
Most synapses saw none, one or two postsynaptic spikes since the last event of their source. Those
are found in ``Posts.recent`` without a branch: a spike that does not count takes its decay from an
entry that is zero.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from neurosim.kernels._jit import inline, inner
from neurosim.kernels.arithmetic import exp, log
from neurosim.kernels.disjoint import fetch, old, put
from neurosim.kernels.layout import LONG_AGO, RECENT

PAIRS, HALF, LOW = RECENT // 2, np.uint32(16), np.uint32((1 << 16) - 1)
AGED = 1 << 13
"""Steps between two calls of :func:`age`."""

HIDDEN = (1 << 16) - AGED
"""Gaps from here on belong to spikes that are not seen yet."""

NO_BITS, ONE_BIT, EACH = np.uint64(0), np.uint64(1), np.uint64(0x0101010101010101)

# places in ``Synapses.real`` of a plastic block
TAU_PLUS, TAU_MINUS, A_PLUS, A_MINUS, W_MIN, W_MAX, MU_PLUS, MU_MINUS = range(8)
PLUS_AT, PLUS_BY, MINUS_AT, MINUS_BY = range(8, 12)
# places in ``Synapses.whole`` of a plastic block; of a table its beginning and the gaps it holds
NEAREST, ROW, GUTIG, INSIDE = range(4)
PLUS, PLUS_SIZE, MINUS, MINUS_SIZE = range(4, 8)


@inline
def _lowest(bits: Any) -> Any:
    """Number of the lowest byte that is not zero, of eight that are 0 or 1."""
    lowest = bits & (~bits + ONE_BIT)
    return np.int64((lowest * np.uint64(0x0001020304050607)) >> np.uint64(56))


@inner
def age(stamp: Any, posts: Any) -> None:
    """Keep old spikes from looking young, which they would after ``2**16`` steps."""
    recent, oldest = posts.recent, np.uint32((stamp - LONG_AGO) & LOW)
    for r in range(len(recent)):
        if np.uint32(stamp - recent[r]) & LOW > np.uint32(LONG_AGO):
            recent[r] = oldest


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
def _power(base: Any, exponent: Any) -> Any:
    if exponent == 0.0:
        return 1.0
    return exp(exponent * log(base)) if base > 0.0 else 0.0


@inline
def _share(w: Any, real: Any) -> Any:
    return (np.float64(w) - real[W_MIN]) / (real[W_MAX] - real[W_MIN])


@inline
def _gutig(change: Any, share: Any, exponent: Any, kind: Any) -> Any:
    return change * kind(_power(share, exponent))


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
    if last < 0 or until <= applied:
        return
    targets, weights = own(segment, block, synapses)
    kind = weights.dtype.type
    real, whole = synapses.real[block], synapses.whole[block]
    at, by = kind(real[PLUS_AT]), kind(real[PLUS_BY])
    low, high = kind(real[W_MIN]), kind(real[W_MAX])
    row, size, gutig = whole[ROW], whole[PLUS_SIZE], whole[GUTIG] != 0
    table, recent = posts.decay[whole[PLUS] :], posts.recent[row * RECENT :]
    step = kind(real[A_PLUS] * synapses.trace[segment])
    quick = until - last < size and dendritic < AGED and whole[INSIDE] != 0 and not gutig
    n, odds, begin = len(targets), posts.odds, applied - dendritic + 1
    after, first, reach = table, np.uint32(begin & LOW), np.uint32(until - applied)
    span, none = np.uint32(until - applied + dendritic), np.uint32(size - 1 - (applied - last))
    if quick:
        pairs, odd, after = posts.pairs[row * PAIRS :], posts.odd, table[applied - last + 1 :]
        for i in range(n):
            pair = np.int32(fetch(targets, i)) * PAIRS
            newest = np.uint32(fetch(pairs, np.int32(pair)))
            older = np.uint32(fetch(pairs, np.int32(pair + 1)))
            more = (np.uint32((older >> HALF) - first) & LOW) < span
            put(odd, i, np.uint8(more))
            limit = np.uint32(0) if more else reach
            w = old(weights, i)
            gap = np.uint32(older - first) & LOW
            k = step * fetch(after, np.int32(gap if gap < limit else none))
            w = _clipped(w + k * (at - by * w), low, high)
            gap = np.uint32((newest >> HALF) - first) & LOW
            k = step * fetch(after, np.int32(gap if gap < limit else none))
            w = _clipped(w + k * (at - by * w), low, high)
            gap = np.uint32(newest - first) & LOW
            k = step * fetch(after, np.int32(gap if gap < limit else none))
            put(weights, i, _clipped(w + k * (at - by * w), low, high))
    for group in range((n + 7) // 8):
        bits = odds[group] if quick else EACH
        while bits != NO_BITS:
            i = 8 * group + _lowest(bits)
            bits &= bits - ONE_BIT
            if i >= n:
                break
            place, w = np.int64(targets[i]) * RECENT, weights[i]
            if quick and np.uint32(recent[place + RECENT - 1] - first) & LOW >= span:
                for r in range(RECENT - 2, -1, -1):
                    gap = np.uint32(recent[place + r] - first) & LOW
                    k = step * after[np.int64(gap if gap < reach else none)]
                    w = _clipped(w + k * (at - by * w), low, high)
                weights[i] = w
                continue
            post = row + np.int64(targets[i])
            e = end = posts.count[post]
            while e > 0 and posts.stamp[post, e - 1] >= begin:
                e -= 1
            while e < end and posts.stamp[post, e] + dendritic <= until:
                passed = posts.stamp[post, e] + dendritic - last
                if passed < size:
                    k = step * table[passed]
                else:
                    k = step * kind(decayed(1.0, passed, dt, real[TAU_PLUS]))
                change = k * (at - by * w)
                if gutig:
                    change = _gutig(change, 1.0 - _share(w, real), real[MU_PLUS], kind)
                w = _clipped(w + change, low, high)
                e += 1
            weights[i] = w


@inner
def depress(
    now: Any, dt: Any, segment: Any, dendritic: Any, block: Any, synapses: Any, posts: Any
) -> None:
    """The rule's presynaptic event of a segment at ``now``.

    Postsynaptic events before ``now`` are applied already. Those at ``now`` are too if there is a
    dendritic part.
    """
    targets, weights = own(segment, block, synapses)
    kind = weights.dtype.type
    real, whole = synapses.real[block], synapses.whole[block]
    at, by = kind(real[MINUS_AT]), kind(real[MINUS_BY])
    low, high = kind(real[W_MIN]), kind(real[W_MAX])
    row, size, gutig = whole[ROW], whole[MINUS_SIZE], whole[GUTIG] != 0
    table, fall, odds = posts.decay[whole[MINUS] :], posts.fall[row:], posts.odds
    n, seen = len(targets), now - dendritic
    quick = dendritic < AGED and whole[INSIDE] != 0 and not gutig
    if quick:
        pairs, odd = posts.pairs[row * PAIRS :], posts.odd
        origin, most, none = np.uint32(seen & LOW), np.uint32(size - 1), np.uint32(size)
        far = np.uint32(HIDDEN if table[size - 1] == kind(0) else size)
        for i in range(n):
            post = np.int32(fetch(targets, i))
            gap = np.uint32(origin - np.uint32(fetch(pairs, np.int32(post * PAIRS)))) & LOW
            put(odd, i, np.uint8((gap == np.uint32(0)) | (gap >= far)))
            known = np.uint32(gap - np.uint32(1)) < most
            k = fetch(fall, post) * fetch(table, np.int32(gap if known else none))
            w = old(weights, i)
            put(weights, i, _clipped(w - k * (at + by * w), low, high))
    last, trace = synapses.last[segment], synapses.trace[segment]
    paired = last >= 0 and synapses.applied[segment] < now
    decay = decayed(1.0, now - last, dt, real[TAU_PLUS])
    tie = kind(real[A_PLUS] * trace) * kind(decay)
    synapses.last[segment] = synapses.applied[segment] = now
    synapses.trace[segment] = 1.0
    if last >= 0 and whole[NEAREST] == 0:
        synapses.trace[segment] = 1.0 + trace * decay
    for group in range((n + 7) // 8):
        bits = odds[group] if quick else EACH
        while bits != NO_BITS:
            i = 8 * group + _lowest(bits)
            bits &= bits - ONE_BIT
            if i >= n:
                break
            post, w = row + np.int64(targets[i]), weights[i]
            e = posts.count[post] - 1
            while e >= 0 and posts.stamp[post, e] > seen:
                e -= 1
            if e < 0:
                continue
            gap = seen - posts.stamp[post, e]
            if gap == 0 and paired:
                change = tie * (kind(real[PLUS_AT]) - kind(real[PLUS_BY]) * w)
                if gutig:
                    change = _gutig(change, 1.0 - _share(w, real), real[MU_PLUS], kind)
                w = _clipped(w + change, low, high)
            k = kind(real[A_MINUS] * posts.trace[post, e])
            k = k * (table[gap] if gap < size else kind(decayed(1.0, gap, dt, real[TAU_MINUS])))
            change = k * (at + by * w)
            if gutig:
                change = _gutig(change, _share(w, real), real[MU_MINUS], kind)
            weights[i] = _clipped(w - change, low, high)
