"""The only code that draws connections: a block's rule and seed become arrays, block by block.

Every draw has an address of its own (target and position), so every backend and every split of the
work gets the same synapses. Sorting is by counting: the rule is run twice, first to count the
segments of (source, delay), then to fill them. Both times the pairs pass in chunks of a few
thousand, from kernel to kernel, and no list of all pairs exists.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import as_strided
from numpy.typing import NDArray

from neurosim.plan.expected import expected
from neurosim.plan.pairs import Draw, Pairs, prepare
from neurosim.plan.plan import SynapseBlock
from neurosim.plan.values import Delays, Weights, delays_of

Int = NDArray[Any]


class Drawer:
    """Draws the synapses onto any range of a block's targets into arrays of the caller.

    Several threads may use one drawer at once; nearly all the time passes outside Python's global
    lock. Nothing depends on how the targets are split.

    Parameters
    ----------
    block : SynapseBlock
        Rule, seed and ids.
    dt : float
        Time step, ms.

    Attributes
    ----------
    first : int
        Population id of the first source that may have synapses.
    n_sources : int
        Number of consecutive source ids.
    shared : bool
        Whether one weight serves all synapses.
    ascending : bool
        Whether the ids of the targets ascend. Then those of a segment (source and delay) do so too;
        otherwise they come in the order of the group, and the caller sorts them.
    """

    def __init__(self, block: SynapseBlock, dt: float) -> None:
        self.block = block
        self.dt = dt
        self.first = int(block.pre_ids.min())
        self.n_sources = int(block.pre_ids.max()) - self.first + 1
        self.ascending = bool((np.diff(block.post_ids) >= 0).all())
        self._rows = np.full(block.n_pre, -1, dtype=np.int64)  # by position in the group
        rows = block.pre_ids - np.int32(self.first)
        self._rows[block.pre_first : block.pre_first + len(rows)] = rows
        self._weights = Weights(block)
        self.shared = self._weights.shared
        self._lock = threading.RLock()
        self._prepared: Draw | None = None
        self._found: Delays | None = None

    @property
    def delays(self) -> NDArray[np.int32]:
        """All delays in steps that can occur, ascending, at least one.

        For a distribution with very many possible delays, those that do occur; the first call then
        draws all pairs.

        Raises
        ------
        LoweringError
            If a delay is longer than the longest, or the rule is unknown.
        """
        return self._delays.steps

    @property
    def _delays(self) -> Delays:
        with self._lock:
            if self._found is None:
                block = self.block
                last = block.post_first + len(block.post_ids)
                self._found = delays_of(block, self.dt, self._pairs(block.post_first, last))
            return self._found

    def _pairs(self, first: int, last: int) -> Iterator[Pairs]:
        """All pairs onto targets at positions from ``first`` to ``last`` in the group."""
        with self._lock:
            if self._prepared is None:
                self._prepared = prepare(self.block)
        yield from self._prepared(first, last)

    def expected(self) -> float:
        """Expected number of synapses, from the rule alone: :func:`neurosim.plan.expected`."""
        return expected(self.block)

    def count(self, low: int, high: int, counts: Int) -> None:
        """Add the numbers of synapses onto a range of targets.

        Parameters
        ----------
        low, high : int
            Population ids of the targets: ``low <= id < high``.
        counts : ndarray of int64 or int32, shape (n_sources, len(delays))
            Numbers by source and delay, added to; rows may lie apart, but the last axis must be
            contiguous.

        Raises
        ------
        LoweringError
            If a delay is longer than the longest, or the rule is unknown.
        """
        from neurosim.kernels.connect import count_pairs

        flat, stride = _flat(counts, (self.n_sources, len(self.delays)))
        rows = np.where(self._rows < 0, -1, self._rows * stride)
        ids, chunks = self._range(low, high, 0)
        for pairs in chunks:
            count_pairs(pairs.pre, pairs.post, rows, ids, self._delays.slots(pairs), flat)

    def fill(
        self, low: int, high: int, columns: Int, cursor: NDArray[np.int64], shift: int,
        targets: NDArray[Any], weights: NDArray[Any] | None,
    ) -> None:  # fmt: skip
        """Draw the synapses onto a range of targets into the places that were counted for them.

        Within a segment they come in ascending order of the target, then of the rule, if
        ``ascending``; otherwise in that of the group.

        Parameters
        ----------
        low, high : int
            As for :meth:`count`.
        columns : ndarray of int64, shape (len(delays),)
            Column of ``cursor`` for each delay; not looked at for delays that do not occur.
        cursor : ndarray of int64, shape (n_sources, any)
            Next free place of each segment, moved on; contiguous as for :meth:`count`.
        shift : int
            Added to the ids of targets.
        targets : ndarray of uint16 or int32
            Ids of the targets, filled in place.
        weights : ndarray or None
            Weights, filled in place, if wanted.
        """
        from neurosim.kernels.connect import place_pairs

        flat, stride = _flat(cursor, (self.n_sources, cursor.shape[1]))
        rows = np.where(self._rows < 0, -1, self._rows * stride)
        ids, chunks = self._range(low, high, shift)
        none = weights is None
        into = np.empty(0, dtype=np.float32) if weights is None else weights
        columns = columns.astype(np.int32)
        for pairs in chunks:
            values = np.empty(0) if none else self._weights.of(pairs)
            slots = columns.take(self._delays.slots(pairs))
            place_pairs(pairs.pre, pairs.post, rows, ids, slots, values, flat, targets, into)

    def _range(self, low: int, high: int, shift: int) -> tuple[NDArray[np.int32], Iterator[Pairs]]:
        """Shifted ids by position in the group, and the pairs onto a range of targets.

        Where ids do not ascend, pairs onto others lie between them; the ids of those are negative.
        """
        block = self.block
        where = np.flatnonzero((block.post_ids >= low) & (block.post_ids < high))
        ids = np.full(block.n_post, -1, dtype=np.int32)
        ids[block.post_first + where] = block.post_ids[where] + np.int32(shift)
        first, last = (int(where[0]), int(where[-1]) + 1) if len(where) else (0, 0)
        return ids, self._pairs(block.post_first + first, block.post_first + last)


def _flat(table: Int, shape: tuple[int, int]) -> tuple[Int, int]:
    """A table as one axis, and how far its rows are apart: kernels see one type for any table."""
    size = table.itemsize
    apart = table.strides[0] // size if table.shape[0] > 1 else table.shape[1]
    if table.shape != shape or (table.shape[1] > 1 and table.strides[1] != size) or apart < 0:
        raise ValueError(f"table: must have shape {shape} and a contiguous last axis")
    length = (shape[0] - 1) * apart + shape[1]
    return as_strided(table, shape=(length,), strides=(size,)), apart


@dataclass(frozen=True)
class Expanded:
    """Synapses of a block, ordered by (source, delay, target).

    Parameters
    ----------
    first : int
        Population id of the first source that may have synapses.
    n_sources : int
        Number of consecutive source ids.
    delays : ndarray of int32
        Delays that occur, in steps, ascending; at least one entry.
    ptr : ndarray of int64, shape (n_sources * len(delays) + 1,)
        Synapses of source ``s`` and delay ``j`` are ``ptr[i]:ptr[i + 1]``, ``i = (s - first) *
        len(delays) + j``.
    targets : ndarray of int32 or uint16
        Population ids of the targets.
    weights : ndarray or float
        One weight per synapse, or one for all.
    """

    first: int
    n_sources: int
    delays: NDArray[np.int32]
    ptr: NDArray[np.int64]
    targets: NDArray[Any]
    weights: NDArray[Any] | float

    @property
    def size(self) -> int:
        """Number of synapses."""
        return len(self.targets)


def expand(
    block: SynapseBlock, dt: float, weight_dtype: Any, target_dtype: Any = np.int32
) -> Expanded:
    """Draw the synapses of a block into arrays of its own.

    Parameters
    ----------
    block : SynapseBlock
        Rule, seed and ids.
    dt : float
        Time step, ms.
    weight_dtype, target_dtype : dtype
        Types of the arrays.

    Raises
    ------
    LoweringError
        If a delay is longer than the longest, or the rule is unknown.
    """
    drawer = Drawer(block, dt)
    low, high = int(block.post_ids.min()), int(block.post_ids.max()) + 1
    counts = np.zeros((drawer.n_sources, len(drawer.delays)), dtype=np.int32)
    drawer.count(low, high, counts)
    occurs: NDArray[np.bool_] = np.any(counts, axis=0)
    delays, columns = drawer.delays[occurs], np.cumsum(occurs) - 1
    if not len(delays):
        occurs[0] = True
        delays = drawer.delays if len(drawer.delays) == 1 else np.ones(1, dtype=np.int32)
    ptr = np.zeros(drawer.n_sources * len(delays) + 1, dtype=np.int64)
    np.cumsum(counts[:, occurs].ravel(), out=ptr[1:])
    targets = np.empty(int(ptr[-1]), dtype=target_dtype)
    weights = None if drawer.shared else np.empty(len(targets), dtype=weight_dtype)
    cursor = ptr[:-1].reshape(drawer.n_sources, -1).copy()
    drawer.fill(low, high, columns, cursor, 0, targets, weights)
    if not drawer.ascending:
        segments = np.repeat(np.arange(len(ptr) - 1), np.diff(ptr))
        order = np.lexsort((targets, segments))
        targets = targets[order]
        weights = None if weights is None else weights[order]
    return Expanded(
        drawer.first, drawer.n_sources, delays, ptr, targets,
        block.synapse.weight if weights is None else weights,
    )  # fmt: skip
