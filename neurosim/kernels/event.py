"""The event loop: from one spike, arrival or change to the next.

At a time first all that arrives is added, then neurons at their threshold spike. At a stamp of the
grid follow what ``update-order.md`` puts at the beginning of a step: samples, spikes of sources,
changes of currents. A run ends between the two.

A neuron is touched when something arrives. Its key in the heap is the time of its next spike, or
only a time before which it cannot spike (``exact`` tells): computing the spike is put off until
that time comes, since most of it would be in vain.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from neurosim.kernels._jit import inner, kernel
from neurosim.kernels.heap import first_key, set_key
from neurosim.kernels.lif_exact import (
    DRIVE,
    EXC,
    JUMP_E,
    REFRACTORY,
    RELEASE,
    RESET,
    RESISTANCE,
    RISE_EXC,
    THRESHOLD,
    TIME,
    X,
    advance,
    at,
    can_cross,
    next_spike,
    safe_steps,
)
from neurosim.kernels.rng import philox

FAR = np.int64(1 << 62)
"""A stamp that never comes."""

SYNAPTIC, POISSON, SPIKES, CHECKS, SEARCHES = range(5)
"""What ``Clock.work`` counts."""


# neurons


@inner
def _schedule(n: Any, on_grid: Any, search: Any, cells: Any, heap: Any, clock: Any) -> None:
    """Set a neuron's key; its row is valid now and it is not spiking."""
    row, c = cells.state[n], cells.constants[cells.row[n]]
    now = row[TIME]
    if not can_cross(row, c):
        if heap.key[n] != np.inf:
            set_key(heap, n, np.inf)
        return
    if not search:
        safe = np.floor(safe_steps(row, c))
        if safe >= 2.0:
            soon = max(now, row[RELEASE]) + safe
            cells.exact[n] = 0
            if not now < heap.key[n] <= soon:
                set_key(heap, n, soon)
            return
    clock.work[SEARCHES] += 1
    cells.exact[n] = 1
    key = next_spike(row, c, on_grid)
    if key != heap.key[n]:
        set_key(heap, n, key)


@inner
def _spike(n: Any, now: Any, on_grid: Any, cells: Any, heap: Any, log: Any, clock: Any) -> None:
    row, c = cells.state[n], cells.constants[cells.row[n]]
    advance(row, c, now)
    row[X] = c[RESET] - row[DRIVE]
    row[RELEASE] = now + c[REFRACTORY]
    p = cells.population[n]
    _append(now, p, n - cells.first[p], log)
    clock.work[SPIKES] += 1
    _schedule(n, on_grid, row[DRIVE] > c[THRESHOLD], cells, heap, clock)


@inner
def _settle(n: Any, now: Any, on_grid: Any, cells: Any, heap: Any, log: Any, clock: Any) -> None:
    """Spike, or look ahead again."""
    row, c = cells.state[n], cells.constants[cells.row[n]]
    if row[X] >= c[THRESHOLD] - row[DRIVE] and now > row[RELEASE]:
        _spike(n, now, on_grid, cells, heap, log, clock)
    else:
        _schedule(n, on_grid, False, cells, heap, clock)


@inner
def _touch(n: Any, now: Any, cells: Any, touched: Any) -> Any:
    """Bring a neuron to the present; the number of touched neurons after its mark."""
    row = cells.state[n]
    advance(row, cells.constants[cells.row[n]], now)
    if cells.touched[n] == 0:
        cells.touched[n] = 1
        cells.list[touched] = n
        touched += 1
    return touched


@inner
def _add(n: Any, column: Any, weight: Any, now: Any, cells: Any, heap: Any, touched: Any) -> Any:
    """Add an input to a neuron; the number of touched neurons after it."""
    row, c = cells.state[n], cells.constants[cells.row[n]]
    advance(row, c, now)
    if column == X:
        if now <= row[RELEASE]:
            return touched  # lost while the potential is held
        row[X] += weight
    elif column >= RISE_EXC:
        row[column] += weight * c[JUMP_E + column - RISE_EXC]
    else:
        row[column] += weight
    if cells.touched[n] == 0 and (heap.key[n] != np.inf or can_cross(row, c)):
        cells.touched[n] = 1
        cells.list[touched] = n
        touched += 1
    return touched


# spikes


@inner
def _append(time: Any, population: Any, unit: Any, log: Any) -> None:
    i = log.count[0]
    log.time[i], log.population[i], log.id[i] = time, population, unit
    log.count[0] = i + 1


@inner
def _wait(d: Any, delays: Any, queue: Any, log: Any) -> None:
    """Let a delay wait for the next spike of the log that has synapses of that delay."""
    i, count = delays.cursor[d], log.count[0]
    while i < count and delays.carries[d, log.population[i]] == 0:
        i += 1
    delays.cursor[d] = i
    key = log.time[i] + delays.steps[d] if i < count else np.inf
    if key != queue.key[d]:
        set_key(queue, d, key)


