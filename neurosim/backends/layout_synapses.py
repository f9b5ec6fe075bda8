"""Synapse blocks -> segments, lanes and postsynaptic histories of the compiled step loop."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from neurosim.backends.layout_stdp import Tables, constants
from neurosim.kernels.layout import LONG_AGO, RECENT, Lanes, Neurons, Posts, Synapses
from neurosim.kernels.stdp_rule import MINUS, PLUS, ROW
from neurosim.plan.connect import Expanded, count
from neurosim.plan.plan import Plan, SynapseBlock
from neurosim.synapses import STDP, TsodyksMarkram

Int = NDArray[Any]


def place(plan: Plan, neurons: Neurons, population: int, column: int) -> int:
    """Accumulator of a population's id 0."""
    where = plan.populations[population]
    return int(neurons.input_start[where.block, column]) + where.offset


def _has_state(block: SynapseBlock) -> bool:
    return isinstance(block.synapse, (STDP, TsodyksMarkram))


def lay_out_synapses(plan: Plan) -> tuple[list[Expanded], Synapses, Int]:
    """Expanded blocks, their joined arrays, and where a block's segments begin.

    Blocks are drawn one by one straight into the joined arrays.
    """
    blocks = plan.synapses
    largest = max((plan.populations[b.post].size for b in blocks), default=0)
    target_dtype = np.uint16 if largest <= 1 << 16 else np.int32
    found = [count(block, plan.dt) for block in blocks]
    shared = [
        f.shared and not isinstance(b.synapse, STDP) for f, b in zip(found, blocks, strict=True)
    ]
    by = sorted(range(len(blocks)), key=lambda i: not _has_state(blocks[i]))
    ptr_start, n_ptr = _starts(by, [len(f.ptr) for f in found])
    target_start, n_targets = _starts(by, [f.size for f in found])
    own = [0 if s else f.size for s, f in zip(shared, found, strict=True)]
    weight_start, n_weights = _starts(by, own)
    n_state = sum(len(found[i].ptr) for i in by if _has_state(blocks[i]))
    synapses = Synapses(
        ptr=np.zeros(n_ptr, dtype=np.int64),
        targets=np.empty(n_targets, dtype=target_dtype),
        weights=np.empty(n_weights, dtype=plan.weight_dtype),
        target_start=target_start,
        weight_start=weight_start,
        trace=np.zeros(n_state),
        use=np.zeros(n_state),
        last=np.full(n_state, -1, dtype=np.int64),
        applied=np.full(n_state, -1, dtype=np.int64),
        real=np.zeros((max(1, len(blocks)), 12)),
        whole=np.zeros((max(1, len(blocks)), 8), dtype=np.int64),
    )
    parts = []
    for i, (block, counted) in enumerate(zip(blocks, found, strict=True)):
        ptr = synapses.ptr[ptr_start[i] : ptr_start[i] + len(counted.ptr)]
        targets = synapses.targets[target_start[i] : target_start[i] + counted.size]
        weights = synapses.weights[weight_start[i] : weight_start[i] + counted.size]
        ptr[:] = counted.ptr
        counted.fill(targets, None if counted.shared else weights)
        if counted.shared and not shared[i]:
            weights[:] = block.synapse.weight
        weight = block.synapse.weight if counted.shared else np.empty(0)
        parts.append(
            Expanded(counted.first, counted.n_sources, counted.delays, ptr, targets, weight)
        )
        _constants(block.synapse, synapses.real[i], synapses.whole[i])
    return parts, synapses, ptr_start


def _starts(order: list[int], sizes: list[int]) -> tuple[Int, int]:
    """Where each block begins when they lie end to end in an order, and the size in all."""
    starts = np.zeros(len(sizes), dtype=np.int64)
    total = 0
    for i in order:
        starts[i] = total
        total += sizes[i]
    return starts, total


