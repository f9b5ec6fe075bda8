"""Trained snnTorch and Norse classifiers, imported and compared sample by sample."""

from pathlib import Path

from neurosim.experiments.ann_to_event.experiment import Params, run
from neurosim.experiments.ann_to_event.figure import figure
from neurosim.runner.experiment import Experiment

EXPERIMENT = Experiment(
    name="ann_to_event",
    summary="Digit classifiers trained with snnTorch and Norse, run event by event",
    params=Params,
    run=run,
    figure=figure,
    folder=Path(__file__).parent,
)
