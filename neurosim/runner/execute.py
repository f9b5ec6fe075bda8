"""Run an experiment once: parameters in, outcome out. Notebook and command line both use it."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from contextlib import nullcontext
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from time import perf_counter
from typing import Any

from neurosim.declare import Declared
from neurosim.errors import ParameterError
from neurosim.facade import DEFAULT_BACKEND
from neurosim.runner.claims import Verdict, evaluate, read_claims
from neurosim.runner.experiment import Context, Experiment, Result
from neurosim.runner.params import plain, resolve
from neurosim.runner.provenance import environment
from neurosim.runner.store import output, write

DEFAULT_SEED = 1
"""Seed of an experiment when none is given: claims are checked for one that everybody has."""


@dataclass(frozen=True, repr=False)
class Outcome:
    """What a run of an experiment gave, and where it comes from.

    Parameters
    ----------
    experiment : str
        Name of the experiment.
    params : Declared
        The resolved parameters.
    overrides : mapping
        What was changed, by dotted name.
    seed : int
        Root seed.
    backend : str
        Name of the backend.
    result : Result
        Metrics, arrays, recordings, notes.
    claims : tuple of Verdict
        Claimed and measured values.
    provenance : mapping
        Versions, machine, source, command, time; plain data.
    out : Path or None
        Where it was written.
    """

    experiment: str
    params: Declared
    overrides: Mapping[str, Any]
    seed: int
    backend: str
    result: Result
    claims: tuple[Verdict, ...]
    provenance: Mapping[str, Any]
    out: Path | None = None

    @property
    def holds(self) -> bool:
        """Whether every claim holds, but for those marked as not reproduced."""
        return not any(verdict.fails for verdict in self.claims)

    def to_dict(self) -> dict[str, Any]:
        """All but arrays and recordings as JSON data; numbers that are not finite are ``None``."""
        data = {
            "experiment": self.experiment,
            "seed": self.seed,
            "backend": self.backend,
            "set": self.overrides,
            "params": self.params,
            "metrics": self.result.metrics,
            "claims": [verdict.to_dict() for verdict in self.claims],
            "holds": self.holds,
            "notes": self.result.notes,
            "provenance": self.provenance,
        }
        made: dict[str, Any] = plain(data)
        return made

    def __repr__(self) -> str:
        held = sum(verdict.holds for verdict in self.claims)
        return (
            f"Outcome({self.experiment!r}, seed={self.seed}, backend={self.backend!r}, "
            f"{held} of {len(self.claims)} claims hold)"
        )

    def _repr_html_(self) -> str:
        from neurosim.runner.report import html

        return html(self)


def execute(
    experiment: Experiment,
    overrides: Mapping[str, Any] | None = None,
    backend: str = DEFAULT_BACKEND,
    seed: int = DEFAULT_SEED,
    out: str | PathLike[str] | None = None,
    progress: bool | None = None,
) -> Outcome:
    """Run an experiment.

    Parameters
    ----------
    experiment : Experiment
        What to run.
    overrides : mapping, optional
        Parameters by dotted name, for example ``{"neuron.tau_m": 15}``.
    backend : str
        Backend to simulate with.
    seed : int
        Root of all randomness, >= 0.
    out : path_like, optional
        Folder to write; see :mod:`neurosim.runner.store`. It is checked before the run and appears
        when all is written.
    progress : bool, optional
        Show progress bars; by default when someone watches.

    Returns
    -------
    Outcome

    Raises
    ------
    NeurosimError
        If a parameter, claim, option or folder is not right.
    """
    changed = dict(overrides or {})
    params = resolve(experiment.params, changed)
    claims = read_claims(experiment.folder)
    if isinstance(seed, bool) or not isinstance(seed, int) or seed < 0:
        raise ParameterError(
            "execute", "seed", "must be a whole number >= 0", seed, "Give such a number."
        )
    provenance = environment()
    began = perf_counter()
    place = nullcontext() if out is None else output(out, experiment.name)
    with place as folder, tempfile.TemporaryDirectory(prefix="neurosim-") as scratch:
        result = experiment.run(params, Context(seed, backend, Path(scratch), progress))
        provenance["seconds"] = perf_counter() - began
        outcome = Outcome(
            experiment.name, params, changed, seed, backend, result,
            evaluate(claims, result.metrics), provenance, None if out is None else Path(out),
        )  # fmt: skip
        if folder is not None:
            _write(folder, outcome, experiment)
    return outcome


def _write(folder: Path, outcome: Outcome, experiment: Experiment) -> None:
    figure = None
    if experiment.figure is not None:
        figure = experiment.figure(outcome.result, outcome.params)
    try:
        write(folder, outcome.to_dict(), outcome.result, figure)
    finally:
        if figure is not None:
            from matplotlib import pyplot

            pyplot.close(figure)
