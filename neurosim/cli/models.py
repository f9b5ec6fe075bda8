"""``neurosim models``."""

from __future__ import annotations


def models() -> None:
    """List the models that come with neurosim."""
    from importlib import import_module

    from neurosim.cli.discovery import packages
    from neurosim.runner.report import console, table

    rows = [
        (name, import_module(f"neurosim.models.{name}").SUMMARY)
        for name in packages("neurosim.models")
    ]
    console().print(table(["model", "summary"], rows))
