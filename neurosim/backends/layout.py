"""Plan -> the arrays of the compiled step loop (see :mod:`neurosim.kernels.layout`)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from neurosim.backends.layout_synapses import lay_out_lanes, lay_out_synapses, place
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
from neurosim.plan.connect import Expanded
from neurosim.plan.plan import NeuronBlock, Plan, PoissonInputBlock
from neurosim.synapses import TsodyksMarkram

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
    for rank, i in enumerate([*inside, *outside]):
        order[i] = rank
    code = tuple(block_code(block) for block in plan.neurons)
    neurons = _neurons(plan, code, order)
    parts, synapses, segments = lay_out_synapses(plan)
    lanes, plastic, posts = lay_out_lanes(plan, parts, segments, synapses, neurons, order)
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
        neurons, _history(plan, longest + 2, arrays), arrays, _poisson(plan, order),
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


def aligned(array: NDArray[Any]) -> NDArray[Any]:
    """A copy that begins at a cache line.

    NumPy aligns to 16 bytes; vectors that cross cache lines made the update loop a
    fifth slower.
    """
    line = 64
    room = np.empty(array.nbytes + line, dtype=np.uint8)
    start = -room.ctypes.data % line
    made: NDArray[Any] = room[start : start + array.nbytes].view(array.dtype)
    made[:] = array
    return made


def _padded(size: int) -> int:
    return -(-size // STRIP) * STRIP


def strips(rows: list[Any], dtype: Any) -> NDArray[Any]:
    """Rows of one value per neuron as strips, the last strip filled with the last neuron."""
    size = len(rows[0])
    table = np.array([np.pad(row, (0, _padded(size) - size), mode="edge") for row in rows], dtype)
    return np.ascontiguousarray(table.reshape(len(rows), -1, STRIP).transpose(1, 0, 2)).ravel()


def _neurons(plan: Plan, code: tuple[BlockCode, ...], order: list[int]) -> Neurons:
    scalars: list[Any] = []
    state, starts, scalar_starts, pops, ends, firsts = [], [0], [], [], [], [0]
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
        for name, span in block.slices.items():
            pops.append(order[names[name]])
            ends.append(span.stop)
        firsts.append(len(pops))
    mask = np.zeros(STRIP, dtype=np.uint8)
    return Neurons(
        aligned(np.concatenate([*state, np.empty(0, plan.dtype)])),
        np.array(starts[:-1], dtype=np.int64),
        np.array([b.size for b in plan.neurons], dtype=np.int64),
        np.array(scalars, dtype=plan.dtype), np.array(scalar_starts, dtype=np.int64),
        aligned(np.zeros(total, dtype=plan.dtype)), places, np.array(firsts, dtype=np.int64),
        np.array(pops, dtype=np.int64), np.array(ends, dtype=np.int64),
        mask, mask.view(np.uint64),
    )  # fmt: skip


def injected_column(plan: Plan, block: int) -> int:
    """Column of ``Neurons.input_start`` that holds the accumulator of injected currents."""
    return len(plan.neurons[block].kind.inputs())


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
        np.array([place(plan, neurons, b.population, b.input) for b in blocks], dtype=np.int64),
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
        place(
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


# probes


def _probes(plan: Plan, code: tuple[BlockCode, ...], order: list[int]) -> Probes:
    sampled = [p for p in plan.probes if p.variable != "spikes"]
    where = [plan.populations[p.population] for p in sampled]
    wanted = np.zeros(max(1, len(plan.populations)), dtype=np.uint8)
    for probe in plan.probes:
        if probe.variable == "spikes":
            wanted[order[probe.population]] = 1
    rows = [code[w.block].state.index(p.variable) for w, p in zip(where, sampled, strict=True)]
    places = [w.offset + p.ids.astype(np.int64) for w, p in zip(where, sampled, strict=True)]
    return Probes(
        block=np.array([w.block for w in where], dtype=np.int64),
        variable=np.array(rows, dtype=np.int64),
        every=np.array([p.every for p in sampled], dtype=np.int64),
        first=np.array([p.first for p in sampled], dtype=np.int64),
        last=np.array([p.last for p in sampled], dtype=np.int64),
        id_start=np.cumsum([0, *map(len, places)], dtype=np.int64),
        place=np.concatenate([*places, np.zeros(0, dtype=np.int64)]),
        out=np.zeros(0, dtype=plan.dtype),
        out_next=np.zeros(len(sampled), dtype=np.int64),
        wanted=wanted,
        stamp=np.zeros(0, dtype=np.int64),
        population=np.zeros(0, dtype=np.int32),
        id=np.zeros(0, dtype=np.int32),
        count=np.zeros(1, dtype=np.int64),
    )
