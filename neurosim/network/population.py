"""Populations, views of some of their units, and assemblies of several."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from neurosim.declare import same
from neurosim.errors import ParameterError, WiringError
from neurosim.neurons.base import NeuronKind
from neurosim.neurons.sources import SpikeSource

Ids = range | NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class View:
    """Some units of a population, by their ids in it.

    Parameters
    ----------
    population : Population
        The population.
    ids : range or ndarray of int64
        Ids of the units, in the order in which connectors count them.
    """

    population: Population
    ids: Ids

    @property
    def name(self) -> str:
        """Name of the population."""
        return self.population.name

    @property
    def size(self) -> int:
        """Number of units."""
        return len(self.ids)

    @property
    def parts(self) -> tuple[View, ...]:
        """The view itself, as an assembly of one."""
        return (self,)

    def __len__(self) -> int:
        return self.size

    def __getitem__(self, index: Any) -> View:
        return View(self.population, _pick(self.ids, index, repr(self)))

    def __add__(self, other: Group) -> Assembly:
        if not isinstance(other, (Population, View, Assembly)):
            return NotImplemented
        return Assembly((*self.parts, *other.parts))

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, View):
            return NotImplemented
        return self.name == other.name and same(np.asarray(self.ids), np.asarray(other.ids))

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        if isinstance(self.ids, range):
            step = f":{self.ids.step}" if self.ids.step != 1 else ""
            return f"{self.name}[{self.ids.start}:{self.ids.stop}{step}]"
        return f"{self.name}[<{self.size} units>]"

    def array(self) -> NDArray[np.int64]:
        """The ids as an array."""
        return np.asarray(self.ids, dtype=np.int64)


@dataclass(frozen=True, eq=False)
class Population:
    """A group of units of one kind.

    Make it with :meth:`neurosim.Network.population`. ``population[:10]``, ``population[[1, 5]]``
    and ``population[mask]`` are views of some units; ``a + b`` is an assembly.

    Parameters
    ----------
    name : str
        Unique name in the network.
    size : int
        Number of units, >= 1.
    kind : NeuronKind or SpikeSource
        What the units are.
    initial : mapping
        Start values of state variables: numbers, arrays or distributions.
    positions : ndarray of shape (size, 1 to 3) or None
        Where the units are, for distance-dependent connections.
    """

    name: str
    size: int
    kind: NeuronKind | SpikeSource
    initial: Mapping[str, Any] = field(default_factory=dict)
    positions: NDArray[np.float64] | None = None

    @property
    def ids(self) -> range:
        """Ids of all units."""
        return range(self.size)

    @property
    def parts(self) -> tuple[View, ...]:
        """The whole population as an assembly of one view."""
        return (View(self, self.ids),)

    @property
    def is_source(self) -> bool:
        """Whether the units are spike sources."""
        return isinstance(self.kind, SpikeSource)

    def __len__(self) -> int:
        return self.size

    def __getitem__(self, index: Any) -> View:
        return View(self, _pick(self.ids, index, repr(self.name)))

    def __iter__(self) -> Iterator[View]:
        return (self[i] for i in self.ids)

    def __add__(self, other: Group) -> Assembly:
        if not isinstance(other, (Population, View, Assembly)):
            return NotImplemented
        return Assembly((*self.parts, *other.parts))

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Population):
            return NotImplemented
        return (
            (self.name, self.size) == (other.name, other.size)
            and self.kind == other.kind
            and self.initial.keys() == other.initial.keys()
            and all(same(v, other.initial[k]) for k, v in self.initial.items())
            and (self.positions is None) == (other.positions is None)
            and (self.positions is None or same(self.positions, other.positions))
        )

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"Population({self.name!r}, {self.size}, {self.kind!r})"


@dataclass(frozen=True)
class Assembly:
    """Several views that a projection treats as one group, counted through in order."""

    parts: tuple[View, ...]

    @property
    def size(self) -> int:
        """Number of units in all."""
        return sum(part.size for part in self.parts)

    def __len__(self) -> int:
        return self.size

    def __add__(self, other: Group) -> Assembly:
        if not isinstance(other, (Population, View, Assembly)):
            return NotImplemented
        return Assembly((*self.parts, *other.parts))

    def __repr__(self) -> str:
        return " + ".join(map(repr, self.parts))


Group = Population | View | Assembly


def _pick(ids: Ids, index: Any, owner: str) -> Ids:
    if isinstance(index, slice):
        picked = _slice(ids, index, owner)
    elif isinstance(index, (int, np.integer)) and not isinstance(index, bool):
        n = len(ids)
        if not -n <= index < n:
            raise WiringError(f"{owner}: id must be below {n}, got {index}. Use 0 to {n - 1}.")
        first = int(index) % n
        picked = ids[first : first + 1]
    else:
        picked = np.asarray(ids, dtype=np.int64)[_index(index, len(ids), owner)]
    if len(picked) == 0:
        raise WiringError(f"{owner}: a view must hold a unit, got {index!r}. Choose other ids.")
    return picked


def _slice(ids: Ids, index: slice, owner: str) -> Ids:
    try:
        return ids[index]
    except (TypeError, ValueError) as error:
        raise ParameterError(
            owner, "index", "must be a slice of whole numbers, not by 0", index, "Use such."
        ) from error


def _index(index: Any, n: int, owner: str) -> NDArray[Any]:
    try:
        array = np.asarray(index)
    except (TypeError, ValueError):
        array = np.empty(())
    if array.dtype == np.bool_ and array.shape == (n,):
        return array
    if array.ndim != 1 or array.dtype.kind not in "iu" or (array.size and array.dtype == np.bool_):
        raise ParameterError(
            owner, "index", f"must be a slice, ids or a mask of {n} values", index, "Use such."
        )
    if array.size and (array.min() < 0 or array.max() >= n):
        raise WiringError(f"{owner}: ids must be from 0 to {n - 1}, got {index!r}. Correct them.")
    if len(np.unique(array)) != array.size:
        raise WiringError(f"{owner}: ids must differ, got {index!r}. Name each unit once.")
    return array.astype(np.int64)
