"""The stress test of the CA3 memory: contents replaced by their complements, twice."""

from pathlib import Path

from neurosim.experiments.ca3_stress.experiment import Params, run, setup
from neurosim.experiments.ca3_stress.figure import figure
from neurosim.runner.experiment import Experiment

EXPERIMENT = Experiment(
    name="ca3_stress",
    summary="CA3 memory: contents replaced by their complements, twice (60 operations)",
    params=Params,
    run=run,
    figure=figure,
    folder=Path(__file__).parent,
    setup=setup,
)
