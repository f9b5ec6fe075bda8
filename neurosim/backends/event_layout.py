"""Plan -> the arrays of the event loop."""

from __future__ import annotations

from dataclasses import dataclass
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
    clock: lay.Clock
    parts: list[Expanded]
    """Synapse blocks; their targets lie in ``synapses``, as do weights that are not shared."""


def lay_out(plan: Plan, on_grid: bool) -> Arrays:
    """All arrays of a plan at stamp 0."""
    cells = _cells(plan, on_grid)
    parts, synapses, ptr_start = _synapses(plan)
    delays, lanes = _lanes(plan, parts, ptr_start, cells)
    units = sum(p.size for p in plan.populations)
    sources = _sources(plan)
    capacity = max(SPIKES_HELD, 2 * (units + most_at_once(sources)))
    return Arrays(
        cells, heap(len(cells.row)), empty_log(capacity), delays, heap(len(delays.steps)), lanes,
        synapses, sources, _inputs(plan, cells), _currents(plan, cells), _probes(plan, cells),
        lay.Clock(*(np.zeros(1, np.int64) for _ in range(4)), np.zeros(5, np.int64)), parts,
    )  # fmt: skip


def empty_log(capacity: int) -> lay.Log:
    """A log with room for some spikes."""
    return lay.Log(
        np.zeros(capacity),
        np.zeros(capacity, dtype=np.int32),
        np.zeros(capacity, dtype=np.int32),
        np.zeros(1, dtype=np.int64),
    )


def most_at_once(sources: lay.Sources) -> int:
    """The largest number of given spikes with one stamp."""
    if not len(sources.stamp):
        return 0
    return int(np.unique(sources.stamp, return_counts=True)[1].max())


# neurons


def _cells(plan: Plan, on_grid: bool) -> lay.Cells:
    starts = np.cumsum([0, *(block.size for block in plan.neurons)])
    n = int(starts[-1])
    tables = [_constants(block, plan.dt, on_grid) for block in plan.neurons]
    rows = np.cumsum([0, *map(len, tables)])
    state, row = np.zeros((n, lif.COLUMNS)), np.zeros(n, dtype=np.int32)
    for block, table, start, at in zip(plan.neurons, tables, starts, rows, strict=False):
        mine = slice(start, start + block.size)
        row[mine] = at if len(table) == 1 else np.arange(at, at + block.size)
        given = block.parameters
        drive = given["v_rest"] + given["tau_m"] / given["cm"] * given["i_offset"]
        state[mine, lif.DRIVE] = drive
        for name, values in block.state.items():
            state[mine, VARIABLES[name]] = np.ceil(values) if name == "refractory" else values
        state[mine, lif.X] -= drive
    first = [
        -1 if p.block < 0 else int(starts[p.block]) + p.offset for p in plan.populations
    ]
    population = np.zeros(n, dtype=np.int32)
    for i, (p, at) in enumerate(zip(plan.populations, first, strict=True)):
        if p.block >= 0:
            population[at : at + p.size] = i
    return lay.Cells(
        state,
        np.concatenate([*tables, np.empty((0, lif.CONSTANTS))]),
        row,
        population,
        np.zeros(n, dtype=np.uint8),
        np.array(first, dtype=np.int64),
        np.zeros(n, dtype=np.uint8),
        np.zeros(n, dtype=np.int32),
    )


def _constants(block: NeuronBlock, dt: float, on_grid: bool) -> NDArray[np.float64]:
    """One row of constants for each neuron, or for all of them."""
    p: Any = {name: np.asarray(value, dtype=np.float64) for name, value in block.parameters.items()}
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
        apart = tau_m != tau
        ratio = np.where(apart, tau_m / tau, 2.0)
        late = np.where(apart, np.log(ratio) / (ratio - 1.0) * tau_m, tau)  # of the largest response
        columns[slope] = dt / cm * tau / np.e
        columns[peak] = exponential_gain(tau_m, tau, cm, late) * (1.0 + 1e-9)
        columns[top] = np.minimum(tau * tau / cm, resistance * tau / np.e) * (1.0 + 1e-9)
        columns[jump] = np.e / tau
    for column, value in columns.items():
        table[:, column] = value
    return table


