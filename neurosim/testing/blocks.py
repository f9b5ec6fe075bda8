"""Building blocks of the test networks."""

from __future__ import annotations

from neurosim.neurons.sources import SpikeSourceArray


def volley(size: int, start: float = 2.0, every: float = 7.0) -> SpikeSourceArray:
    """Units that spike one after the other, eight times each; pairs of them at the same time."""
    times = [[start + every * n + 0.5 * (unit // 2) for n in range(8)] for unit in range(size)]
    return SpikeSourceArray(spike_times=times)
