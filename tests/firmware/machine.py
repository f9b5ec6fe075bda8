"""One core of a SpiNNaker chip: its memories, its peripherals and an emulated ARM processor.

Time stands still unless the harness moves it: a DMA is done at once, timers do not count, and an
interrupt is taken where the program could next be interrupted after it had waited, returned from
another interrupt or allowed interrupts again.
"""

from __future__ import annotations

import ctypes
import mmap
import struct
import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from tests.firmware.aplx import read_aplx

ITCM, DTCM, SYSTEM_RAM, SDRAM = 0x0, 0x400000, 0xE5000000, 0x60000000
SDRAM_BYTES = 160 << 20
RETURNS = 0x0F000000
"""A page that is not memory: where interrupt handlers return to, one place for each depth."""
TIMER_IRQ, DMA_IRQ, MAILBOX_IRQ, PACKET_IRQ = 4, 12, 18, 24
IRQ_VECTOR, FIQ_VECTOR = 0x18, 0x1C
WAIT = struct.pack("<I", 0xEE070F90)
"""The instruction that waits for an interrupt."""
SECONDS = 120
"""Longest that machines may take for what they are told to do."""


class Packet(NamedTuple):
    """A multicast packet."""

    key: int
    payload: int | None = None


class Stuck(RuntimeError):
    """The program did not come to wait for an interrupt."""


