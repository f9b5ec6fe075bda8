"""Plan -> the arrays of the compiled step loop (see :mod:`neurosim.kernels.layout`)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from neurosim.kernels.driver import BlockCode, Features
from neurosim.kernels.layout import (
    STRIP,
    Arrays,
    Currents,
    History,
    Inputs,
    Lanes,
    Neurons,
    Poisson,
    Posts,
    Probes,
    Synapses,
)
from neurosim.plan.connect import Expanded, expand
from neurosim.plan.plan import NeuronBlock, Plan, PoissonInputBlock, SynapseBlock
from neurosim.synapses import STDP, TsodyksMarkram
from neurosim.synapses.stdp import DEPENDENCES

Int = NDArray[Any]


@dataclass
class Layout:
    """All arrays of a run, and the code that works on them."""

    code: tuple[BlockCode, ...]
    features: Features
    order: list[int]  # place of a plan population in the arrays: neurons first, then sources
    split: int  # first source
    rows: Int
    neurons: Neurons
    scalars: NDArray[Any]
    history: History
    arrays: Arrays
    poisson: Poisson
    inputs: Inputs
    currents: Currents
    lanes: Lanes
    plastic: Lanes
    synapses: Synapses
    posts: Posts
    probes: Probes
    expanded: list[Expanded]  # by synapse block; ``ptr`` and ``targets`` are views of the above


def lay_out(plan: Plan) -> Layout:
    """Allocate and fill all arrays for a plan."""
    inside = [i for i, p in enumerate(plan.populations) if p.block >= 0]
    inside.sort(key=lambda i: (plan.populations[i].block, plan.populations[i].offset))
    outside = [i for i, p in enumerate(plan.populations) if p.block < 0]
    order = [0] * len(plan.populations)
    for place, i in enumerate([*inside, *outside]):
        order[i] = place
    code = tuple(block_code(block) for block in plan.neurons)
    neurons, scalars = _neurons(plan, code, order)
    parts, synapses, segments = _synapses(plan)
    lanes, plastic, posts = _lanes(plan, parts, segments, synapses, neurons, order)
    longest = max((int(e.delays[-1]) for e in parts), default=1)
    arrays = merged_arrays(plan, order)
    kinds = [block.synapse for block in plan.synapses]
    features = Features(
        arrival=plan.arrival,
        single=plan.precision == "single",
        poisson=bool(plan.poisson),
        inputs=bool(plan.inputs),
        currents=bool(plan.currents),
        dynamic=any(isinstance(k, TsodyksMarkram) for k in kinds),
        on_emission=bool((plastic.dendritic > 0).any()),
        on_arrival=bool((plastic.dendritic == 0).any()),
    )
    return Layout(
        code, features, order, len(inside), np.array([c.rows for c in code], dtype=np.int64),
        neurons, scalars, _history(plan, longest + 2, arrays), arrays, _poisson(plan, order),
        _inputs(plan, neurons), _currents(plan, neurons), lanes, plastic, synapses, posts,
        _probes(plan, code, order), parts,
    )  # fmt: skip


def capacity(plan: Plan, arrays: Arrays) -> int:
    """The most spikes that one stamp can hold."""
    units = sum(p.size for p in plan.populations)
    stamps = arrays.stamp
    most = int(np.unique(stamps, return_counts=True)[1].max()) if len(stamps) else 0
    return units + most


# neurons


def block_code(block: NeuronBlock) -> BlockCode:
    """What the generated code depends on."""
    args = block.steps[-1].args
    uniform = [n for n, v in block.constants.items() if isinstance(v, float)]
    return BlockCode(
        tuple((s.source, s.name, s.args) for s in block.steps),
        tuple(block.state),
        block.kind.inputs(),
        (*uniform, *(["dt"] if "dt" in args else [])),
        tuple(n for n in block.constants if n not in uniform),
    )


def _padded(size: int) -> int:
    return -(-size // STRIP) * STRIP


def strips(rows: list[Any], dtype: Any) -> NDArray[Any]:
    """Rows of one value per neuron as strips, the last strip filled with the last neuron."""
    size = len(rows[0])
    table = np.array([np.pad(row, (0, _padded(size) - size), mode="edge") for row in rows], dtype)
    return np.ascontiguousarray(table.reshape(len(rows), -1, STRIP).transpose(1, 0, 2)).ravel()


def _neurons(plan: Plan, code: tuple[BlockCode, ...], order: list[int]) -> Any:
    state, starts, scalars, scalar_starts, pops, ends, firsts = [], [0], [], [], [], [], [0]
    width = max((len(c.inputs) for c in code), default=0)
    places = np.zeros((max(1, len(code)), width + 1), dtype=np.int64)
    total = 0
    names = {p.name: i for i, p in enumerate(plan.populations)}
    for b, (block, c) in enumerate(zip(plan.neurons, code, strict=True)):
        rows = [*block.state.values(), *(block.constants[n] for n in c.varied)]
        state.append(strips(rows, plan.dtype))
        starts.append(starts[-1] + len(state[-1]))
        scalar_starts.append(len(scalars))
        scalars += [plan.dt if n == "dt" else block.constants[n] for n in c.uniform]
        for i in range(len(c.inputs) + (1 if plan.currents else 0)):
            places[b, i] = total
            total += _padded(block.size)
        for name, place in block.slices.items():
            pops.append(order[names[name]])
            ends.append(place.stop)
        firsts.append(len(pops))
    mask = np.zeros(STRIP, dtype=np.uint8)
    neurons = Neurons(
        np.concatenate([*state, np.empty(0, plan.dtype)]),
        np.array(starts[:-1], dtype=np.int64),
        np.array([b.size for b in plan.neurons], dtype=np.int64),
        np.array(scalars, dtype=plan.dtype), np.array(scalar_starts, dtype=np.int64),
        np.zeros(total, dtype=plan.dtype), places, np.array(firsts, dtype=np.int64),
        np.array(pops, dtype=np.int64), np.array(ends, dtype=np.int64),
        mask, mask.view(np.uint64),
    )  # fmt: skip
    return neurons, neurons.scalars


def injected_column(plan: Plan, block: int) -> int:
    """Column of ``Neurons.input_start`` that holds the accumulator of injected currents."""
    return len(plan.neurons[block].kind.inputs())


def _place(plan: Plan, neurons: Neurons, population: int, column: int) -> int:
    """Accumulator of a population's id 0."""
    where = plan.populations[population]
    return int(neurons.input_start[where.block, column]) + where.offset


