"""A network in PyNN's terms, as plain records: what live objects and scripts are made of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Call:
    """A call of a class of the simulator module with named arguments.

    Arguments are numbers, words, arrays, :class:`Trains`, or calls.
    """

    name: str
    args: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Trains:
    """Spike times (ms) of several units: those of unit ``i`` end at place ``ends[i]``."""

    times: NDArray[np.float64]
    ends: NDArray[np.int64]

    def lists(self) -> list[list[float]]:
        """One list per unit."""
        return [part.tolist() for part in np.split(self.times, self.ends[:-1])]


@dataclass(frozen=True)
class Part:
    """A population by name, or, with ``ids``, some of its units in ascending order."""

    population: str
    ids: NDArray[np.int64] | None = None


@dataclass(frozen=True)
class Cells:
    """A population: its cell, start values by variable, and positions, shape (3, size)."""

    name: str
    size: int
    cell: Call
    initial: Mapping[str, Any] = field(default_factory=dict)
    positions: NDArray[np.float64] | None = None


@dataclass(frozen=True)
class Wires:
    """A projection from and to one or several parts, which count as one group."""

    name: str
    pre: tuple[Part, ...]
    post: tuple[Part, ...]
    connector: Call
    synapse: Call
    receptor: str


@dataclass(frozen=True)
class Electrode:
    """A current source and the units it reaches."""

    name: str
    source: Call
    target: Part


@dataclass(frozen=True)
class Recorded:
    """Variables to record, and the sampling interval (ms), None for every time step."""

    target: Part
    variables: tuple[str, ...]
    every: float | None


@dataclass(frozen=True)
class Translation:
    """A whole network in PyNN's terms.

    Parameters
    ----------
    name : str
        Name of the network.
    backend : str
        PyNN's name of the back end.
    dt : float
        Time step, ms.
    cells, wires, electrodes, recorded : tuple
        What to make, in this order.
    notes : tuple of str
        What is not exactly as neurosim has it.
    """

    name: str
    backend: str
    dt: float
    cells: tuple[Cells, ...]
    wires: tuple[Wires, ...]
    electrodes: tuple[Electrode, ...]
    recorded: tuple[Recorded, ...]
    notes: tuple[str, ...]


def made(value: Any, sim: Any) -> Any:
    """A record's value as an object of the simulator module ``sim``."""
    if isinstance(value, Call):
        return getattr(sim, value.name)(**{k: made(v, sim) for k, v in value.args.items()})
    return value.lists() if isinstance(value, Trains) else value
