"""``neurosim deploy``."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Any

import typer

from neurosim.errors import MissingDependency, SpecError, ToolchainError, close_matches

if TYPE_CHECKING:
    from neurosim.hardware.spinnaker.report import Report
    from neurosim.hardware.spinnaker.settings import Settings
    from neurosim.plan.plan import Plan
    from neurosim.recording.recording import Recording

TARGETS = ("spinnaker",)
"""Machines that networks can be deployed to."""
NOT_INSTALLED = "sPyNNaker is not installed: its own mapping on a virtual board was not made."


def deploy(
    what: Annotated[
        str,
        typer.Argument(
            metavar="NETWORK",
            help="An experiment, a benchmark (b1), a Python file with 'network' or 'build()', or a "
            "saved network (.json).",
        ),
    ],
    target: Annotated[str, typer.Option(help="Machine: spinnaker.")],
    check: Annotated[
        bool, typer.Option("--check", help="Say whether it fits; the default.")
    ] = False,
    run: Annotated[bool, typer.Option("--run", help="Run it, if it fits.")] = False,
    dt: Annotated[
        float | None, typer.Option(help="Time step, ms.  [default: the network's, or 1]")
    ] = None,
    seed: Annotated[int, typer.Option(min=0, help="Root of all randomness.")] = 1,
    duration: Annotated[
        float | None, typer.Option(help="Length of the run, ms.  [default: the network's, or 1000]")
    ] = None,
    rate: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME=HZ", help="Rate of a population, or of all cells: --rate 10."),
    ] = None,
    measure: Annotated[
        str | None, typer.Option(metavar="BACKEND", help="Measure rates by a run on a backend.")
    ] = None,
    neurons_per_core: Annotated[
        int | None, typer.Option(help="Neurons that share a core.  [default: 256]")
    ] = None,
    assignments: Annotated[
        list[str] | None,
        typer.Option(
            "--set", metavar="NAME=VALUE",
            help="Change a setting: --set spikes_per_second=100, for one population "
            "--set cells.neurons_per_core=64.",
        ),
    ] = None,
    board: Annotated[str, typer.Option(help="Sort of board: spinn-5 or spinn-3.")] = "spinn-5",
    toolchain: Annotated[
        bool,
        typer.Option(help="Whether to compare with sPyNNaker's own mapping, if it is installed."),
    ] = True,
    on: Annotated[
        str | None,
        typer.Option(
            metavar="WHERE", help="Machine to run on: --on 'board:HOST?version=5', spalloc:SERVER, "
            "remote:URL.",
        ),
    ] = None,
    out: Annotated[
        str | None, typer.Option(metavar="FILE", help="Write the recording of the run (.npz).")
    ] = None,
    html: Annotated[
        str | None, typer.Option(metavar="FILE", help="Write the report as an HTML page.")
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON object instead of tables.")
    ] = False,
) -> None:  # fmt: skip
    """Check whether a network fits a machine, or run it there.

    Exits with 0 if it fits, with 1 if it does not, and with 2 after wrong usage or if the machine's
    own tools fail. Nothing is written but the files that are asked for.
    """
    from neurosim.cli.networks import find
    from neurosim.facade import simulate
    from neurosim.hardware.spinnaker.board import SpinnakerBoard
    from neurosim.hardware.spinnaker.machine import BOARDS
    from neurosim.hardware.spinnaker.report import preflight
    from neurosim.hardware.spinnaker.report_show import render
    from neurosim.hardware.spinnaker.targets import find as find_machine
    from neurosim.plan.lower import lower
    from neurosim.runner.report import console

    if target not in TARGETS:
        hint = close_matches(target, TARGETS)
        raise SpecError(f"--target: must be known, got {target!r}. {hint}")
    if check and run:
        raise SpecError("deploy: --check and --run exclude each other. Drop one.")
    if out is not None and not run:
        raise SpecError("--out: holds the recording of a run. Add --run, or use --html or --json.")
    machine = find_machine(on) if run else None
    chosen = find(what)
    settings = settings_of(assignments or [], neurons_per_core)
    rates = rates_of(rate or [], measure)
    step = chosen.dt if dt is None else dt
    length = chosen.duration if duration is None else duration
    report = preflight(
        chosen.network, dt=step, seed=seed, settings=settings, duration=length, rates=rates,
        board=board,
    )  # fmt: skip
    if toolchain and not run and report.fits:
        plan = lower(chosen.network, step, seed)
        try:
            report = compared(report, plan, BOARDS[board].version)
        except ToolchainError:
            _show(report, as_json)
            raise
    if html is not None:
        _write(html, report)
    recording = None
    if machine is not None:
        console(stderr=True).print(render(report))
        if report.fits:
            backend = SpinnakerBoard(machine, settings)
            length = report.duration
            recording = simulate(chosen.network, length, dt=step, seed=seed, backend=backend)
            if out is not None:
                recording.save(out)
    if recording is not None and not as_json:
        print(recording)
    elif as_json or not run:
        _show(report, as_json, recording)
    if not report.fits:
        raise typer.Exit(1)


def settings_of(assignments: Sequence[str], neurons_per_core: int | None) -> Settings:
    """Settings from ``NAME=VALUE`` and ``POPULATION.NAME=VALUE``.

    Raises
    ------
    SpecError
        If a name or value is not allowed.
    """
    from neurosim.hardware.spinnaker.settings import PopulationSettings, Settings
    from neurosim.runner.files import value_of
    from neurosim.runner.params import parse

    fields: dict[str, Any] = {}
    populations: dict[str, dict[str, Any]] = {}
    for name, text in parse(assignments).items():
        population, _, field = name.rpartition(".")
        (populations.setdefault(population, {}) if population else fields)[field] = value_of(text)
    if neurons_per_core is not None:
        fields["neurons_per_core"] = neurons_per_core
    for kind, groups in ((Settings, [fields]), (PopulationSettings, list(populations.values()))):
        known = [n for n in kind.declared() if n != "populations"]
        for name in (name for group in groups for name in group):
            if name not in known:
                raise SpecError(
                    f"--set: must name a setting, got {name!r}. {close_matches(name, known)}"
                )
    if populations:
        fields["populations"] = populations
    return Settings(**fields)


def rates_of(texts: Sequence[str], measure: str | None) -> Any:
    """Rates from ``NAME=HZ`` or ``HZ``, or the name of a backend that measures them.

    Raises
    ------
    SpecError
        If a text is not of this form, or both are given.
    """
    if measure is not None:
        if texts:
            raise SpecError("deploy: --rate and --measure exclude each other. Drop one.")
        return measure
    found: dict[str, float] = {}
    for text in texts:
        name, _, value = text.rpartition("=")
        try:
            found[name] = float(value)
        except ValueError as error:
            raise SpecError(
                f"--rate: must be NAME=HZ or HZ, got {text!r}. Write for example cells=10."
            ) from error
    if "" in found and len(found) > 1:
        raise SpecError("--rate: one rate for all cells excludes others. Name all populations.")
    return found.get("", found or None)


def compared(report: Report, plan: Plan, version: int) -> Report:
    """The report with what sPyNNaker maps otherwise, or with a remark that it is not installed.

    Raises
    ------
    ToolchainError
        If sPyNNaker fails.
    """
    from neurosim.hardware.spinnaker.crosscheck import virtual_check

    try:
        found = virtual_check(plan, report.settings, report.duration, version)
    except MissingDependency:
        return replace(report, remark=NOT_INSTALLED)
    return report.with_toolchain(found.differences, found.facts.cores, found.facts.chips)


def _show(report: Report, as_json: bool, recording: Recording | None = None) -> None:
    """Print the report, or it and what a run gave as one JSON object."""
    if not as_json:
        from neurosim.hardware.spinnaker.report_show import render
        from neurosim.runner.report import console

        console().print(render(report))
        return
    data = report.to_dict()
    if recording is not None:
        spikes = {name: len(trains) for name, trains in recording.spikes.items()}
        data["run"] = {"duration": recording.duration, "spikes": spikes}
    print(json.dumps(data, allow_nan=False))


def _write(path: str, report: Report) -> None:
    from neurosim.hardware.spinnaker.report_show import page
    from neurosim.io.atomic import replacing

    with replacing(path) as file:
        file.write(page(report).encode("utf-8"))
