"""Poisson sources with the firmware's random generator."""

from __future__ import annotations

import math

import numpy as np

from neurosim.kernels._jit import inner, kernel

WORD = np.uint64(0xFFFFFFFF)
NONE, SLOW, FAST, VERY_FAST = 0, 1, 2, 3
ONE = 32768
THOUSAND = 1000


@inner
def draw(seed, core):
    """The next 32-bit word of a core's generator (Marsaglia's KISS of four words)."""
    x = (np.uint64(314527869) * np.uint64(seed[core, 0]) + np.uint64(1234567)) & WORD
    y = np.uint64(seed[core, 1])
    y ^= (y << np.uint64(5)) & WORD
    y ^= y >> np.uint64(7)
    y ^= (y << np.uint64(22)) & WORD
    t = np.uint64(4294584393) * np.uint64(seed[core, 2]) + np.uint64(seed[core, 3])
    z = t & WORD
    seed[core, 0], seed[core, 1], seed[core, 2] = x, y, z
    seed[core, 3] = t >> np.uint64(32)
    return (x + y + z) & WORD


@inner
def exponential(seed, core):
    """An exponential variate of mean 1, s16.15 (von Neumann's comparison of runs)."""
    whole = np.int64(0)
    while True:
        first = draw(seed, core)
        u = first
        while True:
            smaller = draw(seed, core)
            if u < smaller:
                return whole + np.int64(first >> np.uint64(17))
            u = draw(seed, core)
            if not u < smaller:
                break
        whole += ONE


@inner
def waited(seed, core, interval):
    """Time to the next spike of a slow source in thousandths of a tick."""
    return ((exponential(seed, core) * THOUSAND + ONE // 2) >> 15) * interval


@inner
def fast_count(seed, core, limit):
    """Spikes of a fast source in a tick: draws whose product stays above ``exp(-rate)``."""
    product, count = WORD, np.int64(0)
    while True:
        count += 1
        product = (product * draw(seed, core)) >> np.uint64(32)
        if product <= np.uint64(limit):
            return count - 1


@inner
def gaussian_count(seed, core, rate):
    """Spikes of a very fast source in a tick, by a normal variate of the square root."""
    u = (np.float64(draw(seed, core)) + 0.5) * 2.0**-32
    v = (np.float64(draw(seed, core)) + 0.5) * 2.0**-32
    normal = math.sqrt(-2.0 * math.log(u)) * math.cos(2.0 * math.pi * v)
    root = normal * 0.5 + math.sqrt(rate / ONE)
    return np.int64(math.floor(root * root + 0.5))


@inner
def count_of(sources, j, core, tick):
    """Spikes of Poisson source ``j`` in a tick."""
    if sources.kind[j] == NONE or tick < sources.begin[j] or tick >= sources.end[j]:
        return np.int64(0)
    if sources.kind[j] == FAST:
        return fast_count(sources.seed, core, sources.limit[j])
    if sources.kind[j] == VERY_FAST:
        return gaussian_count(sources.seed, core, sources.rate[j])
    count = np.int64(0)
    while sources.counter[j] < THOUSAND:
        count += 1
        sources.counter[j] += waited(sources.seed, core, sources.interval[j])
    sources.counter[j] -= THOUSAND
    return count


@inner
def begin(sources, core, tick):
    """Draw the first waiting times of the slow sources of a core that begin in a tick."""
    for j in range(sources.core_ptr[core], sources.core_ptr[core + 1]):
        if sources.kind[j] == SLOW and sources.begin[j] == tick:
            sources.counter[j] = waited(sources.seed, core, sources.interval[j])


@kernel
def packets(sources, first, ticks, out):
    """Numbers of spikes of all sources of all cores in some ticks, shape (ticks, sources)."""
    for k in range(ticks):
        for core in range(len(sources.core_ptr) - 1):
            begin(sources, core, first + k)
            for j in range(sources.core_ptr[core], sources.core_ptr[core + 1]):
                out[k, j] = count_of(sources, j, core, first + k)