@inner
def _deliver(
    d: Any, now: Any, touched: Any, delays: Any, queue: Any, lanes: Any, synapses: Any, cells: Any,
    heap: Any, log: Any, clock: Any,
) -> Any:  # fmt: skip
    """Add what arrives now over one delay; the number of touched neurons after it."""
    while queue.key[d] == now:
        i = delays.cursor[d]
        population = log.population[i]
        for lane in range(delays.first[d], delays.first[d + 1]):
            source = log.id[i] - lanes.first[lane]
            if lanes.population[lane] != population or source < 0 or source >= lanes.sources[lane]:
                continue
            segment = lanes.ptr[lane] + source * lanes.stride[lane]
            low, high = synapses.ptr[segment], synapses.ptr[segment + 1]
            block, base, column = lanes.block[lane], lanes.target[lane], lanes.column[lane]
            targets = synapses.targets[synapses.target_start[block] :]
            weights = synapses.weights[synapses.weight_start[block] :]
            shared, weight = lanes.shared[lane], lanes.weight[lane]
            clock.work[SYNAPTIC] += high - low
            for e in range(low, high):
                if not shared:
                    weight = np.float64(weights[e])
                touched = _add(base + targets[e], column, weight, now, cells, heap, touched)
        delays.cursor[d] = i + 1
        _wait(d, delays, queue, log)
    return touched


# stamps of the grid


@inner
def _next_stamp(k: Any, clock: Any, sources: Any, currents: Any, probes: Any) -> Any:
    """The first stamp from ``k`` on at which something begins."""
    found = FAR
    if clock.given[0] < sources.stamp.shape[0]:
        found = min(found, sources.stamp[clock.given[0]])
    if clock.change[0] < currents.stamp.shape[0]:
        found = min(found, currents.stamp[clock.change[0]])
    for s in range(sources.poisson.shape[0]):
        if k < sources.end[s]:
            found = min(found, max(k, sources.begin[s]))
    for s in range(probes.every.shape[0]):
        due = probes.first[s]
        if due < k:
            due += (k - due + probes.every[s] - 1) // probes.every[s] * probes.every[s]
        if due < probes.last[s]:
            found = min(found, due)
    return found


@inner
def _next_input(k: Any, inputs: Any) -> Any:
    """The first stamp from ``k`` on at which Poisson input arrives."""
    found = FAR
    for s in range(inputs.key.shape[0]):
        if k <= inputs.last[s] and inputs.first[s] < inputs.last[s]:
            found = min(found, max(k, inputs.first[s] + 1))
    return found


@inner
def _draw_inputs(
    now: Any, touched: Any, inputs: Any, cells: Any, heap: Any, clock: Any
) -> Any:
    """Add the Poisson events of the step that ends now."""
    step = np.int64(now) - 1
    for s in range(inputs.key.shape[0]):
        if step < inputs.first[s] or step >= inputs.last[s]:
            continue
        block = np.int64(-1)
        w0 = w1 = w2 = w3 = np.uint64(0)
        for i in range(inputs.start[s], inputs.start[s + 1]):
            unit = np.int64(inputs.id[i])
            if unit >> 2 != block:
                block = unit >> 2
                w0, w1, w2, w3 = philox(inputs.key[s], np.uint64(block), np.uint64(step))
            lane = unit & 3
            word = (w0 if lane == 0 else w1) if lane < 2 else (w2 if lane == 2 else w3)
            entry, stop = inputs.table_start[inputs.table[i]], inputs.table_start[inputs.table[i] + 1]
            count = 0
            while entry < stop and np.uint64(inputs.tables[entry]) <= word:
                entry += 1
                count += 1
            if count > 0:
                clock.work[POISSON] += 1
                n = inputs.target[s] + unit
                amount = inputs.weight[s] * count
                touched = _add(n, inputs.column[s], amount, now, cells, heap, touched)
    return touched


