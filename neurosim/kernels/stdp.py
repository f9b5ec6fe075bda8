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
from neurosim.kernels.layout import RECENT
from neurosim.kernels.processor import prefetch_all
from neurosim.kernels.stdp_rule import (
    A_MINUS,
    AGED,
    LOW,
    NEAREST,
    TAU_MINUS,
    age,
    decayed,
    depress,
    own,
    potentiate,
    where,
)


@inline
def _segment(lane: Any, id: Any, lanes: Any) -> Any:
    source = id - lanes.first[lane]
    if source < 0 or source >= lanes.sources[lane]:
        return np.int64(-1)
    return lanes.ptr[lane] + source * lanes.stride[lane]


@inline
def _ask(i: Any, high: Any, ids: Any, lane: Any, lanes: Any, synapses: Any) -> None:
    """Ask for the synapses of spike ``i``, unless the spikes end before it.

    The first lines of a segment come as a surprise to the processor.
    """
    if i < high:
        segment = _segment(lane, ids[i], lanes)
        if segment >= 0:
            targets, weights, n = where(segment, lanes.block[lane], synapses)
            prefetch_all(synapses.targets, targets, targets + n)
            prefetch_all(synapses.weights, weights, weights + n)


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
                ids, high = history.ids[s, slot], history.high[s, slot, p]
                _ask(history.low[s, slot, p], high, ids, lane, lanes, synapses)
                for i in range(history.low[s, slot, p], high):
                    _ask(i + 1, high, ids, lane, lanes, synapses)
                    segment = _segment(lane, ids[i], lanes)
                    if segment >= 0:
                        potentiate(stamp, dt, segment, dendritic, block, synapses, posts)
                        depress(stamp, dt, segment, dendritic, block, synapses, posts)
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
                targets, weights = own(segment, block, synapses)
                for e in range(len(targets)):
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
            ids, low, high = history.ids[s, slot], history.low[s, slot, p], history.high[s, slot, p]
            if delivered == 0:
                _ask(low, high, ids, lane, lanes, synapses)
            for i in range(low, high):
                if delivered == 0:
                    _ask(i + 1, high, ids, lane, lanes, synapses)
                segment = _segment(lane, ids[i], lanes)
                if segment >= 0 and delivered > 0:
                    depress(arrival, dt, segment, lanes.dendritic[lane], block, synapses, posts)
                elif segment >= 0:
                    potentiate(
                        arrival - 1, dt, segment, lanes.dendritic[lane], block, synapses, posts
                    )


@inner
def note_posts(stamp: Any, dt: Any, synapses: Any, posts: Any, history: Any) -> None:
    """Remember the postsynaptic spikes of a stamp, with their traces."""
    slot, own_shard = stamp % history.count.shape[1], history.own
    if stamp % AGED == 0:
        age(stamp, posts.recent)
    for j in range(posts.block.shape[0]):
        block, p = posts.block[j], posts.population[j]
        if posts.frozen[block] != 0:
            continue
        tau, nearest = synapses.real[block, TAU_MINUS], synapses.whole[block, NEAREST] != 0
        for i in range(history.low[own_shard, slot, p], history.high[own_shard, slot, p]):
            row = posts.row[j] + history.ids[own_shard, slot, i]
            n = posts.count[row]
            trace = 1.0
            if n > 0 and not nearest:
                gap = stamp - posts.stamp[row, n - 1]
                trace = 1.0 + decayed(posts.trace[row, n - 1], gap, dt, tau)
            posts.stamp[row, n] = stamp
            posts.trace[row, n] = trace
            posts.count[row] = n + 1
            posts.fall[row] = synapses.real[block, A_MINUS] * trace
            newest = posts.recent[row * RECENT : (row + 1) * RECENT]
            for r in range(RECENT - 1, 0, -1):
                newest[r] = newest[r - 1]
            newest[0] = stamp & LOW
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
