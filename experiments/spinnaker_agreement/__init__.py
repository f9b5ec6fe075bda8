"""The same networks in floating point, on the emulator and, if there is one, on a board."""

from pathlib import Path

from neurosim.experiments.spinnaker_agreement.experiment import Params, run
from neurosim.experiments.spinnaker_agreement.figure import figure
from neurosim.runner.experiment import Experiment

EXPERIMENT = Experiment(
    name="spinnaker_agreement",
    summary="SpiNNaker's arithmetic against floating point: CA3, Vogels-Abbott, STDP, Izhikevich",
    params=Params,
    run=run,
    figure=figure,
    folder=Path(__file__).parent,
)