@inner
def _emit_poisson(k: Any, sources: Any, log: Any) -> None:
    for s in range(sources.poisson.shape[0]):
        if k < sources.begin[s] or k >= sources.end[s]:
            continue
        start = sources.start[s]
        size = sources.start[s + 1] - start
        for b in range((size + 3) // 4):
            drawn = philox(sources.key[s], np.uint64(b), np.uint64(k))
            for lane in range(min(4, size - 4 * b)):
                i = start + 4 * b + lane
                if drawn[lane] < sources.threshold[i] and sources.first[i] <= k < sources.last[i]:
                    _append(np.float64(k), sources.poisson[s], 4 * b + lane, log)


@inner
def _look(n: Any, column: Any, time: Any, cells: Any) -> Any:
    """A state variable of a neuron at a time, without bringing the neuron there."""
    row = cells.state[n]
    if column == RELEASE:
        return max(row[RELEASE] - time, 0.0)
    x, e, i, p, q = at(row, cells.constants[cells.row[n]], time)
    if column == X:
        return row[DRIVE] + x
    if column < RISE_EXC:
        return e if column == EXC else i
    return p if column == RISE_EXC else q


@inner
def _sample(k: Any, probes: Any, cells: Any) -> None:
    for s in range(probes.every.shape[0]):
        if k < probes.first[s] or k >= probes.last[s]:
            continue
        if (k - probes.first[s]) % probes.every[s] == 0:
            out = probes.next[s]
            for i in range(probes.start[s], probes.start[s + 1]):
                probes.out[out] = _look(probes.neuron[i], probes.column[s], np.float64(k), cells)
                out += 1
            probes.next[s] = out


@inner
def _change_currents(
    k: Any, on_grid: Any, currents: Any, cells: Any, heap: Any, log: Any, clock: Any
) -> None:
    touched = 0
    while clock.change[0] < currents.stamp.shape[0] and currents.stamp[clock.change[0]] == k:
        j = clock.change[0]
        s = currents.source[j]
        for i in range(currents.start[s], currents.start[s + 1]):
            n = currents.target[s] + currents.id[i]
            touched = _touch(n, np.float64(k), cells, touched)
            amount = currents.change[j] * cells.constants[cells.row[n], RESISTANCE]
            cells.state[n, DRIVE] += amount
            cells.state[n, X] -= amount
        clock.change[0] = j + 1
    for j in range(touched):
        n = np.int64(cells.list[j])
        cells.touched[n] = 0
        _schedule(n, on_grid, False, cells, heap, clock)


@inner
def _begin_step(
    k: Any, on_grid: Any, cells: Any, heap: Any, log: Any, sources: Any, currents: Any,
    probes: Any, clock: Any,
) -> None:  # fmt: skip
    """What ``update-order.md`` puts at the beginning of a step."""
    _sample(k, probes, cells)
    i = clock.given[0]
    while i < sources.stamp.shape[0] and sources.stamp[i] == k:
        _append(np.float64(k), sources.population[i], sources.id[i], log)
        i += 1
    clock.given[0] = i
    _emit_poisson(k, sources, log)
    _change_currents(k, on_grid, currents, cells, heap, log, clock)
    clock.stamp[0] = k + 1


@kernel
def run(
    until: Any, on_grid: Any, room: Any, cells: Any, heap: Any, log: Any, delays: Any, queue: Any,
    lanes: Any, synapses: Any, sources: Any, inputs: Any, currents: Any, probes: Any, clock: Any,
) -> Any:  # fmt: skip
    """Run to a stamp; returns False as soon as the log has no room for ``room`` more spikes.

    All arguments but the first three are the tuples of :mod:`neurosim.kernels.event_layout`,
    ``heap`` and ``queue`` those of :mod:`neurosim.kernels.heap` for neurons and delays.
    """
    stamp = _next_stamp(clock.stamp[0], clock, sources, currents, probes)
    arrival = _next_input(clock.input[0], inputs)
    for d in range(delays.steps.shape[0]):
        _wait(d, delays, queue, log)
    while log.count[0] + room <= log.time.shape[0]:
        before = log.count[0]
        now = min(min(first_key(heap), first_key(queue)), np.float64(arrival))
        if now <= stamp and now <= until:
            touched = 0
            while first_key(queue) == now:
                touched = _deliver(
                    queue.slot[0], now, touched, delays, queue, lanes, synapses, cells, heap, log,
                    clock,
                )  # fmt: skip
            if now == arrival:
                touched = _draw_inputs(now, touched, inputs, cells, heap, clock)
                clock.input[0] = arrival + 1
                arrival = _next_input(arrival + 1, inputs)
            for j in range(touched):
                n = np.int64(cells.list[j])
                cells.touched[n] = 0
                _settle(n, now, on_grid, cells, heap, log, clock)
            while first_key(heap) == now and log.count[0] < log.time.shape[0]:
                n = np.int64(heap.slot[0])
                if cells.exact[n]:
                    _spike(n, now, on_grid, cells, heap, log, clock)
                else:
                    clock.work[CHECKS] += 1
                    advance(cells.state[n], cells.constants[cells.row[n]], now)
                    _settle(n, now, on_grid, cells, heap, log, clock)
        elif stamp < until:
            _begin_step(stamp, on_grid, cells, heap, log, sources, currents, probes, clock)
            stamp = _next_stamp(clock.stamp[0], clock, sources, currents, probes)
        else:
            return True
        if log.count[0] > before:
            for d in range(delays.steps.shape[0]):
                if queue.key[d] == np.inf:
                    _wait(d, delays, queue, log)
    return False


@kernel
def look(first: Any, column: Any, time: Any, cells: Any, out: Any) -> None:
    """A state variable of neighbouring neurons from ``first`` on at a time."""
    for i in range(out.shape[0]):
        out[i] = _look(first + i, column, time, cells)


@kernel
def start(on_grid: Any, cells: Any, heap: Any, clock: Any) -> None:
    """Look ahead for all neurons in the beginning."""
    for n in range(cells.row.shape[0]):
        _schedule(n, on_grid, False, cells, heap, clock)
