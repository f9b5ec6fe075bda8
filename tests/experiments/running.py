"""Run an experiment as the command line does."""

from __future__ import annotations

import io
from collections.abc import Iterator

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from neurosim.facade import simulate
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


def same_spikes(experiment: Experiment) -> bool:
    """Whether the network that is handed to others spikes as the one that the experiment runs."""
    setup = experiment.setup(experiment.params())
    found = simulate(setup.network, setup.duration, dt=setup.dt, seed=1, progress=False)
    wanted = run(experiment).result.recordings["spikes"]
    assert found.duration == wanted.duration
    assert found.spikes.keys() == wanted.spikes.keys()
    return all(
        np.array_equal(found.spikes[name].times, trains.times)
        and np.array_equal(found.spikes[name].ids, trains.ids)
        for name, trains in wanted.spikes.items()
    )
