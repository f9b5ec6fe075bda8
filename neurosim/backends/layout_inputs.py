"""Sources, inputs, currents and probes of a share."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from neurosim.backends.layout_neurons import injected_column
from neurosim.backends.share import Share
from neurosim.kernels.driver import BlockCode
from neurosim.kernels.layout import Arrays, Currents, Inputs, Neurons, Poisson, Probes
from neurosim.plan.plan import Plan, PoissonInputBlock

Int = NDArray[Any]


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


def lay_out_poisson(plan: Plan, order: list[int]) -> Poisson:
    """Poisson source populations; every share has all of them."""
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


def _mine(plan: Plan, share: Share, population: int, ids: Int) -> Int:
    """Which of some ids of a population a share holds."""
    part = share.part(plan, population)
    mine: Int = (ids >= part.low) & (ids < part.high)
    return mine


def _place(plan: Plan, share: Share, neurons: Neurons, population: int, column: int) -> int:
    """Accumulator of a population's id 0; before the first one where the share has not got it."""
    block = plan.populations[population].block
    return int(neurons.input_start[block, column]) + share.part(plan, population).place


def lay_out_inputs(plan: Plan, share: Share, neurons: Neurons) -> Inputs:
    """Poisson inputs to a share's neurons."""
    found = [(b, _mine(plan, share, b.population, b.ids)) for b in plan.inputs]
    blocks = [(b, b.ids[mine], b.table[mine]) for b, mine in found if mine.any()]
    tables = np.cumsum([0, *(len(b.starts) - 1 for b, _, _ in blocks)])
    starts = np.cumsum([0, *(len(b.tables) for b, _, _ in blocks)])
    most = max((int(ids.max()) - int(ids.min()) + 1 for _, ids, _ in blocks), default=0)
    places = [_place(plan, share, neurons, b.population, b.input) for b, _, _ in blocks]
    return Inputs(
        key=np.array([b.key for b, _, _ in blocks], dtype=np.uint64),
        place=np.array(places, dtype=np.int64),
        weight=np.array([b.weight for b, _, _ in blocks], dtype=plan.dtype),
        first=np.array([b.first for b, _, _ in blocks], dtype=np.int64),
        last=np.array([b.last for b, _, _ in blocks], dtype=np.int64),
        id_start=np.cumsum([0, *(len(ids) for _, ids, _ in blocks)], dtype=np.int64),
        id=np.concatenate([*(ids for _, ids, _ in blocks), np.empty(0, np.int32)]),
        table=np.concatenate(
            [*(table + np.int32(t) for (_, _, table), t in zip(blocks, tables, strict=False)),
             np.empty(0, np.int32)]
        ),
        shared=np.array([_shares_table(b, ids) for b, ids, _ in blocks], dtype=np.bool_),
        table_start=np.concatenate(
            [*(b.starts[:-1] + s for (b, _, _), s in zip(blocks, starts, strict=False)),
             starts[-1:]]
        ).astype(np.int64),
        tables=np.concatenate([*(b.tables for b, _, _ in blocks), np.empty(0, np.uint32)]),
        words=np.zeros(most + 8, dtype=np.uint32),
        counts=np.zeros(512, dtype=np.uint32),
    )  # fmt: skip


def _shares_table(block: PoissonInputBlock, ids: Int) -> bool:
    """Whether counting entry by entry pays: neighbouring neurons with one short table."""
    apart = int(ids[-1]) - int(ids[0]) + 1
    side_by_side = apart == len(ids) and bool((np.diff(ids) == 1).all())
    return side_by_side and len(block.starts) == 2 and len(block.tables) < 200


def lay_out_currents(plan: Plan, share: Share, neurons: Neurons) -> Currents:
    """Currents into a share's neurons."""
    blocks = plan.currents
    mine = [b.ids[_mine(plan, share, b.population, b.ids)] for b in blocks]
    places = [
        _place(
            plan, share, neurons, b.population,
            injected_column(plan, plan.populations[b.population].block),
        )
        for b in blocks
    ]  # fmt: skip
    return Currents(
        np.zeros((len(blocks), 1), dtype=plan.dtype),
        np.array(places, dtype=np.int64),
        np.cumsum([0, *map(len, mine)], dtype=np.int64),
        np.concatenate([*mine, np.empty(0, np.int32)]),
    )


def lay_out_probes(
    plan: Plan, code: tuple[BlockCode, ...], share: Share, order: list[int], first: bool
) -> Probes:
    """Probes of a share's neurons; the first share also records the sources."""
    sampled = [p for p in plan.probes if p.variable != "spikes"]
    where = [plan.populations[p.population] for p in sampled]
    wanted = np.zeros(max(1, len(plan.populations)), dtype=np.uint8)
    for probe in plan.probes:
        inside = plan.populations[probe.population].block >= 0
        if probe.variable == "spikes" and (inside or first):
            wanted[order[probe.population]] = 1
    rows = [code[w.block].state.index(p.variable) for w, p in zip(where, sampled, strict=True)]
    places = []
    for p in sampled:
        ids = p.ids[_mine(plan, share, p.population, p.ids)].astype(np.int64)
        places.append(share.part(plan, p.population).place + ids)
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
