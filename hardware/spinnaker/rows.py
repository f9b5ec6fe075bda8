"""Rows of a route on the cores of its target: how long they are, and the memory they take.

A core keeps a row for every source neuron, and one more for every delay stage. All rows of a
projection have room for its longest one; a row with a delay stage, for all synapses of a source
beyond the ring.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from neurosim.hardware.spinnaker.mapping import Route, Target
from neurosim.synapses import STDP

WORD = 4
HEADER_WORDS = 3
"""Words of a row beside its synapses: how many of each sort there are."""


@dataclass(frozen=True)
class Rows:
    """Rows of a route that are not empty.

    Parameters
    ----------
    row : ndarray of int64, shape (n,)
        Number of the row, ``source * stages + stage``.
    core : ndarray of int64, shape (n,)
        Core of the target that it is on.
    length : ndarray of int64, shape (n,)
        Synapses, >= 1.
    stages : int
        Rows of a source.
    """

    row: NDArray[np.int64]
    core: NDArray[np.int64]
    length: NDArray[np.int64]
    stages: int

    @property
    def source(self) -> NDArray[np.int64]:
        """Source of each row."""
        return self.row // self.stages

    @property
    def near(self) -> int:
        """Synapses of the longest row without a delay stage."""
        return int(self.length[self.row % self.stages == 0].max(initial=0))

    @property
    def far(self) -> int:
        """Most synapses that a source has on a core in all its delay stages together."""
        return self._most(self.row % self.stages > 0)

    @property
    def longest(self) -> int:
        """Most synapses of one row, as the toolchain counts."""
        return max(self.near, self.far)

    @property
    def fan_out(self) -> int:
        """Most synapses that a source has on a core."""
        return self._most(np.ones(len(self.row), dtype=np.bool_))

    def _most(self, chosen: NDArray[np.bool_]) -> int:
        if not chosen.any():
            return 0
        n_cores = int(self.core.max()) + 1
        keys, place = np.unique(
            self.source[chosen] * n_cores + self.core[chosen], return_inverse=True
        )
        sums = np.bincount(place, weights=self.length[chosen], minlength=len(keys))
        return int(sums.max())


def rows_of(route: Route, target: Target) -> Rows:
    """The rows of a route, counted.

    Parameters
    ----------
    route : Route
        Synapses.
    target : Target
        The population that they end at.
    """
    row = np.repeat(np.arange(len(route.ptr) - 1), np.diff(route.ptr))
    keys, length = np.unique(
        row * target.cores + route.targets // target.per_core, return_counts=True
    )
    core = np.asarray(keys % target.cores, dtype=np.int64)
    return Rows(np.asarray(keys // target.cores, dtype=np.int64), core, length, route.stages)


def row_words(synapses: int, rule: STDP | None) -> int:
    """Words of a row of so many synapses, without its header; 0 if there are none.

    Static synapses take a word each. Of plastic ones two weights share a word, and so do two of the
    16-bit places that they go to; the history of the source takes two words, or one if only nearest
    spikes count.

    Examples
    --------
    >>> row_words(254, None)
    254
    """
    if synapses == 0 or rule is None:
        return synapses
    history = 1 if rule.pairing == "nearest" else 2
    return history + 2 * -(-synapses // 2)


def route_bytes(rows: Rows, n_pre: int, rule: STDP | None) -> int:
    """Shared memory of all rows of a route on one core, bytes.

    Parameters
    ----------
    rows : Rows
        The rows.
    n_pre : int
        Units of the source population.
    rule : STDP or None
        The rule, if the synapses are plastic.
    """
    total = 0
    for synapses, count in ((rows.near, n_pre), (rows.far, n_pre * (rows.stages - 1))):
        words = row_words(synapses, rule)
        total += count * WORD * (words + HEADER_WORDS) if words else 0
    return total
