"""Synapse blocks -> the lanes of a batch: weights once, places for every sample."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from neurosim.backends.layout import Layout
from neurosim.backends.layout_neurons import aligned
from neurosim.kernels.batch import (
    EQUAL_ROWS,
    EQUAL_SEGMENTS,
    ROWS,
    SEGMENTS,
    TILE,
    BatchLanes,
)
from neurosim.plan.connect import Expanded, expand
from neurosim.plan.plan import Plan, SynapseBlock

Array = NDArray[Any]

FILLED = 0.25
"""Share of synapses among the places of a lane's tiles from which on it is kept as rows: 16 bytes a
synapse with weights in single precision, where indices and weights take 6."""


class _Lane(NamedTuple):
    """A lane without what differs between samples; see :class:`BatchLanes`."""

    block: SynapseBlock
    form: int
    delay: int
    first: int
    sources: int
    start: int
    stride: int
    width: int
    shift: int
    weight: float
    target: int  # id of the first target of rows


@dataclass
class SharedLanes:
    """Weights of a plan, in the forms of :class:`BatchLanes`.

    Attributes
    ----------
    lanes : list of _Lane
        In the order in which floats are added.
    ptr, targets, weights, rows : list of ndarray
        Parts of the arrays of ``BatchLanes``, end to end.
    """

    plan: Plan
    lanes: list[_Lane] = field(default_factory=list)
    ptr: list[Array] = field(default_factory=list)
    targets: list[Array] = field(default_factory=list)
    weights: list[Array] = field(default_factory=list)
    rows: list[Array] = field(default_factory=list)

    @property
    def longest(self) -> int:
        """The longest delay, in steps."""
        return max((lane.delay for lane in self.lanes), default=1)

    def join(self) -> SharedLanes:
        """Put the parts of each array end to end."""
        plan, index = self.plan, _index_dtype(self.plan)
        for name, dtype in (
            ("ptr", np.int64), ("targets", index), ("weights", plan.weight_dtype),
            ("rows", plan.weight_dtype),
        ):  # fmt: skip
            parts: list[Array] = getattr(self, name)
            joined = np.concatenate([*parts, np.empty(0, dtype)])
            parts[:] = [aligned(joined) if name == "rows" else joined]
        return self


def lay_out_shared(plan: Plan) -> SharedLanes:
    """Draw all synapses of a plan and choose the form of each lane."""
    shared = SharedLanes(plan)
    for block in (plan.synapses[i] for i in plan.delivery):
        part = expand(block, plan.dt, plan.weight_dtype, _index_dtype(plan))
        if not part.size:
            continue
        left = []
        for j in range(len(part.delays)):
            lane = _rows(shared, block, part, j)
            if lane is None:
                left.append(len(shared.lanes))
                lane = _segments(shared, block, part, j)
            shared.lanes.append(lane)
        if left:
            shared.ptr.append(part.ptr + sum(map(len, shared.targets)))
            shared.targets.append(part.targets)
            if isinstance(part.weights, np.ndarray):
                shared.weights.append(part.weights)
    return shared.join()


def _index_dtype(plan: Plan) -> Any:
    largest = max((plan.populations[b.post].size for b in plan.synapses), default=0)
    return np.uint16 if largest <= 1 << 16 else np.int32


def _segments(shared: SharedLanes, block: SynapseBlock, part: Expanded, j: int) -> _Lane:
    equal = isinstance(part.weights, float)
    return _Lane(
        block, EQUAL_SEGMENTS if equal else SEGMENTS, int(part.delays[j]), part.first,
        part.n_sources, sum(map(len, shared.ptr)) + j, len(part.delays), 0,
        sum(map(len, shared.weights)) - sum(map(len, shared.targets)),
        part.weights if isinstance(part.weights, float) else 0.0, 0,
    )  # fmt: skip


def _rows(shared: SharedLanes, block: SynapseBlock, part: Expanded, j: int) -> _Lane | None:
    """The lane of delay ``j`` as rows, or None where that would not pay."""
    stride, n = len(part.delays), part.n_sources
    begins, ends = part.ptr[j:-1:stride], part.ptr[j + 1 :: stride]
    counts = ends - begins
    size = int(counts.sum())
    if not size:
        return None
    if stride == 1:
        targets, own = part.targets.astype(np.int64), part.weights
    else:
        chosen = np.repeat(begins - np.cumsum(counts) + counts, counts) + np.arange(size)
        targets = part.targets[chosen].astype(np.int64)
        own = part.weights[chosen] if isinstance(part.weights, np.ndarray) else part.weights
    sources = np.repeat(np.arange(n), counts)
    if ((np.diff(targets) == 0) & (np.diff(sources) == 0)).any():
        return None  # a pair that occurs twice
    target = int(targets.min())
    width = int(targets.max()) - target + 1
    tiles = -(-width // TILE)
    lane = _Lane(
        block, ROWS, int(part.delays[j]), part.first, n, sum(map(len, shared.rows)), 0, width, 0,
        0.0, target,
    )  # fmt: skip
    if isinstance(own, float):
        return lane._replace(form=EQUAL_ROWS, weight=own) if size == n * width else None
    if size < FILLED * n * tiles * TILE:
        return None
    rows = np.zeros(tiles * n * TILE, dtype=own.dtype)
    tile, column = np.divmod(targets - target, TILE)
    rows[(tile * n + sources) * TILE + column] = own
    shared.rows.append(rows)
    return lane


def place_lanes(shared: SharedLanes, copies: Plan, arrays: Layout, n: int) -> BatchLanes:
    """The lanes for ``n`` samples that lie side by side.

    Parameters
    ----------
    shared : SharedLanes
        Weights.
    copies : Plan
        The samples, see :func:`neurosim.plan.batch.side_by_side`.
    arrays : Layout
        Its arrays.
    n : int
        Number of samples.
    """
    wide, lanes = len(shared.plan.populations), shared.lanes
    pre = [[arrays.order[i * wide + x.block.pre] for i in range(n)] for x in lanes]
    post = [
        [_place(copies, arrays, i * wide + x.block.post, x.block.input) + x.target
         for i in range(n)]
        for x in lanes
    ]  # fmt: skip
    whole = {
        name: np.array([getattr(x, name) for x in lanes], dtype=np.int64)
        for name in ("form", "delay", "first", "sources", "start", "stride", "width", "shift")
    }
    return BatchLanes(
        **whole,
        until=_until(lanes),
        population=np.array(pre, dtype=np.int64).reshape(len(lanes), n),
        place=np.array(post, dtype=np.int64).reshape(len(lanes), n),
        weight=np.array([x.weight for x in lanes], dtype=copies.dtype),
        ptr=shared.ptr[0],
        targets=shared.targets[0],
        weights=shared.weights[0],
        rows=shared.rows[0],
        sums=aligned(np.zeros(TILE, dtype=copies.dtype)),
    )


def _place(copies: Plan, arrays: Layout, population: int, column: int) -> int:
    """Accumulator of a population's id 0."""
    where = copies.populations[population]
    (shard,) = arrays.shards
    return int(shard.neurons.input_start[where.block, column]) + where.offset


def _until(lanes: list[_Lane]) -> Array:
    """For each lane the one after the last that goes with it: rows of the same targets."""
    until = np.arange(1, len(lanes) + 1, dtype=np.int64)
    for i in range(len(lanes) - 1, 0, -1):
        a, b = (
            (x.form == ROWS, x.block.post, x.block.input, x.target, x.width)
            for x in (lanes[i - 1], lanes[i])
        )
        if a[0] and a == b:
            until[i - 1] = until[i]
    return until
