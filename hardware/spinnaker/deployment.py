"""A plan in sPyNNaker's terms and what its tools say of it, as plain records.

They travel between this process and the one that holds sPyNNaker.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from neurosim.io.pynn_records import Cells, Electrode, Recorded, Wires


@dataclass(frozen=True)
class Link:
    """A projection of sPyNNaker and where its synapses come from.

    Parameters
    ----------
    wires : Wires
        The projection.
    block : int
        Index of the plan's synapse block, -1 for a Poisson input.
    scale : float or ndarray, shape (n_post,)
        Weight in the plan over weight on the board, by target: the sign, and mV per nA.
    """

    wires: Wires
    block: int
    scale: float | NDArray[np.float64]


@dataclass(frozen=True)
class Deployment:
    """Everything that sPyNNaker is told.

    Parameters
    ----------
    dt : float
        Time step, ms.
    time_scale_factor : int
        Hardware time over biological time.
    cells : tuple of Cells
        Populations; each ``PoissonInput`` has one of its own after the plan's.
    options : mapping
        Further arguments by population.
    links : tuple of Link
        Projections.
    electrodes : tuple of Electrode
        Current sources.
    recorded : tuple of Recorded
        What to record, one for each probe of the plan, by the board's names.
    notes : tuple of str
        What is not exactly as the plan has it.
    seeds : mapping
        By population of Poisson sources: for each core (see ``SOURCES_PER_CORE``) the four words
        from which its generator starts, those of the emulator.
    """

    dt: float
    time_scale_factor: int
    cells: tuple[Cells, ...]
    options: Mapping[str, Mapping[str, Any]]
    links: tuple[Link, ...]
    electrodes: tuple[Electrode, ...] = ()
    recorded: tuple[Recorded, ...] = ()
    notes: tuple[str, ...] = ()
    seeds: Mapping[str, tuple[tuple[int, ...], ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class Placed:
    """A core in use.

    Parameters
    ----------
    label : str
        The toolchain's name of what runs there.
    population : str
        The population it belongs to; empty for the system's own cores, and for delay extensions
        the name of the toolchain.
    x, y, p : int
        Chip and core.
    binary : str
        File name of the program.
    first, last : int
        Units of the population, both included.
    """

    label: str
    population: str
    x: int
    y: int
    p: int
    binary: str
    first: int
    last: int


@dataclass(frozen=True)
class Facts:
    """What the toolchain made of a deployment.

    Parameters
    ----------
    version : str
        Version of sPyNNaker.
    virtual : bool
        Whether there was no board.
    placements : tuple of Placed
        All cores in use, the system's own included.
    shifts : mapping
        Shifts of the excitatory and the inhibitory receptor by population of cells.
    slots : mapping
        Ticks that the ring holds by population of cells.
    stages : mapping
        Delay stages beyond the ring by source population; absent where there are none.
    keys : mapping
        Routing key of the first unit by population that has targets.
    delay_keys : mapping
        The same for its delay stages.
    database : str
        File with the memory images (``ds.sqlite3``).
    """

    version: str
    virtual: bool
    placements: tuple[Placed, ...]
    shifts: Mapping[str, tuple[int, ...]]
    slots: Mapping[str, int]
    stages: Mapping[str, int] = field(default_factory=dict)
    keys: Mapping[str, int] = field(default_factory=dict)
    delay_keys: Mapping[str, int] = field(default_factory=dict)
    database: str = ""

    @property
    def cores(self) -> int:
        """Cores that run populations and delay extensions."""
        return sum(1 for p in self.placements if p.population)

    @property
    def chips(self) -> int:
        """Chips with such cores."""
        return len({(p.x, p.y) for p in self.placements if p.population})

    def of(self, population: str) -> tuple[Placed, ...]:
        """Cores of a population, by their first unit."""
        found = [p for p in self.placements if p.population == population]
        return tuple(sorted(found, key=lambda p: (p.first, p.x, p.y, p.p)))


@dataclass(frozen=True)
class Counter:
    """A provenance counter of a core."""

    core: str
    x: int
    y: int
    p: int
    name: str
    value: int


@dataclass(frozen=True)
class Failure:
    """An error in the process that holds sPyNNaker.

    Parameters
    ----------
    kind : str
        Name of its class.
    message : str
        Its text.
    trace : str
        Where it happened.
    unknown : bool
        Whether sPyNNaker lacked something that is used here.
    """

    kind: str
    message: str
    trace: str
    unknown: bool = False
