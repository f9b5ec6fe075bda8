"""Rates of populations over time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from neurosim.declare import Bounds, number
from neurosim.plotting.style import axes, chosen, colour, legend, time_axis
from neurosim.recording.recording import Recording, SpikeTrains

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def rate(
    recording: Recording,
    populations: str | Sequence[str] | None = None,
    bin: float = 10.0,
    ax: Axes | None = None,
    *,
    window: tuple[float, float] | None = None,
) -> Axes:
    """Draw the mean rate of each population's recorded units in bins of time.

    Parameters
    ----------
    recording : Recording
        What a run recorded.
    populations : str or sequence of str, optional
        Populations; all with recorded spikes by default.
    bin : float
        Width of a bin, ms; the last one may be shorter.
    ax : matplotlib Axes, optional
        Where to draw; new Axes by default.
    window : (float, float), optional
        Time to show, ms; the whole run by default.

    Returns
    -------
    matplotlib Axes

    Raises
    ------
    ParameterError, WiringError
        If an argument does not fit the recording.
    """
    groups = chosen(recording, populations)
    width = number("rate", "bin", bin, Bounds("ms", above=0.0), scalar=True)
    ax = axes(ax, 7.0, 2.4)
    for index, (name, trains) in enumerate(groups.items()):
        edges, values = _rates(trains, width, recording.duration)
        ax.stairs(values, edges, color=colour(index), label=name, baseline=None)
    ax.set_ylim(bottom=0.0)
    ax.set_ylabel("rate (Hz)")
    time_axis(ax, recording, window)
    legend(ax)
    return ax


def _rates(
    trains: SpikeTrains, width: float, duration: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Edges (ms) and rates (Hz) of bins over the recorded time."""
    stop = min(trains.stop, duration)
    count = max(1, int(np.ceil((stop - trains.start) / width - 1e-9)))
    edges: NDArray[Any] = trains.start + width * np.arange(count + 1.0)
    edges[-1] = max(stop, trains.start + 1e-9)
    counts = np.histogram(trains.times, edges)[0]
    rates: NDArray[np.float64] = counts * 1e3 / (np.diff(edges) * len(trains.recorded))
    return edges, rates
