"""Tables from which Poisson counts are drawn by one 32-bit word."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

MAXIMUM = 1.0 - 2.0**-32


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
    entries = []
    total, n = 0.0, 0
    while True:
        total += math.exp(-mean + n * math.log(mean) - math.lgamma(n + 1)) if mean > 0 else 1.0
        scaled = round(total * 2.0**32)
        if n > mean and (total >= MAXIMUM or scaled >= 2**32 - 1):
            break
        if mean == 0:
            break
        entries.append(min(scaled, 2**32 - 1))
        n += 1
        if n > mean + 40.0 * math.sqrt(mean + 1.0) + 40.0:
            break
    return np.array(entries, dtype=np.uint32)
