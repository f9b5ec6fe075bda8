"""The functional test of the CA3 memory: nine operations, each right."""

from pathlib import Path

from neurosim.experiments.ca3_functional.experiment import Params, run, setup
from neurosim.experiments.ca3_functional.figure import figure
from neurosim.runner.experiment import Experiment

EXPERIMENT = Experiment(
    name="ca3_functional",
    summary="CA3 memory: learn, recall by cue and by content, overwrite (9 operations)",
    params=Params,
    run=run,
    figure=figure,
    folder=Path(__file__).parent,
    setup=setup,
)
