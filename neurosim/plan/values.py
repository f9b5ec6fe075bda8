"""Weights and delays of single synapses, from the value of the synapse kind and a pair's number."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Any, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from neurosim import seeds
from neurosim.distributions import Distribution
from neurosim.errors import LoweringError
from neurosim.plan.pairs import Pairs
from neurosim.plan.plan import SynapseBlock

Float = NDArray[np.float64]

LONGEST = int(np.iinfo(np.int32).max)
"""The longest delay, in steps."""

MANY = 1024
"""Delays of a distribution up to which all that are possible are listed, whether or not they occur:
the others are looked for among all pairs."""

TABLED = 1 << 16
"""Delays of a distribution up to which they are looked up in a table."""

GUIDE = 1 << 12
"""Places at which the search in a table of steps begins."""


def uniform(key: int, pairs: Pairs) -> Float:
    """The number in (0, 1) of each pair, from its own address in a stream."""
    from neurosim.kernels.rng import fill_uniform, fill_uniform_at

    out = np.empty(len(pairs.pre))
    if isinstance(pairs.number, int):
        fill_uniform(np.uint64(key), np.int64(pairs.number), out)
    else:
        fill_uniform_at(np.uint64(key), pairs.number, out)
    return out


def _entries(values: NDArray[Any], pairs: Pairs) -> NDArray[Any]:
    """The entries of a user's array that belong to pairs, in an array of their own."""
    if values.ndim == 2:
        entries: NDArray[Any] = values[pairs.pre, pairs.post]
        return entries
    if isinstance(pairs.number, int):
        return values[pairs.number : pairs.number + len(pairs.pre)].copy()
    return np.asarray(values[pairs.number])


# weights


class Weights:
    """Weights of a block's pairs.

    Parameters
    ----------
    block : SynapseBlock
        The block.
    """

    def __init__(self, block: SynapseBlock) -> None:
        self.value: Any = block.synapse.weight
        self.key = seeds.child(block.key, "weight")
        self.shared = isinstance(self.value, float)

    def of(self, pairs: Pairs) -> Float:
        """One weight per pair, or, where one serves all, shape (1,)."""
        if self.shared:
            return np.array([self.value])
        if isinstance(self.value, Distribution):
            return self.value.quantile(uniform(self.key, pairs), _standard)
        return _entries(self.value, pairs)


def _standard(u: Float) -> Float:
    from neurosim.kernels.quantile import fill_normal

    out = np.empty_like(u)
    fill_normal(u, out)
    return out


# delays


class Delays(Protocol):
    """Delays of a block's pairs: ``steps`` lists those that can occur, ascending, as int32."""

    steps: NDArray[np.int32]

    def slots(self, pairs: Pairs) -> NDArray[np.int32]:
        """Places in ``steps``, one per pair, or, where one serves all, shape (1,)."""


def delays_of(block: SynapseBlock, dt: float, everything: Iterator[Pairs]) -> Delays:
    """How the delays of a block are found.

    Parameters
    ----------
    block : SynapseBlock
        The block.
    dt : float
        Time step, ms.
    everything : iterator of Pairs
        All pairs; used up where the distribution has too many possible delays to list them.

    Raises
    ------
    LoweringError
        If a delay is longer than the longest.
    """
    value: Any = block.synapse.delay
    if isinstance(value, Distribution):
        table = step_table(value, dt)
        if table is None:
            return _Wide(block, dt, everything)
        return _Tabled(block, table, everything)
    return _Listed(block, dt)


def _steps(delays: Float, dt: float) -> Float:
    steps: Float = np.maximum(np.floor(delays / dt + 0.5), 1.0)
    return steps


def _whole(block: SynapseBlock, delays: Float, dt: float) -> NDArray[np.int32]:
    steps = _steps(delays, dt)
    if (steps > LONGEST).any():
        raise LoweringError(
            f"projection {block.name!r}: delay {float(np.max(delays)):g} ms is above {LONGEST} "
            f"steps (dt = {dt:g} ms). Use shorter delays or a larger dt."
        )
    return steps.astype(np.int32)


