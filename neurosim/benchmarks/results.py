"""Stored results, and slowdowns between two of them that are more than noise.

How noise is treated. Every time is the smallest of its repeats, and CPU time where one thread was
used. How far the median lies above the smallest measures the noise of a run; the spreads of both
runs are added to the tolerance. The fixed piece of work that every measurement times beside itself
(:func:`~neurosim.benchmarks.machine.calibrate`) tells whether the machine is slower today. On one
machine a slowdown counts if it is there both as measured and by that work: a slow day moves the
first, a bad moment of the calibration the second. On different processors only the second means
anything, with twice the tolerance.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from os import PathLike
from pathlib import Path
from typing import Any, NamedTuple

from neurosim.benchmarks.cases import Case
from neurosim.benchmarks.machine import facts
from neurosim.errors import StoreError
from neurosim.io.atomic import replacing

FORMAT, VERSION = "neurosim-bench", 1

KEY = ("bench", "scale", "variant", "backend", "precision", "threads", "duration_ms")
"""What two reports must share to be compared."""


class Quantity(NamedTuple):
    """Something that must not grow.

    Parameters
    ----------
    key : str
        Name in a report.
    relative, absolute : float
        It has grown if by more than ``relative`` times its old value plus ``absolute``.
    median : str
        Name of the median of its repeats, ``""`` if there is none.
    timed : bool
        Whether it is a time, and so depends on the machine's speed.
    """

    key: str
    relative: float
    absolute: float
    median: str = ""
    timed: bool = True


CPU = Quantity("cpu_s", 0.10, 0.0, "cpu_median_s")
WALL = Quantity("wall_s", 0.15, 0.0, "wall_median_s")
OTHERS = (
    Quantity("build_s", 0.30, 0.2),
    Quantity("first_step_warm_cpu_s", 0.20, 0.1),
    Quantity("peak_mb", 0.10, 10.0, timed=False),
)


class Change(NamedTuple):
    """A quantity of one case in two results.

    Parameters
    ----------
    label, quantity : str
        Which.
    old, new : float
        Its values.
    ratio : float
        New by old; for times, the smaller of the ratio as measured and that by the calibration (on
        different processors the latter).
    allowed : float
        Largest ratio that is no slowdown.
    """

    label: str
    quantity: str
    old: float
    new: float
    ratio: float
    allowed: float

    @property
    def slower(self) -> bool:
        """Whether it has grown by more than noise."""
        return self.ratio > self.allowed


def stored(reports: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Reports with the facts of the machine, as they are kept in a file."""
    return {"format": FORMAT, "version": VERSION, "machine": facts(), "reports": list(reports)}


def save(path: str | PathLike[str], reports: Sequence[Mapping[str, Any]]) -> None:
    """Write a result file.

    Raises
    ------
    StoreError
        If it cannot be written.
    """
    text = json.dumps(stored(reports), indent=1, allow_nan=False)
    with replacing(path) as file:
        file.write(text.encode() + b"\n")


def require_place(path: str | PathLike[str]) -> None:
    """See that a result file can be written there, before anything is measured.

    Raises
    ------
    StoreError
        If its folder does not exist.
    """
    if not Path(path).absolute().parent.is_dir():
        raise StoreError(f"file {str(path)!r}: its folder must exist. Make it, or choose another.")


def load(path: str | PathLike[str]) -> dict[str, Any]:
    """Read a result file.

    Raises
    ------
    StoreError
        If it is missing, damaged, foreign or newer.
    """
    try:
        data = json.loads(Path(path).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise StoreError(
            f"file {str(path)!r}: cannot be read ({error}). Write one with 'neurosim bench all "
            "--out FILE'."
        ) from error
    if not isinstance(data, dict) or data.get("format") != FORMAT:
        raise StoreError(f"file {str(path)!r}: holds no results. Write 'neurosim bench --out'.")
    if data.get("version", 0) > VERSION:
        raise StoreError(f"file {str(path)!r}: was written by a newer neurosim. Update neurosim.")
    return data


def compare(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[Change]:
    """Quantities of all cases that two results share.

    Parameters
    ----------
    old, new : mapping
        What :func:`load` gave.

    Raises
    ------
    StoreError
        If they share no case.
    """
    alike = old["machine"]["cpu"] == new["machine"]["cpu"]
    before = {_key(report): report for report in old["reports"]}
    changes = []
    for report in new["reports"]:
        if _key(report) in before:
            changes += _changes(before[_key(report)], report, alike)
    if not changes:
        raise StoreError(
            "bench: the two results must share a case (benchmark, scale, variant, backend, "
            "precision, threads and duration), they share none. Measure the same cases."
        )
    return changes


def _key(report: Mapping[str, Any]) -> tuple[Any, ...]:
    return tuple(report.get(name) for name in KEY)


def _changes(old: Mapping[str, Any], new: Mapping[str, Any], alike: bool) -> list[Change]:
    label = Case(new["bench"], new["scale"], new["variant"]).label
    label += f", {new['precision']}, {new['threads']} thr."
    speed = CPU if new["threads"] == 1 else WALL
    found = []
    for quantity in (speed, *OTHERS):
        a, b = old.get(quantity.key), new.get(quantity.key)
        if a and b:
            found.append(_change(label, quantity, old, new, alike))
    return found


def _change(
    label: str, quantity: Quantity, old: Mapping[str, Any], new: Mapping[str, Any], alike: bool
) -> Change:
    a, b = old[quantity.key], new[quantity.key]
    ratio, factor = b / a, 1.0
    if quantity.timed:
        by_calibration = ratio * old["calibration_s"] / new["calibration_s"]
        ratio = min(ratio, by_calibration) if alike else by_calibration
        factor = 1.0 if alike else 2.0
    spread = sum(_spread(report, quantity) for report in (old, new))
    allowed = 1.0 + factor * (quantity.relative + spread + quantity.absolute / a)
    return Change(label, quantity.key, a, b, ratio, allowed)


def _spread(report: Mapping[str, Any], quantity: Quantity) -> float:
    """How far the median of the repeats lies above the smallest."""
    if not quantity.median or quantity.median not in report:
        return 0.0
    return float(report[quantity.median] / report[quantity.key] - 1.0)