# spikes and inputs


def _history(plan: Plan, depth: int, arrays: Arrays) -> History:
    n = len(plan.populations)
    return History(
        np.zeros((depth, capacity(plan, arrays)), dtype=np.int32),
        np.zeros(depth, dtype=np.int64),
        np.zeros((depth, n), dtype=np.int64),
        np.zeros((depth, n), dtype=np.int64),
    )


def merged_arrays(plan: Plan, order: list[int]) -> Arrays:
    """The given spikes of all spike array populations in one list."""
    stamp = np.concatenate([*(a.steps for a in plan.arrays), np.empty(0, np.int64)])
    ids = np.concatenate([*(a.ids for a in plan.arrays), np.empty(0, np.int32)])
    pops = np.repeat(
        np.array([order[a.population] for a in plan.arrays], dtype=np.int64),
        [len(a.steps) for a in plan.arrays],
    )
    return sorted_arrays(stamp, pops, ids)


def sorted_arrays(stamp: Int, population: Int, ids: Int) -> Arrays:
    """Given spikes sorted by stamp, population and id."""
    by = np.lexsort((ids, population, stamp))
    return Arrays(stamp[by], population[by], ids[by], np.zeros(1, dtype=np.int64))


def _poisson(plan: Plan, order: list[int]) -> Poisson:
    blocks = plan.poisson
    empty = np.empty(0, np.int64)
    return Poisson(
        np.array([order[b.population] for b in blocks], dtype=np.int64),
        np.array([b.key for b in blocks], dtype=np.uint64),
        np.cumsum([0, *(len(b.first) for b in blocks)], dtype=np.int64),
        np.concatenate([*(b.thresholds for b in blocks), np.empty(0, np.uint64)]),
        np.concatenate([*(b.first for b in blocks), empty]),
        np.concatenate([*(b.last for b in blocks), empty]),
    )


