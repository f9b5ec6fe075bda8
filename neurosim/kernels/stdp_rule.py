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
    last, applied, whole = synapses.last[segment], synapses.applied[segment], synapses.whole[block]
    targets, weights = own(segment, block, synapses)
    fresh, shift = until - applied, applied - last
    if last < 0 or fresh <= 0:
        targets = targets[:0]
    quick = whole[QUICK] != 0 and fresh + shift < GAPS and dendritic < AGED
    left = not quick and len(targets) > 0
    if quick:
        real, kind = synapses.real[block], weights.dtype.type
        at, by = kind(real[PLUS_AT]), kind(real[PLUS_BY])
        low, high = kind(real[W_MIN]), kind(real[W_MAX])
        step = kind(real[A_PLUS] * synapses.trace[segment])
        begin = applied - dendritic + 1
        first, reach = np.uint32(begin & LOW), np.uint32(fresh)
        span, none = np.uint32(fresh + dendritic), np.uint32(GAPS - 1 - shift)
        after, pairs = posts.decay[whole[PLUS] + shift + 1 :], posts.pairs[whole[ROW] * PAIRS :]
        odd, odds, recent = posts.odd, posts.odds, posts.recent[whole[ROW] * RECENT :]
        for i in range(len(targets)):
            pair = np.int32(fetch(targets, i)) * PAIRS
            newest, older = fetch(pairs, np.int32(pair)), fetch(pairs, np.int32(pair + 1))
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
        for group in range((len(targets) + 7) // 8):
            bits = odds[group]
            while bits != NO_BITS:
                i = 8 * group + _lowest(bits)
                bits &= bits - ONE_BIT
                if i >= len(targets):
                    break
                place = np.int64(fetch(targets, i)) * RECENT
                if (fetch(recent, place + RECENT - 1) - begin) & LOW < fresh + dendritic:
                    left = True
                    continue
                w = old(weights, i)
                for r in range(RECENT - 2, -1, -1):
                    passed = (fetch(recent, place + r) - begin) & LOW
                    k = step * fetch(after, passed if passed < fresh else GAPS - 1 - shift)
                    w = _clipped(w + k * (at - by * w), low, high)
                put(weights, i, w)
                odd[i] = 0
    if left:
        _one_by_one(
            quick, applied, until, NOTHING, last, synapses.trace[segment], dt, dendritic,
            targets, weights, synapses.real[block], whole, posts.odds, posts.count, posts.stamp,
            posts.trace, posts.decay,
        )  # fmt: skip
    synapses.applied[segment] = until


@inner
def depress(
    now: Any, dt: Any, segment: Any, dendritic: Any, block: Any, synapses: Any, posts: Any
) -> None:
    """The rule's presynaptic event of a segment at ``now``, after all postsynaptic events up to
    ``now``."""
    real, whole = synapses.real[block], synapses.whole[block]
    seen, quick = now - dendritic, whole[QUICK] != 0 and dendritic < AGED
    targets, weights = own(segment, block, synapses)
    if quick:
        kind = weights.dtype.type
        at, by = kind(real[MINUS_AT]), kind(real[MINUS_BY])
        low, high = kind(real[W_MIN]), kind(real[W_MAX])
        table, row = posts.decay[whole[MINUS] :], whole[ROW]
        pairs, fall, odd = posts.pairs[row * PAIRS :], posts.fall[row:], posts.odd
        origin, most, none = np.uint32(seen & LOW), np.uint32(GAPS - 1), np.uint32(GAPS)
        far = np.uint32(HIDDEN if table[GAPS - 1] == table[GAPS] else GAPS)
        for i in range(len(targets)):
            post = np.int32(fetch(targets, i))
            gap = np.uint32(origin - fetch(pairs, np.int32(post * PAIRS))) & LOW
            put(odd, i, np.uint8((gap == NO_GAP) | (gap >= far)))
            known = np.uint32(gap - ONE_GAP) < most
            k = fetch(fall, post) * fetch(table, np.int32(gap if known else none))
            w = old(weights, i)
            put(weights, i, _clipped(w - k * (at + by * w), low, high))
    last, trace = synapses.last[segment], synapses.trace[segment]
    applied = synapses.applied[segment] if last >= 0 else now
    _one_by_one(
        quick, applied, now, seen, last, trace, dt, dendritic, targets, weights, real, whole,
        posts.odds, posts.count, posts.stamp, posts.trace, posts.decay,
    )  # fmt: skip
    kept = decayed(trace, now - last, dt, real[TAU_PLUS])
    synapses.trace[segment] = 1.0 + kept if last >= 0 and whole[NEAREST] == 0 else 1.0
    synapses.last[segment] = synapses.applied[segment] = now


@inner
def _one_by_one(
    only_odd: Any, applied: Any, until: Any, seen: Any, last: Any, pre: Any, dt: Any,
    dendritic: Any, targets: Any, weights: Any, real: Any, whole: Any, odds: Any, count: Any,
    stamp: Any, trace: Any, decay: Any,
) -> None:  # fmt: skip
    """Look at the history of each synapse, or of each ``odd`` one: potentiate by the events after
    ``applied`` up to ``until``, then depress by the newest spike until stamp ``seen``."""
    kind, row, gutig = weights.dtype.type, whole[ROW], whole[GUTIG] != 0
    low, high, rise = kind(real[W_MIN]), kind(real[W_MAX]), kind(real[A_PLUS] * pre)
    for group in range((len(targets) + 7) // 8):
        bits = odds[group] if only_odd else EACH
        while bits != NO_BITS:
            i = 8 * group + _lowest(bits)
            bits &= bits - ONE_BIT
            if i >= len(targets):
                break
            post, w = row + np.int64(targets[i]), weights[i]
            e = end = count[post]
            while e > 0 and stamp[post, e - 1] + dendritic > applied:
                e -= 1
            while e < end and stamp[post, e] + dendritic <= until:
                passed = stamp[post, e] + dendritic - last
                if passed < GAPS:
                    k = rise * decay[whole[PLUS] + passed]
                else:
                    k = rise * kind(decayed(1.0, passed, dt, real[TAU_PLUS]))
                change = k * (kind(real[PLUS_AT]) - kind(real[PLUS_BY]) * w)
                if gutig:
                    q = (np.float64(w) - real[W_MIN]) / (real[W_MAX] - real[W_MIN])
                    change = change * kind(_power(1.0 - q, real[MU_PLUS]))
                w = _clipped(w + change, low, high)
                e += 1
            if e > 0 and stamp[post, e - 1] <= seen:
                passed = seen - stamp[post, e - 1]
                k = kind(real[A_MINUS] * trace[post, e - 1])
                if passed < GAPS:
                    k = k * decay[whole[MINUS] + passed]
                else:
                    k = k * kind(decayed(1.0, passed, dt, real[TAU_MINUS]))
                change = k * (kind(real[MINUS_AT]) + kind(real[MINUS_BY]) * w)
                if gutig:
                    q = (np.float64(w) - real[W_MIN]) / (real[W_MAX] - real[W_MIN])
                    change = change * kind(_power(q, real[MU_MINUS]))
                w = _clipped(w - change, low, high)
            weights[i] = w
