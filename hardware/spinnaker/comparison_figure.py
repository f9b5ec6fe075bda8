"""Figure of a comparison between a run in floating point and one on the board's arithmetic."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from neurosim.plotting.style import colour, legend, styled
from neurosim.recording.recording import Recording

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from neurosim.hardware.spinnaker.comparison import Comparison, TraceDifference


def figure(comparison: Comparison, expected: Recording, found: Recording) -> Figure:
    """Rasters of both runs over each other, and the trace that differs most, if there is one."""
    from matplotlib.figure import Figure

    with styled():
        worst = max(comparison.traces, key=lambda t: t.largest, default=None)
        panels = int(bool(comparison.spikes)) + 2 * int(worst is not None)
        made = Figure(figsize=(8.0, 1.0 + 2.2 * panels))
        axes = list(made.subplots(panels, 1, sharex=True, squeeze=False)[:, 0])
        if comparison.spikes:
            _rasters(axes.pop(0), comparison, expected, found)
        if worst is not None:
            _trace(axes.pop(0), axes[0], worst, expected, found)
        made.axes[-1].set_xlabel("time (ms)")
    return made


def _rasters(ax: Axes, comparison: Comparison, expected: Recording, found: Recording) -> None:
    row, ticks, names = 0, [], []
    for n, item in enumerate(comparison.spikes):
        trains = found.spikes[item.population]
        rows = {int(unit): row + i for i, unit in enumerate(trains.recorded)}
        for recording, marker, offset, shade, label in (
            (expected, "|", -comparison.shift * comparison.dt, colour(0), "floating point"),
            (found, "x", 0.0, colour(1), "board"),
        ):
            mine = recording.spikes[item.population]
            known = np.isin(mine.ids, trains.recorded)
            ax.plot(
                mine.times[known] + offset, [rows[int(i)] for i in mine.ids[known]], marker,
                color=shade, markersize=4.0, linestyle="", label=label if n == 0 else None,
            )  # fmt: skip
        ticks.append(row + 0.5 * (len(rows) - 1))
        names.append(item.population)
        row += len(rows) + 1
    ax.set_yticks(ticks, names)
    ax.invert_yaxis()
    ax.set_title("spikes", loc="right")
    legend(ax)


def _trace(
    above: Axes, below: Axes, worst: TraceDifference, expected: Recording, found: Recording
) -> None:
    key = worst.population, worst.variable
    a, b = expected.signals[key], found.signals[key]
    ids = np.intersect1d(a.ids, b.ids)
    n = min(len(a), len(b))
    x, y = (s.values[:n, np.searchsorted(s.ids, ids)] for s in (a, b))
    unit = int(np.argmax(np.abs(y - x).max(axis=0)))
    above.plot(b.times[:n], x[:, unit], color=colour(0), label="floating point")
    above.plot(b.times[:n], y[:, unit], color=colour(1), linestyle="--", label="board")
    above.set_title(f"{worst.variable} of unit {int(ids[unit])} of {worst.population}", loc="right")
    above.set_ylabel(worst.unit)
    legend(above)
    below.plot(b.times[:n], y[:, unit] - x[:, unit], color=colour(2))
    below.set_title("difference", loc="right")
    below.set_ylabel(worst.unit)
