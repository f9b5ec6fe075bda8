"""Scores of both sides, work per sample, and time per sample."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from neurosim.experiments.ann_to_event.experiment import FRAMEWORKS, Params
from neurosim.plotting.style import colour, styled
from neurosim.runner.experiment import Result

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

TITLES = {"snntorch": "snnTorch", "norse": "Norse"}
SCORES = {"snntorch": "spikes of a class", "norse": "potential of a class"}
TIMES = (
    ("single_ms", "one by one"),
    ("batch_ms", "all at once"),
)


def figure(result: Result, params: Params) -> Figure:
    """Left: every class's score in both. Middle: synaptic operations. Right: speed."""
    from matplotlib.figure import Figure

    with styled():
        made = Figure(figsize=(13.0, 3.6), layout="constrained")
        panels = made.subplots(1, 4)
        for axes, name in zip(panels, FRAMEWORKS, strict=False):
            _scores(axes, name, result)
        _operations(panels[2], result)
        _times(panels[3], result)
    made.suptitle(
        f"The same {result.metrics['test_samples']} test images in the framework and in neurosim"
    )
    return made


def _scores(axes: Axes, name: str, result: Result) -> None:
    theirs, mine = result.arrays[f"{name}_framework_scores"], result.arrays[f"{name}_scores"]
    low, high = float(min(theirs.min(), mine.min())), float(max(theirs.max(), mine.max()))
    axes.plot([low, high], [low, high], color="0.8", zorder=0)
    places, counts = np.unique(
        np.stack([theirs.ravel(), mine.ravel()]).round(6), axis=1, return_counts=True
    )
    axes.scatter(
        places[0],
        places[1],
        s=6.0 + 4.0 * np.log(counts),
        color=colour(0),
        alpha=0.6,
        linewidths=0.0,
    )
    axes.set_xlabel(f"{TITLES[name]}: {SCORES[name]}")
    axes.set_ylabel(f"neurosim: {SCORES[name]}")
    equal = 100.0 * float(result.metrics[f"{name}_equal_predictions"])
    right = 100.0 * float(result.metrics[f"{name}_accuracy"])
    axes.set_title(f"{TITLES[name]}: {equal:.4g} % of predictions equal\n{right:.1f} % right")


def _operations(axes: Axes, result: Result) -> None:
    for i, name in enumerate(FRAMEWORKS):
        done = result.arrays[f"{name}_operations"] / 1000.0
        every = float(result.metrics[f"{name}_dense_operations"]) / 1000.0
        axes.hist(done, bins=30, color=colour(i), alpha=0.8, label=TITLES[name])
        axes.axvline(every, color=colour(i), linestyle="--")
    axes.set_xlim(left=0.0)
    axes.set_ylim(top=1.35 * axes.get_ylim()[1])
    axes.set_xlabel("synaptic operations of a sample (thousands)")
    axes.set_ylabel("samples")
    axes.set_title("work, by spikes (bars) and\nall synapses in all steps (dashed)")
    axes.legend(loc="upper left", ncols=2)


def _times(axes: Axes, result: Result) -> None:
    place, ticks = 0, []
    for name in FRAMEWORKS:
        for key, words in TIMES:
            for offset, prefix, index in ((-0.2, "framework_", 6), (0.2, "", 2)):
                value = float(result.metrics[f"{name}_{prefix}{key}"])
                label = ("framework", "neurosim")[prefix == ""] if place == 0 else None
                axes.bar(place + offset, value, 0.38, color=colour(index), label=label)
                axes.text(place + offset, value, f"{value:.2g}", ha="center", va="bottom", size=7)
            ticks.append(f"{TITLES[name]}\n{words}")
            place += 1
    axes.set_yscale("log")
    axes.set_ylim(top=3.0 * axes.get_ylim()[1])
    axes.set_xticks(range(place), ticks, fontsize=7)
    axes.set_ylabel("time of a sample (ms, one thread)")
    axes.set_title("speed of inference")
    axes.legend(loc="upper right", ncols=2)
