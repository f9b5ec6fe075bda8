"""The only code that draws connections: a block's rule and seed become arrays, block by block.

Pairs are drawn target by target from counter-based streams, so every backend and every split of the
work gets the same synapses. Sorting is by counting: the rule is run twice, first to count the
segments of (source, delay), then to fill them, and no list of all pairs is kept beside the result.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from neurosim import seeds
from neurosim.distributions import Distribution
from neurosim.errors import LoweringError
from neurosim.plan.pairs import Pairs, draw
from neurosim.plan.plan import SynapseBlock

KEPT = 1 << 16
"""Pairs of a block that are kept rather than drawn again."""

LONGEST = np.iinfo(np.int32).max
"""The longest delay, in steps."""

Int = NDArray[Any]


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


@dataclass(frozen=True)
class Counted:
    """A block whose synapses are counted, and can be drawn into the caller's arrays.

    Parameters are those of :class:`Expanded`, before ``targets`` and ``weights``.
    """

    block: SynapseBlock
    dt: float
    first: int
    n_sources: int
    delays: NDArray[np.int32]
    ptr: NDArray[np.int64]
    chunks: _Chunks

    @property
    def size(self) -> int:
        """Number of synapses."""
        return int(self.ptr[-1])

    @property
    def shared(self) -> bool:
        """Whether one weight serves all synapses."""
        return isinstance(self.block.synapse.weight, float)

    def fill(self, targets: NDArray[Any], weights: NDArray[Any] | None) -> None:
        """Draw targets, and weights unless there is no array for them, shape (size,) both."""
        from neurosim.kernels.connect import place_synapses

        block, cursor = self.block, self.ptr[:-1].copy()
        for pairs in self.chunks:
            places = np.empty(len(pairs.pre), dtype=np.int64)
            place_synapses(_segments(block, self.dt, self.delays, pairs), cursor, places)
            targets[places] = block.post_ids[pairs.post - block.post_first]
            if weights is not None:
                weights[places] = _values(block, "weight", block.synapse.weight, pairs)
        if (np.diff(block.post_ids) < 0).any():  # a view in another order than that of its ids
            segments = np.repeat(np.arange(len(self.ptr) - 1), np.diff(self.ptr))
            order = np.lexsort((targets, segments))
            targets[:] = targets[order]
            if weights is not None:
                weights[:] = weights[order]


def count(block: SynapseBlock, dt: float) -> Counted:
    """Count the synapses of a block by source and delay.

    Raises
    ------
    LoweringError
        If a delay is longer than the longest, or the rule is unknown.
    """
    from neurosim.kernels.connect import count_segments

    first = int(block.pre_ids.min())
    n_sources = int(block.pre_ids.max()) - first + 1
    chunks = _Chunks(block)
    delays = _occurring_delays(block, dt, chunks)
    ptr = np.zeros(n_sources * len(delays) + 1, dtype=np.int64)
    for pairs in chunks:
        count_segments(_segments(block, dt, delays, pairs), ptr)
    np.cumsum(ptr, out=ptr)
    return Counted(block, dt, first, n_sources, delays, ptr, chunks)


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
        As :func:`count`.
    """
    found = count(block, dt)
    targets = np.empty(found.size, dtype=target_dtype)
    weights = None if found.shared else np.empty(found.size, dtype=weight_dtype)
    found.fill(targets, weights)
    return Expanded(
        found.first, found.n_sources, found.delays, found.ptr, targets,
        block.synapse.weight if weights is None else weights,
    )  # fmt: skip


def _segments(block: SynapseBlock, dt: float, delays: NDArray[np.int32], pairs: Pairs) -> Int:
    sources = block.pre_ids[pairs.pre - block.pre_first].astype(np.int64)
    at: Int = (sources - int(block.pre_ids.min())) * len(delays)
    if len(delays) > 1:
        at += np.searchsorted(delays, _delays(block, dt, pairs))
    return at


class _Chunks:
    """The pairs of a block's rule that belong to the block; iterated over once or several times."""

    def __init__(self, block: SynapseBlock) -> None:
        self.block = block
        self.kept: list[Pairs] | None = None

    def __iter__(self) -> Iterator[Pairs]:
        if self.kept is not None:
            yield from self.kept
            return
        kept: list[Pairs] = []
        total = 0
        for pairs in _own(self.block, draw(self.block)):
            total += len(pairs.pre)
            if total <= KEPT:
                kept.append(pairs)
            yield pairs
        if total <= KEPT:
            self.kept = kept


