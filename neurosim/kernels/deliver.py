"""Delivery of spikes when they arrive: one accumulator per receptor, edges grouped by source and
delay.

Against a ring buffer per delay this touches one array that fits the cache.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from neurosim.kernels._jit import inline, inner
from neurosim.kernels.arithmetic import exp
from neurosim.kernels.processor import prefetch_all

AHEAD = 4
"""Segments between asking and adding."""


@inline
def _add(low: Any, high: Any, weight: Any, targets: Any, out: Any) -> None:
    for i in range(low, high):
        out[targets[i]] += weight


@inline
def _add_each(low: Any, high: Any, targets: Any, weights: Any, out: Any) -> None:
    for i in range(low, high):
        out[targets[i]] += weights[i]


@inner
def deliver(arrival: Any, lanes: Any, synapses: Any, history: Any, accumulators: Any) -> None:
    """Add the weights of all spikes that arrive at a stamp, over plain synapses.

    Segments are short where delays differ (some forty synapses in the cortical microcircuit) and
    lie anywhere in memory. They are listed first, so that those to come can be asked for while one
    is added: 1.6 instead of 4 ns an event there. (One function in one piece: a call costs compile
    time.)
    """
    depth, queue = history.count.shape[1], history.queue
    # once each: every look at a field of a named tuple costs compile time
    delays, low_shards, high_shards = lanes.delay, lanes.low, lanes.high
    blocks, shared = lanes.block, lanes.shared
    lows, highs, ptr = history.low, history.high, synapses.ptr
    target_start, weight_start = synapses.target_start, synapses.weight_start
    all_targets, all_weights = synapses.targets, synapses.weights
    lane = np.int64(0)
    while lane < delays.shape[0]:
        n = np.int64(0)
        while lane < delays.shape[0]:  # list whole lanes as long as they surely fit
            stamp = arrival - delays[lane]
            slot, p = stamp % depth, lanes.population[lane]
            spikes = np.int64(0)
            for shard in range(low_shards[lane], high_shards[lane]):
                spikes += highs[shard, slot, p] - lows[shard, slot, p]
            if spikes > 0 and stamp >= 0:
                if n + spikes > queue.shape[0]:
                    break
                start = target_start[blocks[lane]]
                first, sources = lanes.first[lane], lanes.sources[lane]
                begin, stride = lanes.ptr[lane], lanes.stride[lane]
                for shard in range(low_shards[lane], high_shards[lane]):
                    for i in range(lows[shard, slot, p], highs[shard, slot, p]):
                        source = history.ids[shard, slot, i] - first
                        if source >= 0 and source < sources:
                            segment = begin + source * stride
                            queue[n, 0] = lane
                            queue[n, 1] = start + ptr[segment]
                            queue[n, 2] = start + ptr[segment + 1]
                            n += 1
            lane += 1
        for i in range(-AHEAD, n):
            if i + AHEAD < n:
                asked, low, high = queue[i + AHEAD, 0], queue[i + AHEAD, 1], queue[i + AHEAD, 2]
                prefetch_all(all_targets, low, high)
                if not shared[asked]:
                    block = blocks[asked]
                    shift = weight_start[block] - target_start[block]
                    prefetch_all(all_weights, shift + low, shift + high)
            if i >= 0:
                added, low, high = queue[i, 0], queue[i, 1], queue[i, 2]
                out = accumulators[lanes.place[added] :]
                targets = all_targets[low:high]
                if shared[added]:
                    weight = lanes.weight[added]
                    for e in range(targets.shape[0]):
                        out[targets[e]] += weight
                else:
                    block = blocks[added]
                    shift = weight_start[block] - target_start[block]
                    weights = all_weights[shift + low : shift + high]
                    for e in range(targets.shape[0]):
                        out[targets[e]] += weights[e]


@inner
def _deliver_lane(lane: Any, ids: Any, lanes: Any, synapses: Any, accumulators: Any) -> None:
    """Add the weights of a lane's plain synapses for some spikes."""
    first, sources, stride = lanes.first[lane], lanes.sources[lane], lanes.stride[lane]
    ptr = synapses.ptr[lanes.ptr[lane] :]
    block = lanes.block[lane]
    targets = synapses.targets[synapses.target_start[block] :]
    weights = synapses.weights[synapses.weight_start[block] :]
    out = accumulators[lanes.place[lane] :]
    for i in range(ids.shape[0]):
        source = ids[i] - first
        if source < 0 or source >= sources:
            continue
        segment = source * stride
        if lanes.shared[lane]:
            _add(ptr[segment], ptr[segment + 1], lanes.weight[lane], targets, out)
        else:
            _add_each(ptr[segment], ptr[segment + 1], targets, weights, out)


