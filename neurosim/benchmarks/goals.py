"""What is to be reached: seconds from peers, recorded or measured, times a ratio; and bounds.

The data are in ``recorded.toml``. Its seconds come from another machine; a peer that was measured
in the same session replaces its recorded seconds.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from neurosim.benchmarks.cases import Case

LEVELS = {"must": "double", "should": "single"}
"""Levels of goals, and the precision in which they are judged."""

BEST = "best"


class Reference(NamedTuple):
    """A peer's time for a case, s per biological second, and where it comes from."""

    seconds: float
    origin: str


@cache
def recorded() -> dict[str, Any]:
    """The recorded seconds, goals and bounds, as in the file."""
    return tomllib.loads(Path(__file__).with_name("recorded.toml").read_text(encoding="utf-8"))


def entries(kind: str, case: Case) -> list[dict[str, Any]]:
    """The entries of a kind (``"case"`` or ``"bound"``) for a case."""
    return [
        entry
        for entry in recorded()[kind]
        if entry["name"] == case.name
        and entry.get("scale", 1.0) == case.scale
        and entry.get("variant", case.variant) == case.variant
    ]


def references(case: Case, report: Mapping[str, Any]) -> dict[str, Reference]:
    """Times of peers for a case: measured with the report, else recorded."""
    found: dict[str, Reference] = {}
    for entry in entries("case", case):
        for name, seconds in entry["recorded"].items():
            busy = ", busy" if name in entry.get("busy", ()) else ""
            found[name] = Reference(float(seconds), f"recorded on another machine{busy}")
    for peer in report.get("peers", ()):
        if peer.get("rates_ok") is not False:
            seconds = per_second(
                peer["cpu_s"] if report["threads"] == 1 else peer["wall_s"], report
            )
            found[peer["peer"]] = Reference(seconds, "measured in this session")
    return found


def goals(case: Case, report: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The goals of a case with our value and whether it is reached.

    Parameters
    ----------
    case : Case
        What was measured.
    report : mapping
        Its report, with ``peers``.

    Returns
    -------
    list of dict
        ``level`` (must, should), ``quantity``, ``goal``, ``value``, ``met`` and ``because``.
        ``quantity`` is ``"seconds"`` for time per biological second (CPU time at one thread, else
        wall time). ``met`` is ``None`` where the level is judged in another precision.
    """
    known = references(case, report)
    key = "cpu_s" if report["threads"] == 1 else "wall_s"
    value = per_second(report[key], report)
    found = []
    for entry in entries("case", case):
        for level, precision in LEVELS.items():
            limits = [limit(rule, known) for rule in entry.get(level, ()) if _holds(rule, report)]
            if limits:
                tightest = min(limits)
                met = value <= tightest.seconds if report["precision"] == precision else None
                found.append(
                    dict(level=level, quantity="seconds", goal=tightest.seconds, value=value,
                         met=met, because=tightest.origin)
                )  # fmt: skip
    for entry in entries("bound", case):
        if entry["quantity"] in report:
            quantity, bound = entry["quantity"], float(entry["must"])
            found.append(
                dict(level="must", quantity=quantity, goal=bound, value=report[quantity],
                     met=report[quantity] <= bound, because="bound")
            )  # fmt: skip
    return found


def limit(rule: Mapping[str, Any], known: Mapping[str, Reference]) -> Reference:
    """Seconds that a rule allows, and why."""
    if "seconds" in rule:
        return Reference(float(rule["seconds"]), "bound")
    of = min(known, key=lambda name: known[name].seconds) if rule["of"] == BEST else rule["of"]
    seconds, origin = known[of]
    return Reference(
        rule["ratio"] * seconds, f"{rule['ratio']:.3g} of {of} {seconds:.3g} s ({origin})"
    )


def per_second(seconds: float, report: Mapping[str, Any]) -> float:
    """Time per biological second; as it is for a batch of samples."""
    duration = report.get("duration_ms")
    return seconds if duration is None else 1000.0 * seconds / duration


def _holds(rule: Mapping[str, Any], report: Mapping[str, Any]) -> bool:
    """Goals from peers were stated for one thread."""
    return bool(report["threads"] == rule.get("threads", 1))
