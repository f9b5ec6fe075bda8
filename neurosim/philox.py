"""Counter-based random numbers in NumPy: Philox 4x32 with 10 rounds.

A draw is a pure function of a 64-bit key (the stream, see :mod:`neurosim.seeds`) and a counter (its
position), so it does not depend on order, chunks or threads. ``neurosim.kernels.rng`` is the
compiled twin and gives the same bits.

References
----------
Salmon et al. (2011). Parallel random numbers: as easy as 1, 2, 3. Proc. SC11.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

ROUNDS = 10
MULTIPLIERS = (0xD2511F53, 0xCD9E8D57)
WEYL = (0x9E3779B9, 0xBB67AE85)
_LOW = np.uint64(0xFFFFFFFF)
_HALF = np.uint64(32)


def block(key: int, counter: ArrayLike, step: ArrayLike = 0) -> list[NDArray[np.uint64]]:
    """Four 32-bit words (as uint64 arrays) for each pair of a 64-bit counter and a step.

    Parameters
    ----------
    key : int
        64-bit key of the stream.
    counter, step : array_like of int
        Two 64-bit halves of the 128-bit counter, broadcast against each other.
    """
    low, high = np.broadcast_arrays(
        np.asarray(counter).astype(np.uint64), np.asarray(step).astype(np.uint64)
    )
    x: list[Any] = [low & _LOW, low >> _HALF, high & _LOW, high >> _HALF]
    k0, k1 = key & 0xFFFFFFFF, key >> 32
    for _ in range(ROUNDS):
        a, b = np.uint64(MULTIPLIERS[0]) * x[0], np.uint64(MULTIPLIERS[1]) * x[2]
        x = [
            (b >> _HALF) ^ x[1] ^ np.uint64(k0),
            b & _LOW,
            (a >> _HALF) ^ x[3] ^ np.uint64(k1),
            a & _LOW,
        ]
        k0, k1 = (k0 + WEYL[0]) & 0xFFFFFFFF, (k1 + WEYL[1]) & 0xFFFFFFFF
    return x


def words(key: int, positions: ArrayLike, step: int = 0) -> NDArray[np.uint64]:
    """One 32-bit word per position: word ``p % 4`` of block ``p // 4``."""
    p = np.asarray(positions, dtype=np.int64)
    x = np.stack(block(key, p >> 2, step))
    word: NDArray[np.uint64] = np.take_along_axis(x, (p & 3)[np.newaxis], axis=0)[0]
    return word


def uniform(key: int, positions: ArrayLike) -> NDArray[np.float64]:
    """One number in (0, 1) with 52 random bits per position: half of block ``p // 2``."""
    p = np.asarray(positions, dtype=np.int64)
    x = block(key, p >> 1)
    odd = (p & 1).astype(bool)
    high, low = np.where(odd, x[2], x[0]), np.where(odd, x[3], x[1])
    bits = ((high << _HALF) | low) >> np.uint64(12)  # with 53 the largest would round to 1
    numbers: NDArray[np.float64] = (bits.astype(np.float64) + 0.5) * 2.0**-52
    return numbers
