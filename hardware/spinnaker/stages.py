"""Delay stages that the toolchain lays out wrongly: synapses would be lost, without a word."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from neurosim.hardware.spinnaker.lower import RECEPTOR_BITS, bits
from neurosim.hardware.spinnaker.mapping import RING_BITS, Mapping, Route
from neurosim.hardware.spinnaker.settings import SOURCES_PER_CORE


@dataclass(frozen=True)
class Misplaced:
    """Synapses of a list that would lie in other rows than the program looks at.

    Parameters
    ----------
    block : int
        Index of the synapse block in the plan.
    projection, target : str
        Names.
    n : int
        How many.
    of : int
        Synapses of the projection.
    neurons_per_core : int
        Most neurons on a core of the target with which none are.
    """

    block: int
    projection: str
    target: str
    n: int
    of: int
    neurons_per_core: int

    def __str__(self) -> str:
        return (
            f"projection {self.projection!r}: {self.n} of {self.of} synapses would be lost or go "
            "to other sources, since sPyNNaker 7.4 lays out lists with more than one delay stage "
            f"wrongly. Use neurons_per_core <= {self.neurons_per_core} for {self.target!r}, "
            "shorter delays, or connectors='rules' where the board has the rule"
        )


def misplaced(mapping: Mapping) -> Iterator[Misplaced]:
    """Projections of which synapses would be lost if they are handed over as lists.

    Rows of delay stages are written in blocks of as many sources as the *target* has neurons on a
    core, while programs look for them in blocks of as many as the *source* has. With one stage both
    are the same place; with more, rows are exchanged, and the last lie beyond the matrix.

    Parameters
    ----------
    mapping : Mapping
        The network.
    """
    for route in mapping.routes:
        stages = max(r.stages for r in mapping.routes if r.pre == route.pre) - 1
        n = _wrong(mapping, route, stages) if stages > 1 else 0
        if n:
            target = mapping.target(route.post)
            room = RING_BITS - RECEPTOR_BITS - bits(-(-target.longest // 2))
            yield Misplaced(route.block, route.name, target.name, n, route.size, 1 << max(room, 0))


def _wrong(mapping: Mapping, route: Route, stages: int) -> int:
    """Number of synapses of a route whose rows lie elsewhere."""
    target = mapping.target(route.post)
    stage = (route.delays.astype(np.int64) - 1) // target.bits.slots
    late = stage > 0
    sources, stage = route.sources()[late], stage[late]
    written = _row(sources, stage, stages, min(target.per_core, target.size))
    size = mapping.plan.populations[route.pre].size
    per_core = _sources_per_core(mapping, route.pre, size)
    core = sources // per_core
    units = np.minimum(per_core, size - core * per_core)
    read = core * per_core * stages + (stage - 1) * units + sources % per_core
    return int((written != read).sum())


def _row(
    sources: NDArray[np.int64], stage: NDArray[np.int64], stages: int, per_core: int
) -> NDArray[np.int64]:
    core = sources // per_core
    return core * per_core * stages + (stage - 1) * per_core + sources % per_core


def _sources_per_core(mapping: Mapping, population: int, size: int) -> int:
    if mapping.plan.populations[population].block >= 0:
        return min(mapping.target(population).per_core, size)
    poisson = population in {block.population for block in mapping.plan.poisson}
    return min(SOURCES_PER_CORE, size) if poisson else size
