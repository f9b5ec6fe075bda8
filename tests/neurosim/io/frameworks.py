"""Networks that were imported, played some input.

They run on the reference backend, whose results are those of the compiled ones to the bit
(conformance suite; ``test_kinds.py`` for these kinds), and which compiles nothing.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from neurosim.facade import prepare
from neurosim.io import nir
from neurosim.network import Network

Raster = NDArray[np.bool_]


def spikes_in(shape: tuple[int, ...], steps: int = 40, samples: int = 3, seed: int = 1) -> Raster:
    """Random input, shape (samples, steps, *shape)."""
    return np.random.default_rng(seed).random((samples, steps, *shape)) < 0.3


def played(
    network: Network, x: Raster, dt: float, *, name: str = "input", backend: str = "reference"
) -> Any:
    """The recording of a run with the spikes ``x`` (steps, units) of the population ``name``."""
    steps, units = np.nonzero(x)
    with prepare(network, dt=dt, seed=1, weights="double", backend=backend) as simulation:
        simulation.feed(name, np.stack([units, dt * steps], axis=1))
        return simulation.run(nir.duration(network, len(x), dt)).recording()


def ours(
    network: Network, x: Raster, dt: float, population: str, variable: str | None = None
) -> list[Any]:
    """What a population did in each step of each sample."""
    flat = x.reshape(*x.shape[:2], -1)
    return [
        nir.output(played(network, sample, dt), network, population, len(sample), variable)
        for sample in flat
    ]