# synapses


def _synapses(plan: Plan) -> tuple[list[Expanded], lay.Synapses, Int]:
    """Blocks, drawn one by one, their joined arrays, and where a block's segments begin."""
    targets: NDArray[Any] = np.empty(0, dtype=np.int32)
    weights: NDArray[Any] = np.empty(0, dtype=plan.weight_dtype)
    drawn, target_start, weight_start = [], [], []
    for block in plan.synapses:
        part = expand(block, plan.dt, plan.weight_dtype)
        target_start.append(len(targets))
        weight_start.append(len(weights))
        own = None if isinstance(part.weights, float) else part.weights
        targets = _joined(targets, part.targets)
        weights = weights if own is None else _joined(weights, own)
        drawn.append((part.first, part.n_sources, part.delays, part.ptr, part.weights))
    parts = []
    for i, (first, n, steps, ptr, weight) in enumerate(drawn):
        mine = slice(target_start[i], target_start[i] + int(ptr[-1]))
        shared = weight if isinstance(weight, float) else np.empty(0)
        parts.append(Expanded(first, n, steps, ptr, targets[mine], shared))
    return (
        parts,
        lay.Synapses(
            np.concatenate([*(p.ptr for p in parts), np.empty(0, np.int64)]),
            targets,
            weights,
            np.array(target_start, dtype=np.int64),
            np.array(weight_start, dtype=np.int64),
        ),
        np.cumsum([0, *(len(p.ptr) for p in parts)]),
    )


def _joined(held: NDArray[Any], more: NDArray[Any]) -> NDArray[Any]:
    return np.ascontiguousarray(more, dtype=held.dtype) if not len(held) else np.append(held, more)


def _lanes(
    plan: Plan, parts: list[Expanded], ptr_start: Int, cells: lay.Cells
) -> tuple[lay.Delays, lay.Lanes]:
    rows = []
    for i, (block, part) in enumerate(zip(plan.synapses, parts, strict=True)):
        target = plan.populations[block.post]
        column = COLUMNS[plan.neurons[target.block].kind][block.input]
        shared = isinstance(part.weights, float)
        for j, delay in enumerate(part.delays.tolist()):
            if part.size:
                rows.append((
                    delay, block.pre, part.first, part.n_sources, int(ptr_start[i]) + j,
                    len(part.delays), int(cells.first[block.post]), column, shared,
                    part.weights if shared else 0.0, i,
                ))  # fmt: skip
    rows.sort(key=lambda row: row[0])
    columns = list(zip(*rows, strict=True)) if rows else [()] * 11
    steps, first = np.unique(np.array(columns[0], dtype=np.float64), return_index=True)
    carries = np.zeros((len(steps), len(plan.populations)), dtype=np.uint8)
    carries[np.searchsorted(steps, columns[0]), np.array(columns[1], dtype=np.int64)] = 1
    whole = [np.array(c, dtype=np.int64) for c in columns[1:8]]
    return (
        lay.Delays(
            steps, np.zeros(len(steps), dtype=np.int64), carries,
            np.append(first, len(rows)).astype(np.int64),
        ),
        lay.Lanes(
            *whole, np.array(columns[8], dtype=np.bool_), np.array(columns[9], dtype=np.float64),
            np.array(columns[10], dtype=np.int64),
        ),
    )  # fmt: skip


# sources and inputs


def given_spikes(stamp: Int, population: Int, ids: Int) -> dict[str, Int]:
    """Given spikes sorted by stamp, population and id, as fields of ``Sources``."""
    by = np.lexsort((ids, population, stamp))
    return {"stamp": stamp[by], "population": population[by], "id": ids[by]}


