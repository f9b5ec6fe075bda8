"""The spikes of all populations."""

from __future__ import annotations

from typing import TYPE_CHECKING

from neurosim.experiments._ca3 import RECORDING, draw_raster, label
from neurosim.experiments.ca3_functional.experiment import Params
from neurosim.models.ca3.table import SpikeTable
from neurosim.runner.experiment import Result

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def figure(result: Result, params: Params) -> Figure:
    """All spikes, with the operations above; dark in OUT is what the reading rule samples."""
    from matplotlib.figure import Figure

    made = Figure(figsize=(10.0, 7.0), layout="constrained")
    axes = made.subplots()
    memory, timed = params.memory(), params.operations()
    table = SpikeTable.from_recording(result.recordings[RECORDING], memory.n_cues)
    labels = {i: label(t.operation) for i, t in enumerate(timed)}
    draw_raster(axes, table, timed, memory, (0, table.n_steps), labels)
    axes.set_xlabel("time (ms); black in OUT: read as the answer")
    right, count = result.metrics["right"], result.metrics["operations"]
    made.suptitle(f"CA3 memory, functional test: {right} of {count} answers right")
    return made
