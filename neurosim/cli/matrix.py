"""The support matrix: what each backend can do, from its capabilities."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from neurosim.backends.base import Capabilities

FIELDS = ("neurons", "sources", "currents", "synapses", "timings", "precisions", "features")
"""What the matrix tells, a row each."""


def matrix(backends: Mapping[str, Capabilities]) -> list[tuple[str, ...]]:
    """A row of heads, then one row per field and one column per backend."""
    rows = [
        (field, *(_words(getattr(can, field)) for can in backends.values())) for field in FIELDS
    ]
    return [("", *backends), *rows, ("notes", *(can.notes for can in backends.values()))]


def markdown(backends: Mapping[str, Capabilities]) -> str:
    """The matrix as a Markdown table."""
    head, *rows = (f"| {' | '.join(row)} |" for row in matrix(backends))
    return "\n".join([head, "|" + " --- |" * (len(backends) + 1), *rows])


def _words(names: Sequence[str]) -> str:
    if "*" in names:
        return "all, and your own"
    return ", ".join(name.replace("_", " ") for name in names) or "none"
