"""Spikes as marks over time and unit."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from neurosim.plotting.style import axes, chosen, colour, interval, time_axis
from neurosim.recording.recording import Recording

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MANY = 20_000
"""Above so many spikes, marks are pixels, and vector files hold an image of them."""


def raster(
    recording: Recording,
    populations: str | Sequence[str] | None = None,
    ax: Axes | None = None,
    *,
    window: tuple[float, float] | None = None,
) -> Axes:
    """Draw spikes, one row per recorded unit, populations on top of each other.

    Parameters
    ----------
    recording : Recording
        What a run recorded.
    populations : str or sequence of str, optional
        Populations from the bottom up; all with recorded spikes by default.
    ax : matplotlib Axes, optional
        Where to draw; new Axes by default.
    window : (float, float), optional
        Time to show, ms; the whole run by default.

    Returns
    -------
    matplotlib Axes
        A single population has its unit ids on the y axis, several have their names there.

    Raises
    ------
    ParameterError, WiringError
        If an argument does not fit the recording.
    """
    groups = chosen(recording, populations)
    start, stop = (-np.inf, np.inf) if window is None else interval(window)
    ax = axes(ax, 7.0, 3.4)
    total = sum(len(trains.recorded) for trains in groups.values())
    many = sum(len(trains) for trains in groups.values()) > MANY
    size = _mark(ax, total)
    base, middles, edges = 0, [], []
    for index, trains in enumerate(groups.values()):
        seen = slice(*np.searchsorted(trains.times, (start, stop)))
        ids = trains.ids[seen]
        rows = ids if len(groups) == 1 else base + np.searchsorted(trains.recorded, ids)
        ax.plot(
            trains.times[seen], rows, linestyle="none", marker="," if many else "|",
            markersize=size, markeredgewidth=0.6 + 0.1 * size, color=colour(index),
            rasterized=many,
        )  # fmt: skip
        middles.append(base + (len(trains.recorded) - 1) / 2)
        base += len(trains.recorded)
        edges.append(base - 0.5)
    if len(groups) == 1:
        ((name, trains),) = groups.items()
        ax.set_ylim(trains.recorded.min() - 0.5, trains.recorded.max() + 0.5)
        ax.set_ylabel(f"{name} (unit)")
        ax.locator_params(axis="y", integer=True)
    else:
        ax.set_ylim(-0.5, base - 0.5)
        ax.set_yticks(middles, list(groups))
        ax.tick_params(axis="y", length=0)
        for edge in edges[:-1]:
            ax.axhline(edge, color="0.85", linewidth=0.8, zorder=0)
    time_axis(ax, recording, window)
    return ax


def _mark(ax: Axes, rows: int) -> float:
    """Height of a mark in points: most of a row, but always to be seen."""
    height = ax.get_window_extent().height * 72.0 / ax.figure.dpi
    return float(np.clip(0.9 * height / max(rows, 1), 2.0, 9.0))
