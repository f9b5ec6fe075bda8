"""Experiments and models by name: the packages below two folders."""

from __future__ import annotations

import pkgutil
from importlib import import_module
from typing import TYPE_CHECKING, cast

from neurosim.errors import SpecError, close_matches

if TYPE_CHECKING:
    from neurosim.runner.experiment import Experiment


def packages(parent: str) -> list[str]:
    """Names of the packages below a package, sorted.

    Examples
    --------
    >>> "ca3_recall" in packages("neurosim.experiments")
    True
    """
    return sorted(m.name for m in pkgutil.iter_modules(import_module(parent).__path__) if m.ispkg)


def experiment(name: str) -> Experiment:
    """The experiment of that name.

    Raises
    ------
    SpecError
        If there is none.
    """
    known = packages("neurosim.experiments")
    if name not in known:
        raise SpecError(f"experiment: must be known, got {name!r}. {close_matches(name, known)}")
    return cast("Experiment", import_module(f"neurosim.experiments.{name}").EXPERIMENT)
