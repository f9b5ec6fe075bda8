"""Rows of synapses: delivery, and the plasticity of pairs of spikes."""

from __future__ import annotations

import numpy as np

from neurosim.hardware.spinnaker.kernels.arrays import (
    ADDITIVE,
    COUNTERS,
    CUT,
    HISTORY,
    LATE,
    MOST_LATE,
    PLASTIC_SATURATED,
    SATURATED,
    SKIPPED,
)
from neurosim.hardware.spinnaker.kernels.words import multiply, multiply_11, window, wrap
from neurosim.kernels._jit import inner, kernel

TRACE_ONE = 2048
FULL = 65535
"""The largest entry of a ring."""


@inner
def static_row(routes, r, row, targets, rings, tick):
    """Add a row of static synapses to the ring of its target, for a packet in time."""
    t = routes.to[r]
    size = targets.size[t]
    start, length = targets.ring_start[t], np.uint64(targets.slots[t] * 2 * size)
    ring = rings.ring[start : start + targets.slots[t] * 2 * size]
    now = np.uint64((tick & (targets.slots[t] - 1)) * 2 * size)
    begin, end = routes.ptr[row], routes.ptr[row + 1]
    place, word, target = routes.place[begin:end], routes.word[begin:end], routes.target[begin:end]
    for j in range(end - begin):
        at = now + np.uint64(place[j])  # unsigned: no index is looked at for its sign
        at = at - length if at >= length else at
        total = np.int64(ring[at]) + np.int64(word[j])
        if total > FULL:
            total = np.int64(FULL)
            core = targets.core[t] + target[j] // targets.per_core[t]
            rings.counters[core * COUNTERS + SATURATED] += 1
        ring[at] = total


@inner
def late_static_row(routes, r, row, targets, rings, tick, late):
    """As :func:`static_row`, for a packet that was sent ``late`` ticks ago: synapses whose time
    has passed are skipped."""
    t = routes.to[r]
    size, slots = targets.size[t], targets.slots[t]
    start = targets.ring_start[t]
    for j in range(routes.ptr[row], routes.ptr[row + 1]):
        core = targets.core[t] + routes.target[j] // targets.per_core[t]
        masked = routes.delay[j] & (slots - 1)
        if masked != 0 and masked <= late:
            rings.counters[core * COUNTERS + SKIPPED] += 1
            continue
        slot = (tick - late + routes.delay[j]) & (slots - 1)
        at = slot * 2 * size + routes.place[j] % (2 * size)
        total = np.int64(rings.ring[start + at]) + np.int64(routes.word[j])
        if total > FULL:
            total = np.int64(FULL)
            rings.counters[core * COUNTERS + SATURATED] += 1
        rings.ring[start + at] = total


@inner
def after_spike(targets, t, neuron, rings, cell, tick):
    """Keep a spike of a plastic population's neuron."""
    count, at = rings.count[cell], cell * HISTORY
    last = at + count - 1
    trace = np.int64(0)
    if not targets.nearest[t]:
        fall = window(
            rings.tables, targets.fall_start[t], targets.fall_size[t], tick - rings.time[last]
        )
        trace = np.int64(np.int16(multiply_11(rings.trace[last], fall) + TRACE_ONE))
    if count == HISTORY:
        for i in range(at + 1, at + HISTORY - 1):
            rings.time[i] = rings.time[i + 1]
            rings.trace[i] = rings.trace[i + 1]
        last -= 1
    else:
        rings.count[cell] = count + 1
    rings.time[last + 1] = tick
    rings.trace[last + 1] = trace


@inner
def potentiated(routes, r, w, x):
    """The weight after a potentiation by a trace."""
    if routes.dependence[r] == ADDITIVE:
        return min(wrap(w + multiply(routes.a_plus[r], x << 4)), np.int64(routes.w_max[r]))
    room = multiply(wrap(routes.w_max[r] - w), routes.a_plus[r])
    return wrap(w + (wrap(room * x) >> 11))


@inner
def depressed(routes, r, w, x):
    """The weight after a depression by a trace."""
    if routes.dependence[r] == ADDITIVE:
        return max(wrap(w - multiply(routes.a_minus[r], x << 4)), np.int64(routes.w_min[r]))
    room = multiply(wrap(w - routes.w_min[r]), routes.a_minus[r])
    return wrap(w - (wrap(room * x) >> 11))


