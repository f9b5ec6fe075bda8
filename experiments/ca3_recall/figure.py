"""Stored, queried and recalled images of the first cues."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from neurosim.experiments.ca3_recall.experiment import Params
from neurosim.experiments.ca3_recall.images import SIDE
from neurosim.runner.experiment import Result

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Pixels = NDArray[np.float64]

MOST = 16
"""Most cues shown."""
GAP = 2
"""Pixels between images."""
PAPER, INK = (1.0, 1.0, 1.0), (0.1, 0.1, 0.1)
FAINT = (0.86, 0.86, 0.86)
EXTRA, MISSING = (0.84, 0.37, 0.0), (0.34, 0.71, 0.91)
"""Colours of pixels that are wrongly on and wrongly off (Okabe and Ito's)."""
NEW, LOST = "#0072B2", "#D55E00"

ROWS = (
    ("stored", "stored", "stored"),
    ("recalled by cue", "recalled", "stored"),
    ("fragment", "fragment", ""),
    ("recalled by fragment", "fragment_recalled", "stored"),
    ("after overwriting", "new_stored", "new_stored"),
    ("recalled by cue", "new_recalled", "new_stored"),
    ("fragment", "new_fragment", ""),
    ("recalled by fragment", "new_fragment_recalled", "new_stored"),
    ("some forgotten", "forgotten_recalled", "kept"),
)
"""Label, array shown, and array that it should equal; empty for fragments."""


def figure(result: Result, params: Params) -> Figure:
    """One column per cue; wrong pixels are coloured, fragments are shown on their image."""
    from matplotlib.figure import Figure
    from matplotlib.patches import Patch

    n = min(params.n_cues, MOST)
    arrays = dict(result.arrays)
    arrays["kept"] = arrays["new_stored"] & ~arrays["forgotten"][:, np.newaxis]
    canvas = np.concatenate([_row(arrays, shown, wanted, n) for _, shown, wanted in ROWS])
    made = Figure(figsize=(2.0 + 0.56 * n, 6.2), layout="constrained")
    axes = made.subplots()
    axes.imshow(canvas, interpolation="nearest")
    pitch = SIDE + GAP
    labels = [label for label, _, _ in ROWS[:-1]]
    labels.append(f"{int(arrays['forgotten'].sum())} forgotten, recalled by cue")
    axes.set_yticks([pitch * i + SIDE / 2 - 0.5 for i in range(len(ROWS))], labels, fontsize=8)
    axes.set_xticks(
        [pitch * c + SIDE / 2 - 0.5 for c in range(n)], [str(c) for c in range(n)], fontsize=8
    )
    axes.xaxis.tick_top()
    axes.tick_params(length=0)
    for side in axes.spines.values():
        side.set_visible(False)
    axes.set_xlim(-1.5, pitch * n - 0.5)
    axes.set_ylim(pitch * len(ROWS) - 0.5, -1.5)
    _mark(axes, np.flatnonzero(arrays["replaced"][:n]), 4, 7, NEW)
    _mark(axes, np.flatnonzero(arrays["forgotten"][:n]), 8, 8, LOST)
    patches = [
        Patch(facecolor=EXTRA, label="wrongly on"),
        Patch(facecolor=MISSING, label="wrongly off"),
        Patch(facecolor="white", edgecolor=NEW, label="overwritten cue"),
        Patch(facecolor="white", edgecolor=LOST, label="forgotten cue"),
    ]
    made.legend(handles=patches, loc="outside lower center", ncols=4, frameon=False, fontsize=8)
    stored, new = (
        f"{_percent(result, p + 'recall_accuracy')} by cue, "
        f"{_percent(result, p + 'fragment_accuracy')} by {params.fragment} pixels (oracle "
        f"{_percent(result, p + 'fragment_accuracy_oracle')})"
        for p in ("", "new_")
    )
    made.suptitle(
        f"CA3 memory, {params.n_cues} digits. Recalled: {stored}; after overwriting {new}",
        fontsize=10,
    )
    return made


def _percent(result: Result, metric: str) -> str:
    return f"{100.0 * float(result.metrics[metric]):.0f} %"


def _row(arrays: dict[str, NDArray[np.bool_]], shown: str, wanted: str, n: int) -> Pixels:
    found = arrays[shown][:n]
    target = arrays[wanted][:n] if wanted else None
    under = arrays["new_stored" if shown.startswith("new_") else "stored"][:n]
    pixels = np.tile(np.array(PAPER), (n, SIDE * SIDE, 1))
    if target is None:
        pixels[under] = FAINT
        pixels[found] = INK
    else:
        pixels[found & target] = INK
        pixels[found & ~target] = EXTRA
        pixels[~found & target] = MISSING
    images = pixels.reshape(n, SIDE, SIDE, 3)
    padded = np.pad(images, ((0, 0), (0, GAP), (0, GAP), (0, 0)), constant_values=1.0)
    return np.concatenate(list(padded), axis=1)


def _mark(axes: Axes, cues: NDArray[np.int64], first: int, last: int, color: str) -> None:
    from matplotlib.patches import Rectangle

    pitch = SIDE + GAP
    height = pitch * (last - first) + SIDE + 1
    for cue in cues:
        corner = (pitch * cue - 1.0, pitch * first - 1.0)
        axes.add_patch(
            Rectangle(corner, SIDE + 1, height, fill=False, edgecolor=color, linewidth=1.2)
        )
