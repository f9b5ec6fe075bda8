"""How long a Neo block of many units takes: ``python -m neurosim.benchmarks.neo_block``."""

from __future__ import annotations

from statistics import median
from time import perf_counter

import numpy as np

from neurosim.recording.recording import Recording, SpikeTrains


def measure(units: int = 5000, spikes: int = 200_000, repeats: int = 9) -> dict[str, float]:
    """Time ``Recording.to_neo`` of one population with random spikes in one second.

    Parameters
    ----------
    units, spikes : int
        Number of recorded units, and of spikes in all.
    repeats : int
        How often, after a first block that loads Neo.

    Returns
    -------
    dict
        ``units, spikes`` and ``median_s``, ``fastest_s``, seconds per block.
    """
    rng = np.random.default_rng(1)
    trains = SpikeTrains(
        np.sort(rng.uniform(0.0, 1000.0, spikes)),
        rng.integers(0, units, spikes).astype(np.int32),
        np.arange(units, dtype=np.int32),
    )
    recording = Recording({"units": trains}, {}, 1000.0)
    recording.to_neo()
    times = []
    for _ in range(repeats):
        start = perf_counter()
        recording.to_neo()
        times.append(perf_counter() - start)
    return {
        "units": units, "spikes": spikes, "median_s": median(times), "fastest_s": min(times),
    }  # fmt: skip


if __name__ == "__main__":
    print(measure())
