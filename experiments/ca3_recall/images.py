"""Handwritten digits as contents of a memory."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from neurosim.datasets.digits import LEVELS, bundled
from neurosim.errors import ParameterError

SIDE = 8
N_PIXELS = SIDE * SIDE
Images = NDArray[np.bool_]


def digits(threshold: int) -> tuple[Images, NDArray[np.int64]]:
    """All different handwritten digits in black and white, from scikit-learn's test images.

    Parameters
    ----------
    threshold : int
        Grey level, of 16, from which a pixel is on.

    Returns
    -------
    images : ndarray of bool, shape (n, 64)
        Pixels by rows; no two images are equal and none is empty.
    labels : ndarray of int64, shape (n,)
        The digits.

    Raises
    ------
    MissingDependency
        If scikit-learn is not installed.
    """
    images, labels = bundled()
    black = np.rint(LEVELS * images).reshape(-1, N_PIXELS) >= threshold
    _, first = np.unique(black, axis=0, return_index=True)
    usable = np.sort(first[black[first].any(axis=1)])
    return black[usable], labels[usable]


def chosen(n: int, available: int, rng: np.random.Generator) -> NDArray[np.int64]:
    """Indices of ``n`` different images.

    Raises
    ------
    ParameterError
        If there are not so many.
    """
    if n > available:
        raise ParameterError(
            "ca3_recall", "n_cues", f"must need at most {available} different images", n,
            "Use fewer cues, or another threshold.",
        )  # fmt: skip
    return rng.choice(available, n, replace=False)
