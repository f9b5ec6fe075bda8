"""Reports as tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from neurosim.benchmarks.cases import Case
from neurosim.benchmarks.results import Change
from neurosim.benchmarks.session import counts

Rows = list[list[str]]

SUMMARY = (
    "case", "precision", "threads", "wall s", "CPU s", "ns/event", "RTF", "rate", "counts", "MB",
    "must s", "should s", "verdict",
)  # fmt: skip
PEER = (
    "peer", "threads", "wall s", "CPU s", "rate", "counts", "MB", "ours/peer wall",
    "ours/peer CPU", "note",
)  # fmt: skip
GOAL = ("goal", "quantity", "at most", "ours", "verdict", "from")
CHANGE = ("case", "quantity", "old", "new", "ratio", "allowed", "verdict")


def label(report: Mapping[str, Any]) -> str:
    """What a report is about."""
    return Case(report["bench"], report["scale"], report["variant"]).label


def summary_rows(reports: Sequence[Mapping[str, Any]]) -> Rows:
    """One row per report, and one below it per peer, with the columns of ``SUMMARY``."""
    rows = []
    for report in reports:
        rows.append(
            [
                label(report), report["precision"], str(report["threads"]),
                *(_number(report.get(key)) for key in ("wall_s", "cpu_s", "ns_per_event", "rtf")),
                _rate(report), _counts(report), _number(report.get("peak_mb")),
                _goal(report, "must"), _goal(report, "should"), _verdict(report),
            ]
        )  # fmt: skip
        for peer in report["peers"]:
            against = f"ours is {_number(peer['cpu_ratio'])} of it (CPU)"
            rows.append(
                [
                    f"  {peer['peer']}", "", str(peer["threads"]), _number(peer["wall_s"]),
                    _number(peer["cpu_s"]), "", "", _rate(peer), _counts(peer),
                    _number(peer.get("peak_mb")), "", "", against,
                ]
            )  # fmt: skip
    return rows


def detail_rows(report: Mapping[str, Any]) -> Rows:
    """Everything measured, one row per quantity."""
    nested = ("peers", "goals")
    return [[key, _text(value)] for key, value in report.items() if key not in nested]


def peer_rows(report: Mapping[str, Any]) -> Rows:
    """One row per peer, with the columns of ``PEER``."""
    return [
        [
            f"{peer['peer']} ({peer['simulator']})", str(peer["threads"]),
            _number(peer["wall_s"]), _number(peer["cpu_s"]), _rate(peer),
            _counts(peer), _number(peer.get("peak_mb")), _number(peer["wall_ratio"]),
            _number(peer["cpu_ratio"]), peer.get("note", ""),
        ]
        for peer in report["peers"]
    ]  # fmt: skip


def goal_rows(report: Mapping[str, Any]) -> Rows:
    """One row per goal, with the columns of ``GOAL``."""
    return [
        [
            goal["level"], goal["quantity"], _number(goal["goal"]), _number(goal["value"]),
            _met(goal["met"]), goal["because"],
        ]
        for goal in report["goals"]
    ]  # fmt: skip


def change_rows(changes: Sequence[Change]) -> Rows:
    """One row per quantity of a comparison, with the columns of ``CHANGE``."""
    return [
        [
            c.label, c.quantity, _number(c.old), _number(c.new), f"{c.ratio:.2f}",
            f"{c.allowed:.2f}", "SLOWER" if c.slower else "fine",
        ]
        for c in changes
    ]  # fmt: skip


def _goal(report: Mapping[str, Any], level: str) -> str:
    found = [g for g in report["goals"] if g["quantity"] == "seconds" and g["level"] == level]
    return _number(found[0]["goal"]) if found else ""


def _verdict(report: Mapping[str, Any]) -> str:
    """Verdicts of all goals that are judged here; those other than the time by name."""
    words = []
    for goal in report["goals"]:
        if goal["met"] is not None:
            what = goal["level"] if goal["quantity"] == "seconds" else goal["quantity"]
            words.append(f"{what} {_met(goal['met'])}")
    return ", ".join(words)


def _met(met: bool | None) -> str:
    return {True: "met", False: "MISSED", None: "not judged"}[met]


def _counts(report: Mapping[str, Any]) -> str:
    if not counts(report):
        return "NO"
    return "not known" if report.get("rates_ok") is None else "yes"


def _rate(report: Mapping[str, Any]) -> str:
    """In Hz; of batches in spikes of a unit and step."""
    return _number(report.get("rate_hz", report.get("rate")))


def _number(value: Any) -> str:
    return "" if value is None else f"{value:.3g}" if abs(value) < 1000 else f"{value:.0f}"


def _text(value: Any) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{key} {_text(item)}" for key, item in value.items())
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:.6g}"
    return str(value)