def _constants(kind: Any, real: Int, whole: Int) -> None:
    """Put the constants of a synapse kind into its rows."""
    if isinstance(kind, TsodyksMarkram):
        real[:3] = kind.U, kind.tau_rec, kind.tau_facil
    elif isinstance(kind, STDP):
        constants(kind, real, whole)


def lay_out_lanes(
    plan: Plan,
    parts: list[Expanded],
    segments: Int,
    synapses: Synapses,
    neurons: Neurons,
    order: list[int],
) -> tuple[Lanes, Lanes, Posts]:
    arriving: list[tuple[Any, ...]] = []
    plastic: list[tuple[Any, ...]] = []
    posts: list[tuple[int, int, int]] = []
    tables = Tables(plan.dt, plan.weight_dtype)
    rows, longest, most = 0, 1, 0
    for i, (block, part) in enumerate(zip(plan.synapses, parts, strict=True)):
        kind: Any = block.synapse
        code = 2 if isinstance(kind, STDP) else 1 if isinstance(kind, TsodyksMarkram) else 0
        shared = isinstance(part.weights, float) and code != 2
        for j, delay in enumerate(part.delays.tolist()):
            share = kind.dendritic_delay_fraction if code == 2 else 0.0
            dendritic = int(np.floor(share * delay + 0.5))
            lane = (
                order[block.pre], delay, part.first, part.n_sources, int(segments[i]) + j,
                len(part.delays), place(plan, neurons, block.post, block.input), shared,
                part.weights if shared else 0.0, i, code, delay - dendritic, dendritic,
            )  # fmt: skip
            if dendritic == 0:
                arriving.append(lane)
            else:
                longest = max(longest, delay)
            if code == 2:
                plastic.append(lane)
        if code == 2:
            most = max(most, int(np.diff(part.ptr).max(initial=0)))
            synapses.whole[i, ROW] = rows
            synapses.whole[i, PLUS] = tables.find(kind.tau_plus)
            synapses.whole[i, MINUS] = tables.find(kind.tau_minus)
            posts.append((i, rows, order[block.post]))
            rows += plan.populations[block.post].size
    depth = max(min(1 << 20 // max(1, rows), 4096), 64, 2 * longest + 16) if rows else 1
    fixed = any(lane[-1] > 0 for lane in plastic)
    recent = np.full(rows * RECENT, (1 << 16) - LONG_AGO, dtype=np.uint16)
    odds = np.zeros(most // 8 + 1, dtype=np.uint64)
    ring = (longest + 1, len(neurons.inputs)) if fixed else (1, 0)
    blocks, firsts, populations = np.array(posts, dtype=np.int64).reshape(-1, 3).T.copy()
    return (
        _lane_arrays(arriving, plan),
        _lane_arrays(plastic, plan),
        Posts(
            stamp=np.zeros((rows, depth), dtype=np.int64),
            trace=np.zeros((rows, depth)),
            count=np.zeros(rows, dtype=np.int64),
            recent=recent,
            pairs=recent.view(np.uint32),
            fall=np.zeros(rows, dtype=plan.weight_dtype),
            decay=tables.values,
            odd=odds.view(np.uint8),
            odds=odds,
            block=blocks,
            row=firsts,
            population=populations,
            frozen=np.zeros(max(1, len(plan.synapses)), dtype=np.uint8),
            full=np.zeros(1, dtype=np.int64),
            ring=np.zeros(ring, dtype=plan.dtype),
        ),
    )


def _lane_arrays(lanes: list[tuple[Any, ...]], plan: Plan) -> Lanes:
    columns = list(zip(*lanes, strict=True)) if lanes else [()] * len(Lanes._fields)
    types: dict[str, np.dtype[Any]] = dict.fromkeys(Lanes._fields, np.dtype(np.int64))
    types["shared"], types["weight"] = np.dtype(np.bool_), plan.dtype
    return Lanes(
        *(np.array(c, dtype=types[f]) for f, c in zip(Lanes._fields, columns, strict=True))
    )
