"""What a SpiNNaker machine is made of: cores, chips, boards and their power.

All numbers are those that sPyNNaker 7.4.1 and its parts plan with (spinn_machine's versions 3 and
5, the monitors of the front end, its energy report). Memory of a core that a program finds free
was counted by running the shipped programs.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Core:
    """An ARM968 core; the defaults are those of every SpiNNaker-1 machine.

    Parameters
    ----------
    hertz : float
        Clock.
    itcm, dtcm : int
        Memory for instructions and for data, bytes.
    heap_static, heap_plastic : int
        Bytes of DTCM that the program of static and of plastic synapses leaves for its arrays
        (counted in the shipped programs with nothing recorded).
    queue : int
        Incoming packets that wait at most.
    margin : float
        Share of a tick that should stay free.
    """

    hertz: float = 200e6
    itcm: int = 32 * 1024
    dtcm: int = 64 * 1024
    heap_static: int = 59_052
    heap_plastic: int = 59_020
    queue: int = 256
    margin: float = 0.05


@dataclass(frozen=True)
class Chip:
    """A chip: cores, shared memory and a router.

    Parameters
    ----------
    system_cores : int
        Cores that the machine keeps: its own and the monitor that re-injects dropped packets.
    sdram : int
        Bytes of shared memory that can be used.
    monitor_sdram, gatherer_sdram : int
        What the monitor takes on each chip, and the packet gatherer on a board's first.
    entries : int
        Entries of the router's table.
    packet_joules : float
        Energy of a packet of 40 bits in a router.
    idle_watts, core_watts : float
        Power of an idle chip, and what each active core adds.
    """

    system_cores: int = 2
    sdram: int = 123_469_792
    monitor_sdram: int = 488_476
    gatherer_sdram: int = 477_250
    entries: int = 1023
    packet_joules: float = 1e-9
    idle_watts: float = 0.35
    core_watts: float = 0.034


@dataclass(frozen=True)
class Board:
    """A board.

    Parameters
    ----------
    name : str
        ``"spinn-3"`` or ``"spinn-5"``.
    version : int
        How sPyNNaker's configuration calls it.
    cores : tuple of int
        Cores of its chips that a network can use, in the order in which they are filled; the first
        chip has the packet gatherer.
    several : int
        Boards that a machine grows by when one is not enough, 0 if it cannot.
    idle_watts : float
        Power of the idle board, its chips included.
    box_watts : float
        What a frame takes in addition when this is the only board in it.
    """

    name: str
    version: int
    cores: tuple[int, ...]
    several: int
    idle_watts: float
    box_watts: float

    @property
    def chips(self) -> int:
        """Chips of the board."""
        return len(self.cores)

    @property
    def application_cores(self) -> int:
        """Cores that a network can use."""
        return sum(self.cores)


CORE = Core()
CHIP = Chip()

SPINN_3 = Board("spinn-3", 3, (15, 16, 16, 16), 0, 3.56, 0.0)
"""Four chips of 18 cores: 63 for a network."""
SPINN_5 = Board("spinn-5", 5, (15, *(16,) * 39, *(15,) * 8), 3, 26.84, 5.04)
"""Forty chips of 18 cores and eight of 17: 759 for a network. Larger machines come in threes."""

BOARDS = {board.name: board for board in (SPINN_3, SPINN_5)}
"""Boards by name."""

STAGE_NEURONS = 256
"""Neurons whose spikes a core delays at most; sources keep their own slices."""
LONGEST_ROW = 256
"""Synapses of a row at most."""
LONGEST_PLASTIC_ROW = 254
"""Plastic synapses of a row at most."""