def _own(block: SynapseBlock, chunks: Iterator[Pairs]) -> Iterator[Pairs]:
    n_pre, n_post = len(block.pre_ids), len(block.post_ids)
    whole = n_pre == block.n_pre and n_post == block.n_post
    for pairs in chunks:
        if whole:
            yield pairs
            continue
        pre, post = pairs.pre - block.pre_first, pairs.post - block.post_first
        mine = (pre >= 0) & (pre < n_pre) & (post >= 0) & (post < n_post)
        yield Pairs(pairs.pre[mine], pairs.post[mine], pairs.number[mine])


# values of single synapses


def _values(block: SynapseBlock, name: str, value: Any, pairs: Pairs) -> Any:
    if isinstance(value, Distribution):
        return value.quantile(_uniform(seeds.child(block.key, name), pairs.number))
    return value[pairs.pre, pairs.post] if value.ndim == 2 else value[pairs.number]


def _uniform(key: int, numbers: Int) -> NDArray[np.float64]:
    from neurosim.kernels.rng import fill_uniform
    from neurosim.philox import uniform

    consecutive = len(numbers) > 1 and int(numbers[-1]) - int(numbers[0]) + 1 == len(numbers)
    if not consecutive or not (np.diff(numbers) == 1).all():
        return uniform(key, numbers)
    out = np.empty(len(numbers))
    fill_uniform(np.uint64(key), np.int64(numbers[0]), out)
    return out


def _delays(block: SynapseBlock, dt: float, pairs: Pairs) -> Int:
    return _steps(block, _values(block, "delay", block.synapse.delay, pairs), dt)


def _steps(block: SynapseBlock, delays: Any, dt: float) -> Int:
    steps = np.maximum(np.floor(np.asarray(delays, dtype=np.float64) / dt + 0.5), 1.0)
    if (steps > LONGEST).any():
        raise LoweringError(
            f"projection {block.name!r}: delay {float(np.max(delays)):g} ms is above {LONGEST} "
            f"steps (dt = {dt:g} ms). Use shorter delays or a larger dt."
        )
    return steps.astype(np.int64)


def _occurring_delays(block: SynapseBlock, dt: float, chunks: _Chunks) -> NDArray[np.int32]:
    if isinstance(block.synapse.delay, float):
        return _steps(block, [block.synapse.delay], dt).astype(np.int32)
    drawn = [np.unique(_delays(block, dt, pairs)) for pairs in chunks]
    found = np.unique(np.concatenate([*drawn, np.empty(0, np.int64)]))
    return found.astype(np.int32) if len(found) else np.array([1], dtype=np.int32)


class Drawer:
    """Interim: draws the synapses of a block, any range of targets, into the caller's arrays."""

    def __init__(self, block: SynapseBlock, dt: float) -> None:
        self.block, self.dt = block, dt
        counted = count(block, dt)
        self.counted = counted
        self.first, self.n_sources, self.delays = counted.first, counted.n_sources, counted.delays
        self.shared = counted.shared
        self.ascending = bool((np.diff(block.post_ids) >= 0).all())

    def expected(self) -> float:
        return float(self.counted.size)

    def _pairs(self, low: int, high: int) -> Iterator[tuple[Pairs, Int]]:
        for pairs in self.counted.chunks:
            post = self.block.post_ids[pairs.post - self.block.post_first]
            mine = (post >= low) & (post < high)
            yield Pairs(pairs.pre[mine], pairs.post[mine], pairs.number[mine]), post[mine]

    def count(self, low: int, high: int, counts: Int) -> None:
        flat = counts.reshape(-1)
        for pairs, _ in self._pairs(low, high):
            np.add.at(flat, _segments(self.block, self.dt, self.delays, pairs), 1)

    def fill(
        self, low: int, high: int, columns: Int, cursor: Int, shift: int, targets: Int, weights: Any
    ) -> None:
        for pairs, post in self._pairs(low, high):
            segments = _segments(self.block, self.dt, self.delays, pairs)
            source, delay = np.divmod(segments, len(self.delays))
            values = None
            if weights is not None:
                values = _values(self.block, "weight", self.block.synapse.weight, pairs)
            for i in range(len(post)):
                place = cursor[source[i], columns[delay[i]]]
                cursor[source[i], columns[delay[i]]] += 1
                targets[place] = post[i] + shift
                if weights is not None:
                    weights[place] = values[i]
