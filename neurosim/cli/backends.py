"""``neurosim backends``."""

from __future__ import annotations

from typing import Annotated

import typer

COLUMNS = 4
"""Backends side by side: as many as can be read."""


def backends(
    as_markdown: Annotated[
        bool, typer.Option("--markdown", help="Print the support matrix of the README.")
    ] = False,
) -> None:
    """Show what each backend can do.

    Backends that are not available here are named with the reason.
    """
    from neurosim.backends.registry import BUILT_IN, backend, names
    from neurosim.cli.matrix import markdown, matrix
    from neurosim.errors import BackendUnavailable
    from neurosim.runner.report import console, table

    if as_markdown:
        print(markdown({name: backend(name).capabilities for name in BUILT_IN}))
        return
    found, missing = {}, []
    for name in names():
        try:
            found[name] = backend(name).capabilities
        except BackendUnavailable as error:
            missing.append(f"not available: {error}")
    out = console()
    shown = list(found.items())
    for first in range(0, len(shown), COLUMNS):
        head, *rows = matrix(dict(shown[first : first + COLUMNS]))
        out.print(table(head, rows))
    for line in missing:
        out.print(line, markup=False)
