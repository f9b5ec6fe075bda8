"""Networks described once, for the toolchain of the board and for the emulator."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from tests.firmware.image import Image, read_image

SOURCE, POISSON = "SpikeSourceArray", "SpikeSourcePoisson"


@dataclass(frozen=True)
class Cells:
    """A population.

    Parameters
    ----------
    label, cell : str
        Its name, and PyNN's name of its cells.
    size : int
        Number of cells.
    parameters, initial : dict
        Numbers, or lists of one number a cell.
    more : dict
        Settings of the population in the toolchain.
    ticks : list of list of int
        Ticks in which the cells of a ``SpikeSourceArray`` fire.
    record : list of str
        Recorded variables.
    """

    label: str
    cell: str
    size: int
    parameters: dict[str, Any] = field(default_factory=dict)
    initial: dict[str, Any] = field(default_factory=dict)
    more: dict[str, Any] = field(default_factory=dict)
    ticks: list[list[int]] = field(default_factory=list)
    record: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Rule:
    """A plasticity rule, with the board's absolute amplitudes.

    ``timing`` is ``"pair"`` or ``"nearest"``, ``weights`` ``"additive"`` or ``"multiplicative"``.
    """

    timing: str
    weights: str
    tau_plus: float
    tau_minus: float
    A_plus: float
    A_minus: float
    w_min: float
    w_max: float


@dataclass(frozen=True)
class Wires:
    """A projection: ``list`` has (source, target, weight, delay in ticks)."""

    label: str
    pre: str
    post: str
    receptor: str
    list: list[tuple[int, int, float, int]]
    stdp: Rule | None = None


@dataclass(frozen=True)
class Current:
    """A current in steps into cells of a population: ``amplitudes`` from ``times`` (ms) on."""

    population: str
    cells: list[int]
    times: list[float]
    amplitudes: list[float]


@dataclass(frozen=True)
class Case:
    """A network and how long it runs."""

    name: str
    dt: float
    steps: int
    populations: list[Cells]
    projections: list[Wires]
    currents: list[Current] = field(default_factory=list)

    def population(self, label: str) -> Cells:
        """The population of a name."""
        return next(p for p in self.populations if p.label == label)


def make_images(cases: list[Case], folder: Path) -> dict[str, Image]:
    """Map all networks on a virtual board, in one run of the toolchain in a private folder."""
    home, work = folder / "home", folder / "work"
    home.mkdir(parents=True)
    work.mkdir()
    file = folder / "cases.json"
    file.write_text(json.dumps([asdict(case) for case in cases]))
    done = subprocess.run(
        [sys.executable, str(Path(__file__).with_name("maker.py")), str(file), str(folder)],
        cwd=work,
        env={**os.environ, "HOME": str(home)},
        capture_output=True,
        text=True,
        timeout=600,
    )
    failure = folder / "failure"
    if done.returncode or failure.exists():
        why = failure.read_text() if failure.exists() else done.stderr[-1000:]
        raise RuntimeError(f"no images were made: {why}")
    return {case.name: read_image(folder / case.name) for case in cases}
