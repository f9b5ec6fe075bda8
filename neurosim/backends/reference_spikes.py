"""Spikes of the reference backend: those of the last steps, and those that sources will emit."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from neurosim.philox import words
from neurosim.plan.plan import PoissonBlock


class Spikes:
    """Spikes by population and stamp; ids ascend, and a unit that spikes twice is there twice."""

    def __init__(self) -> None:
        self._ids: dict[tuple[int, int], list[int]] = {}

    def add(self, population: int, stamp: int, ids: Iterable[int]) -> None:
        """Put in spikes with one stamp."""
        self._ids[population, stamp] = sorted([*self.at(population, stamp), *ids])

    def at(self, population: int, stamp: int) -> list[int]:
        """Ids of the units that spiked with that stamp."""
        return self._ids.get((population, stamp), [])

    def forget(self, before: int) -> None:
        """Drop spikes with earlier stamps."""
        self._ids = {key: ids for key, ids in self._ids.items() if key[1] >= before}

    def state(self) -> dict[str, NDArray[Any]]:
        """All spikes as arrays ``population``, ``stamp`` and ``id``."""
        rows = [(*key, unit) for key in sorted(self._ids) for unit in self._ids[key]]
        table = np.array(rows, dtype=np.int64).reshape(-1, 3)
        return dict(zip(("population", "stamp", "id"), table.T.copy(), strict=True))

    def restore(self, state: Mapping[str, NDArray[Any]]) -> None:
        """Hold the spikes of :meth:`state` and no others."""
        self._ids = {}
        columns = (state[name].tolist() for name in ("population", "stamp", "id"))
        for population, stamp, unit in zip(*columns, strict=True):
            self._ids.setdefault((population, stamp), []).append(unit)


def poisson_spikes(block: PoissonBlock, step: int) -> list[int]:
    """Ids of the units of a Poisson population that spike in a step."""
    drawn = words(block.key, np.arange(len(block.thresholds)), step) < block.thresholds
    active = (block.first <= step) & (step < block.last)
    ids: list[int] = np.flatnonzero(drawn & active).tolist()
    return ids
