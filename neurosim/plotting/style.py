"""The look of figures: colours that everyone can tell apart, and no global changes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from neurosim.errors import ParameterError, WiringError, close_matches
from neurosim.recording.recording import Recording, SpikeTrains

if TYPE_CHECKING:
    from matplotlib.axes import Axes

COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000")
"""Colours of Okabe & Ito (2008), told apart with every kind of colour vision; without yellow, which
is hard to see on white."""

SETTINGS: Mapping[str, Any] = {
    "axes.axisbelow": True,
    "axes.labelsize": 10,
    "axes.linewidth": 0.8,
    "axes.spines.right": False,
    "axes.spines.top": False,
    "axes.titlesize": 11,
    "figure.constrained_layout.use": True,
    "figure.dpi": 120,
    "font.size": 9,
    "legend.fontsize": 9,
    "legend.frameon": False,
    "lines.linewidth": 1.2,
    "savefig.dpi": 150,
    "xtick.labelsize": 9,
    "ytick.labelsize": 9,
}


@contextmanager
def styled() -> Iterator[None]:
    """Axes made inside have the look of neurosim's figures; outside nothing changes.

    Examples
    --------
    >>> with styled():  # doctest: +SKIP
    ...     figure, axes = plt.subplots()
    """
    import matplotlib as mpl
    from cycler import cycler

    settings: Any = {**SETTINGS, "axes.prop_cycle": cycler(color=COLOURS)}
    with mpl.rc_context(settings):
        yield


def colour(index: int) -> str:
    """The colour of the population or unit of that number; they repeat."""
    return COLOURS[index % len(COLOURS)]


def axes(ax: Axes | None, width: float, height: float) -> Axes:
    """The given Axes, or new ones of a size in inches.

    Raises
    ------
    ParameterError
        If ``ax`` are no Axes.
    """
    from matplotlib.axes import Axes as Kind

    if ax is None:
        from matplotlib import pyplot

        with styled():
            return pyplot.subplots(figsize=(width, height))[1]
    if not isinstance(ax, Kind):
        raise ParameterError("plotting", "ax", "must be matplotlib Axes", ax, "Pass one of them.")
    return ax


def chosen(recording: Any, populations: Any) -> dict[str, SpikeTrains]:
    """Spikes of the named populations, or of all.

    Raises
    ------
    ParameterError, WiringError
        If this is no recording, or spikes of a population were not recorded.
    """
    trains = checked(recording).spikes
    if populations is None:
        names: Sequence[Any] = list(trains)
    elif isinstance(populations, str):
        names = [populations]
    else:
        try:
            names = list(populations)
        except TypeError:
            raise ParameterError(
                "plotting", "populations", "must be names of populations", populations,
                "Give for example ['exc', 'inh'].",
            ) from None  # fmt: skip
    for name in names:
        if not isinstance(name, str) or name not in trains:
            raise WiringError(
                f"plotting: spikes of {name!r} were not recorded. {close_matches(name, trains)}"
            )
    if not names:
        raise WiringError(
            "plotting: no spikes were recorded. Add Network.record(population, 'spikes')."
        )
    return {name: trains[name] for name in names}


def checked(recording: Any) -> Recording:
    """The recording, if it is one.

    Raises
    ------
    ParameterError
        If it is something else.
    """
    if not isinstance(recording, Recording):
        raise ParameterError(
            "plotting", "recording", "must be a Recording", recording,
            "Give what ns.simulate returned.",
        )  # fmt: skip
    return recording


def time_axis(ax: Axes, recording: Recording, window: Any) -> None:
    """Set the limits of the time axis (the window, or the whole run), and label the lowest one.

    Raises
    ------
    ParameterError
        If the window is no pair of times.
    """
    start, stop = (0.0, recording.duration) if window is None else interval(window)
    if stop > start:
        ax.set_xlim(start, stop)
    place = ax.get_subplotspec()
    shared = len(ax.get_shared_x_axes().get_siblings(ax)) > 1
    if not shared or place is None or place.is_last_row():
        ax.set_xlabel("time (ms)")


def legend(ax: Axes) -> None:
    """Name what is drawn, above the Axes, so that Axes below each other stay aligned."""
    ax.legend(
        loc="lower left", bbox_to_anchor=(0.0, 1.0), borderaxespad=0.2, ncols=len(COLOURS),
        frameon=False,
    )  # fmt: skip


def interval(window: Any) -> tuple[float, float]:
    """Start and end of a window of time in ms.

    Raises
    ------
    ParameterError
        If it is no ascending pair of numbers.
    """
    try:
        start, stop = (float(time) for time in window)
    except (TypeError, ValueError):
        start, stop = 1.0, 0.0
    if not start < stop:
        raise ParameterError(
            "plotting", "window", "must be (start, stop) in ms, start below stop", window,
            "Give for example (0.0, 100.0).",
        )  # fmt: skip
    return start, stop
