"""A whole network on virtual cores, tick by tick in the canonical order.

In a tick every core steps; then the packets that were sent in it arrive, sorted by key. Sources of
given spikes are played by the harness, everything else is the board's own programs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

import numpy as np
from numpy.typing import NDArray

from tests.firmware.case import SOURCE, Case
from tests.firmware.core import Core
from tests.firmware.image import CoreImage, Image
from tests.firmware.lateness import Late
from tests.firmware.machine import Packet, watched

COLOURS = 16
"""Ticks that a key tells apart."""
VARIABLES = ("v", "gsyn_exc", "gsyn_inh")
SPIKES = 3
"""Channel of the spikes; before it those of the variables."""
PROVENANCE, RECORDING = 10, 15
"""Regions of a neuron core."""
PLAYED = "SpikeSourceArrayMachineVertex"
NEURONS = "PopulationMachineVertex"
# fmt: off
COUNTERS = (
    "current_timer_tick", "n_tdma_misses", "earliest_send", "latest_send",
    "n_pre_synaptic_events", "n_saturations", "n_plastic_saturations", "n_ghost_searches",
    "n_failed_bitfield_reads", "n_invalid_pop_table_hits", "n_filtered_by_bitfield",
    "n_skipped_synapses", "n_late_spikes", "max_late_spike", "n_buffer_overflows",
    "n_dmas_complete", "n_spikes_processed", "n_rewires", "n_late_packets",
    "max_size_input_buffer", "max_background_queued", "n_background_overloads",
)
# fmt: on
"""Counters of a neuron core, after six generic words."""
GENERIC = 6

Watch = Callable[[int], None]


class Board:
    """Cores of one case.

    Parameters
    ----------
    case : Case
        The network.
    image : Image
        What the toolchain made of it.
    late : callable, optional
        Ticks that the packet of a cell (label, id) of a tick comes late.
    """

    def __init__(self, case: Case, image: Image, late: Late | None = None) -> None:
        self.case = case
        self.image = image
        self.time = 0
        self._late = late
        self._held: dict[int, list[Packet]] = {}
        self._sources = {core.key: core for core in image.cores if core.key is not None}
        self._recorded: dict[tuple[int, int, int], list[list[bytes]]] = {}
        self.cores = {c.place: Core(c) for c in image.cores if c.kind != PLAYED}
        self._played = [
            (image_, case.population(image_.label).ticks)
            for image_ in image.cores
            if image_.kind == PLAYED and case.population(image_.label).cell == SOURCE
        ]

    def run(self, ticks: int, watch: Watch = lambda tick: None) -> None:
        """Run on for some ticks; ``watch`` is called after each with its number."""
        with watched(*self.cores.values()):
            self._run(self.time + ticks, watch)

    def _run(self, end: int, watch: Watch) -> None:
        for core in self.cores.values():
            core.resume(end, self.time)
        for tick in range(self.time, end):
            sent = self._spikes(tick)
            for core in self.cores.values():
                sent += core.tick()
            self.deliver(self._in_time(sent, tick))
            self.deliver(self._held.pop(tick, []), in_order=True)
            watch(tick)
        for place, core in self.cores.items():
            core.pause()
            if core.image.kind == NEURONS:
                channels = [core.recording(RECORDING, channel) for channel in range(SPIKES + 1)]
                self._recorded.setdefault(place, []).append(channels)
        self.time = end

    def _spikes(self, tick: int) -> list[Packet]:
        """Packets of the sources that the harness plays."""
        packets = []
        for core, ticks in self._played:
            if core.key is not None:
                for i in range(core.size):
                    if tick in ticks[core.first + i]:
                        packets.append(self.packet(core, i, tick))
        return packets

    def _in_time(self, packets: list[Packet], tick: int) -> list[Packet]:
        """Packets of a tick that arrive in it; the others are held."""
        if self._late is None:
            return packets
        kept = []
        for packet in sorted(packets, key=lambda packet: packet.key):
            core = self.source(packet)
            late = self._late(core.label, core.first + self.cell(packet, core), tick)
            (self._held.setdefault(tick + late, []) if late else kept).append(packet)
        return kept

    def source(self, packet: Packet) -> CoreImage:
        """The core that a packet comes from."""
        return next(
            core
            for key, core in self._sources.items()
            if core.mask is not None and packet.key & core.mask == key
        )

    @staticmethod
    def cell(packet: Packet, core: CoreImage) -> int:
        """The cell of a core that sent a packet."""
        assert core.key is not None
        return (packet.key - core.key) // COLOURS

    @staticmethod
    def packet(core: CoreImage, cell: int, tick: int) -> Packet:
        """The packet of a cell that fired in a tick."""
        assert core.key is not None
        return Packet(core.key + (cell * COLOURS) + tick % COLOURS)

    def deliver(self, packets: Iterable[Packet], in_order: bool = False) -> None:
        """Packets arrive, sorted by key or as they are, where the routing tables lead them."""
        arriving: dict[tuple[int, int, int], list[Packet]] = {}
        for packet in packets if in_order else sorted(packets, key=lambda packet: packet.key):
            for route in self.image.routes:
                if packet.key & route.mask == route.key and route.place in self.cores:
                    arriving.setdefault(route.place, []).append(packet)
        for place, here in arriving.items():
            if self.cores[place].deliver(here):
                raise RuntimeError(f"{self.cores[place].image.label}: answers a packet at once")

    # results

    def of(self, label: str) -> list[Core]:
        """Cores of a population, in the order of their slices."""
        return [self.cores[core.place] for core in self.image.of(label)]

    def _channel(self, core: Core, channel: int, words: int) -> NDArray[np.uint32]:
        """Rows of a channel of a core over all runs; each begins with its tick."""
        data = b"".join(run[channel] for run in self._recorded[core.image.place])
        return np.frombuffer(data, "<u4").reshape(-1, 1 + words)

    def signal(self, label: str, variable: str) -> NDArray[np.int32]:
        """Raw words of a variable, shape (ticks, cells)."""
        parts = []
        for core in self.of(label):
            rows = self._channel(core, VARIABLES.index(variable), core.image.size)
            if not np.array_equal(rows[:, 0], np.arange(self.time)):
                raise RuntimeError(f"{label}: recorded ticks are {rows[:, 0]}")
            parts.append(rows[:, 1:].view(np.int32))
        return np.hstack(parts)

    def spikes(self, label: str) -> list[tuple[int, int]]:
        """Spikes as (tick, cell), sorted."""
        found = []
        for core in self.of(label):
            for row in self._channel(core, SPIKES, -(-core.image.size // 32)):
                bits = np.unpackbits(row[1:].view(np.uint8), bitorder="little")
                cells = np.flatnonzero(bits[: core.image.size]) + core.image.first
                found += [(int(row[0]), int(cell)) for cell in cells]
        return sorted(found)

    def counters(self, label: str) -> dict[str, int]:
        """Counters of a population that is on one core."""
        (core,) = self.of(label)
        return self.counters_of(core)

    @staticmethod
    def counters_of(core: Core) -> dict[str, int]:
        """Counters of a core."""
        words = core.region(PROVENANCE)[GENERIC : GENERIC + len(COUNTERS)]
        return dict(zip(COUNTERS, words.tolist(), strict=True))
