"""Where threads wait for each other."""

from __future__ import annotations

from typing import Any

import numpy as np

from neurosim.kernels._jit import inner
from neurosim.kernels.processor import add, give_way, load, store

# Cells of a meeting, each on cache lines of its own.
ARRIVED, ROUND, WISH, DECIDED, ABANDONED, WAITED = 0, 16, 32, 48, 64, 80
CELLS = 96
PATIENCE = 2048
"""Looks at the round (some 20 ns each) before a waiting thread lets others run."""


@inner
def meet(cells: Any, threads: Any, stop: Any) -> Any:
    """Wait until all threads are here; whether they go on.

    Parameters
    ----------
    cells : ndarray of int64, shape (CELLS,)
        The meeting.
    threads : int64
        Number of threads.
    stop : bool
        Whether this thread wants to stop; one is enough to stop all.
    """
    if threads == 1:
        return not stop
    now = load(cells, ROUND)
    if stop:
        store(cells, WISH, np.int64(1))
    if add(cells, ARRIVED, np.int64(1)) == threads - 1:
        store(cells, ARRIVED, np.int64(0))
        store(cells, DECIDED, load(cells, WISH))
        store(cells, WISH, np.int64(0))
        store(cells, ROUND, now + 1)
    else:
        looks = 0
        while load(cells, ROUND) == now:
            if load(cells, ABANDONED) != 0:
                return False
            looks += 1
            if looks % PATIENCE == 0:
                give_way()
        add(cells, WAITED, np.int64(looks))
    return load(cells, DECIDED) == 0
