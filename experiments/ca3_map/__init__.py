"""The application of the CA3 memory: a state map of a robot arena, asked for cells in a state."""

from pathlib import Path

from neurosim.experiments.ca3_map.experiment import Params, run, setup
from neurosim.experiments.ca3_map.figure import figure
from neurosim.runner.experiment import Experiment

EXPERIMENT = Experiment(
    name="ca3_map",
    summary="CA3 memory: state map of a robot arena, asked by state (20 operations)",
    params=Params,
    run=run,
    figure=figure,
    folder=Path(__file__).parent,
    setup=setup,
)
