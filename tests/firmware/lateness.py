"""Which packets come late, as the emulator draws it."""

from __future__ import annotations

from collections.abc import Callable

from neurosim import seeds
from neurosim.hardware.spinnaker.layout import key_order
from neurosim.hardware.spinnaker.mapping import Mapping
from neurosim.hardware.spinnaker.settings import Disturbance
from neurosim.philox import block

WHETHER, HOW_LATE = 1, 2
"""Streams of the emulator's disturbances."""
Late = Callable[[str, int, int], int]


def lateness(mapping: Mapping, disturbance: Disturbance) -> Late:
    """Ticks that the packet of a cell (label, id) of a tick comes late."""
    key = seeds.child(disturbance.seed, "spinnaker/packets")
    first, start = {}, 0
    for index in key_order(mapping.plan).tolist():
        population = mapping.plan.populations[index]
        first[population.name] = start
        start += population.size

    def word(stream: int, unit: int, tick: int) -> int:
        return int(block(key, stream << 32 | unit, tick)[0])

    def late(label: str, cell: int, tick: int) -> int:
        unit = first[label] + cell
        if word(WHETHER, unit, tick) >= round(disturbance.late * 2**32):
            return 0
        return (word(HOW_LATE, unit, tick) * disturbance.latest >> 32) + 1

    return late
