"""Pair STDP in one sweep over a source's synapses at its events (deferred form, exact).

A synapse's weight is read only when its source spikes, so everything that postsynaptic spikes did
to it can wait until then and be applied in order, oldest first. This needs the recent spikes of
each postsynaptic neuron and no index of incoming synapses. See ``neurosim.synapses.STDP`` for the
rule.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from neurosim.kernels._jit import inline, inner, kernel
from neurosim.kernels.arithmetic import exp, log

# places in ``Synapses.real`` and ``Synapses.whole`` of a plastic block
TAU_PLUS, TAU_MINUS, A_PLUS, A_MINUS, W_MIN, W_MAX, MU_PLUS, MU_MINUS = range(8)
DEPENDENCE, NEAREST, ROW = range(3)
ADDITIVE, MULTIPLICATIVE, MIXED, GUTIG = range(4)


@inline
def _power(base: Any, exponent: Any) -> Any:
    if exponent == 0.0:
        return 1.0
    return exp(exponent * log(base)) if base > 0.0 else 0.0


@inline
def _potentiated(w: Any, trace: Any, real: Any, dependence: Any) -> Any:
    k = real[A_PLUS] * trace
    low, high = real[W_MIN], real[W_MAX]
    if dependence == MULTIPLICATIVE:
        w = w + k * (high - w)
    elif dependence == GUTIG:
        w = w + (k * high) * _power(1.0 - (w - low) / (high - low), real[MU_PLUS])
    else:
        w = w + k * high
    return max(low, min(high, w))


@inline
def _depressed(w: Any, trace: Any, real: Any, dependence: Any) -> Any:
    k = real[A_MINUS] * trace
    low, high = real[W_MIN], real[W_MAX]
    if dependence == ADDITIVE:
        w = w - k * high
    elif dependence == GUTIG:
        w = w - (k * high) * _power((w - low) / (high - low), real[MU_MINUS])
    else:
        w = w - k * (w - low)
    return min(high, max(low, w))


@inline
def _decayed(trace: Any, gap: Any, dt: Any, tau: Any) -> Any:
    return trace * exp(-(np.float64(gap) * dt) / tau)


@inline
def _own(block: Any, synapses: Any) -> Any:
    """Targets and weights of a block."""
    targets = synapses.targets[synapses.target_start[block] :]
    return targets, synapses.weights[synapses.weight_start[block] :]


@inner
def potentiate(
    now: Any, dt: Any, segment: Any, dendritic: Any, block: Any, synapses: Any, posts: Any
) -> None:
    """Apply the postsynaptic events of a segment that came after the last applied one, up to
    ``now``."""
    last, applied = synapses.last[segment], synapses.applied[segment]
    synapses.applied[segment] = now
    if last < 0:
        return
    real, dependence = synapses.real[block], synapses.whole[block, DEPENDENCE]
    row, trace = synapses.whole[block, ROW], synapses.trace[segment]
    targets, weights = _own(block, synapses)
    for i in range(synapses.ptr[segment], synapses.ptr[segment + 1]):
        post = row + np.int64(targets[i])
        begin = end = posts.count[post]
        while begin > 0 and posts.stamp[post, begin - 1] + dendritic > applied:
            begin -= 1
        for e in range(begin, end):
            event = posts.stamp[post, e] + dendritic
            if event > now:
                break
            change = _decayed(trace, event - last, dt, real[TAU_PLUS])
            w = np.float64(weights[i])
            weights[i] = _potentiated(w, change, real, dependence)


@inner
def presynaptic(
    now: Any, dt: Any, segment: Any, dendritic: Any, block: Any, synapses: Any, posts: Any
) -> None:
    """The rule's presynaptic event of a segment at ``now``: pending potentiation, then
    depression."""
    potentiate(now, dt, segment, dendritic, block, synapses, posts)
    real, dependence = synapses.real[block], synapses.whole[block, DEPENDENCE]
    row = synapses.whole[block, ROW]
    targets, weights = _own(block, synapses)
    for i in range(synapses.ptr[segment], synapses.ptr[segment + 1]):
        post = row + np.int64(targets[i])
        e = posts.count[post] - 1
        while e >= 0 and posts.stamp[post, e] + dendritic > now:
            e -= 1
        if e >= 0:
            gap = now - posts.stamp[post, e] - dendritic
            change = _decayed(posts.trace[post, e], gap, dt, real[TAU_MINUS])
            w = np.float64(weights[i])
            weights[i] = _depressed(w, change, real, dependence)
    last, trace = synapses.last[segment], 1.0
    if last >= 0 and synapses.whole[block, NEAREST] == 0:
        trace = 1.0 + _decayed(synapses.trace[segment], now - last, dt, real[TAU_PLUS])
    synapses.trace[segment] = trace
    synapses.last[segment] = now


@inline
def _segment(lane: Any, id: Any, lanes: Any) -> Any:
    source = id - lanes.first[lane]
    if source < 0 or source >= lanes.sources[lane]:
        return np.int64(-1)
    return lanes.ptr[lane] + source * lanes.stride[lane]


@inner
def plasticity_on_emission(
    stamp: Any, dt: Any, lanes: Any, synapses: Any, posts: Any, history: Any
) -> None:
    """Rule events at ``stamp`` of lanes with a dendritic part; fixes what spikes of ``stamp``
    transmit."""
    depth = history.count.shape[1]
    for lane in range(lanes.delay.shape[0]):
        if lanes.dendritic[lane] == 0:
            continue
        p, block = lanes.population[lane], lanes.block[lane]
        axonal, dendritic = lanes.axonal[lane], lanes.dendritic[lane]
        frozen = posts.frozen[block] != 0
        if stamp >= axonal and not frozen:
            slot = (stamp - axonal) % depth
            for s in range(lanes.low[lane], lanes.high[lane]):
                for i in range(history.low[s, slot, p], history.high[s, slot, p]):
                    segment = _segment(lane, history.ids[s, slot, i], lanes)
                    if segment >= 0:
                        presynaptic(stamp, dt, segment, dendritic, block, synapses, posts)
    first = np.int64(0)
    while first < lanes.delay.shape[0]:
        stop = first + 1
        while stop < lanes.delay.shape[0] and lanes.block[stop] == lanes.block[first]:
            stop += 1
        _transmit(stamp, dt, first, stop, lanes, synapses, posts, history)
        first = stop


@inner
def _transmit(
    stamp: Any, dt: Any, first: Any, stop: Any, lanes: Any, synapses: Any, posts: Any, history: Any
) -> None:
    """Put the weights of spikes with ``stamp`` into the ring: by source, delay, target."""
    slot = stamp % history.count.shape[1]
    p, block = lanes.population[first], lanes.block[first]
    targets, weights = _own(block, synapses)
    for s in range(lanes.low[first], lanes.high[first]):
        for i in range(history.low[s, slot, p], history.high[s, slot, p]):
            for lane in range(first, stop):
                segment = _segment(lane, history.ids[s, slot, i], lanes)
                if segment < 0 or lanes.dendritic[lane] == 0:
                    continue
                if lanes.axonal[lane] > 0 and posts.frozen[block] == 0:
                    potentiate(stamp, dt, segment, lanes.dendritic[lane], block, synapses, posts)
                row = posts.ring[(stamp + lanes.delay[lane]) % posts.ring.shape[0]]
                place = lanes.place[lane]
                for e in range(synapses.ptr[segment], synapses.ptr[segment + 1]):
                    row[place + np.int64(targets[e])] += weights[e]


@inner
def plasticity_on_arrival(
    arrival: Any, dt: Any, delivered: Any, lanes: Any, synapses: Any, posts: Any, history: Any
) -> None:
    """Plastic lanes without a dendritic part whose spikes arrive at ``arrival``.

    Before delivery the postsynaptic events before ``arrival`` are applied, so that the weight
    delivered is the present one; when it is ``delivered``, the rule's event at ``arrival`` follows.
    """
    depth = history.count.shape[1]
    for lane in range(lanes.delay.shape[0]):
        block = lanes.block[lane]
        if lanes.kind[lane] != 2 or lanes.dendritic[lane] != 0 or posts.frozen[block] != 0:
            continue
        stamp = arrival - lanes.delay[lane]
        if stamp < 0:
            continue
        slot = stamp % depth
        p = lanes.population[lane]
        for s in range(lanes.low[lane], lanes.high[lane]):
            for i in range(history.low[s, slot, p], history.high[s, slot, p]):
                segment = _segment(lane, history.ids[s, slot, i], lanes)
                if segment >= 0 and delivered > 0:
                    presynaptic(arrival, dt, segment, 0, block, synapses, posts)
                elif segment >= 0:
                    potentiate(arrival - 1, dt, segment, 0, block, synapses, posts)


@inner
def note_posts(stamp: Any, dt: Any, synapses: Any, posts: Any, history: Any) -> None:
    """Remember the postsynaptic spikes of a stamp, with their traces."""
    slot, own = stamp % history.count.shape[1], history.own
    for j in range(posts.block.shape[0]):
        block, p = posts.block[j], posts.population[j]
        if posts.frozen[block] != 0:
            continue
        tau, nearest = synapses.real[block, TAU_MINUS], synapses.whole[block, NEAREST] != 0
        for i in range(history.low[own, slot, p], history.high[own, slot, p]):
            row = posts.row[j] + history.ids[own, slot, i]
            n = posts.count[row]
            trace = 1.0
            if n > 0 and not nearest:
                gap = stamp - posts.stamp[row, n - 1]
                trace = 1.0 + _decayed(posts.trace[row, n - 1], gap, dt, tau)
            posts.stamp[row, n] = stamp
            posts.trace[row, n] = trace
            posts.count[row] = n + 1
            if n + 1 + posts.margin > posts.stamp.shape[1]:
                posts.full[0] = 1


@kernel
def flush(
    block: Any, now: Any, arrived: Any, dt: Any, lanes: Any, synapses: Any, posts: Any
) -> None:
    """Apply all pending potentiation of a block up to ``now``.

    Segments without a dendritic part are brought to ``arrived`` instead.
    """
    for lane in range(lanes.delay.shape[0]):
        if lanes.block[lane] == block:
            until = now if lanes.dendritic[lane] > 0 else arrived
            for source in range(lanes.sources[lane]):
                segment = lanes.ptr[lane] + source * lanes.stride[lane]
                if until > synapses.applied[segment]:
                    potentiate(until, dt, segment, lanes.dendritic[lane], block, synapses, posts)


@kernel
def forget_posts(keep_after: Any, first: Any, last: Any, posts: Any) -> None:
    """Drop the spikes of rows that no event can need: all but the newest at or before a stamp."""
    for row in range(first, last):
        n = posts.count[row]
        begin = n
        while begin > 0 and posts.stamp[row, begin - 1] > keep_after:
            begin -= 1
        begin = max(0, begin - 1)
        for e in range(begin, n):
            posts.stamp[row, e - begin] = posts.stamp[row, e]
            posts.trace[row, e - begin] = posts.trace[row, e]
        posts.count[row] = n - begin
