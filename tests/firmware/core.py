"""A core that runs a program of the board on its data: boot, ticks, packets, what it leaves."""

from __future__ import annotations

import struct
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from tests.firmware.image import CoreImage
from tests.firmware.machine import (
    MAILBOX_IRQ,
    PACKET_IRQ,
    SDRAM,
    SDRAM_BYTES,
    TIMER_IRQ,
    Machine,
    Packet,
    watched,
)

APPLICATION = 16
FAILED, PAUSED, RUNNING, SYNC0, SYNC1, LOADED = 2, 5, 7, 8, 9, 10
"""States of a core that matter here."""
SYSTEM = 0xF5007F00
"""System variables of the chip."""
BLOCKS = 0xE5007000
"""Blocks of 128 bytes, one for each core."""
MESSAGE = 0xE5000100
DATA, DATA_TAG = 0x60400000, 0xAD130AD6
REGIONS = 32
SYSTEM_HEAP, HEAP = 0x60800000, 0x61000000
RUN_COMMAND, COMMAND_PORT = 7, 3


class Core(Machine):
    """A core after boot, paused.

    Parameters
    ----------
    image : CoreImage
        Its program and its memory regions.
    """

    def __init__(self, image: CoreImage) -> None:
        super().__init__(image.program, image.p)
        self.image = image
        self._block = BLOCKS + 128 * image.p
        self._regions: dict[int, int] = {}
        self._system_variables()
        self._load(image)
        with watched(self):
            self.start(APPLICATION)
        self._expect(LOADED)

    def _system_variables(self) -> None:
        def put(offset: int, value: int, size: int = 4) -> None:
            self.write(SYSTEM + offset, value.to_bytes(size, "little"))

        top = SDRAM + SDRAM_BYTES
        put(0x24, 200, 2)  # clock of the processors, MHz
        put(0x26, 130, 2)  # clock of the memory
        for core in range(18):
            put(0x94 + core, core, 1)
            put(0xA8 + core, core, 1)
        put(0xBC, 18, 1)
        put(0xFC, 0x040000)  # version 4.0.0
        for offset, start, end in (
            (0x4C, HEAP, top - 0x100000),
            (0xD0, SYSTEM_HEAP, HEAP - 0x100000),
            (0x48, 0xE5001000, 0xE5005000),
        ):
            self._heap(start, end)
            put(offset, start)
        put(0x54, top - 0x20000)  # buffers of text output
        put(0x50, 16384)
        put(0x58, 256)
        put(0xCC, BLOCKS)
        put(0xDC, 0x60300000)
        put(0xE4, 0x60310000)

    def _heap(self, start: int, end: int) -> None:
        first, last = start + 16, end - 8
        self.write(start, struct.pack("<4I", first, first, last, last - first - 8))
        self.write(first, struct.pack("<2I", last, 0))
        self.write(last, struct.pack("<2I", 0, 0))

    def _load(self, image: CoreImage) -> None:
        """Place the regions and the table that leads to them."""
        address = DATA + 8 + 12 * REGIONS
        table = struct.pack("<2I", DATA_TAG, 0x00010000)
        for number in range(REGIONS):
            region = image.regions.get(number)
            if region is None:
                table += struct.pack("<3I", 0, 0, 0)
                continue
            content = region.content.ljust(region.size + -region.size % 4, b"\0")
            words = struct.unpack(f"<{len(content) // 4}I", content)
            table += struct.pack("<3I", address, sum(words) & 0xFFFFFFFF, len(words))
            self.write(address, content)
            self._regions[number] = address
            address += len(content)
        if address >= SYSTEM_HEAP:
            raise ValueError(f"{image.label}: {address - DATA} bytes of data are too many")
        self.write(DATA, table)
        self.write(self._block + 112, struct.pack("<I", DATA))

    # control

    @property
    def state(self) -> int:
        """State of the core."""
        return self.read(self._block + 46, 1)[0]

    def _expect(self, *states: int) -> None:
        if self.state not in states:
            error = self.read(self._block + 44, 1)[0]
            raise RuntimeError(
                f"{self.image.label}: state {self.state}, not {states} (error {error}): "
                f"{self.text()[-300:]}"
            )

    def text(self) -> str:
        """What the program has written to its output buffer."""
        address, text = self.word(self._block + 88), b""
        while address:
            following, _, _, n = self.words(address, 4)
            text += self.read(address + 16, n)
            address = following
        return text.decode("ascii", "replace")

    def resume(self, until: int, start: int) -> None:
        """Make the paused core ready to run from tick ``start`` to tick ``until``."""
        body = struct.pack("<HHIII", RUN_COMMAND, 0, until, 0, start) + struct.pack("<I", 0)
        header = struct.pack(
            "<IHHBBBBHH", 0, 8 + len(body), 0, 7, 255, COMMAND_PORT << 5 | self.core, 255, 0, 0
        )
        self.write(self._block + 57, b"\0")  # the monitor has taken the last answer
        self.write(MESSAGE, header + body)
        self.write(self._block + 48, struct.pack("<I", MESSAGE))
        self.write(self._block + 56, b"\1")
        self.raise_interrupt(MAILBOX_IRQ)
        self._expect(SYNC0, SYNC1)
        self.signal = 0xFFFFFFFF if self.state == SYNC1 else 0
        self.raise_interrupt(MAILBOX_IRQ)
        self._expect(RUNNING)

    def tick(self) -> list[Packet]:
        """One tick of the timer; the packets that it sent."""
        self.raise_interrupt(TIMER_IRQ)
        return self._taken()

    def deliver(self, packets: Iterable[Packet]) -> list[Packet]:
        """Packets arrive one after the other; those that were sent meanwhile."""
        for packet in packets:
            self.received.append(packet)
            self.raise_interrupt(PACKET_IRQ)
        return self._taken()

    def pause(self) -> None:
        """The tick after the last one: the core stores its state and waits."""
        if self.tick():
            raise RuntimeError(f"{self.image.label}: packets at the end of the run")
        self._expect(PAUSED)

    def _taken(self) -> list[Packet]:
        sent, self.sent = self.sent, []
        if self.state == FAILED:
            self._expect(RUNNING)
        return sent

    # results

    def region(self, number: int) -> NDArray[np.uint32]:
        """Words of a region as they are now."""
        size = self.image.regions[number].size
        return np.frombuffer(self.read(self._regions[number], size + -size % 4), dtype="<u4")

    def recording(self, header: int, channel: int) -> bytes:
        """What was recorded in a channel; ``header`` is the region that tells where it is."""
        n, *fields = self.region(header)
        if channel >= n:
            raise ValueError(f"{self.image.label}: {n} channels, no channel {channel}")
        _, size, address = (int(word) for word in fields[3 * channel : 3 * channel + 3])
        return self.read(address, size & 0x7FFFFFFF) if size else b""
