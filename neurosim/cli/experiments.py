"""``neurosim experiments``."""

from __future__ import annotations

from typing import Annotated

import typer


def experiments(
    name: Annotated[
        str | None, typer.Argument(help="Show this one's parameters and claims.")
    ] = None,
) -> None:
    """List experiments, or show one.

    With a name: its parameters and claims.
    """
    from neurosim.cli.discovery import experiment, packages
    from neurosim.runner.claims import read_claims
    from neurosim.runner.report import console, params_table, table

    out = console()
    if name is None:
        found = [experiment(known) for known in packages("neurosim.experiments")]
        out.print(table(["experiment", "summary"], [(e.name, e.summary) for e in found]))
        return
    chosen = experiment(name)
    out.print(f"{chosen.name}: {chosen.summary}\n", markup=False)
    out.print(params_table(chosen.params()))
    out.print()
    rows = [(c.name, c.metric, c.text, c.source) for c in read_claims(chosen.folder)]
    out.print(table(["claim", "metric", "claimed", "source"], rows))
