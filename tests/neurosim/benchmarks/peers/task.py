"""Tasks for tests of peers."""

from __future__ import annotations

from typing import Any

from neurosim.benchmarks.cases import Case, Settings
from neurosim.benchmarks.registry import benchmark


def task(name: str, scale: float = 0.1, variant: str = "", **settings: Any) -> dict[str, Any]:
    """The task of a small benchmark."""
    chosen = benchmark(name)
    return chosen.task(chosen.checked(Case(name, scale, variant)), Settings(**settings))
