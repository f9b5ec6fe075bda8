"""Counter-based random words: the compiled twin of :mod:`neurosim.philox`."""

from __future__ import annotations

from typing import Any

import numpy as np

from neurosim.kernels._jit import inline, kernel

M0, M1 = np.uint64(0xD2511F53), np.uint64(0xCD9E8D57)
W0, W1 = np.uint64(0x9E3779B9), np.uint64(0xBB67AE85)
LOW, HALF = np.uint64(0xFFFFFFFF), np.uint64(32)


@inline
def philox(key: Any, counter: Any, step: Any) -> Any:
    """Four 32-bit words (in uint64) of Philox 4x32-10 for a key, a counter and a step (uint64)."""
    x0, x1, x2, x3 = counter & LOW, counter >> HALF, step & LOW, step >> HALF
    k0, k1 = key & LOW, key >> HALF
    for _ in range(10):
        a, b = M0 * x0, M1 * x2
        x0, x1, x2, x3 = (b >> HALF) ^ x1 ^ k0, b & LOW, (a >> HALF) ^ x3 ^ k1, a & LOW
        k0, k1 = (k0 + W0) & LOW, (k1 + W1) & LOW
    return x0, x1, x2, x3


@kernel
def fill_words(key: Any, step: Any, first_block: Any, out: Any) -> None:
    """Words of the blocks from ``first_block`` on, four a block (length of ``out`` divides by 4).

    Parameters
    ----------
    key, step, first_block : uint64
        Stream, step and first counter.
    out : ndarray of uint32, shape (4 n,)
        Filled in place.
    """
    for b in range(out.shape[0] // 4):
        w0, w1, w2, w3 = philox(key, first_block + np.uint64(b), step)
        out[4 * b] = w0
        out[4 * b + 1] = w1
        out[4 * b + 2] = w2
        out[4 * b + 3] = w3


@inline
def uniform(key: Any, position: Any) -> Any:
    """The number in (0, 1) at a position (uint64) of a stream."""
    w0, w1, w2, w3 = philox(key, position >> np.uint64(1), np.uint64(0))
    odd = (position & np.uint64(1)) != np.uint64(0)
    high, low = (w2, w3) if odd else (w0, w1)
    bits = ((high << HALF) | low) >> np.uint64(12)
    return (np.float64(bits) + 0.5) * 2.220446049250313e-16


@kernel
def fill_uniform(key: Any, first: Any, out: Any) -> None:
    """Numbers in (0, 1) at positions ``first``, ``first + 1``, ... of a stream.

    Parameters
    ----------
    key : uint64
        Stream.
    first : int64
        Position of the first number.
    out : ndarray of float64
        Filled in place; the same bits as ``neurosim.philox.uniform``.
    """
    for i in range(out.shape[0]):
        out[i] = uniform(key, np.uint64(first + i))


@kernel
def fill_uniform_at(key: Any, positions: Any, out: Any) -> None:
    """As :func:`fill_uniform`, at any positions (ndarray of int64)."""
    for i in range(out.shape[0]):
        out[i] = uniform(key, np.uint64(positions[i]))
