"""Spike sources, Poisson input and injected currents."""

from __future__ import annotations

from typing import Any

import numpy as np

from neurosim.kernels._jit import inner, wide_vectors
from neurosim.kernels.rng import philox


@inner
def open_slot(history: Any, slot: Any) -> None:
    """Empty a slot for a new stamp."""
    own = history.own
    history.count[own, slot] = 0
    for p in range(history.low.shape[2]):
        history.low[own, slot, p] = 0
        history.high[own, slot, p] = 0


@inner
def emit_arrays(k: Any, arrays: Any, history: Any, slot: Any) -> None:
    """Emit the given spikes with stamp ``k``."""
    i, own = arrays.next[0], history.own
    n = history.count[own, slot]
    while i < arrays.stamp.shape[0] and arrays.stamp[i] == k:
        p = arrays.population[i]
        history.low[own, slot, p] = n
        while i < arrays.stamp.shape[0] and arrays.stamp[i] == k and arrays.population[i] == p:
            history.ids[own, slot, n] = arrays.id[i]
            n += 1
            i += 1
        history.high[own, slot, p] = n
    history.count[own, slot] = n
    arrays.next[0] = i


@inner
def emit_poisson(k: Any, poisson: Any, history: Any, slot: Any) -> None:
    """Emit the spikes of Poisson sources with stamp ``k``."""
    own = history.own
    n = history.count[own, slot]
    for s in range(poisson.population.shape[0]):
        p = poisson.population[s]
        start = poisson.unit_start[s]
        size = poisson.unit_start[s + 1] - start
        history.low[own, slot, p] = n
        for b in range((size + 3) // 4):
            drawn = philox(poisson.key[s], np.uint64(b), np.uint64(k))
            for lane in range(min(4, size - 4 * b)):
                unit = 4 * b + lane
                i = start + unit
                if drawn[lane] < poisson.threshold[i] and poisson.first[i] <= k < poisson.last[i]:
                    history.ids[own, slot, n] = unit
                    n += 1
        history.high[own, slot, p] = n
    history.count[own, slot] = n


@inner
def add_poisson(k: Any, inputs: Any, accumulators: Any) -> None:
    """Add Poisson counts times weight to the accumulators.

    The count is the number of table entries <= the word. Neurons that share a table and lie side by
    side are counted entry by entry, which vectorises (1.7 ns a neuron at a mean of 2, against 23 ns
    by search).
    """
    for s in range(inputs.key.shape[0]):
        if k < inputs.first[s] or k >= inputs.last[s]:
            continue
        low, high = inputs.id_start[s], inputs.id_start[s + 1]
        ids, tables = inputs.id[low:high], inputs.table[low:high]
        n = high - low
        key, step, weight = inputs.key[s], np.uint64(k), inputs.weight[s]
        first = np.int64(ids[0])
        if inputs.shared[s]:
            _add_shared(s, key, step, weight, first, n, tables[0], inputs, accumulators)
            continue
        for i in range(n):
            unit = np.int64(ids[i])
            drawn = philox(key, np.uint64(unit >> 2), step)
            word = drawn[unit & 3]
            start, stop = inputs.table_start[tables[i]], inputs.table_start[tables[i] + 1]
            below, above = start, stop
            while below < above:
                middle = (below + above) >> 1
                if np.uint64(inputs.tables[middle]) <= word:
                    below = middle + 1
                else:
                    above = middle
            accumulators[inputs.place[s] + unit] += weight * (below - start)


@inner
def _add_shared(
    s: Any, key: Any, step: Any, weight: Any, first: Any, n: Any, table: Any, inputs: Any,
    accumulators: Any,
) -> None:  # fmt: skip
    wide_vectors()  # type: ignore[call-arg]
    begin = first >> 2
    skip = first & 3
    words, counts = inputs.words, inputs.counts
    for b in range((skip + n + 3) // 4):
        w0, w1, w2, w3 = philox(key, np.uint64(begin + b), step)
        words[4 * b] = w0
        words[4 * b + 1] = w1
        words[4 * b + 2] = w2
        words[4 * b + 3] = w3
    entries = inputs.tables[inputs.table_start[table] : inputs.table_start[table + 1]]
    out = accumulators[inputs.place[s] + first : inputs.place[s] + first + n]
    fours = entries.shape[0] - entries.shape[0] % 4
    for strip in range(0, n, 512):
        size = min(512, n - strip)
        drawn = words[skip + strip : skip + strip + size]
        count = counts[:size]
        for i in range(size):
            count[i] = 0
        for e in range(0, fours, 4):  # four a pass, so that counts are loaded and stored less often
            a, b, c, d = entries[e], entries[e + 1], entries[e + 2], entries[e + 3]
            for i in range(size):
                word = drawn[i]
                count[i] += (
                    np.uint32(word >= a) + np.uint32(word >= b)
                    + np.uint32(word >= c) + np.uint32(word >= d)
                )  # fmt: skip
        for e in range(fours, entries.shape[0]):
            a = entries[e]
            for i in range(size):
                count[i] += np.uint32(drawn[i] >= a)
        target = out[strip : strip + size]
        for i in range(size):
            target[i] += weight * count[i]


@inner
def add_currents(j: Any, currents: Any, accumulators: Any) -> None:
    """Add the injected currents of step ``j`` of the chunk."""
    for s in range(currents.place.shape[0]):
        amplitude = currents.wave[s, j]
        if amplitude != 0.0:
            for i in range(currents.id_start[s], currents.id_start[s + 1]):
                accumulators[currents.place[s] + currents.id[i]] += amplitude
