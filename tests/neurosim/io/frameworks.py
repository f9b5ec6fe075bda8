"""Spikes of a framework's module and of the network made from it, on the same input."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from neurosim.facade import simulate_batch
from neurosim.io import nir
from neurosim.network import Network

Raster = NDArray[np.bool_]


def spikes_in(shape: tuple[int, ...], steps: int = 40, samples: int = 3, seed: int = 1) -> Raster:
    """Random input, shape (samples, steps, *shape)."""
    return np.random.default_rng(seed).random((samples, steps, *shape)) < 0.3


def ours(
    network: Network, x: Raster, dt: float, name: str, variable: str | None = None
) -> list[Any]:
    """What a population did in each step of each sample."""
    samples, steps = x.shape[:2]
    given = [{"input": sample.reshape(steps, -1)} for sample in x]
    duration = nir.duration(network, steps, dt)
    batch = simulate_batch(network, given, duration, dt=dt, seed=1, weights="double")
    return [nir.output(batch[i], network, name, steps, variable) for i in range(samples)]