@inner
def deliver_dynamic(
    arrival: Any, dt: Any, lanes: Any, synapses: Any, history: Any, accumulators: Any
) -> None:
    """As :func:`deliver`, also over Tsodyks-Markram synapses, in the order of the lanes."""
    depth = history.count.shape[1]
    for lane in range(lanes.delay.shape[0]):
        stamp = arrival - lanes.delay[lane]
        if stamp < 0:
            continue
        slot, p = stamp % depth, lanes.population[lane]
        for shard in range(lanes.low[lane], lanes.high[lane]):
            start, stop = history.low[shard, slot, p], history.high[shard, slot, p]
            if start == stop:
                continue
            ids = history.ids[shard, slot, start:stop]
            if lanes.kind[lane] == 1:
                _deliver_scaled(lane, arrival, dt, ids, lanes, synapses, accumulators)
            else:
                _deliver_lane(lane, ids, lanes, synapses, accumulators)


@inner
def _deliver_scaled(
    lane: Any, arrival: Any, dt: Any, ids: Any, lanes: Any, synapses: Any, accumulators: Any
) -> None:
    """As :func:`_deliver_lane`, over Tsodyks-Markram synapses."""
    block = lanes.block[lane]
    targets = synapses.targets[synapses.target_start[block] :]
    weights = synapses.weights[synapses.weight_start[block] :]
    out = accumulators[lanes.place[lane] :]
    for i in range(ids.shape[0]):
        source = ids[i] - lanes.first[lane]
        if source < 0 or source >= lanes.sources[lane]:
            continue
        segment = lanes.ptr[lane] + source * lanes.stride[lane]
        low, high = synapses.ptr[segment], synapses.ptr[segment + 1]
        factor = _factor(arrival, dt, segment, synapses.real[block], synapses)
        if lanes.shared[lane]:
            _add(low, high, factor * lanes.weight[lane], targets, out)
        else:
            for e in range(low, high):
                out[targets[e]] += factor * weights[e]


@inline
def _factor(arrival: Any, dt: Any, segment: Any, constants: Any, synapses: Any) -> Any:
    """Efficacy ``x u`` of a segment at an arriving spike; advances its state."""
    use, tau_rec, tau_facil = constants[0], constants[1], constants[2]
    last = synapses.last[segment]
    x, u = 1.0, use
    if last >= 0:
        gap = np.float64(arrival - last) * dt
        x, u = synapses.trace[segment], synapses.use[segment]
        x = 1.0 + (x - x * u - 1.0) * exp(-gap / tau_rec)
        u = use + u * (1.0 - use) * exp(-gap / tau_facil) if tau_facil > 0.0 else use
    synapses.trace[segment] = x
    synapses.use[segment] = u
    synapses.last[segment] = arrival
    return x * u


@inner
def deliver_fixed(arrival: Any, posts: Any, accumulators: Any) -> None:
    """Add the weights that were fixed on emission and arrive now."""
    row = posts.ring[arrival % posts.ring.shape[0]]
    for i in range(row.shape[0]):
        accumulators[i] += row[i]
        row[i] = 0.0