def _sources(plan: Plan) -> lay.Sources:
    blocks = plan.poisson
    sizes = [len(a.steps) for a in plan.arrays]
    return lay.Sources(
        **given_spikes(
            np.concatenate([*(a.steps for a in plan.arrays), np.empty(0, np.int64)]),
            np.repeat(np.array([a.population for a in plan.arrays], dtype=np.int64), sizes),
            np.concatenate([*(a.ids for a in plan.arrays), np.empty(0, np.int32)]),
        ),
        poisson=np.array([b.population for b in blocks], dtype=np.int64),
        key=np.array([b.key for b in blocks], dtype=np.uint64),
        begin=np.array([b.first.min() for b in blocks], dtype=np.int64),
        end=np.array([b.last.max() if b.thresholds.any() else 0 for b in blocks], dtype=np.int64),
        start=np.cumsum([0, *(len(b.first) for b in blocks)], dtype=np.int64),
        threshold=np.concatenate([*(b.thresholds for b in blocks), np.empty(0, np.uint64)]),
        first=np.concatenate([*(b.first for b in blocks), np.empty(0, np.int64)]),
        last=np.concatenate([*(b.last for b in blocks), np.empty(0, np.int64)]),
    )


def _inputs(plan: Plan, cells: lay.Cells) -> lay.Inputs:
    blocks = [b for b in plan.inputs if len(b.tables)]
    tables = np.cumsum([0, *(len(b.starts) - 1 for b in blocks)])
    starts = np.cumsum([0, *(len(b.tables) for b in blocks)])
    kinds = [plan.neurons[plan.populations[b.population].block].kind for b in blocks]
    table = [b.table + np.int32(t) for b, t in zip(blocks, tables, strict=False)]
    table_start = [b.starts[:-1] + s for b, s in zip(blocks, starts, strict=False)]
    return lay.Inputs(
        np.array([b.key for b in blocks], dtype=np.uint64),
        np.array([cells.first[b.population] for b in blocks], dtype=np.int64),
        np.array([COLUMNS[k][b.input] for k, b in zip(kinds, blocks, strict=True)], dtype=np.int64),
        np.array([b.weight for b in blocks], dtype=np.float64),
        np.array([b.first for b in blocks], dtype=np.int64),
        np.array([b.last for b in blocks], dtype=np.int64),
        np.cumsum([0, *(len(b.ids) for b in blocks)], dtype=np.int64),
        np.concatenate([*(b.ids for b in blocks), np.empty(0, np.int32)]),
        np.concatenate([*table, np.empty(0, np.int32)]),
        np.concatenate([*table_start, starts[-1:]]).astype(np.int64),
        np.concatenate([*(b.tables for b in blocks), np.empty(0, np.uint32)]),
    )


def _currents(plan: Plan, cells: lay.Cells) -> lay.Currents:
    blocks = plan.currents
    return lay.Currents(
        np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64), np.empty(0),
        np.array([cells.first[b.population] for b in blocks], dtype=np.int64),
        np.cumsum([0, *(len(b.ids) for b in blocks)], dtype=np.int64),
        np.concatenate([*(b.ids for b in blocks), np.empty(0, np.int32)]),
    )  # fmt: skip


def _probes(plan: Plan, cells: lay.Cells) -> lay.Probes:
    sampled = [p for p in plan.probes if p.variable != "spikes"]
    neurons = [cells.first[p.population] + p.ids.astype(np.int64) for p in sampled]
    return lay.Probes(
        np.array([VARIABLES[p.variable] for p in sampled], dtype=np.int64),
        np.array([p.every for p in sampled], dtype=np.int64),
        np.array([p.first for p in sampled], dtype=np.int64),
        np.array([p.last for p in sampled], dtype=np.int64),
        np.cumsum([0, *map(len, neurons)], dtype=np.int64),
        np.concatenate([*neurons, np.empty(0, np.int64)]),
        np.empty(0),
        np.zeros(len(sampled), dtype=np.int64),
    )
