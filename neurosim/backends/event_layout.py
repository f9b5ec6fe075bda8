"""Plan -> the arrays of the event loop."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from neurosim.kernels import event_layout as lay
from neurosim.kernels import lif_exact as lif
from neurosim.kernels.heap import Heap, heap
from neurosim.neurons import IFCurrAlpha, IFCurrDelta, IFCurrExp
from neurosim.neurons.base import NeuronKind
from neurosim.neurons.propagators import exponential_gain, steps_up
from neurosim.plan.connect import Expanded, expand
from neurosim.plan.plan import NeuronBlock, Plan

Int = NDArray[Any]

COLUMNS: dict[type[NeuronKind], tuple[int, ...]] = {
    IFCurrExp: (lif.EXC, lif.INH),
    IFCurrAlpha: (lif.RISE_EXC, lif.RISE_INH),
    IFCurrDelta: (lif.X,),
}
"""The kinds that have a solution, and the column to which each input of theirs is added."""

VARIABLES = {
    "v": lif.X,
    "isyn_exc": lif.EXC,
    "isyn_inh": lif.INH,
    "rise_exc": lif.RISE_EXC,
    "rise_inh": lif.RISE_INH,
    "refractory": lif.RELEASE,
}
"""Columns of state variables."""

LATE = 40.0
"""After this many of the longest time constant all has decayed to rounding."""

SPIKES_HELD = 1 << 16
"""Spikes that the log has room for in the beginning, at least."""


@dataclass
class Arrays:
    """All that the loop works on; see :mod:`neurosim.kernels.event_layout`."""

    cells: lay.Cells
    heap: Heap
    log: lay.Log
    delays: lay.Delays
    queue: Heap
    lanes: lay.Lanes
    synapses: lay.Synapses
    sources: lay.Sources
    inputs: lay.Inputs
    currents: lay.Currents
    probes: lay.Probes
    clock: NDArray[np.int64]
    parts: list[Expanded]
    """Synapse blocks; their targets lie in ``synapses``, as do weights that are not shared."""


def lay_out(plan: Plan, on_grid: bool) -> Arrays:
    """All arrays of a plan at stamp 0."""
    cells = _cells(plan, on_grid)
    parts, synapses, places = _synapses(plan)
    delays, lanes = _lanes(plan, parts, places, cells)
    units = sum(p.size for p in plan.populations)
    sources = _sources(plan)
    capacity = max(SPIKES_HELD, 2 * (units + most_at_once(sources)))
    return Arrays(
        cells, heap(len(cells.who)), empty_log(capacity), delays, heap(len(delays.steps)), lanes,
        synapses, sources, _inputs(plan, cells), _currents(plan, cells), _probes(plan, cells),
        np.zeros(10, dtype=np.int64), parts,
    )  # fmt: skip


def empty_log(capacity: int) -> lay.Log:
    """A log with room for some spikes."""
    return lay.Log(
        np.zeros(capacity),
        np.zeros((capacity, 2), dtype=np.int32),
        np.zeros(1, dtype=np.int64),
    )


def most_at_once(sources: lay.Sources) -> int:
    """The largest number of given spikes with one stamp."""
    if not len(sources.given):
        return 0
    return int(np.unique(sources.given[:, 0], return_counts=True)[1].max())


# neurons


def _cells(plan: Plan, on_grid: bool) -> lay.Cells:
    starts = np.cumsum([0, *(block.size for block in plan.neurons)])
    n = int(starts[-1])
    tables = [_constants(block, plan.dt, on_grid) for block in plan.neurons]
    rows = np.cumsum([0, *map(len, tables)])
    state, who = _lines(n), np.zeros((n, 2), dtype=np.int32)
    for block, table, start, at in zip(plan.neurons, tables, starts, rows, strict=False):
        mine = slice(start, start + block.size)
        who[mine, lay.ROW] = at if len(table) == 1 else np.arange(at, at + block.size)
        given = block.parameters
        drive = given["v_rest"] + given["tau_m"] / given["cm"] * given["i_offset"]
        state[mine, lif.DRIVE] = drive
        for name, values in block.state.items():
            state[mine, VARIABLES[name]] = values
        state[mine, lif.X] -= drive
    first = [-1 if p.block < 0 else int(starts[p.block]) + p.offset for p in plan.populations]
    for i, (p, at) in enumerate(zip(plan.populations, first, strict=True)):
        if p.block >= 0:
            who[at : at + p.size, lay.POPULATION] = i
    return lay.Cells(
        state,
        np.concatenate([*tables, np.empty((0, lif.CONSTANTS))]),
        who,
        np.full(n, -1.0),
        np.zeros(n, dtype=np.uint8),
        np.zeros(n, dtype=np.int32),
        np.array(first, dtype=np.int64),
    )


def _lines(n: int) -> NDArray[np.float64]:
    """Rows of state that are a cache line each, in place and size."""
    room = np.zeros((n + 1) * lif.COLUMNS)
    start = -room.ctypes.data % 64 // 8
    return room[start : start + n * lif.COLUMNS].reshape(n, lif.COLUMNS)


def _constants(block: NeuronBlock, dt: float, on_grid: bool) -> NDArray[np.float64]:
    """One row of constants for each neuron, or for all of them."""
    apart = ("v_rest", "i_offset")  # they make the drive, which each neuron has for itself
    p: Any = {
        name: np.asarray(value, dtype=np.float64)
        for name, value in block.parameters.items()
        if name not in apart
    }
    tau_m, cm, delta = p["tau_m"], p["cm"], block.kind is IFCurrDelta
    taus = [tau_m, tau_m] if delta else [p["tau_syn_E"], p["tau_syn_I"]]
    resistance = tau_m / cm
    table = np.zeros((max(value.size for value in p.values()), lif.CONSTANTS))
    columns = {
        lif.ALPHA: dt / tau_m,
        lif.BETA_E: dt / taus[0],
        lif.BETA_I: dt / taus[1],
        lif.CHARGE: dt / cm,
        lif.DT: dt,
        lif.THRESHOLD: p["v_thresh"],
        lif.RESET: p["v_reset"],
        lif.REFRACTORY: steps_up(p["tau_refrac"], dt) if on_grid else p["tau_refrac"] / dt,
        lif.HORIZON: LATE / dt * np.maximum(tau_m, np.maximum(*taus)),
        lif.RESISTANCE: resistance,
    }
    more = (
        (lif.SLOPE_E, lif.PEAK_E, lif.TOP_E, lif.JUMP_E),
        (lif.SLOPE_I, lif.PEAK_I, lif.TOP_I, lif.JUMP_I),
    )
    for tau, (slope, peak, top, jump) in zip(taus, more, strict=True):
        differ = tau_m != tau
        ratio = np.where(differ, tau_m / tau, 2.0)
        late: Any = np.where(  # of the largest response
            differ, np.log(ratio) / (ratio - 1.0) * tau_m, tau
        )
        columns[slope] = dt / cm * tau / np.e
        columns[peak] = exponential_gain(tau_m, tau, cm, late) * (1.0 + 1e-9)
        columns[top] = np.minimum(tau * tau / cm, resistance * tau / np.e) * (1.0 + 1e-9)
        columns[jump] = np.e / tau
    for column, value in columns.items():
        table[:, column] = value
    return table


# synapses


def _synapses(plan: Plan) -> tuple[list[Expanded], lay.Synapses, Int]:
    """Blocks, drawn one by one, their joined arrays, and where a block's segments, targets and
    weights begin, shape (blocks, 3)."""
    targets: NDArray[Any] = np.empty(0, dtype=np.int32)
    weights: NDArray[Any] = np.empty(0, dtype=plan.weight_dtype)
    drawn: list[Expanded] = []
    places, segments = [], 0
    for block in plan.synapses:
        part = expand(block, plan.dt, plan.weight_dtype)
        places.append((segments, len(targets), len(weights)))
        segments += len(part.ptr)
        targets = _joined(targets, part.targets)
        if not isinstance(part.weights, float):
            weights = _joined(weights, part.weights)
            part = replace(part, weights=np.empty(0))
        drawn.append(replace(part, targets=np.empty(part.size)))  # the size, without memory
    parts = [
        replace(part, targets=targets[at : at + part.size])
        for part, (_, at, _) in zip(drawn, places, strict=True)
    ]
    ptr = np.concatenate([*(p.ptr for p in parts), np.empty(0, np.int64)])
    starts = np.array(places, dtype=np.int64).reshape(-1, 3)
    return parts, lay.Synapses(ptr, targets, weights), starts


def _joined(held: NDArray[Any], more: NDArray[Any]) -> NDArray[Any]:
    return np.ascontiguousarray(more, dtype=held.dtype) if not len(held) else np.append(held, more)


def _lanes(
    plan: Plan, parts: list[Expanded], places: Int, cells: lay.Cells
) -> tuple[lay.Delays, lay.Lanes]:
    rows = []
    for i, (block, part) in enumerate(zip(plan.synapses, parts, strict=True)):
        kind = plan.neurons[plan.populations[block.post].block].kind
        segment, targets_at, weights_at = places[i].tolist()
        shared = isinstance(part.weights, float)
        for j, delay in enumerate(part.delays.tolist() if part.size else ()):
            whole = (
                block.pre, part.first, part.n_sources, segment + j, len(part.delays),
                int(cells.first[block.post]), COLUMNS[kind][block.input], shared, i, targets_at,
                weights_at,
            )  # fmt: skip
            rows.append((delay, whole, part.weights if shared else 0.0))
    rows.sort(key=lambda row: row[0])
    steps, first = np.unique([float(row[0]) for row in rows], return_index=True)
    ends = np.append(first, len(rows)).astype(np.int64)
    carries = np.zeros((len(steps), len(plan.populations)), dtype=np.uint8)
    for delay, whole, _ in rows:
        carries[np.searchsorted(steps, delay), whole[0]] = 1
    return (
        lay.Delays(
            steps.astype(np.float64),
            np.stack([np.zeros(len(steps), dtype=np.int64), ends[:-1], ends[1:]], axis=1),
            carries,
        ),
        lay.Lanes(
            np.array([row[1] for row in rows], dtype=np.int64).reshape(-1, 11),
            np.array([row[2] for row in rows], dtype=np.float64),
        ),
    )


# sources and inputs


def given_spikes(stamp: Int, population: Int, ids: Int) -> NDArray[np.int64]:
    """Given spikes sorted by stamp, population and id, shape (n, 3)."""
    by = np.lexsort((ids, population, stamp))
    return np.stack([stamp[by], population[by], ids[by]], axis=1).astype(np.int64)


def _ranges(sizes: list[int]) -> list[Int]:
    ends = np.cumsum([0, *sizes], dtype=np.int64)
    return [ends[:-1], ends[1:]]


def _sources(plan: Plan) -> lay.Sources:
    blocks = plan.poisson
    sizes = [len(a.steps) for a in plan.arrays]
    columns = [
        np.array([b.population for b in blocks], dtype=np.int64),
        np.array([b.first.min() for b in blocks], dtype=np.int64),
        np.array([b.last.max() if b.thresholds.any() else 0 for b in blocks], dtype=np.int64),
        *_ranges([len(b.first) for b in blocks]),
    ]
    windows = [np.stack([b.first, b.last], axis=1) for b in blocks]
    return lay.Sources(
        given_spikes(
            np.concatenate([*(a.steps for a in plan.arrays), np.empty(0, np.int64)]),
            np.repeat(np.array([a.population for a in plan.arrays], dtype=np.int64), sizes),
            np.concatenate([*(a.ids for a in plan.arrays), np.empty(0, np.int32)]),
        ),
        np.stack(columns, axis=1),
        np.array([b.key for b in blocks], dtype=np.uint64),
        np.concatenate([*(b.thresholds for b in blocks), np.empty(0, np.uint64)]),
        np.concatenate([*windows, np.empty((0, 2), np.int64)]),
    )


def _inputs(plan: Plan, cells: lay.Cells) -> lay.Inputs:
    blocks = [b for b in plan.inputs if len(b.tables)]
    tables = np.cumsum([0, *(len(b.starts) - 1 for b in blocks)])
    starts = np.cumsum([0, *(len(b.tables) for b in blocks)])
    kinds = [plan.neurons[plan.populations[b.population].block].kind for b in blocks]
    columns = [
        [cells.first[b.population] for b in blocks],
        [COLUMNS[kind][b.input] for kind, b in zip(kinds, blocks, strict=True)],
        [b.first for b in blocks],
        [b.last for b in blocks],
        *_ranges([len(b.ids) for b in blocks]),
    ]
    who = [
        np.stack([b.ids, b.table + np.int32(t)], axis=1)
        for b, t in zip(blocks, tables, strict=False)
    ]
    table_start = [b.starts[:-1] + s for b, s in zip(blocks, starts, strict=False)]
    return lay.Inputs(
        np.stack([np.array(c, dtype=np.int64) for c in columns], axis=1),
        np.array([b.key for b in blocks], dtype=np.uint64),
        np.array([b.weight for b in blocks], dtype=np.float64),
        np.concatenate([*who, np.empty((0, 2), np.int32)]),
        np.concatenate([*table_start, starts[-1:]]).astype(np.int64),
        np.concatenate([*(b.tables for b in blocks), np.empty(0, np.uint32)]),
    )


def _currents(plan: Plan, cells: lay.Cells) -> lay.Currents:
    blocks = plan.currents
    first = np.array([cells.first[b.population] for b in blocks], dtype=np.int64)
    return lay.Currents(
        np.empty((0, 2), dtype=np.int64),
        np.empty(0),
        np.stack([first, *_ranges([len(b.ids) for b in blocks])], axis=1),
        np.concatenate([*(b.ids for b in blocks), np.empty(0, np.int32)]),
    )


def _probes(plan: Plan, cells: lay.Cells) -> lay.Probes:
    sampled = [p for p in plan.probes if p.variable != "spikes"]
    neurons = [cells.first[p.population] + p.ids.astype(np.int64) for p in sampled]
    columns = [
        [VARIABLES[p.variable] for p in sampled],
        [p.every for p in sampled],
        [p.first for p in sampled],
        [p.last for p in sampled],
        *_ranges([len(n) for n in neurons]),
        [0] * len(sampled),
    ]
    return lay.Probes(
        np.stack([np.array(c, dtype=np.int64) for c in columns], axis=1),
        np.concatenate([*neurons, np.empty(0, np.int64)]),
        np.empty(0),
    )
