"""Whole-number arithmetic of the board's cores."""

from __future__ import annotations

import numpy as np

from neurosim.kernels._jit import inline


@inline
def wrap(x):
    """The low 32 bits as a signed number."""
    return np.int64(np.int32(x))


@inline
def multiply(a, b):
    """Product of two s16.15 numbers, rounded down."""
    return wrap((np.int64(a) * np.int64(b)) >> 15)


@inline
def decayed(x, fraction):
    """A signed number times a 32-bit fraction, rounded down."""
    return wrap((np.int64(x) * np.int64(fraction)) >> 32)


@inline
def multiply_11(a, b):
    """Product of two s4.11 numbers."""
    return (np.int64(np.int16(a)) * np.int64(np.int16(b))) >> 11


@inline
def window(tables, start, size, lag):
    """Entry of a table of an exponential window, 0 beyond its end."""
    if lag < 0 or lag >= size:
        return np.int64(0)
    return np.int64(tables[start + lag])
