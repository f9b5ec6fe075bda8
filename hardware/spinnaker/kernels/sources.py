"""Poisson sources with the firmware's random generator."""

from __future__ import annotations

import math

import numpy as np

from neurosim.kernels._jit import inline, inner, kernel
from neurosim.kernels.quantile import normal

WORD = np.uint64(0xFFFFFFFF)
HALF_WORD = np.uint64(0x80000000)
NONE, SLOW, FAST, VERY_FAST = 0, 1, 2, 3
ONE = 32768
THOUSAND = 1000


@inline
def draw(x, y, z, c):
    """The next 32-bit word of a generator, and its new state (Marsaglia's KISS of four words)."""
    x = (np.uint64(314527869) * x + np.uint64(1234567)) & WORD
    y ^= (y << np.uint64(5)) & WORD
    y ^= y >> np.uint64(7)
    y ^= (y << np.uint64(22)) & WORD
    t = np.uint64(4294584393) * z + c
    z, c = t & WORD, t >> np.uint64(32)
    return (x + y + z) & WORD, x, y, z, c


@inner
def exponential(x, y, z, c):
    """An exponential variate of mean 1, s16.15 (von Neumann's comparison of runs)."""
    whole = np.int64(0)
    while True:
        first, x, y, z, c = draw(x, y, z, c)
        u = first
        while True:
            smaller, x, y, z, c = draw(x, y, z, c)
            if u < smaller:
                return whole + np.int64(first >> np.uint64(17)), x, y, z, c
            u, x, y, z, c = draw(x, y, z, c)
            if not u < smaller:
                break
        whole += ONE


@inner
def waited(x, y, z, c, interval):
    """Time to the next spike of a slow source in thousandths of a tick."""
    variate, x, y, z, c = exponential(x, y, z, c)
    return ((variate * THOUSAND + ONE // 2) >> 15) * interval, x, y, z, c


@inline
def fast_count(x, y, z, c, limit):
    """Spikes of a fast source in a tick: draws whose product stays above ``exp(-rate)``."""
    product, count = WORD, np.int64(0)
    while True:
        count += 1
        word, x, y, z, c = draw(x, y, z, c)
        product = (product * word) >> np.uint64(32)
        if product <= limit:
            return count - 1, x, y, z, c


@inner
def gaussian_count(x, y, z, c, rate):
    """Spikes of a very fast source in a tick, by a normal variate of the square root.

    The firmware's variate is an approximation of the quantile that is used here: of 24,000 counts
    that were compared, 6 differ.
    """
    word, x, y, z, c = draw(x, y, z, c)
    share = (np.float64(word ^ HALF_WORD) + 0.5) * 2.0**-32
    root = normal(share) * 0.5 + math.floor(math.sqrt(rate / ONE))
    return np.int64(math.floor(root * root + 0.5)), x, y, z, c


@inner
def count_core(sources, core, tick, out):
    """Spikes of all Poisson sources of a core in a tick; ``out`` has one entry a source."""
    seed = sources.seed[core]
    x, y, z, c = np.uint64(seed[0]), np.uint64(seed[1]), np.uint64(seed[2]), np.uint64(seed[3])
    here = slice(sources.core_ptr[core], sources.core_ptr[core + 1])
    kind, begin, end = sources.kind[here], sources.begin[here], sources.end[here]
    limit, interval = sources.limit[here], sources.interval[here]
    counter, rate, counts = sources.counter[here], sources.rate[here], out[here]
    for j in range(len(kind)):  # waiting times are drawn at the start, whenever sources begin
        if tick == 0 and (kind[j] == SLOW or kind[j] == NONE):
            counter[j], x, y, z, c = waited(x, y, z, c, interval[j])
    for j in range(len(kind)):
        count = np.int64(0)
        if begin[j] <= tick < end[j]:
            if kind[j] == FAST:
                count, x, y, z, c = fast_count(x, y, z, c, np.uint64(limit[j]))
            elif kind[j] == VERY_FAST:
                count, x, y, z, c = gaussian_count(x, y, z, c, rate[j])
            elif kind[j] == SLOW:
                while counter[j] < THOUSAND:
                    count += 1
                    more, x, y, z, c = waited(x, y, z, c, interval[j])
                    counter[j] += more
                counter[j] -= THOUSAND
        counts[j] = count
    seed[0], seed[1], seed[2], seed[3] = x, y, z, c


@kernel
def packets(sources, first, ticks, out):
    """Numbers of spikes of all sources of all cores in some ticks, shape (ticks, sources)."""
    for k in range(ticks):
        for core in range(len(sources.core_ptr) - 1):
            count_core(sources, core, first + k, out[k])
