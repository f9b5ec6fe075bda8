"""Plan -> the arrays of the compiled step loop (see :mod:`neurosim.kernels.layout`)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from neurosim.backends.bundles import DYNAMIC, Bundle, bundles
from neurosim.backends.footprint import footprint, history_bytes, require_memory
from neurosim.backends.layout_inputs import (
    lay_out_currents,
    lay_out_inputs,
    lay_out_poisson,
    lay_out_probes,
    merged_arrays,
)
from neurosim.backends.layout_lanes import Reach, lay_out_lanes, reach
from neurosim.backends.layout_neurons import block_code, lay_out_neurons
from neurosim.backends.layout_synapses import Builder, Segments, set_constants
from neurosim.backends.share import Share, shares
from neurosim.kernels.driver import BlockCode, Features
from neurosim.kernels.layout import (
    QUEUE,
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
from neurosim.plan.connect import Drawer
from neurosim.plan.plan import Plan

LONGEST_WINDOW = 64
"""Steps between two meetings of the threads, at most."""


@dataclass
class Shard:
    """The arrays of one thread."""

    share: Share
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
    segments: list[Segments]  # by bundle
    starts: NDArray[Any]  # by bundle, where it begins in ``Synapses.ptr``


@dataclass
class Layout:
    """All arrays of a run, and the code that works on them."""

    code: tuple[BlockCode, ...]
    features: Features
    order: list[int]  # place of a plan population in the arrays: neurons first, then sources
    split: int  # first source
    rows: NDArray[Any]
    window: int  # steps between two meetings
    bundles: list[Bundle]
    shards: list[Shard]

    @property
    def depth(self) -> int:
        """Stamps that the history holds."""
        return int(self.shards[0].history.count.shape[1])


def lay_out(
    plan: Plan,
    drawers: list[Drawer] | None = None,
    threads: int = 1,
    progress: bool | None = False,
    like: Layout | None = None,
) -> Layout:
    """Allocate and fill all arrays for a plan.

    Parameters
    ----------
    plan : Plan
        The plan.
    drawers : list of Drawer, optional
        One for each synapse block.
    threads : int
        Shards to make; fewer where the network does not allow as many.
    progress : bool or None
        Whether to show a bar while synapses are drawn.
    like : Layout, optional
        Layout of a plan of the same structure, whose synapses and shares are taken over.

    Raises
    ------
    SimulationError
        If the network will not fit into memory.
    """
    drawers = drawers or [Drawer(block, plan.dt) for block in plan.synapses]
    order, split = _order(plan)
    code = tuple(block_code(block) for block in plan.neurons)
    if like is None:
        spans = shares(plan, drawers, threads)
        joined = bundles(plan, spans)
        builder = Builder(plan, drawers, spans, progress)
        needed = footprint(plan, joined, drawers, spans, len(builder.pieces))
        needed += history_bytes(plan, drawers, threads)
        require_memory(needed, builder.expected)
        built = builder.build(joined)
    else:
        spans, joined = [shard.share for shard in like.shards], like.bundles
        built = [(shard.synapses, shard.segments, shard.starts) for shard in like.shards]
        for shard in like.shards:
            set_constants(plan, joined, shard.synapses)
    reaches = reach(plan, joined, built[0][1])
    features = _features(plan, joined, reaches)
    window = _window(plan, reaches) if threads > 1 else 1
    arrays = merged_arrays(plan, order)
    history = _history(plan, threads, reaches.longest + window + 1, arrays)
    made = []
    for i, (span, (synapses, segments, starts)) in enumerate(zip(spans, built, strict=True)):
        neurons = lay_out_neurons(plan, code, span, order)
        lanes, plastic, posts = lay_out_lanes(
            plan, joined, segments, starts, synapses, neurons, order, spans, i, reaches, window
        )
        made.append(
            Shard(
                span, neurons, history._replace(own=i, queue=working_space(history.ids.shape[2])),
                arrays._replace(next=np.zeros(1, dtype=np.int64)), lay_out_poisson(plan, order),
                lay_out_inputs(plan, span, neurons), lay_out_currents(plan, span, neurons),
                lanes, plastic, synapses, posts, lay_out_probes(plan, code, span, order, i == 0),
                segments, starts,
            )
        )  # fmt: skip
    rows = np.array([c.rows for c in code], dtype=np.int64)
    return Layout(code, features, order, split, rows, window, joined, made)


def _order(plan: Plan) -> tuple[list[int], int]:
    """Place of each population in the arrays, and the first source."""
    inside = [i for i, p in enumerate(plan.populations) if p.block >= 0]
    inside.sort(key=lambda i: (plan.populations[i].block, plan.populations[i].offset))
    outside = [i for i, p in enumerate(plan.populations) if p.block < 0]
    order = [0] * len(plan.populations)
    for rank, i in enumerate([*inside, *outside]):
        order[i] = rank
    return order, len(inside)


def _features(plan: Plan, joined: list[Bundle], reaches: Reach) -> Features:
    return Features(
        arrival=plan.arrival,
        single=plan.precision == "single",
        arrays=bool(plan.arrays),
        samples=any(probe.variable != "spikes" for probe in plan.probes),
        poisson=bool(plan.poisson),
        inputs=bool(plan.inputs),
        currents=bool(plan.currents),
        dynamic=any(b.kind == DYNAMIC for b in joined),
        on_emission=reaches.fixed > 0,
        on_arrival=reaches.on_arrival,
    )


def _window(plan: Plan, reaches: Reach) -> int:
    """Steps that threads can take before they must see each other's spikes.

    Weights that are fixed on emission need the spikes of the present stamp.
    """
    return 1 if reaches.fixed else min(reaches.shortest, LONGEST_WINDOW)


def capacity(plan: Plan, arrays: Arrays) -> int:
    """The most spikes that one stamp can hold."""
    units = sum(p.size for p in plan.populations)
    stamps = arrays.stamp
    most = int(np.unique(stamps, return_counts=True)[1].max()) if len(stamps) else 0
    return units + most


def _history(plan: Plan, n: int, depth: int, arrays: Arrays) -> History:
    populations, room = len(plan.populations), capacity(plan, arrays)
    return History(
        own=0,
        ids=np.zeros((n, depth, room), dtype=np.int32),
        count=np.zeros((n, depth), dtype=np.int64),
        low=np.zeros((n, depth, populations), dtype=np.int64),
        high=np.zeros((n, depth, populations), dtype=np.int64),
        queue=working_space(room),
    )


def working_space(room: int) -> NDArray[np.int64]:
    """Where one shard lists the segments of up to ``room`` spikes, or more."""
    return np.zeros((max(room, QUEUE), 3), dtype=np.int64)
