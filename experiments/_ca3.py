"""What the CA3 experiments share: a run judged by the oracle, and a raster of all populations."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from neurosim.models.ca3.network import (
    CONT_COND_INT,
    CUE_CONT,
    CUE_CUE,
    MERGE_CUE,
    OUT,
    POPULATIONS,
    build,
)
from neurosim.models.ca3.operations import Answer, Learn, Operation, RecallCue
from neurosim.models.ca3.oracle import expected
from neurosim.models.ca3.params import DT, CA3Params
from neurosim.models.ca3.play import answers, play
from neurosim.models.ca3.table import COLUMNS, SpikeTable
from neurosim.models.ca3.timing import Timed, as_spacing, spike_trains
from neurosim.recording.recording import Recording
from neurosim.runner.experiment import Context, Result, Setup

if TYPE_CHECKING:
    from matplotlib.axes import Axes

RECORDING = "spikes"
"""Name of the recording in results."""
LEARN, CUE, CONTENT = "#0072B2", "#009E73", "#D55E00"
"""Colours of the operations (Okabe and Ito's, safe for colour blindness)."""
CUE_COLUMNS = {"IN cue", CUE_CUE, CUE_CONT, MERGE_CUE, "OUT cue"}


def spacing_text(owner: str, field: str, value: Any) -> str:
    """A spacing as the text that :func:`as_spacing` reads, for parameters of experiments."""
    policy = as_spacing(owner, field, value)
    return value if isinstance(value, str) else str(policy)


@dataclass(frozen=True)
class Judged:
    """A schedule that was run, and what the oracle says to it.

    Parameters
    ----------
    timed : sequence of Timed
        The schedule.
    params : CA3Params
        Size and circuit.
    recording : Recording
        Spikes of the recorded populations.
    found, wanted : list of Answer
        Answers of the network and of the oracle.
    """

    timed: Sequence[Timed]
    params: CA3Params
    recording: Recording
    found: list[Answer]
    wanted: list[Answer]

    @property
    def right(self) -> NDArray[np.bool_]:
        """Whether each answer is the oracle's."""
        return np.array([f == w for f, w in zip(self.found, self.wanted, strict=True)], dtype=bool)

    def table(self) -> SpikeTable:
        """Active neurons by step and population."""
        return SpikeTable.from_recording(self.recording, self.params.n_cues)

    def result(self, **more: Any) -> Result:
        """A result with the usual metrics, and more."""
        metrics = {
            "operations": len(self.timed),
            "right": int(self.right.sum()),
            "spikes": self.table().n_spikes,
            **more,
        }
        arrays = {"starts": np.array([t.step for t in self.timed]), "right": self.right}
        return Result(metrics, arrays, {RECORDING: self.recording})


def judge(
    timed: Sequence[Timed],
    params: CA3Params,
    context: Context,
    *,
    steps: int | None = None,
    record: Sequence[str] = POPULATIONS,
) -> Judged:
    """Run a schedule on the network and compare every answer with the oracle's."""
    recording = play(
        timed, params, steps=steps, record=record, backend=context.backend, seed=context.seed
    )
    wanted = expected([t.operation for t in timed], params.n_cues, params.n_content)
    return Judged(timed, params, recording, answers(recording, timed, params.n_cues), wanted)


def memory_setup(params: CA3Params, timed: Sequence[Timed] = (), steps: int | None = None) -> Setup:
    """The network of a memory that plays a schedule, or waits for input that is fed."""
    inputs = spike_trains(timed, params.n_cues, params.n_content)
    network = build(params, inputs=inputs, record=POPULATIONS if timed else (OUT,))
    return Setup(network, DT, None if steps is None else DT * steps)


def color(operation: Operation) -> str:
    """Colour of a kind of operation."""
    if isinstance(operation, Learn):
        return LEARN
    return CUE if isinstance(operation, RecallCue) else CONTENT


def label(operation: Operation) -> str:
    """A short text of an operation, for figures."""
    bits = ",".join(map(str, sorted(operation.bits())))
    if isinstance(operation, Learn):
        return f"learn {operation.cue}:\n{bits}"
    return f"cue {operation.cue}" if isinstance(operation, RecallCue) else f"bits\n{bits}"


def draw_raster(
    axes: Axes,
    table: SpikeTable,
    timed: Sequence[Timed],
    params: CA3Params,
    window: tuple[int, int],
    labels: Mapping[int, str],
) -> None:
    """Draw spikes of all populations in bands, with the operations as coloured columns.

    Spikes of OUT that the reading rule samples are dark, all others in grey.

    Parameters
    ----------
    axes : Axes
        Where to draw.
    table : SpikeTable
        What was active.
    timed : sequence of Timed
        The operations.
    params : CA3Params
        Size.
    window : (int, int)
        First step, and the one after the last.
    labels : mapping of int to str
        Texts by index of the operation.
    """
    first, last = window
    bases, ticks, top = {}, [], 0.0
    for column in reversed(COLUMNS):
        bases[column] = top
        size = _size(column, params)
        ticks.append(top + (size - 1) / 2)
        top += size + 1.5
    sampled = {
        (t.step + at, f"OUT {part}")
        for t in timed
        for part, at in (("cue", t.operation.reading.cue), ("cont", t.operation.reading.content))
    }
    for chosen, shade in ((False, "#8a8a8a"), (True, "black")):
        points = [
            (step, bases[column] + unit)
            for (step, column), units in table.cells.items()
            for unit in units
            if first <= step < last and ((step, column) in sampled) == chosen
        ]
        x, y = np.array(points).reshape(-1, 2).T
        axes.plot(x, y, "s", color=shade, markersize=2.6, markeredgewidth=0)
    for index, (step, operation) in enumerate(timed):
        if not first <= step < last:
            continue
        end = timed[index + 1].step if index + 1 < len(timed) else last
        axes.axvspan(step - 0.5, end - 0.5, color=color(operation), alpha=0.13, linewidth=0)
        axes.axvline(step - 0.5, color=color(operation), linewidth=0.6, alpha=0.6)
        axes.text(
            step, top, labels.get(index, ""), color=color(operation), fontsize=7, va="bottom",
            linespacing=1.1,
        )  # fmt: skip
    for column in COLUMNS[:-1]:
        axes.axhline(bases[column] - 1.25, color="0.85", linewidth=0.6, zorder=0)
    axes.set_yticks(ticks, [c.replace("cont", "content") for c in reversed(COLUMNS)], fontsize=7)
    axes.set_xlim(first - 0.5, last - 0.5)
    axes.set_ylim(-1.5, top - 0.5)
    axes.tick_params(axis="y", length=0)
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)


def _size(column: str, params: CA3Params) -> int:
    if column == CONT_COND_INT:
        return 1
    return params.n_cues if column in CUE_COLUMNS else params.n_content
