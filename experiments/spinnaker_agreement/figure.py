"""What the networks did in floating point and in the board's arithmetic."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from neurosim.experiments.spinnaker_agreement.experiment import Params, spectrum
from neurosim.plotting.style import colour, legend, styled
from neurosim.runner.experiment import Result

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

SHADES = (("_float", colour(0), "floating point"), ("", colour(1), "board"))


def figure(result: Result, params: Params) -> Figure:
    """CA3's spikes, the plasticity window, distributions of rates, and the rhythm."""
    from matplotlib.figure import Figure

    with styled():
        made = Figure(figsize=(10.0, 7.0))
        grid = made.subplots(2, 2)
        _ca3(grid[0, 0], result)
        _window(grid[0, 1], result)
        _rates(grid[1, 0], result)
        _rhythm(grid[1, 1], result)
    return made


def _ca3(ax: Axes, result: Result) -> None:
    for suffix, shade, name in SHADES:
        recording = result.recordings[f"functional{suffix}"]
        row = 0
        x, y = [], []
        for trains in recording.spikes.values():
            x.append(trains.times)
            y.append(row + trains.ids)
            row += len(trains.recorded)
        marker, size = ("s", 4.0) if suffix else ("x", 3.0)
        ax.plot(
            np.concatenate(x), np.concatenate(y), marker, color=shade, markersize=size,
            fillstyle="none", linestyle="", label=name,
        )  # fmt: skip
    ax.invert_yaxis()
    ax.set(xlabel="time (ms)", ylabel="neuron")
    ax.set_title(f"CA3: {result.metrics['functional_differing']} spikes differ", loc="right")
    legend(ax)


def _window(ax: Axes, result: Result) -> None:
    lags = result.arrays["lags"]
    for name, shade, label in (
        ("stdp_float", colour(0), "floating point"),
        ("stdp_emulated", colour(1), "board"),
    ):
        ax.plot(
            lags, result.arrays[name], "o-" if "float" in name else "x--", color=shade, label=label
        )
    ax.axhline(0.0, color="0.7", linewidth=0.6)
    ax.set(xlabel="postsynaptic - presynaptic spike (ms)", ylabel="change per pair / (A w_max)")
    ax.set_title("plasticity window", loc="right")
    legend(ax)


def _rates(ax: Axes, result: Result) -> None:
    for suffix, shade, name in SHADES:
        recording = result.recordings[f"vogels_abbott{suffix}"]
        trains = recording.spikes["cells"]
        counts = np.bincount(trains.ids, minlength=len(trains.recorded))
        rates = np.sort(counts / recording.duration * 1000.0)
        ax.step(rates, np.linspace(0.0, 1.0, len(rates)), color=shade, label=name)
    ax.set(xlabel="rate (Hz)", ylabel="share of neurons below")
    ax.set_title("Vogels-Abbott", loc="right")
    legend(ax)


def _rhythm(ax: Axes, result: Result) -> None:
    for suffix, shade, name in SHADES:
        power, frequencies = spectrum(result.recordings[f"izhikevich{suffix}"], "exc")
        ax.plot(frequencies, power / power.max(), color=shade, label=name)
    ax.set(xlabel="frequency (Hz)", ylabel="power (relative)", xlim=(0.0, 120.0))
    ax.set_title("Izhikevich cells", loc="right")
    legend(ax)
