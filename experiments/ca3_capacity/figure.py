"""Errors by spacing, density and size, and the weights behind them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from neurosim.experiments.ca3_capacity.experiment import DENSITIES, GAPS, SIZES, SPACINGS, Params
from neurosim.runner.experiment import Result

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

SERIES = (
    ("recall by cue only", "#009E73", "o"),
    ("by cue and single bits", "#0072B2", "s"),
    ("by cue and 1 to 4 bits", "#D55E00", "^"),
    ("written once, one query of 2 to 4 bits", "#CC79A7", "D"),
)


def figure(result: Result, params: Params) -> Figure:
    """Four panels: spacing, causes, density, size."""
    from matplotlib.figure import Figure

    made = Figure(figsize=(11.0, 8.0), layout="constrained")
    (by_spacing, causes), (by_density, by_size) = made.subplots(2, 2)
    _by_spacing(by_spacing, result, params)
    _causes(causes, result, params)
    _share(
        by_density, np.array(DENSITIES), result.arrays["density_errors"],
        "density of contents", f"{params.n_cues} x {params.n_content}, 14/14",
    )  # fmt: skip
    places = np.arange(len(SIZES))
    _share(by_size, places, result.arrays["size_errors"], "cues x content bits (neurons)", "14/14")
    neurons = result.arrays["counts"][:, 0]
    labels = [f"{c} x {n}\n({k})" for (c, n), k in zip(SIZES, neurons, strict=True)]
    by_size.set_xticks(places, labels)
    made.suptitle("CA3 memory: recalls that the network answers otherwise than the oracle")
    return made


def _by_spacing(axes: Axes, result: Result, params: Params) -> None:
    found = result.arrays["spacing_errors"]
    places = np.arange(len(SPACINGS))
    for (label, color, marker), row in zip(SERIES, found, strict=True):
        axes.plot(places, 100.0 * row[:, 0] / row[:, 1], marker, ls="-", color=color, label=label)
    for (label, color, _), (wrong, recalls) in zip(
        SERIES[1:3], result.arrays["frozen_errors"], strict=True
    ):
        axes.plot(
            places[-1], 100.0 * wrong / recalls, "*", color=color, markersize=11,
            markeredgecolor="black", label=f"{label}, recall without plasticity",
        )  # fmt: skip
    axes.set_xticks(places, [str(s) for s in SPACINGS])
    axes.set_xlabel("steps after a learn / after a recall")
    axes.set_title(f"spacing ({params.n_cues} x {params.n_content})", fontsize=10)
    _percent(axes)
    axes.legend(fontsize=7, frameon=False)


def _causes(axes: Axes, result: Result, params: Params) -> None:
    decision = params.circuit.class_b.firing_weight
    axes.plot(
        GAPS, result.arrays["shared_weights"], "s-", color="#0072B2",
        label="own link of a bit that the next content shares",
    )  # fmt: skip
    axes.plot(
        GAPS, result.arrays["cross_weights"], "^-", color="#D55E00",
        label="cross link of a bit to the cue learned next",
    )  # fmt: skip
    axes.axhline(decision, color="0.4", ls="--", lw=1.0)
    axes.text(GAPS[-1], decision + 0.08, "fires the cue", ha="right", fontsize=8, color="0.3")
    axes.set_xlabel("steps between two learns")
    axes.set_ylabel("weight (nA)")
    axes.set_ylim(0.0, params.circuit.plasticity.w_max)
    axes.set_title("causes at close spacing", fontsize=10)
    axes.legend(fontsize=7, frameon=False, loc="center right")


def _share(axes: Axes, x: object, found: object, label: str, title: str) -> None:
    wrong, recalls = np.asarray(found, dtype=float).T
    share = wrong / recalls
    axes.errorbar(
        np.asarray(x), 100.0 * share, 100.0 * np.sqrt(share * (1.0 - share) / recalls),
        fmt="s", color="#0072B2", capsize=3, lw=1.0,
    )  # fmt: skip
    axes.set_xlabel(label)
    axes.set_title(f"recalls by cue and single bits ({title}); bars: standard error", fontsize=10)
    _percent(axes)


def _percent(axes: Axes) -> None:
    axes.set_ylabel("wrong recalls (%)")
    axes.set_ylim(bottom=0.0)
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
