"""``neurosim run``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

SUFFIXES = (".yaml", ".yml")


def run(
    what: Annotated[
        str, typer.Argument(metavar="NAME_OR_FILE", help="An experiment, or a run file (.yaml).")
    ],
    assignments: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="NAME=VALUE", help="Change a parameter: --set a.b=3."),
    ] = None,
    seed: Annotated[
        int | None, typer.Option(min=0, help="Root of all randomness.  [default: 1]")
    ] = None,
    backend: Annotated[
        str | None, typer.Option(help="Backend to simulate with.  [default: numba]")
    ] = None,
    out: Annotated[
        str | None, typer.Option(metavar="DIR", help="Folder for result, arrays and figure.")
    ] = None,
    check: Annotated[
        bool, typer.Option("--check", help="Exit with 1 if a claim does not hold.")
    ] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print errors only.")] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON object instead of tables.")
    ] = False,
) -> None:
    """Run an experiment and check its claims.

    Prints metrics, and claimed beside measured values. Options given here win over those of a run
    file.
    """
    from neurosim.backends.progress import show_progress
    from neurosim.cli.discovery import experiment
    from neurosim.facade import DEFAULT_BACKEND
    from neurosim.runner import claims
    from neurosim.runner.execute import DEFAULT_SEED, execute
    from neurosim.runner.files import RunFile, read_run
    from neurosim.runner.params import dotted, parse

    is_file = what.endswith(SUFFIXES) or Path(what).is_file()
    file = read_run(what) if is_file else RunFile(experiment=what)
    if quiet:
        show_progress(False)
    outcome = execute(
        experiment(file.experiment),
        {**dotted(file.set), **parse(assignments or [])},
        backend or file.backend or DEFAULT_BACKEND,
        next(s for s in (seed, file.seed, DEFAULT_SEED) if s is not None),
        out or file.out,
    )
    if as_json:
        print(json.dumps(outcome.to_dict(), allow_nan=False))
    elif not quiet:
        from neurosim.runner.report import console, report

        console().print(report(outcome))
    if check:
        claims.require(outcome.claims)
