"""The spikes of all populations, one panel per round."""

from __future__ import annotations

from typing import TYPE_CHECKING

from neurosim.experiments._ca3 import RECORDING, draw_raster
from neurosim.experiments.ca3_stress.experiment import ROUNDS, Params
from neurosim.models.ca3.operations import Learn, Operation, RecallCue
from neurosim.models.ca3.table import SpikeTable
from neurosim.runner.experiment import Result

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def figure(result: Result, params: Params) -> Figure:
    """All spikes by round; dark in OUT is what the reading rule samples."""
    from matplotlib.figure import Figure

    made = Figure(figsize=(12.0, 15.0), layout="constrained")
    memory, timed = params.memory(), params.operations()
    table = SpikeTable.from_recording(result.recordings[RECORDING], memory.n_cues)
    labels = {i: _short(t.operation) for i, t in enumerate(timed)}
    each = len(timed) // ROUNDS
    titles = ("binary codes", "their complements", "binary codes again")
    for index, axes in enumerate(made.subplots(ROUNDS)):
        first = timed[index * each].step
        draw_raster(axes, table, timed, memory, (first, first + each * params.spacing), labels)
        right = result.metrics[f"right_round_{index + 1}"]
        axes.set_title(
            f"round {index + 1}, {titles[index]}: {right} of {each} answers right",
            fontsize=10, pad=16,
        )  # fmt: skip
    axes.set_xlabel("time (ms); black in OUT: read as the answer")
    made.suptitle(
        f"CA3 memory, stress test: {result.metrics['right']} of {result.metrics['operations']} "
        "answers right (blue: learn, green: recall by cue, red: recall by content bit)"
    )
    return made


def _short(operation: Operation) -> str:
    if isinstance(operation, Learn):
        return f"learn {operation.cue}"
    if isinstance(operation, RecallCue):
        return f"cue {operation.cue}"
    return f"bit {min(operation.bits())}"
