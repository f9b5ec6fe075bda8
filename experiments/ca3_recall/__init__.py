"""Real handwritten digits in the CA3 memory: stored, recalled, overwritten, forgotten."""

from pathlib import Path

from neurosim.experiments.ca3_recall.experiment import Params, run, setup
from neurosim.experiments.ca3_recall.figure import figure
from neurosim.runner.experiment import Experiment

EXPERIMENT = Experiment(
    name="ca3_recall",
    summary="CA3 memory with real digits: store, recall by cue and by fragment, overwrite, forget",
    params=Params,
    run=run,
    figure=figure,
    folder=Path(__file__).parent,
    setup=setup,
)
