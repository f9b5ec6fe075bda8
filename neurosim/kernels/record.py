"""Recording inside the step loop."""

from __future__ import annotations

from typing import Any

from neurosim.kernels._jit import inner
from neurosim.kernels.layout import STRIP


@inner
def sample(k: Any, neurons: Any, rows: Any, probes: Any) -> None:
    """Sample the state at stamp ``k``; ``rows[block]`` is the number of rows of a strip."""
    for s in range(probes.block.shape[0]):
        if k < probes.first[s] or k >= probes.last[s]:
            continue
        if (k - probes.first[s]) % probes.every[s] != 0:
            continue
        block = probes.block[s]
        start, width = neurons.start[block], rows[block] * STRIP
        out = probes.out_next[s]
        for i in range(probes.id_start[s], probes.id_start[s + 1]):
            place = probes.place[i]
            strip = place // STRIP
            at = start + strip * width + probes.variable[s] * STRIP + (place - strip * STRIP)
            probes.out[out] = neurons.state[at]
            out += 1
        probes.out_next[s] = out


@inner
def record(stamp: Any, slot: Any, low: Any, high: Any, history: Any, probes: Any) -> None:
    """Record the shard's spikes of the populations from ``low`` to ``high`` in a slot."""
    n, own = probes.count[0], history.own
    for p in range(low, high):
        if probes.wanted[p]:
            for i in range(history.low[own, slot, p], history.high[own, slot, p]):
                probes.stamp[n] = stamp
                probes.population[n] = p
                probes.id[n] = history.ids[own, slot, i]
                n += 1
    probes.count[0] = n