class _Listed:
    """One delay, or those of an array, whether or not they belong to a pair."""

    def __init__(self, block: SynapseBlock, dt: float) -> None:
        steps = _whole(block, np.asarray(block.synapse.delay, dtype=np.float64), dt)
        self.steps, places = np.unique(steps, return_inverse=True)
        self.places = places.reshape(steps.shape).astype(np.int32)
        if not len(self.steps):
            self.steps = np.ones(1, dtype=np.int32)

    def slots(self, pairs: Pairs) -> NDArray[np.int32]:
        if self.places.ndim == 0:
            return np.zeros(1, dtype=np.int32)
        return _entries(self.places, pairs)


class StepTable(NamedTuple):
    """Delays in steps as a function of a uniform number.

    A delay is ``first`` steps and one more for each of ``thresholds`` (float64, ascending, the last
    infinite) that is not above the number; ``guide`` (int32) tells where to begin to look.
    """

    first: int
    thresholds: Float
    guide: NDArray[np.int32]


@lru_cache(maxsize=64)
def step_table(distribution: Distribution, dt: float) -> StepTable | None:
    """The table of a distribution, by bisection on its quantile function.

    Uniform numbers are ``(b + 1/2) / 2**52`` with a whole number ``b``. A threshold is a number
    whose delay is long enough while that of the number before is not.

    Parameters
    ----------
    distribution : Distribution
        Of delays, ms.
    dt : float
        Time step, ms.

    Returns
    -------
    StepTable or None
        None if there are more than ``TABLED`` possible delays, or too long ones.
    """

    def number(b: Any) -> Float:
        return (np.asarray(b, dtype=np.float64) + 0.5) * 2.0**-52

    def steps(b: Any) -> Float:
        with np.errstate(over="ignore"):
            return _steps(distribution.quantile(number(b)), dt)

    first, last = steps([0, 2**52 - 1]).tolist()
    if last - first >= TABLED or last > LONGEST:
        return None
    wanted = np.arange(first + 1.0, last + 1.0)
    below = np.zeros(len(wanted), dtype=np.int64)
    enough = np.full(len(wanted), 2**52 - 1)
    while (enough - below > 1).any():
        middle = below + (enough - below) // 2
        good = steps(middle) >= wanted
        below, enough = np.where(good, below, middle), np.where(good, middle, enough)
    thresholds = np.append(np.sort(number(enough)), np.inf)
    guide = np.searchsorted(thresholds, np.arange(GUIDE) / GUIDE, side="right")
    return StepTable(int(first), thresholds, guide.astype(np.int32))


class _Tabled:
    """Delays of a distribution whose possible steps fit into a table."""

    def __init__(self, block: SynapseBlock, table: StepTable, everything: Iterator[Pairs]) -> None:
        self.key = seeds.child(block.key, "delay")
        self.table = table
        self.steps = table.first + np.arange(len(table.thresholds), dtype=np.int32)
        self.places: NDArray[np.int32] | None = None
        if len(self.steps) > MANY:
            occurs = np.zeros(len(self.steps), dtype=np.bool_)
            for pairs in everything:
                occurs[self.slots(pairs)] = True
            self.places = np.cumsum(occurs, dtype=np.int32) - np.int32(1)
            self.steps = self.steps[occurs] if occurs.any() else np.ones(1, dtype=np.int32)

    def slots(self, pairs: Pairs) -> NDArray[np.int32]:
        from neurosim.kernels.quantile import find_slots

        if len(self.table.thresholds) == 1:
            return np.zeros(1, dtype=np.int32)
        slots = np.empty(len(pairs.pre), dtype=np.int32)
        find_slots(uniform(self.key, pairs), self.table.thresholds, self.table.guide, slots)
        return slots if self.places is None else self.places.take(slots)


class _Wide:
    """Delays of a distribution with more possible steps: those that occur are found first."""

    def __init__(self, block: SynapseBlock, dt: float, everything: Iterator[Pairs]) -> None:
        self.block, self.dt = block, dt
        self.key = seeds.child(block.key, "delay")
        self.steps = np.empty(0, dtype=np.int32)
        for pairs in everything:
            self.steps = np.union1d(self.steps, self._of(pairs))
        if not len(self.steps):
            self.steps = np.ones(1, dtype=np.int32)

    def _of(self, pairs: Pairs) -> NDArray[np.int32]:
        value: Any = self.block.synapse.delay
        return _whole(self.block, value.quantile(uniform(self.key, pairs)), self.dt)

    def slots(self, pairs: Pairs) -> NDArray[np.int32]:
        return np.searchsorted(self.steps, self._of(pairs)).astype(np.int32)
