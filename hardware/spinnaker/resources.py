"""Cores, chips and boards that a network takes, and the entries of their routers.

Cores are counted as the toolchain splits populations; chips are filled one after the other, as its
placer does where nothing stands in the way. It places and routes by itself, so chips and entries
are estimates.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from neurosim.hardware.spinnaker.machine import CHIP, Board
from neurosim.hardware.spinnaker.realtime import PLANNED_PLASTIC, PLANNED_STATIC

MOST_SYNAPSE_CORES = 15
"""Synapse cores of a slice at most: they share a chip with the core of its neurons."""


@dataclass(frozen=True)
class Share:
    """Cores that hold a population, or the delays of its spikes.

    Parameters
    ----------
    name : str
        Name of the population or input.
    role : {"array", "poisson", "cells", "delay"}
        What the cores do.
    slices : int
        Slices of the population.
    together : int
        Cores of a slice, which must be on one chip.
    sdram : int
        Shared memory of a slice beside its recordings, bytes.
    per_tick : float
        Shared memory of a slice's recordings, bytes per tick.
    """

    name: str
    role: str
    slices: int
    together: int = 1
    sdram: int = 0
    per_tick: float = 0.0

    @property
    def cores(self) -> int:
        """Cores in all."""
        return self.slices * self.together


@dataclass(frozen=True)
class PlacedChip:
    """What is on a chip.

    Parameters
    ----------
    cores : int
        Cores taken.
    free : int
        Shared memory that is left, bytes; negative if it does not suffice.
    per_tick : float
        Bytes that recordings take in a tick.
    slices : mapping of int to int
        Slices on the chip by number of the share.
    """

    cores: int
    free: int
    per_tick: float
    slices: Mapping[int, int]


@dataclass(frozen=True)
class Placement:
    """Where cores may be.

    Parameters
    ----------
    board : Board
        Sort of board.
    boards : int
        Boards needed.
    chips : tuple of PlacedChip
        Chips that are used.
    """

    board: Board
    boards: int
    chips: tuple[PlacedChip, ...]

    @property
    def cores(self) -> int:
        """Cores that the network takes."""
        return sum(chip.cores for chip in self.chips)

    @property
    def fits(self) -> bool:
        """Whether there are so many boards."""
        return self.boards == 1 or self.board.several > 0


def place(board: Board, shares: Sequence[Share]) -> Placement:
    """Fill chips with cores, one after the other.

    Parameters
    ----------
    board : Board
        Sort of board.
    shares : sequence of Share
        What to place, in this order.

    Examples
    --------
    >>> from neurosim.hardware.spinnaker.machine import SPINN_3
    >>> placed = place(SPINN_3, [Share("cells", "cells", 20)])
    >>> placed.boards, [chip.cores for chip in placed.chips]
    (1, [15, 5])
    """
    chips: list[PlacedChip] = []
    taken, free, per_tick, slices = 0, _memory(0), 0.0, dict[int, int]()

    def close() -> None:
        chips.append(PlacedChip(taken, free, per_tick, slices))

    for number, share in enumerate(shares):
        for _ in range(share.slices):
            room = board.cores[len(chips) % board.chips]
            while taken and (taken + share.together > room or free < share.sdram):
                close()
                taken, free, per_tick = 0, _memory(len(chips) % board.chips), 0.0
                slices = {}
                room = board.cores[len(chips) % board.chips]
            taken += share.together
            free -= share.sdram
            per_tick += share.per_tick
            slices[number] = slices.get(number, 0) + 1
    if taken:
        close()
    boards = max(1, -(-len(chips) // board.chips))
    if boards > 1 and board.several:
        boards = board.several * -(-boards // board.several)
    return Placement(board, boards, tuple(chips))


def _memory(chip: int) -> int:
    return CHIP.sdram - CHIP.monitor_sdram - (CHIP.gatherer_sdram if chip == 0 else 0)


def synapse_cores(rows: Sequence[tuple[int, int]], rate: float, plastic: bool, factor: int) -> int:
    """Cores that the toolchain gives the synapses of a slice where they are apart from neurons.

    Parameters
    ----------
    rows : sequence of (int, int)
        Of each projection onto the population: most synapses of a source on a core, and sources.
    rate : float
        Rate that it assumes of every source, Hz (``spikes_per_second``).
    plastic : bool
        Whether some are plastic.
    factor : int
        Time scale factor.

    Returns
    -------
    int
        0 if there are no synapses: then one core does all.
    """
    events = sum(math.ceil(synapses * rate * sources) for synapses, sources in rows)
    capacity = (PLANNED_PLASTIC if plastic else PLANNED_STATIC) * factor
    return min(MOST_SYNAPSE_CORES, math.ceil(events / capacity))


@dataclass(frozen=True)
class Entries:
    """Entries of the fullest router.

    Parameters
    ----------
    each : int
        One for every core whose packets go to the chip or start there.
    merged : int
        If the keys of each population merge into one entry.
    """

    each: int
    merged: int


def entries(
    placement: Placement, shares: Sequence[Share], sends: Mapping[int, Collection[int]]
) -> Entries:
    """Entries of the routers, before the toolchain compresses its tables.

    Chips that packets only cross are not counted.

    Parameters
    ----------
    placement : Placement
        Where cores may be.
    shares : sequence of Share
        What was placed.
    sends : mapping of int to collection of int
        Numbers of the shares that each share sends to.
    """
    each = merged = 0
    for chip in placement.chips:
        here = {
            source
            for source, targets in sends.items()
            if targets and (source in chip.slices or any(t in chip.slices for t in targets))
        }
        own = sum(
            chip.slices[s] if not any(t in chip.slices for t in sends[s]) else shares[s].slices
            for s in here
        )
        each, merged = max(each, own), max(merged, len(here))
    return Entries(each, merged)
