"""Parts of the event loop: inputs of a neuron, and what happens at stamps of the grid."""

from __future__ import annotations

from typing import Any

import numpy as np

from neurosim.kernels import event_layout as lay
from neurosim.kernels._jit import inner
from neurosim.kernels.lif_exact import (
    DRIVE,
    EXC,
    JUMP_E,
    RELEASE,
    RESISTANCE,
    RISE_EXC,
    X,
    advance,
    at,
    can_cross,
)
from neurosim.kernels.rng import philox

FAR = np.int64(1 << 62)
"""A stamp that never comes."""


@inner
def mark(n: Any, count: Any, marks: Any, marked: Any) -> Any:
    """Put a neuron on the list of touched ones; their number."""
    if marks[n] == 0:
        marks[n] = 1
        marked[count] = n
        count += 1
    return count


@inner
def add(row: Any, c: Any, column: Any, weight: Any, now: Any) -> Any:
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


@inner
def append(time: Any, population: Any, unit: Any, log: Any) -> None:
    i = log.count[0]
    log.time[i], log.who[i, 0], log.who[i, 1] = time, population, unit
    log.count[0] = i + 1


@inner
def next_stamp(k: Any, clock: Any, sources: Any, currents: Any, probes: Any) -> Any:
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


@inner
def next_input(k: Any, inputs: Any) -> Any:
    """The first stamp from ``k`` on at which Poisson input arrives."""
    found = FAR
    for s in range(inputs.key.shape[0]):
        group = inputs.groups[s]
        if k <= group[lay.TO_STEP] and group[lay.FROM_STEP] < group[lay.TO_STEP]:
            found = min(found, max(k, group[lay.FROM_STEP] + 1))
    return found


@inner
def draw_inputs(now: Any, touched: Any, inputs: Any, cells: Any, clock: Any) -> Any:
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
                if add(cells.state[n], c, group[lay.INTO_COLUMN], amount, now):
                    touched = mark(n, touched, cells.touched, cells.list)
    return touched


@inner
def emit_poisson(k: Any, sources: Any, log: Any) -> None:
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
                    append(np.float64(k), group[lay.SPIKING], 4 * b + lane, log)


@inner
def emit_given(k: Any, sources: Any, log: Any, clock: Any) -> None:
    i = clock[lay.GIVEN]
    while i < sources.given.shape[0] and sources.given[i, 0] == k:
        append(np.float64(k), sources.given[i, 1], sources.given[i, 2], log)
        i += 1
    clock[lay.GIVEN] = i


@inner
def look(row: Any, c: Any, column: Any, time: Any) -> Any:
    """A state variable of a neuron at a time, without bringing the neuron there."""
    if column == RELEASE:
        return max(row[RELEASE] - time, 0.0)
    x, e, i, p, q = at(row, c, time)
    if column == X:
        return row[DRIVE] + x
    if column < RISE_EXC:
        return e if column == EXC else i
    return p if column == RISE_EXC else q


@inner
def sample(k: Any, probes: Any, cells: Any) -> None:
    for s in range(probes.groups.shape[0]):
        group = probes.groups[s]
        if k < group[lay.SINCE] or k >= group[lay.BEFORE]:
            continue
        if (k - group[lay.SINCE]) % group[lay.EVERY] == 0:
            out = group[lay.OUT]
            for i in range(group[lay.NEURONS], group[lay.NEURONS_END]):
                n = probes.neuron[i]
                c = cells.constants[cells.who[n, lay.ROW]]
                probes.out[out] = look(cells.state[n], c, group[lay.VARIABLE], np.float64(k))
                out += 1
            group[lay.OUT] = out


@inner
def change_currents(k: Any, currents: Any, cells: Any, clock: Any) -> Any:
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
            touched = mark(n, touched, cells.touched, cells.list)
        clock[lay.CHANGE] = j + 1
    return touched