def _inputs(plan: Plan, neurons: Neurons) -> Inputs:
    blocks = plan.inputs
    tables = np.cumsum([0, *(len(b.starts) - 1 for b in blocks)])
    starts = np.cumsum([0, *(len(b.tables) for b in blocks)])
    most = max((int(b.ids.max()) - int(b.ids.min()) + 1 for b in blocks), default=0)
    return Inputs(
        np.array([b.key for b in blocks], dtype=np.uint64),
        np.array([_place(plan, neurons, b.population, b.input) for b in blocks], dtype=np.int64),
        np.array([b.weight for b in blocks], dtype=plan.dtype),
        np.array([b.first for b in blocks], dtype=np.int64),
        np.array([b.last for b in blocks], dtype=np.int64),
        np.cumsum([0, *(len(b.ids) for b in blocks)], dtype=np.int64),
        np.concatenate([*(b.ids for b in blocks), np.empty(0, np.int32)]),
        np.concatenate(
            [*(b.table + np.int32(t) for b, t in zip(blocks, tables, strict=False)),
             np.empty(0, np.int32)]
        ),
        np.array([_shares_table(b) for b in blocks], dtype=np.bool_),
        np.concatenate(
            [*(b.starts[:-1] + s for b, s in zip(blocks, starts, strict=False)), starts[-1:]]
        ).astype(np.int64),
        np.concatenate([*(b.tables for b in blocks), np.empty(0, np.uint32)]),
        np.zeros(most + 8, dtype=np.uint32), np.zeros(512, dtype=np.uint32),
    )  # fmt: skip


def _shares_table(block: PoissonInputBlock) -> bool:
    """Whether counting entry by entry pays: neighbouring neurons with one short table."""
    apart = int(block.ids[-1]) - int(block.ids[0]) + 1
    side_by_side = apart == len(block.ids) and bool((np.diff(block.ids) == 1).all())
    return side_by_side and len(block.starts) == 2 and len(block.tables) < 200


def _currents(plan: Plan, neurons: Neurons) -> Currents:
    blocks = plan.currents
    places = [
        _place(
            plan, neurons, b.population, injected_column(plan, plan.populations[b.population].block)
        )
        for b in blocks
    ]
    return Currents(
        np.zeros((len(blocks), 1), dtype=plan.dtype),
        np.array(places, dtype=np.int64),
        np.cumsum([0, *(len(b.ids) for b in blocks)], dtype=np.int64),
        np.concatenate([*(b.ids for b in blocks), np.empty(0, np.int32)]),
    )


# synapses


def _has_state(block: SynapseBlock) -> bool:
    return isinstance(block.synapse, (STDP, TsodyksMarkram))


def _synapses(plan: Plan) -> tuple[list[Expanded], Synapses, Int]:
    """Expanded blocks, their joined arrays, and where a block's segments begin."""
    blocks = plan.synapses
    largest = max((plan.populations[b.post].size for b in blocks), default=0)
    target_dtype = np.uint16 if largest <= 1 << 16 else np.int32
    parts = [expand(b, plan.dt, plan.weight_dtype, target_dtype) for b in blocks]
    by = sorted(range(len(blocks)), key=lambda i: not _has_state(blocks[i]))
    ptr_start = np.zeros(len(blocks), dtype=np.int64)
    target_start, weight_start = ptr_start.copy(), ptr_start.copy()
    ptrs, weights, n_ptr, n_targets, n_weights, n_state = [], [], 0, 0, 0, 0
    for i in by:
        part = parts[i]
        ptr_start[i], target_start[i], weight_start[i] = n_ptr, n_targets, n_weights
        ptrs.append(part.ptr)
        n_ptr += len(part.ptr)
        n_targets += part.size
        if isinstance(blocks[i].synapse, STDP) and isinstance(part.weights, float):
            weights.append(np.full(part.size, part.weights, dtype=plan.weight_dtype))
        elif not isinstance(part.weights, float):
            weights.append(part.weights)
        else:
            continue
        n_weights += part.size
    n_state = sum(len(parts[i].ptr) for i in by if _has_state(blocks[i]))
    real = np.zeros((max(1, len(blocks)), 12))
    whole = np.zeros((max(1, len(blocks)), 8), dtype=np.int64)
    for i, block in enumerate(blocks):
        kind: Any = block.synapse
        if isinstance(kind, TsodyksMarkram):
            real[i, :3] = kind.U, kind.tau_rec, kind.tau_facil
        elif isinstance(kind, STDP):
            real[i, :8] = (
                kind.tau_plus, kind.tau_minus, kind.A_plus, kind.A_minus, kind.w_min, kind.w_max,
                kind.mu_plus, kind.mu_minus,
            )  # fmt: skip
            whole[i, :2] = DEPENDENCES.index(kind.dependence), kind.pairing == "nearest"
    synapses = Synapses(
        _joined(ptrs, np.int64),
        _joined([parts[i].targets for i in by], target_dtype),
        _joined(weights, plan.weight_dtype),
        target_start, weight_start, np.zeros(n_state), np.zeros(n_state),
        np.full(n_state, -1, dtype=np.int64), np.full(n_state, -1, dtype=np.int64), real, whole,
    )  # fmt: skip
    for i, part in enumerate(parts):  # the parts share the joined arrays from here on
        parts[i] = replace(
            part,
            ptr=synapses.ptr[ptr_start[i] : ptr_start[i] + len(part.ptr)],
            targets=synapses.targets[target_start[i] : target_start[i] + part.size],
            weights=part.weights if isinstance(part.weights, float) else np.empty(0),
        )
    return parts, synapses, ptr_start


