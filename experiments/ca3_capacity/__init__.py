"""What the CA3 memory holds without errors: by spacing, size and density of contents."""

from pathlib import Path

from neurosim.experiments.ca3_capacity.experiment import Params, run, setup
from neurosim.experiments.ca3_capacity.figure import figure
from neurosim.runner.experiment import Experiment

EXPERIMENT = Experiment(
    name="ca3_capacity",
    summary="CA3 memory: errors by spacing, workload, size and density, and their causes",
    params=Params,
    run=run,
    figure=figure,
    folder=Path(__file__).parent,
    setup=setup,
)
