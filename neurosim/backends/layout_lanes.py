"""Segments -> lanes (one delay of one bundle) and postsynaptic histories of a share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from neurosim.backends.bundles import PLASTIC, Bundle
from neurosim.backends.layout_stdp import Tables
from neurosim.backends.layout_synapses import Segments
from neurosim.backends.share import Share
from neurosim.kernels.layout import LONG_AGO, RECENT, Lanes, Neurons, Posts, Synapses
from neurosim.kernels.stdp_rule import MINUS, PLUS, ROW
from neurosim.plan.plan import Plan

Int = NDArray[Any]


def dendritic_steps(share: float, delay: int) -> int:
    """The part of a delay that lies behind the synapse."""
    return int(np.floor(share * delay + 0.5))


@dataclass(frozen=True)
class Reach:
    """How far delays reach, over all bundles and shares.

    Parameters
    ----------
    shortest, longest : int
        Delays, steps.
    fixed : int
        The longest delay with a dendritic part (its weights are fixed on emission); 0 without.
    on_arrival : bool
        Whether some plastic synapse has a delay without a dendritic part.
    """

    shortest: int
    longest: int
    fixed: int
    on_arrival: bool


def reach(plan: Plan, bundles: list[Bundle], segments: list[Segments]) -> Reach:
    """How far delays reach."""
    delays = [d for s in segments for d in s.delays.tolist()]
    fixed, on_arrival = [0], False
    for bundle, part in zip(bundles, segments, strict=True):
        if bundle.kind == PLASTIC:
            kind: Any = plan.synapses[bundle.blocks[0]].synapse
            share = kind.dendritic_delay_fraction
            behind = [d for d in part.delays.tolist() if dendritic_steps(share, d) > 0]
            fixed += behind
            on_arrival = on_arrival or len(behind) < len(part.delays)
    return Reach(min(delays, default=1), max(delays, default=1), max(fixed), on_arrival)


def lay_out_lanes(
    plan: Plan,
    bundles: list[Bundle],
    segments: list[Segments],
    starts: Int,
    synapses: Synapses,
    neurons: Neurons,
    order: list[int],
    shares: list[Share],
    own: int,
    reach: Reach,
    margin: int,
) -> tuple[Lanes, Lanes, Posts]:
    """Lanes that deliver on arrival, plastic lanes, and what plastic ones need."""
    arriving: list[tuple[Any, ...]] = []
    plastic: list[tuple[Any, ...]] = []
    posts: list[tuple[int, int, int]] = []
    tables = Tables(plan.dt, plan.weight_dtype)
    rows, most = 0, 0
    for i, (bundle, part) in enumerate(zip(bundles, segments, strict=True)):
        block = plan.synapses[bundle.blocks[0]]
        inside = plan.populations[block.pre].block >= 0
        spikes = (0, len(shares)) if inside else (own, own + 1)
        place = int(neurons.input_start[bundle.target]) + part.base
        shared = bundle.weight is not None
        kind: Any = block.synapse
        share = kind.dendritic_delay_fraction if bundle.kind == PLASTIC else 0.0
        for j, delay in enumerate(part.delays.tolist()):
            dendritic = dendritic_steps(share, delay)
            lane = (
                order[block.pre], *spikes, delay, part.first, part.n_sources, int(starts[i]) + j,
                len(part.delays), place, shared, bundle.weight or 0.0, i, bundle.kind,
                delay - dendritic, dendritic,
            )  # fmt: skip
            if dendritic == 0:
                arriving.append(lane)
            if bundle.kind == PLASTIC:
                plastic.append(lane)
        if bundle.kind == PLASTIC:
            mine = shares[own].part(plan, block.post)
            most = max(most, int(np.diff(part.ptr).max(initial=0)))
            synapses.whole[i, ROW] = rows
            synapses.whole[i, PLUS] = tables.find(kind.tau_plus)
            synapses.whole[i, MINUS] = tables.find(kind.tau_minus)
            posts.append((i, rows - mine.low, order[block.post]))
            rows += mine.high - mine.low
    depth = max(min(1 << 20 // max(1, rows), 4096), 64, 2 * reach.fixed + 16, 4 * margin)
    recent = np.full(rows * RECENT, (1 << 16) - LONG_AGO, dtype=np.uint16)
    odds = np.zeros(most // 8 + 1, dtype=np.uint64)
    ring = (reach.fixed + 1, len(neurons.inputs)) if reach.fixed else (1, 0)
    blocks, firsts, populations = np.array(posts, dtype=np.int64).reshape(-1, 3).T.copy()
    return (
        _lane_arrays(arriving, plan),
        _lane_arrays(plastic, plan),
        Posts(
            stamp=np.zeros((rows, depth if rows else 1), dtype=np.int64),
            trace=np.zeros((rows, depth if rows else 1)),
            count=np.zeros(rows, dtype=np.int64),
            recent=recent,
            pairs=recent.view(np.uint32),
            fall=np.zeros(rows, dtype=plan.weight_dtype),
            decay=tables.values,
            odd=odds.view(np.uint8),
            odds=odds,
            margin=margin,
            block=blocks,
            row=firsts,
            population=populations,
            frozen=np.zeros(max(1, len(bundles)), dtype=np.uint8),
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
