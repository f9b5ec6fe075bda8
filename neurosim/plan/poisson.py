"""Tables from which Poisson counts are drawn by one 32-bit word."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray


def poisson_table(mean: float) -> NDArray[np.uint32]:
    """Cumulative Poisson probabilities ``P(N <= n) * 2**32`` up to the last that 32 bits tell from
    1.

    The count for a word is the number of entries that are <= the word.

    Parameters
    ----------
    mean : float
        Mean number of events, >= 0.

    Examples
    --------
    >>> table = poisson_table(2.0)
    >>> int((table <= np.uint32(2**31)).sum())  # the median
    2
    """
    if mean == 0.0:
        return np.empty(0, dtype=np.uint32)
    counts = np.arange(int(mean + 12.0 * math.sqrt(mean)) + 40)  # the rest is below 1e-16
    factorials = np.array([math.lgamma(n + 1) for n in counts.tolist()])
    shares = np.exp(counts * math.log(mean) - mean - factorials)
    scaled = np.round(np.cumsum(shares) / shares.sum() * 2.0**32)
    table: NDArray[np.uint32] = scaled[scaled < 2.0**32].astype(np.uint32)
    return table
