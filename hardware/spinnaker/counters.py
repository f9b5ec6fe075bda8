"""Provenance counters of the emulator, by the names of the toolchain."""

from __future__ import annotations

from typing import Any

import numpy as np

from neurosim.hardware.spinnaker.kernels import arrays as k
from neurosim.hardware.spinnaker.layout import Layout
from neurosim.hardware.spinnaker.mapping import Mapping

NAMES = (
    "current_timer_tick", "n_tdma_misses", "earliest_send", "latest_send",
    "n_pre_synaptic_events", "n_saturations", "n_plastic_saturations", "n_ghost_searches",
    "n_failed_bitfield_reads", "n_invalid_pop_table_hits", "n_filtered_by_bitfield",
    "n_skipped_synapses", "n_late_spikes", "max_late_spike", "n_buffer_overflows",
    "n_dmas_complete", "n_spikes_processed", "n_rewires", "n_late_packets",
    "max_size_input_buffer", "max_background_queued", "n_background_overloads",
)  # fmt: skip
"""Counters of a core that runs neurons and synapses, in the order of its memory."""

NOT_EMULATED = frozenset(NAMES) - {
    "current_timer_tick", "n_pre_synaptic_events", "n_saturations", "n_plastic_saturations",
    "n_skipped_synapses", "n_late_spikes", "max_late_spike", "n_spikes_processed",
}  # fmt: skip
"""Counters of queues, timers and searches, which are 0 on an emulated machine."""


def counters(mapping: Mapping, layout: Layout, tick: int) -> dict[str, list[dict[str, int]]]:
    """Counters by population, one mapping of names to numbers for each of its cores.

    Parameters
    ----------
    mapping : Mapping
        What ran.
    layout : Layout
        Its arrays.
    tick : int
        Ticks that have passed.
    """
    found = {}
    table = layout.rings.counters.reshape(-1, k.COUNTERS)
    events, packets = _work(mapping, layout)
    first = 0
    for target in mapping.targets:
        cores = []
        for core in range(first, first + target.cores):
            row = table[core]
            cores.append(
                dict.fromkeys(NAMES, 0)
                | {
                    "current_timer_tick": tick,
                    "n_pre_synaptic_events": int(events[core]),
                    "n_saturations": int(row[k.SATURATED]),
                    "n_plastic_saturations": int(row[k.PLASTIC_SATURATED]),
                    "n_skipped_synapses": int(row[k.SKIPPED]),
                    "n_late_spikes": int(row[k.LATE]),
                    "max_late_spike": int(row[k.MOST_LATE]),
                    "n_spikes_processed": int(packets[core]),
                }
            )
        found[target.name] = cores
        first += target.cores
    return found


def _work(mapping: Mapping, layout: Layout) -> tuple[Any, Any]:
    """Synapses processed, and rows that packets took (also empty ones), by core."""
    cores = sum(t.cores for t in mapping.targets)
    events = np.zeros(cores, dtype=np.int64)
    packets = np.zeros(cores, dtype=np.int64)
    targets, routes = layout.targets, layout.routes
    for i, route in enumerate(mapping.routes):
        t = int(routes.to[i])
        n = int(mapping.targets[t].cores)
        low = int(routes.row[i])
        received = routes.received[low : low + len(route.ptr) - 1]
        rows = np.repeat(np.arange(len(route.ptr) - 1), np.diff(route.ptr))
        core = route.targets // targets.per_core[t]
        held = np.bincount(rows * n + core, minlength=len(received) * n).reshape(-1, n)
        here = slice(int(targets.core[t]), int(targets.core[t]) + n)
        events[here] += received @ held
        packets[here] += received.sum()
    return events, packets


def total(found: dict[str, list[dict[str, Any]]], name: str) -> int:
    """Sum of a counter over all cores."""
    return sum(int(core[name]) for cores in found.values() for core in cores)
