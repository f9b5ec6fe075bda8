"""Loops that measure what the machine can do at best."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from neurosim.kernels._jit import kernel
from neurosim.kernels.meeting import meet


@kernel
def scatter(
    targets: NDArray[np.uint16], weights: NDArray[np.float32], total: NDArray[np.float64]
) -> None:
    """Add ``weights[i]`` to ``total[targets[i]]``, in order."""
    for i in range(targets.size):
        total[targets[i]] += weights[i]


@kernel
def read(values: NDArray[np.float64]) -> float:
    """A sum of all values in eight independent chains, so that reading is what it waits for."""
    a = b = c = d = e = f = g = h = 0.0
    for i in range(0, values.size - 7, 8):
        a += values[i]
        b += values[i + 1]
        c += values[i + 2]
        d += values[i + 3]
        e += values[i + 4]
        f += values[i + 5]
        g += values[i + 6]
        h += values[i + 7]
    return a + b + c + d + e + f + g + h


@kernel
def meetings(cells: NDArray[np.int64], threads: np.int64, count: np.int64) -> None:
    """Meet the other threads as often as that."""
    for _ in range(count):
        meet(cells, threads, False)