def _joined(arrays: list[Any], dtype: Any) -> NDArray[Any]:
    if len(arrays) == 1:
        return np.ascontiguousarray(arrays[0], dtype=dtype)
    return np.concatenate([*arrays, np.empty(0, dtype)]).astype(dtype, copy=False)


def _lanes(
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
    rows, longest = 0, 1
    for i, (block, part) in enumerate(zip(plan.synapses, parts, strict=True)):
        kind: Any = block.synapse
        code = 2 if isinstance(kind, STDP) else 1 if isinstance(kind, TsodyksMarkram) else 0
        shared = isinstance(part.weights, float) and code != 2
        for j, delay in enumerate(part.delays.tolist()):
            share = kind.dendritic_delay_fraction if code == 2 else 0.0
            dendritic = int(np.floor(share * delay + 0.5))
            lane = (
                order[block.pre], delay, part.first, part.n_sources, int(segments[i]) + j,
                len(part.delays), _place(plan, neurons, block.post, block.input), shared,
                part.weights if shared else 0.0, i, code, delay - dendritic, dendritic,
            )  # fmt: skip
            if dendritic == 0:
                arriving.append(lane)
            else:
                longest = max(longest, delay)
            if code == 2:
                plastic.append(lane)
        if code == 2:
            synapses.whole[i, 2] = rows
            posts.append((i, rows, order[block.post]))
            rows += plan.populations[block.post].size
    depth = max(min(1 << 20 // max(1, rows), 4096), 64, 2 * longest + 16) if rows else 1
    fixed = any(lane[-1] > 0 for lane in plastic)
    table = np.array(posts, dtype=np.int64).reshape(-1, 3)
    return (
        _lane_arrays(arriving, plan),
        _lane_arrays(plastic, plan),
        Posts(
            np.zeros((rows, depth), dtype=np.int64), np.zeros((rows, depth)),
            np.zeros(rows, dtype=np.int64), *(np.ascontiguousarray(c) for c in table.T),
            np.zeros(max(1, len(plan.synapses)), dtype=np.uint8), np.zeros(1, dtype=np.int64),
            np.zeros((longest + 1 if fixed else 1, len(neurons.inputs) if fixed else 0),
            plan.dtype),
        ),
    )  # fmt: skip


def _lane_arrays(lanes: list[tuple[Any, ...]], plan: Plan) -> Lanes:
    columns = list(zip(*lanes, strict=True)) if lanes else [()] * len(Lanes._fields)
    types = dict.fromkeys(Lanes._fields, np.dtype(np.int64))
    types |= {"shared": np.dtype(np.bool_), "weight": plan.dtype}
    return Lanes(
        *(np.array(c, dtype=types[f]) for f, c in zip(Lanes._fields, columns, strict=True))
    )


# probes


def _probes(plan: Plan, code: tuple[BlockCode, ...], order: list[int]) -> Probes:
    sampled = [p for p in plan.probes if p.variable != "spikes"]
    where = [plan.populations[p.population] for p in sampled]
    wanted = np.zeros(max(1, len(plan.populations)), dtype=np.uint8)
    for probe in plan.probes:
        if probe.variable == "spikes":
            wanted[order[probe.population]] = 1
    places = [w.offset + p.ids.astype(np.int64) for w, p in zip(where, sampled, strict=True)]
    zero = np.zeros(0, dtype=np.int64)
    return Probes(
        np.array([w.block for w in where], dtype=np.int64),
        np.array(
            [code[w.block].state.index(p.variable) for w, p in zip(where, sampled, strict=True)],
            dtype=np.int64,
        ),
        *(np.array([getattr(p, f) for p in sampled], dtype=np.int64)
          for f in ("every", "first", "last")),
        np.cumsum([0, *map(len, places)], dtype=np.int64), np.concatenate([*places, zero]),
        np.zeros(0, dtype=plan.dtype), np.zeros(len(sampled), dtype=np.int64), wanted,
        zero, np.zeros(0, dtype=np.int32), np.zeros(0, dtype=np.int32), np.zeros(1, dtype=np.int64),
    )  # fmt: skip
