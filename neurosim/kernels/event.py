"""The event loop: from one spike, arrival or change to the next.

At a time first all that arrives is added, then neurons at their threshold spike. At a stamp of the
grid follow what ``update-order.md`` puts at the beginning of a step: samples, spikes of sources,
changes of currents. A run ends between the two.

A neuron is touched when something arrives. Its key in the heap is the time of its next spike, or
only a time before which it cannot spike: computing the spike is put off until
that time comes, since most of it would be in vain.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from neurosim.kernels import event_layout as lay
from neurosim.kernels._jit import lean_inner, lean_kernel
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

STRIP = np.int64(128)
"""Targets whose rows are brought into the cache at once."""

DUE = np.uint8(2)
"""Mark of a touched neuron whose spike is due."""


# neurons


@lean_inner
def _settle(n: Any, now: Any, on_grid: Any, cells: Any, heap: Any, log: Any, clock: Any) -> None:
    """Let a neuron that is valid now spike if it is time, and look ahead again."""
    row, c = cells.state[n], cells.constants[cells.who[n, lay.ROW]]
    due = cells.touched[n] == DUE
    cells.touched[n] = 0
    search = False
    if due or (row[X] >= c[THRESHOLD] - row[DRIVE] and now > row[RELEASE]):
        row[X] = c[RESET] - row[DRIVE]
        row[RELEASE] = now + c[REFRACTORY]
        p = np.int64(cells.who[n, lay.POPULATION])
        _append(now, p, n - cells.first[p], log)
        clock[lay.SPIKES] += 1
        search = row[DRIVE] > c[THRESHOLD]
    key, exact = np.inf, -1.0
    if can_cross(row, c):
        safe = 0.0 if search else np.floor(safe_steps(row, c))
        if safe >= 2.0:
            key = max(now, row[RELEASE]) + safe
            if now < heap.key[n] <= key:
                key = heap.key[n]
        else:
            key = next_spike(row, c, on_grid)
            exact = now
            clock[lay.SEARCHES] += 1
    cells.searched[n] = exact
    if key != heap.key[n]:
        set_key(heap, n, key)


@lean_inner
def _mark(n: Any, count: Any, marks: Any, marked: Any) -> Any:
    """Put a neuron on the list of touched ones; their number."""
    if marks[n] == 0:
        marks[n] = 1
        marked[count] = n
        count += 1
    return count


@lean_inner
def _add(row: Any, c: Any, column: Any, weight: Any, now: Any) -> Any:
    """Add an input to a neuron; whether it may reach its threshold now.

    If it cannot, it is not touched. If it has a key, that stays: at that time it will be looked at
    again, since its row has moved on since the key was made.
    """
    advance(row, c, now)
    if column == X:
        if now <= row[RELEASE]:
            return False  # lost while the potential is held
        row[X] += weight
    elif column >= RISE_EXC:
        row[column] += weight * c[JUMP_E + column - RISE_EXC]
    else:
        row[column] += weight
    return can_cross(row, c)


# spikes


@lean_inner
def _append(time: Any, population: Any, unit: Any, log: Any) -> None:
    i = log.count[0]
    log.time[i], log.who[i, 0], log.who[i, 1] = time, population, unit
    log.count[0] = i + 1


@lean_inner
def _wait(d: Any, delays: Any, queue: Any, log: Any) -> None:
    """Let a delay wait for the next spike of the log that has synapses of that delay."""
    i, count = delays.whole[d, lay.CURSOR], log.count[0]
    while i < count and delays.carries[d, log.who[i, 0]] == 0:
        i += 1
    delays.whole[d, lay.CURSOR] = i
    key = log.time[i] + delays.steps[d] if i < count else np.inf
    if key != queue.key[d]:
        set_key(queue, d, key)


@lean_inner
def _latest(targets: Any, base: Any, state: Any) -> Any:
    """The latest time of the rows of some targets: never after the present.

    It is asked for so that the rows come into the cache together, not one after the other.
    """
    latest = 0.0
    for target in targets:
        latest = max(latest, state[base + target, TIME])
    return latest


@lean_inner
def _deliver(
    d: Any, now: Any, touched: Any, delays: Any, queue: Any, lanes: Any, synapses: Any, cells: Any,
    log: Any, clock: Any,
) -> Any:  # fmt: skip
    """Add what arrives now over one delay; the number of touched neurons after it."""
    while queue.key[d] == now:
        i = delays.whole[d, lay.CURSOR]
        population = log.who[i, 0]
        for lane in range(delays.whole[d, lay.LANE], delays.whole[d, lay.LANES_END]):
            whole = lanes.whole[lane]
            source = log.who[i, 1] - whole[lay.FIRST]
            if whole[lay.SOURCE] != population or source < 0 or source >= whole[lay.SOURCES]:
                continue
            segment = whole[lay.SEGMENT] + source * whole[lay.STRIDE]
            low, high = synapses.ptr[segment], synapses.ptr[segment + 1]
            targets, weights = low + whole[lay.TARGETS_AT], low + whole[lay.WEIGHTS_AT]
            clock[lay.SYNAPTIC] += high - low
            for strip in range(np.int64(0), high - low, STRIP):
                stop = min(high - low, strip + STRIP)
                ids = synapses.targets[strip + targets : stop + targets]
                if _latest(ids, whole[lay.TARGET], cells.state) > now:
                    return touched
                for e in range(strip, stop):
                    weight = lanes.weight[lane]
                    if not whole[lay.SHARED]:
                        weight = np.float64(synapses.weights[weights + e])
                    n = whole[lay.TARGET] + synapses.targets[targets + e]
                    c = cells.constants[cells.who[n, lay.ROW]]
                    if _add(cells.state[n], c, whole[lay.COLUMN], weight, now):
                        touched = _mark(n, touched, cells.touched, cells.list)
        delays.whole[d, lay.CURSOR] = i + 1
        _wait(d, delays, queue, log)
    return touched


# stamps of the grid


@lean_inner
def _next_stamp(k: Any, clock: Any, sources: Any, currents: Any, probes: Any) -> Any:
    """The first stamp from ``k`` on at which something begins."""
    found = FAR
    if clock[lay.GIVEN] < sources.given.shape[0]:
        found = min(found, sources.given[clock[lay.GIVEN], 0])
    if clock[lay.CHANGE] < currents.change.shape[0]:
        found = min(found, currents.change[clock[lay.CHANGE], 0])
    for s in range(sources.groups.shape[0]):
        group = sources.groups[s]
        if k < group[lay.END]:
            found = min(found, max(k, group[lay.BEGIN]))
    for s in range(probes.groups.shape[0]):
        probe = probes.groups[s]
        due = probe[lay.SINCE]
        if due < k:
            due += (k - due + probe[lay.EVERY] - 1) // probe[lay.EVERY] * probe[lay.EVERY]
        if due < probe[lay.BEFORE]:
            found = min(found, due)
    return found


@lean_inner
def _next_input(k: Any, inputs: Any) -> Any:
    """The first stamp from ``k`` on at which Poisson input arrives."""
    found = FAR
    for s in range(inputs.key.shape[0]):
        group = inputs.groups[s]
        if k <= group[lay.TO_STEP] and group[lay.FROM_STEP] < group[lay.TO_STEP]:
            found = min(found, max(k, group[lay.FROM_STEP] + 1))
    return found


@lean_inner
def _draw_inputs(now: Any, touched: Any, inputs: Any, cells: Any, clock: Any) -> Any:
    """Add the Poisson events of the step that ends now."""
    step = np.int64(now) - 1
    for s in range(inputs.key.shape[0]):
        group = inputs.groups[s]
        if step < group[lay.FROM_STEP] or step >= group[lay.TO_STEP]:
            continue
        block = np.int64(-1)
        w0 = w1 = w2 = w3 = np.uint64(0)
        for i in range(group[lay.IDS], group[lay.IDS_END]):
            unit = np.int64(inputs.who[i, 0])
            if unit >> 2 != block:
                block = unit >> 2
                w0, w1, w2, w3 = philox(inputs.key[s], np.uint64(block), np.uint64(step))
            lane = unit & 3
            word = (w0 if lane == 0 else w1) if lane < 2 else (w2 if lane == 2 else w3)
            entry, stop = (
                inputs.table_start[inputs.who[i, 1]],
                inputs.table_start[inputs.who[i, 1] + 1],
            )
            count = 0
            while entry < stop and np.uint64(inputs.tables[entry]) <= word:
                entry += 1
                count += 1
            if count > 0:
                clock[lay.POISSON] += 1
                n = group[lay.INTO] + unit
                amount = inputs.weight[s] * count
                c = cells.constants[cells.who[n, lay.ROW]]
                if _add(cells.state[n], c, group[lay.INTO_COLUMN], amount, now):
                    touched = _mark(n, touched, cells.touched, cells.list)
    return touched


@lean_inner
def _emit_poisson(k: Any, sources: Any, log: Any) -> None:
    for s in range(sources.groups.shape[0]):
        group = sources.groups[s]
        if k < group[lay.BEGIN] or k >= group[lay.END]:
            continue
        start = group[lay.UNITS]
        size = group[lay.UNITS_END] - start
        for b in range((size + 3) // 4):
            drawn = philox(sources.key[s], np.uint64(b), np.uint64(k))
            for lane in range(min(4, size - 4 * b)):
                i = start + 4 * b + lane
                if (
                    drawn[lane] < sources.threshold[i]
                    and sources.window[i, 0] <= k < sources.window[i, 1]
                ):
                    _append(np.float64(k), group[lay.SPIKING], 4 * b + lane, log)


@lean_inner
def _look(row: Any, c: Any, column: Any, time: Any) -> Any:
    """A state variable of a neuron at a time, without bringing the neuron there."""
    if column == RELEASE:
        return max(row[RELEASE] - time, 0.0)
    x, e, i, p, q = at(row, c, time)
    if column == X:
        return row[DRIVE] + x
    if column < RISE_EXC:
        return e if column == EXC else i
    return p if column == RISE_EXC else q


@lean_inner
def _sample(k: Any, probes: Any, cells: Any) -> None:
    for s in range(probes.groups.shape[0]):
        group = probes.groups[s]
        if k < group[lay.SINCE] or k >= group[lay.BEFORE]:
            continue
        if (k - group[lay.SINCE]) % group[lay.EVERY] == 0:
            out = group[lay.OUT]
            for i in range(group[lay.NEURONS], group[lay.NEURONS_END]):
                n = probes.neuron[i]
                c = cells.constants[cells.who[n, lay.ROW]]
                probes.out[out] = _look(cells.state[n], c, group[lay.VARIABLE], np.float64(k))
                out += 1
            group[lay.OUT] = out


@lean_inner
def _change_currents(k: Any, currents: Any, cells: Any, clock: Any) -> Any:
    """Change the drives of neurons; the number of touched ones."""
    touched = np.int64(0)
    while (
        clock[lay.CHANGE] < currents.change.shape[0] and currents.change[clock[lay.CHANGE], 0] == k
    ):
        j = clock[lay.CHANGE]
        s = currents.change[j, 1]
        group = currents.groups[s]
        for i in range(group[1], group[2]):
            n = group[0] + currents.id[i]
            row, c = cells.state[n], cells.constants[cells.who[n, lay.ROW]]
            advance(row, c, np.float64(k))
            amount = currents.amount[j] * c[RESISTANCE]
            row[DRIVE] += amount
            row[X] -= amount
            touched = _mark(n, touched, cells.touched, cells.list)
        clock[lay.CHANGE] = j + 1
    return touched


@lean_inner
def _emit_given(k: Any, sources: Any, log: Any, clock: Any) -> None:
    i = clock[lay.GIVEN]
    while i < sources.given.shape[0] and sources.given[i, 0] == k:
        _append(np.float64(k), sources.given[i, 1], sources.given[i, 2], log)
        i += 1
    clock[lay.GIVEN] = i


@lean_inner
def _take_due(now: Any, touched: Any, cells: Any, heap: Any, clock: Any) -> Any:
    """Take the neurons out of the heap whose key is now; the number of touched ones."""
    while first_key(heap) == now:
        n = np.int64(heap.slot[0])
        set_key(heap, n, np.inf)
        if cells.touched[n] == 0:
            due = cells.searched[n] == cells.state[n, TIME]
            advance(cells.state[n], cells.constants[cells.who[n, lay.ROW]], now)
            touched = _mark(n, touched, cells.touched, cells.list)
            if due:
                cells.touched[n] = DUE
            else:
                clock[lay.CHECKS] += 1
    return touched


@lean_kernel
def run(
    until: Any, on_grid: Any, room: Any, cells: Any, heap: Any, log: Any, delays: Any, queue: Any,
    lanes: Any, synapses: Any, sources: Any, inputs: Any, currents: Any, probes: Any, clock: Any,
) -> Any:  # fmt: skip
    """Run to a stamp; returns False as soon as the log has no room for ``room`` more spikes.

    All arguments but the first three are the tuples of :mod:`neurosim.kernels.event_layout`,
    ``heap`` and ``queue`` those of :mod:`neurosim.kernels.heap` for neurons and delays.
    """
    stamp = _next_stamp(clock[lay.STAMP], clock, sources, currents, probes)
    arrival = _next_input(clock[lay.ARRIVAL], inputs)
    for d in range(delays.steps.shape[0]):
        _wait(d, delays, queue, log)
    now: Any = 0.0
    touched: Any = np.int64(0)
    if clock[lay.BEGUN] == 0:
        clock[lay.BEGUN] = 1
        for n in range(cells.who.shape[0]):
            touched = _mark(n, touched, cells.touched, cells.list)
    while True:
        for j in range(touched):
            _settle(np.int64(cells.list[j]), now, on_grid, cells, heap, log, clock)
        for d in range(delays.steps.shape[0]):
            if queue.key[d] == np.inf:
                _wait(d, delays, queue, log)
        if log.count[0] + room > log.time.shape[0]:
            return False
        touched = np.int64(0)
        soonest = min(min(first_key(heap), first_key(queue)), np.float64(arrival))
        if soonest <= stamp and soonest <= until:
            now = soonest
            while first_key(queue) == now:
                d = np.int64(queue.slot[0])
                touched = _deliver(
                    d, now, touched, delays, queue, lanes, synapses, cells, log, clock
                )
            if now == arrival:
                touched = _draw_inputs(now, touched, inputs, cells, clock)
                clock[lay.ARRIVAL] = arrival + 1
                arrival = _next_input(arrival + 1, inputs)
            touched = _take_due(now, touched, cells, heap, clock)
        elif stamp < until:
            now = np.float64(stamp)
            _sample(stamp, probes, cells)
            _emit_given(stamp, sources, log, clock)
            _emit_poisson(stamp, sources, log)
            touched = _change_currents(stamp, currents, cells, clock)
            clock[lay.STAMP] = stamp + 1
            stamp = _next_stamp(stamp + 1, clock, sources, currents, probes)
        else:
            return True


@lean_kernel
def look(first: Any, column: Any, time: Any, cells: Any, out: Any) -> None:
    """A state variable of neighbouring neurons from ``first`` on at a time."""
    for i in range(out.shape[0]):
        c = cells.constants[cells.who[first + i, lay.ROW]]
        out[i] = _look(cells.state[first + i], c, column, time)
