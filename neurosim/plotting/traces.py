"""State variables over time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from neurosim.errors import ParameterError
from neurosim.plotting.style import COLOURS, axes, checked, colour, legend, time_axis
from neurosim.recording.recording import Recording, Signal

if TYPE_CHECKING:
    from matplotlib.axes import Axes

FEW = len(COLOURS)
"""Up to so many units are drawn as single lines."""


def traces(
    recording: Recording,
    population: str,
    variable: str = "v",
    units: Sequence[int] | int | None = None,
    ax: Axes | None = None,
    *,
    window: tuple[float, float] | None = None,
) -> Axes:
    """Draw samples of a state variable.

    Parameters
    ----------
    recording : Recording
        What a run recorded.
    population, variable : str
        What to draw.
    units : int or sequence of int, optional
        Ids of units, a line each. By default all recorded ones if they are few; otherwise their
        mean and the range that holds 90 % of them at each time.
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
    signal = checked(recording).signal(population, variable)
    picked = _columns(signal, units)
    ax = axes(ax, 7.0, 3.0)
    if units is None and len(picked) > FEW:
        _summary(ax, signal, population)
    else:
        for index, column in enumerate(picked):
            label = f"{population} {signal.ids[column]}"
            ax.plot(signal.times, signal.values[:, column], color=colour(index), label=label)
    ax.set_ylabel(variable if signal.unit in ("", "1") else f"{variable} ({signal.unit})")
    time_axis(ax, recording, window)
    legend(ax)
    return ax


def _summary(ax: Axes, signal: Signal, population: str) -> None:
    low, high = np.percentile(signal.values, (5, 95), axis=1)
    mean, count = signal.values.mean(axis=1), len(signal.ids)
    ax.plot(signal.times, mean, color=colour(0), label=f"mean of {count} units of {population}")
    ax.fill_between(
        signal.times, low, high, color=colour(0), alpha=0.25, linewidth=0.0, label="90 % of them"
    )


def _columns(signal: Signal, units: Any) -> list[int]:
    places = {int(unit): column for column, unit in enumerate(signal.ids)}
    if units is None:
        return list(places.values())
    try:
        wanted = [int(unit) for unit in np.atleast_1d(units)]
        return [places[unit] for unit in wanted]
    except (KeyError, TypeError, ValueError):
        raise ParameterError(
            "traces", "units", f"must be ids among the {len(places)} recorded units", units,
            f"Recorded are {min(places)} to {max(places)}.",
        ) from None  # fmt: skip
