"""What a plan becomes on the machine: rings, shifts and rows of 16-bit weights.

The emulator runs a mapping, the pre-flight report describes it, and the board is checked against
it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from neurosim.hardware.spinnaker.cells import Cell
from neurosim.hardware.spinnaker.settings import Settings
from neurosim.plan.plan import Plan
from neurosim.synapses import STDP

RING_BITS = 14
"""Bits of the index of a core's ring of accumulators: neuron, receptor and delay."""
MOST_STAGES = 8
"""Delay stages after the ring itself."""


@dataclass(frozen=True)
class RingBits:
    """Bits of the parts of a ring's index."""

    neuron: int
    receptor: int
    delay: int

    @property
    def slots(self) -> int:
        """Ticks that the ring holds."""
        return 1 << self.delay


@dataclass(frozen=True)
class Statistics:
    """What the toolchain knows of the weights of a projection when it chooses a shift.

    Weights are magnitudes in the board's unit (nA or uS), without gain.

    Parameters
    ----------
    n : int
        Most synapses onto one neuron.
    mean, variance, largest : float
        Of the weights; for plastic synapses mean and largest are the most that they can become.
    delay_variance : float
        Of the delays, ms^2.
    """

    n: int
    mean: float
    variance: float
    largest: float
    delay_variance: float


@dataclass(frozen=True)
class Target:
    """A population of cells on the machine.

    Parameters
    ----------
    population : int
        Index in the plan.
    name : str
        Its name.
    size : int
        Neurons.
    cell : Cell
        What it runs.
    per_core : int
        Neurons that share a core; the last core may have fewer.
    bits : RingBits
        Layout of each core's ring.
    longest : int
        Longest incoming delay, ticks.
    expected : tuple of float
        By receptor: the sum of weights in a tick that the ring is made for, with gain.
    shifts : tuple of int
        By receptor: bits by which an entry of the ring is shifted.
    rule : STDP or None
        Its plasticity rule, if synapses onto it are plastic.
    """

    population: int
    name: str
    size: int
    cell: Cell
    per_core: int
    bits: RingBits
    longest: int
    expected: tuple[float, float]
    shifts: tuple[int, int]
    rule: STDP | None

    @property
    def cores(self) -> int:
        """Cores that it takes."""
        return -(-self.size // self.per_core)

    def scale(self, receptor: int) -> float:
        """Stored weight of a weight of 1, before rounding."""
        return float(self.cell.gain) * 2.0 ** (15 - self.shifts[receptor])


@dataclass(frozen=True)
class Route:
    """Synapses of a block of the plan onto one receptor.

    Ordered by source, delay (so by stage too) and target.

    Parameters
    ----------
    block : int
        Index of the synapse block in the plan.
    name : str
        Name of the projection.
    pre, post : int
        Indices of the populations.
    receptor : int
        0 excitatory, 1 inhibitory.
    places : ndarray of int64, shape (n,)
        Places of the synapses among all those of the block.
    stages : int
        Rows of a source: 1 and one more for each delay stage.
    ptr : ndarray of int64, shape (n_pre * stages + 1,)
        Row ``i = source * stages + stage`` is ``ptr[i]:ptr[i + 1]``.
    targets : ndarray of int32, shape (n,)
        Ids in the target population.
    delays : ndarray of int32, shape (n,)
        Delays in ticks, >= 1; the rows of stage ``k`` keep ``delay - k * slots``.
    weights : ndarray of float64, shape (n,)
        Magnitudes in nA or uS.
    words : ndarray of uint16, shape (n,)
        Stored weights: rounded half to even, and wrapped where they are too large, as the
        toolchain does.
    statistics : Statistics
        What the shift was chosen from.
    rule : STDP or None
        The rule, if the synapses are plastic.
    """

    block: int
    name: str
    pre: int
    post: int
    receptor: int
    places: NDArray[np.int64]
    stages: int
    ptr: NDArray[np.int64]
    targets: NDArray[np.int32]
    delays: NDArray[np.int32]
    weights: NDArray[np.float64]
    words: NDArray[np.uint16]
    statistics: Statistics
    rule: STDP | None

    @property
    def size(self) -> int:
        """Number of synapses."""
        return len(self.targets)

    def sources(self) -> NDArray[np.int64]:
        """Source of each synapse."""
        rows = np.repeat(np.arange(len(self.ptr) - 1), np.diff(self.ptr))
        return rows // self.stages


@dataclass(frozen=True)
class Mapping:
    """A plan on the machine.

    Parameters
    ----------
    plan : Plan
        The plan, with ``timing="spinnaker"``.
    settings : Settings
        Choices.
    targets : tuple of Target
        Populations of cells, in the order of the plan.
    routes : tuple of Route
        Synapses, in the order of the plan's blocks; excitatory before inhibitory.
    """

    plan: Plan
    settings: Settings
    targets: tuple[Target, ...]
    routes: tuple[Route, ...]

    def target(self, population: int) -> Target:
        """The target with that index in the plan."""
        return next(t for t in self.targets if t.population == population)
