"""The map, and the cells that each query recalled."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from neurosim.experiments.ca3_map.experiment import FLAGS, MAP, QUERIES, SIDE, Params
from neurosim.runner.experiment import Result

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

COLORS = ("#ffffff", "#56B4E9", "#009E73", "#F0E442", "#E69F00", "#8c8c8c")
"""Colours of the flags (Okabe and Ito's, safe for colour blindness)."""


def figure(result: Result, params: Params) -> Figure:
    """Left the stored map; right, for each query, the cells recalled and those that should be."""
    from matplotlib.figure import Figure
    from matplotlib.patches import Patch

    made = Figure(figsize=(12.5, 3.6), layout="constrained")
    panels = made.subplots(1, 1 + len(QUERIES))
    flags = np.array(MAP)
    _grid(panels[0], [COLORS[f] for f in flags.ravel()], "stored map")
    for axes, (name, asked), recalled in zip(
        panels[1:], QUERIES, result.arrays["recalled"], strict=True
    ):
        wanted = np.isin(flags.ravel(), asked)
        shown = [
            COLORS[f] if r else "#ededed" for f, r in zip(flags.ravel(), recalled, strict=True)
        ]
        right = int((recalled == wanted).sum())
        words = ", ".join(FLAGS[f] for f in asked)
        _grid(axes, shown, f"{name}: {words}\n{right} of {wanted.size} cells right")
        for cell in np.flatnonzero(recalled):
            axes.text(cell % SIDE, cell // SIDE, "x", ha="center", va="center", fontsize=12)
    patches = [
        Patch(facecolor=c, edgecolor="0.4", label=n) for c, n in zip(COLORS, FLAGS, strict=True)
    ]
    made.legend(handles=patches, loc="outside lower center", ncols=len(FLAGS), frameon=False)
    made.suptitle(
        f"CA3 memory, state map of an arena: {result.metrics['right']} of "
        f"{result.metrics['operations']} answers right (x: cell recalled)"
    )
    return made


def _grid(axes: Axes, colors: list[str], title: str) -> None:
    from matplotlib.patches import Rectangle

    for cell, color in enumerate(colors):
        corner = (cell % SIDE - 0.5, cell // SIDE - 0.5)
        axes.add_patch(Rectangle(corner, 1, 1, facecolor=color, edgecolor="0.4", linewidth=0.8))
        axes.text(corner[0] + 0.06, corner[1] + 0.06, str(cell), fontsize=6, color="0.25", va="top")
    axes.set_xlim(-0.55, SIDE - 0.45)
    axes.set_ylim(SIDE - 0.45, -0.55)
    axes.set_aspect("equal")
    axes.set_axis_off()
    axes.set_title(title, fontsize=9)
