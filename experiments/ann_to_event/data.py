"""Images as spike trains."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def spikes(images: NDArray[np.float64], steps: int) -> NDArray[np.bool_]:
    """A spike train for each pixel, as many and as even spikes as its grey level says.

    Returns
    -------
    ndarray of bool, shape (n, steps, side, side)
        A white pixel (1.0) spikes in every step.
    """
    level = np.floor(images[:, None] * np.arange(steps + 1)[:, None, None] + 0.5)
    return np.diff(level, axis=1) > 0.0