@inner
def learned(routes, r, word, delay, cell, rings, last, trace, now, final):
    """The word of a plastic synapse at a presynaptic spike.

    Parameters
    ----------
    routes, r
        The route.
    word : int
        Present word.
    delay : int
        Ticks by which postsynaptic spikes are seen later.
    cell : int
        Postsynaptic cell.
    rings : Rings
        Histories and tables.
    last, trace : int
        Tick and trace of the presynaptic spike before.
    now : int
        Tick of this one.
    final : bool
        Whether there is a spike now; otherwise only the potentiation until now counts.
    """
    tables, at = rings.tables, cell * HISTORY
    nearest = routes.nearest[r]
    w = np.int64(word) << routes.shift[r]
    begin, end = max(last - delay, 0), max(now - delay, 0)
    stop = rings.count[cell]
    while stop > 1 and rings.time[at + stop - 1] > end:
        stop -= 1
    start = rings.count[cell]  # a late packet may end its window before it begins
    while start > 1 and rings.time[at + start - 1] > begin:
        start -= 1
    before = start - 1
    for i in range(start, stop):
        lag = rings.time[at + i] + delay - last
        if lag > 0:
            rise = window(tables, routes.rise_start[r], routes.rise_size[r], lag)
            if not nearest:
                w = potentiated(routes, r, w, multiply_11(trace, rise))
            elif rings.time[at + before] <= last:
                w = potentiated(routes, r, w, rise)
        before = i
    if final and before > 0:
        lag = now - (rings.time[at + before] + delay)
        x = window(tables, routes.fall_start[r], routes.fall_size[r], lag)
        if not nearest:
            x = multiply_11(rings.trace[at + before], x)
        w = depressed(routes, r, w, x)
    return (w >> routes.shift[r]) & FULL


@inner
def plastic_row(routes, r, row, targets, rings, tick, late):
    """Let a row of plastic synapses learn, and add it to the ring of its target."""
    t = routes.to[r]
    size, slots = targets.size[t], targets.slots[t]
    start = targets.ring_start[t]
    now, last, trace = tick - late, np.int64(routes.last[row]), np.int64(routes.trace[row])
    for j in range(routes.ptr[row], routes.ptr[row + 1]):
        target = np.int64(routes.target[j])
        delay = np.int64(routes.delay[j])
        if routes.strict[0]:
            delay &= slots - 1
        cell = targets.first[t] + target
        word = learned(routes, r, routes.word[j], delay, cell, rings, last, trace, now, True)
        routes.word[j] = word
        core = targets.core[t] + target // targets.per_core[t]
        full = rings.count[cell] == HISTORY
        if full and rings.time[cell * HISTORY + 1] > max(last - delay, 0):
            rings.counters[core * COUNTERS + CUT] += 1
        if delay <= late:
            rings.counters[core * COUNTERS + SKIPPED] += 1
            continue
        slot = (now + delay) & (slots - 1)
        at = start + slot * 2 * size + routes.place[j] % (2 * size)
        total = np.int64(rings.ring[at]) + word
        if total > FULL:
            total = np.int64(FULL)
            rings.counters[core * COUNTERS + PLASTIC_SATURATED] += 1
        rings.ring[at] = total
    if not routes.nearest[r]:
        rise = window(rings.tables, routes.rise_start[r], routes.rise_size[r], now - last)
        routes.trace[row] = np.int16(multiply_11(trace, rise) + TRACE_ONE)
    routes.last[row] = now


@inner
def take_packet(routes, r, stage, source, targets, rings, tick, late):
    """A packet of a source takes its row of a stage of a route."""
    row = routes.row[r] + source * routes.stages[r] + stage
    routes.received[row] += 1
    if late > 0:
        t = routes.to[r]
        first = targets.core[t]
        for core in range(first, first + (targets.size[t] - 1) // targets.per_core[t] + 1):
            rings.counters[core * COUNTERS + LATE] += late & 1
            most = core * COUNTERS + MOST_LATE
            rings.counters[most] = max(rings.counters[most], late)
    if routes.plastic[r]:
        plastic_row(routes, r, row, targets, rings, tick, late)
    elif late > 0:
        late_static_row(routes, r, row, targets, rings, tick, late)
    else:
        static_row(routes, r, row, targets, rings, tick)


@kernel
def pending(routes, r, targets, rings, tick, out):
    """Words of a plastic route with the potentiation until ``tick`` that waits for a spike.

    Parameters
    ----------
    routes, r, targets, rings
        The route.
    tick : int
        Last tick that was processed.
    out : ndarray of int64, shape (n,)
        Words by synapse, filled.
    """
    t = routes.to[r]
    first = routes.ptr[routes.row[r]]
    for source in range(routes.sources[r] * routes.stages[r]):
        row = routes.row[r] + source
        last, trace = np.int64(routes.last[row]), np.int64(routes.trace[row])
        for j in range(routes.ptr[row], routes.ptr[row + 1]):
            delay = np.int64(routes.delay[j])
            if routes.strict[0]:
                delay &= targets.slots[t] - 1
            cell = targets.first[t] + np.int64(routes.target[j])
            out[j - first] = learned(
                routes, r, routes.word[j], delay, cell, rings, last, trace, tick, False
            )
