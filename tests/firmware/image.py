"""The memory image of a virtual run: programs, regions, keys and routes of its cores."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple


class Region(NamedTuple):
    """A memory region of a core."""

    size: int
    content: bytes


@dataclass(frozen=True)
class CoreImage:
    """What one core starts from.

    Parameters
    ----------
    label : str
        Name of the population.
    first, size : int
        Its slice of the population.
    x, y, p : int
        Chip and core.
    kind : str
        Class of the toolchain's vertex.
    program : Path
        Application file.
    regions : dict
        Memory regions by number.
    key, mask : int or None
        Of the packets that it sends.
    """

    label: str
    first: int
    size: int
    x: int
    y: int
    p: int
    kind: str
    program: Path
    regions: dict[int, Region]
    key: int | None
    mask: int | None

    @property
    def place(self) -> tuple[int, int, int]:
        """Chip and core."""
        return self.x, self.y, self.p


class Route(NamedTuple):
    """Packets of some keys go to a core."""

    key: int
    mask: int
    place: tuple[int, int, int]


@dataclass(frozen=True)
class Image:
    """A network on the machine, before it runs.

    Parameters
    ----------
    cores : tuple of CoreImage
        Cores of the network, without the monitors of the machine.
    routes : tuple of Route
        Entries of the routing tables that end at a core.
    shifts : dict
        Shifts of accumulators by population.
    """

    cores: tuple[CoreImage, ...]
    routes: tuple[Route, ...]
    shifts: dict[str, list[int]]

    def of(self, label: str) -> list[CoreImage]:
        """Cores of a population, in the order of their slices."""
        found = sorted((c for c in self.cores if c.label == label), key=lambda c: c.first)
        if not found:
            raise KeyError(label)
        return found


def _regions(database: Path, place: tuple[int, int, int]) -> dict[int, Region]:
    with sqlite3.connect(database) as connection:
        rows = connection.execute(
            "SELECT region_num, size, content FROM region WHERE x=? AND y=? AND p=?", place
        ).fetchall()
    connection.close()
    return {number: Region(size, bytes(content or b"")) for number, size, content in rows}


def read_image(folder: Path) -> Image:
    """The image that :mod:`tests.firmware.maker` left in a folder."""
    facts: dict[str, Any] = json.loads((folder / "facts.json").read_text())
    database = Path(facts["database"])
    cores = []
    for core in facts["cores"]:
        place = (core["x"], core["y"], core["p"])
        core["program"] = Path(core["program"])
        cores.append(CoreImage(regions=_regions(database, place), **core))
    routes = tuple(Route(key, mask, tuple(place)) for key, mask, place in facts["routes"])
    return Image(tuple(cores), routes, facts["shifts"])
