"""Several measurements in one session: settings and peers in turn, and their ratios."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from statistics import median
from typing import Any

from neurosim.benchmarks.cases import Case, Settings
from neurosim.benchmarks.goals import goals
from neurosim.benchmarks.processes import own
from neurosim.benchmarks.registry import benchmark
from neurosim.benchmarks.rivals import PEERS, rival, supported
from neurosim.benchmarks.starts import starts
from neurosim.errors import SpecError

Tell = Callable[[str], None]
"""Told what is being done."""

SUMS = ("repeats",)
SMALLEST = ("wall_s", "cpu_s", "build_s", "compile_s", "first_step_s", "calibration_s")
MEDIANS = ("wall_median_s", "cpu_median_s")
LARGEST = ("peak_mb", "bytes_per_synapse", "load")
VERDICTS = ("rates_ok", "weight_ok")


def silent(text: str) -> None:
    """Say nothing."""


def compete(
    case: Case,
    configurations: Sequence[Settings],
    peers: Mapping[str, str] | None = None,
    *,
    peer_repeats: int | None = None,
    first_steps: bool = True,
    tell: Tell = silent,
) -> list[dict[str, Any]]:
    """Measure a case under several settings and on peers, each run in a process of its own.

    One configuration without peers is measured by one process that times all repeats. Otherwise
    runs alternate (first configuration, second, peers, and again), one span each, so that a
    change of the machine's speed meets all of them.

    Parameters
    ----------
    case : Case
        What to measure.
    configurations : sequence of Settings
        How; they share the number of repeats. Those with several threads are left out where the
        benchmark cannot use them.
    peers : mapping of str to str
        Interpreters by name of peer. Those that cannot run the case are left out. A peer runs once
        for every number of threads among the configurations that it can use.
    peer_repeats : int, optional
        Runs of a peer; as many as of ours if not given, and no more.
    first_steps : bool
        Whether to measure first steps and compile times.
    tell : callable
        Told before every process.

    Returns
    -------
    list of dict
        One report per configuration, with ``peers`` and ``goals``.

    Raises
    ------
    SpecError
        If there is nothing to do.
    SimulationError
        If a process fails.
    """
    one_only = not benchmark(case.name).threaded
    configurations = [s for s in configurations if s.threads == 1 or not one_only]
    if not configurations:
        reason = f"{case.name} has one thread" if one_only else "give at least one"
        raise SpecError(f"bench: must have settings, got none that can run ({reason}).")
    rivals = [
        (name, python, settings)
        for name, python in (peers or {}).items()
        if supported(name, case)
        for settings in _by_threads(configurations)
        if settings.threads == 1 or PEERS[name].threads
    ]
    alone = len(configurations) == 1 and not rivals
    rounds = 1 if alone else configurations[0].repeats
    mine: list[list[dict[str, Any]]] = [[] for _ in configurations]
    theirs: list[list[dict[str, Any]]] = [[] for _ in rivals]
    for turn in range(rounds):
        count = "" if alone else f", round {turn + 1} of {rounds}"
        for settings, runs in zip(configurations, mine, strict=True):
            tell(f"{case.label}, {_words(settings)}{count}")
            runs.append(own(case, settings if alone else replace(settings, repeats=1)))
        for (name, python, settings), runs in zip(rivals, theirs, strict=True):
            if peer_repeats is not None and turn >= max(1, peer_repeats):
                continue
            tell(f"{case.label}, {name}, {_threads(settings)}{count}")
            runs.append(rival(name, python, case, replace(settings, repeats=1)))
    reports = []
    merged_peers = [merged(runs) for runs in theirs]
    for settings, runs in zip(configurations, mine, strict=True):
        report = merged(runs)
        if first_steps and benchmark(case.name).small is not None:
            tell(f"{case.label}, {_words(settings)}, first steps")
            report |= starts(case, settings)
        report["peers"] = [
            {**peer, **ratios(report, peer)}
            for peer in merged_peers
            if peer["threads"] == settings.threads
        ]
        report["goals"] = goals(case, report)
        reports.append(report)
    for report in reports:
        report |= _speedup(report, reports)
    return reports


def merged(runs: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """One report from runs of the same work: the fastest times, their medians, the worst memory."""
    best = min(runs, key=lambda run: run["wall_s"])
    found = dict(best)
    for keys, combine in ((SUMS, sum), (SMALLEST, min), (MEDIANS, median), (LARGEST, max)):
        for key in keys:
            if key in best:
                values = [run[key] for run in runs]
                found[key] = None if None in values else combine(values)
    if "wall_median_s" not in best:
        found["wall_median_s"] = median(run["wall_s"] for run in runs)
        found["cpu_median_s"] = median(run["cpu_s"] for run in runs)
        found["repeats"] = len(runs)
    for key in VERDICTS:
        if key in best:
            verdicts = [run[key] for run in runs]
            found[key] = False if False in verdicts else verdicts[0]
    return found


def ratios(report: Mapping[str, Any], peer: Mapping[str, Any]) -> dict[str, float]:
    """Our time as a fraction of the peer's: below 1 is faster."""
    return {
        "wall_ratio": report["wall_s"] / peer["wall_s"],
        "cpu_ratio": report["cpu_s"] / peer["cpu_s"],
    }


def counts(report: Mapping[str, Any]) -> bool:
    """Whether a run counts: no rate or weight is outside its tolerance."""
    return not any(report.get(key) is False for key in VERDICTS)


def _speedup(report: Mapping[str, Any], reports: Sequence[Mapping[str, Any]]) -> dict[str, float]:
    """Wall time at one thread by that of several, where both were measured in turn."""
    for other in reports:
        same = all(other[key] == report[key] for key in ("precision", "backend"))
        if same and other["threads"] == 1 < report["threads"]:
            return {"speedup": other["wall_s"] / report["wall_s"]}
    return {}


def _by_threads(configurations: Sequence[Settings]) -> list[Settings]:
    """The first configuration of every number of threads."""
    found: dict[int, Settings] = {}
    for settings in configurations:
        found.setdefault(settings.threads, settings)
    return list(found.values())


def _words(settings: Settings) -> str:
    return f"{settings.backend}, {settings.precision}, {_threads(settings)}"


def _threads(settings: Settings) -> str:
    return "1 thread" if settings.threads == 1 else f"{settings.threads} threads"
