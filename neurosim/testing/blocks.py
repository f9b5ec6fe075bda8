"""Building blocks of the test networks."""

from __future__ import annotations

from typing import Any, TypeVar

from neurosim.declare import Declared
from neurosim.neurons.sources import SpikeSourceArray

D = TypeVar("D", bound=Declared)


def varied(kind: type[D], **parameters: Any) -> D:
    """A kind whose parameters may differ from unit to unit: arrays and distributions."""
    return kind(**parameters)


def volley(size: int, start: float = 2.0, every: float = 7.0) -> SpikeSourceArray:
    """Units that spike one after the other, eight times each; pairs of them at the same time."""
    times = [[start + every * n + 0.5 * (unit // 2) for n in range(8)] for unit in range(size)]
    return varied(SpikeSourceArray, spike_times=times)
