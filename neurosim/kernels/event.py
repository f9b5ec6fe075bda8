"""The event loop: from one spike, arrival or change to the next.

At a time first all that arrives is added, then neurons at their threshold spike. At a stamp of the
grid follow what ``update-order.md`` puts at the beginning of a step: samples, spikes of sources,
changes of currents. A run ends between the two.

A neuron is touched when something arrives. Its key in the heap is the time of its next spike, or
only a time before which it cannot spike: computing the spike is put off until that time comes,
since most of it would be in vain.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from neurosim.kernels import event_layout as lay
from neurosim.kernels._jit import inner, kernel
from neurosim.kernels.event_grid import (
    add,
    append,
    change_currents,
    draw_inputs,
    emit_given,
    emit_poisson,
    look,
    mark,
    next_input,
    next_stamp,
    sample,
)
from neurosim.kernels.heap import first_key, set_key
from neurosim.kernels.lif_exact import (
    DRIVE,
    REFRACTORY,
    RELEASE,
    RESET,
    THRESHOLD,
    TIME,
    X,
    advance,
    can_cross,
    next_spike,
    safe_steps,
)

STRIP = np.int64(128)
"""Targets whose rows are brought into the cache at once."""

DUE = np.uint8(2)
"""Mark of a touched neuron whose spike is due."""


# neurons


@inner
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
        append(now, p, n - cells.first[p], log)
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


# arrivals


@inner
def _wait(d: Any, delays: Any, queue: Any, log: Any) -> None:
    """Let a delay wait for the next spike of the log that has synapses of that delay."""
    i, count = delays.whole[d, lay.CURSOR], log.count[0]
    while i < count and delays.carries[d, log.who[i, 0]] == 0:
        i += 1
    delays.whole[d, lay.CURSOR] = i
    key = log.time[i] + delays.steps[d] if i < count else np.inf
    if key != queue.key[d]:
        set_key(queue, d, key)


@inner
def _latest(targets: Any, base: Any, state: Any) -> Any:
    """The latest time of the rows of some targets: never after the present.

    It is asked for so that the rows come into the cache together, not one after the other.
    """
    latest = 0.0
    for target in targets:
        latest = max(latest, state[base + target, TIME])
    return latest


@inner
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
                    if add(cells.state[n], c, whole[lay.COLUMN], weight, now):
                        touched = mark(n, touched, cells.touched, cells.list)
        delays.whole[d, lay.CURSOR] = i + 1
        _wait(d, delays, queue, log)
    return touched


@inner
def _take_due(now: Any, touched: Any, cells: Any, heap: Any, clock: Any) -> Any:
    """Take the neurons out of the heap whose key is now; the number of touched ones."""
    while first_key(heap) == now:
        n = np.int64(heap.slot[0])
        set_key(heap, n, np.inf)
        if cells.touched[n] == 0:
            due = cells.searched[n] == cells.state[n, TIME]
            advance(cells.state[n], cells.constants[cells.who[n, lay.ROW]], now)
            touched = mark(n, touched, cells.touched, cells.list)
            if due:
                cells.touched[n] = DUE
            else:
                clock[lay.CHECKS] += 1
    return touched


@kernel
def run(
    until: Any, on_grid: Any, room: Any, cells: Any, heap: Any, log: Any, delays: Any, queue: Any,
    lanes: Any, synapses: Any, sources: Any, inputs: Any, currents: Any, probes: Any, clock: Any,
) -> Any:  # fmt: skip
    """Run to a stamp; returns False as soon as the log has no room for ``room`` more spikes.

    All arguments but the first three are the tuples of :mod:`neurosim.kernels.event_layout`,
    ``heap`` and ``queue`` those of :mod:`neurosim.kernels.heap` for neurons and delays.
    """
    stamp = next_stamp(clock[lay.STAMP], clock, sources, currents, probes)
    arrival = next_input(clock[lay.ARRIVAL], inputs)
    for d in range(delays.steps.shape[0]):
        _wait(d, delays, queue, log)
    now: Any = 0.0
    touched: Any = np.int64(0)
    if clock[lay.BEGUN] == 0:
        clock[lay.BEGUN] = 1
        for n in range(cells.who.shape[0]):
            touched = mark(n, touched, cells.touched, cells.list)
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
                delay = np.int64(queue.slot[0])
                touched = _deliver(
                    delay, now, touched, delays, queue, lanes, synapses, cells, log, clock
                )
            if now == arrival:
                touched = draw_inputs(now, touched, inputs, cells, clock)
                clock[lay.ARRIVAL] = arrival + 1
                arrival = next_input(arrival + 1, inputs)
            touched = _take_due(now, touched, cells, heap, clock)
        elif stamp < until:
            now = np.float64(stamp)
            sample(stamp, probes, cells)
            emit_given(stamp, sources, log, clock)
            emit_poisson(stamp, sources, log)
            touched = change_currents(stamp, currents, cells, clock)
            clock[lay.STAMP] = stamp + 1
            stamp = next_stamp(stamp + 1, clock, sources, currents, probes)
        else:
            return True


@kernel
def look_at(first: Any, column: Any, time: Any, cells: Any, out: Any) -> None:
    """A state variable of neighbouring neurons from ``first`` on at a time."""
    for i in range(out.shape[0]):
        c = cells.constants[cells.who[first + i, lay.ROW]]
        out[i] = look(cells.state[first + i], c, column, time)
