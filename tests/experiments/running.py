"""Run an experiment as the command line does."""

from __future__ import annotations

import io
from collections.abc import Iterator

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from neurosim.runner.execute import Outcome, execute
from neurosim.runner.experiment import Experiment


def run(experiment: Experiment, seed: int = 1, **overrides: object) -> Outcome:
    """An outcome with changed parameters."""
    return execute(experiment, overrides, seed=seed, progress=False)


def failed(outcome: Outcome) -> Iterator[str]:
    """Claims that fail."""
    return (f"{v.claim.name}: {v.measured}" for v in outcome.claims if v.fails)


def drawn(experiment: Experiment, outcome: Outcome) -> Figure:
    """The figure of an outcome, drawn."""
    figure = experiment.figure(outcome.result, outcome.params)
    FigureCanvasAgg(figure).print_png(io.BytesIO())
    return figure