class Machine:
    """A core with a program in its memory.

    Parameters
    ----------
    program : Path
        Application file.
    core : int
        Number of the core on its chip.
    """

    def __init__(self, program: Path, core: int) -> None:
        import unicorn

        self.core = core
        self.cpu = unicorn.Uc(unicorn.UC_ARCH_ARM, unicorn.UC_MODE_ARM | unicorn.UC_MODE_ARM926)
        self.received: deque[Packet] = deque()
        self.sent: list[Packet] = []
        self.pending = 0
        self._buffers: list[tuple[mmap.mmap, ctypes.Array[ctypes.c_ubyte]]] = []
        self._memory(0x10000, ITCM)
        self._memory(0x10000, DTCM)
        self._memory(0x8000, SYSTEM_RAM, 0xF5000000)
        self._memory(SDRAM_BYTES, SDRAM, 0x70000000)
        self._memory(0x1000, RETURNS)
        self._peripherals()
        segments = read_aplx(program)
        for segment in segments:
            self.write(segment.address, segment.data)
        self._late = False
        self._reason = ""
        self._returns: list[int] = []
        self._at = 0
        self._hook(segments[0].data)

    # memory

    def _memory(self, size: int, *bases: int) -> None:
        store = mmap.mmap(-1, size)
        view = (ctypes.c_ubyte * size).from_buffer(store)
        self._buffers.append((store, view))
        for base in bases:
            self.cpu.mem_map_ptr(base, size, 7, ctypes.addressof(view))

    def read(self, address: int, size: int) -> bytes:
        """Bytes of memory."""
        return bytes(self.cpu.mem_read(address, size))

    def write(self, address: int, data: bytes) -> None:
        """Write bytes of memory."""
        self.cpu.mem_write(address, data)

    def words(self, address: int, n: int) -> tuple[int, ...]:
        """Unsigned words of memory."""
        return struct.unpack(f"<{n}I", self.read(address, 4 * n))

    def word(self, address: int) -> int:
        """An unsigned word of memory."""
        return self.words(address, 1)[0]

    # peripherals

    def _peripherals(self) -> None:
        self._vic_enabled = self._vic_fast = self._vic_soft = self._vic_default = 0
        self._vic_address: dict[int, int] = {}
        self._vic_control: dict[int, int] = {}
        self._active: list[int] = []
        self._payload: int | None = None
        self._timer = {0x00: 200_000, 0x04: 150_000, 0x24: 1}
        self._dma: dict[int, int] = {}
        self._dma_done = False
        self.signal = 0
        for read, write, bases in (
            (self._read_comms, self._write_comms, (0x10000000, 0x20000000)),
            (self._read_timer, self._write_timer, (0x11000000, 0x21000000)),
            (self._read_vic, self._write_vic, (0x1F000000, 0x2F000000, 0xFFFFF000)),
            (self._read_dma, self._write_dma, (0x30000000, 0x40000000)),
            (self._read_system, self._write_system, (0xE2000000, 0xF2000000)),
            (self._read_nothing, self._write_nothing, (0xE0000000, 0xE1000000, 0xE3000000)),
            (self._read_nothing, self._write_nothing, (0xF0000000, 0xF1000000, 0xF3000000)),
        ):
            for base in bases:
                self.cpu.mmio_map(base, 0x1000, read, None, write, None)

    def _read_nothing(self, cpu, offset, size, data) -> int:
        return 0

    def _write_nothing(self, cpu, offset, size, value, data) -> None:
        pass

    def _read_system(self, cpu, offset, size, data) -> int:
        return self.signal if offset == 0x58 else 0

    def _write_system(self, cpu, offset, size, value, data) -> None:
        if offset == 0x0C:
            self.pending &= ~(1 << MAILBOX_IRQ)

    def _read_comms(self, cpu, offset, size, data) -> int:
        if offset == 0x00:
            return 0x10000000  # room for another packet
        packet = self.received[0] if self.received else Packet(0)
        if offset == 0x0C:
            return 0 if packet.payload is None else 1 << 17
        if offset == 0x10:
            return packet.payload or 0
        if offset == 0x14 and self.received:
            self.received.popleft()
            if not self.received:
                self.pending &= ~(1 << PACKET_IRQ)
            return packet.key
        return 0

    def _write_comms(self, cpu, offset, size, value, data) -> None:
        if offset == 0x04:
            self._payload = value
        elif offset == 0x08:
            self.sent.append(Packet(value, self._payload))
            self._payload = None

    def _read_timer(self, cpu, offset, size, data) -> int:
        return self._timer.get(offset, 0)

    def _write_timer(self, cpu, offset, size, value, data) -> None:
        if offset == 0x00:
            self._timer[0] = value
        elif offset == 0x0C:
            self.pending &= ~(1 << TIMER_IRQ)

    def _read_dma(self, cpu, offset, size, data) -> int:
        if offset == 0x14:
            return self.core << 24 | self._dma_done << 10
        return self._dma.get(offset, 0)

    def _write_dma(self, cpu, offset, size, value, data) -> None:
        self._dma[offset] = value
        if offset == 0x0C:
            system, local, n = self._dma[4], self._dma[8], value & 0x1FFFF
            to_system = value >> 19 & 1
            source, target = (local, system) if to_system else (system, local)
            self.write(target, self.read(source, n))
            self._dma_done = True
            self.pending |= 1 << DMA_IRQ
        elif offset == 0x10 and value & 0x18:
            self._dma_done = False
            self.pending &= ~(1 << DMA_IRQ)

    # interrupts

    def _raised(self) -> int:
        return (self.pending | self._vic_soft) & self._vic_enabled

    def _slot(self) -> int | None:
        """The vectored interrupt to be taken: none of a lower priority than what is active."""
        raised = self._raised() & ~self._vic_fast
        for slot in range(min(16, *self._active[-1:], 16)):
            control = self._vic_control.get(slot, 0)
            if control & 0x20 and raised >> (control & 31) & 1:
                return slot
        return None

    def _read_vic(self, cpu, offset, size, data) -> int:
        if offset == 0x30:
            slot = self._slot()
            if slot is None:
                return self._vic_default
            self._active.append(slot)
            return self._vic_address[slot]
        return {
            0x00: self._raised() & ~self._vic_fast,
            0x08: self.pending | self._vic_soft,
            0x0C: self._vic_fast,
            0x10: self._vic_enabled,
        }.get(offset, 0)

    def _write_vic(self, cpu, offset, size, value, data) -> None:
        if offset == 0x0C:
            self._vic_fast = value
        elif offset == 0x10:
            self._vic_enabled |= value
        elif offset == 0x14:
            self._vic_enabled &= ~value
        elif offset == 0x18:
            self._vic_soft |= value
        elif offset == 0x1C:
            self._vic_soft &= ~value
        elif offset == 0x30:
            if self._active:
                self._active.pop()
        elif offset == 0x34:
            self._vic_default = value
        elif 0x100 <= offset < 0x140:
            self._vic_address[(offset - 0x100) // 4] = value
        elif 0x200 <= offset < 0x240:
            self._vic_control[(offset - 0x200) // 4] = value

    # running

    def _hook(self, code: bytes) -> None:
        """Stop where the program waits, may be interrupted again, or returns from an interrupt."""
        from unicorn import UC_HOOK_CODE, UC_HOOK_INTR, UC_HOOK_MEM_UNMAPPED

        def on(reason: str) -> Callable[..., None]:
            def stop(cpu, address, size, data) -> None:
                if reason != "mask" or self._entry() is not None:
                    self._reason, self._at = reason, address
                    cpu.emu_stop()

            return stop

        for at in range(0, len(code) - 3, 4):
            (word,) = struct.unpack_from("<I", code, at)
            if code[at : at + 4] == WAIT:
                self.cpu.hook_add(UC_HOOK_CODE, on("wait"), None, at, at)
            elif word & 0x0FB0FFF0 == 0x0120F000 or word & 0x0FB0F000 == 0x0320F000:
                self.cpu.hook_add(UC_HOOK_CODE, on("mask"), None, at + 4, at + 4)
        self.cpu.hook_add(UC_HOOK_CODE, on("return"), None, RETURNS, RETURNS + 0xFFF)

        def fault(cpu, access, address, size, value, data) -> bool:
            self._reason = f"access to {address:#x} at {self._pc():#x}"
            return False

        def interrupt(cpu, number, data) -> None:
            self._reason = f"exception {number} at {self._pc():#x}"
            cpu.emu_stop()

        self.cpu.hook_add(UC_HOOK_MEM_UNMAPPED, fault)
        self.cpu.hook_add(UC_HOOK_INTR, interrupt)

    def _pc(self) -> int:
        from unicorn.arm_const import UC_ARM_REG_PC

        return int(self.cpu.reg_read(UC_ARM_REG_PC))

    def start(self, application: int) -> None:
        """Reset the processor and run the program until it waits."""
        from unicorn.arm_const import UC_ARM_REG_CPSR, UC_ARM_REG_R0

        self.cpu.reg_write(UC_ARM_REG_CPSR, 0xD3)  # supervisor, no interrupts
        self.cpu.reg_write(UC_ARM_REG_R0, application)
        self._at = 0
        self.run()

    def raise_interrupt(self, number: int) -> None:
        """Raise an interrupt and run until the program waits."""
        self.pending |= 1 << number
        self.run()

    def run(self) -> None:
        """Run until the program waits and nothing is to be served.

        Raises
        ------
        Stuck
            If it does something that the machine cannot, or runs on without waiting.
        """
        from unicorn import UcError
        from unicorn.arm_const import UC_ARM_REG_CPSR

        while not self._late:
            self._interrupt()
            self._reason = ""
            status = self.cpu.reg_read(UC_ARM_REG_CPSR)
            try:
                self.cpu.emu_start(self._at | (status >> 5 & 1), 0xFFFFFFF0)
            except UcError as error:
                raise Stuck(f"core {self.core}: {error}; {self._reason}") from error
            if self._reason == "wait":
                self._at += 4
                if not self._raised():
                    return
            elif self._reason == "return":
                if self._at != RETURNS + 16 * (len(self._returns) - 1):
                    raise Stuck(f"core {self.core}: interrupts return out of order")
                self._at = self._returns.pop()
            elif self._reason != "mask":
                break
        raise Stuck(f"core {self.core}: {self._reason or f'runs on at {self._pc():#x}'}")

    def stop(self) -> None:
        """Let the program run no further (from another thread)."""
        self._late = True
        self.cpu.emu_stop()

    def _entry(self) -> tuple[int, int] | None:
        """Mode and vector of the interrupt that the processor would take now."""
        from unicorn.arm_const import UC_ARM_REG_CPSR

        raised = self._raised()
        if not raised:
            return None
        status = self.cpu.reg_read(UC_ARM_REG_CPSR)
        if raised & self._vic_fast and not status & 0x40:
            return 0xD1, FIQ_VECTOR
        if raised & ~self._vic_fast and not status & 0x80 and self._slot() is not None:
            return 0x92 | (status & 0x40), IRQ_VECTOR
        return None

    def _interrupt(self) -> None:
        """Enter the handler of what is raised, if the processor lets itself be interrupted."""
        from unicorn.arm_const import UC_ARM_REG_CPSR, UC_ARM_REG_LR, UC_ARM_REG_SPSR

        entry = self._entry()
        if entry is None:
            return
        status = self.cpu.reg_read(UC_ARM_REG_CPSR)
        mode, vector = entry
        back = RETURNS + 16 * len(self._returns)
        self._returns.append(self._at)
        self.cpu.reg_write(UC_ARM_REG_CPSR, (status & ~0xFF) | mode)
        self.cpu.reg_write(UC_ARM_REG_SPSR, status)
        self.cpu.reg_write(UC_ARM_REG_LR, back + 4)
        self._at = vector


@contextmanager
def watched(*machines: Machine) -> Iterator[None]:
    """Stop machines that take too long."""
    timers = [threading.Timer(SECONDS, machine.stop) for machine in machines]
    for timer in timers:
        timer.start()
    try:
        yield
    finally:
        for timer in timers:
            timer.cancel()
