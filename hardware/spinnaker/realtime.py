"""Whether cores keep up: cycles of a tick by what a core does in it.

Instructions were counted in the shipped programs; cycles are about 1.35 times as many (an
estimate, 1.2 to 1.5). The toolchain plans with other figures, which are given beside: for static
synapses they are about twice as optimistic.
"""

from __future__ import annotations

from dataclasses import dataclass

from neurosim.hardware.spinnaker.cells import Cell
from neurosim.hardware.spinnaker.machine import CORE

CYCLES = 1.35
"""Cycles of an instruction."""
TICK, STATIC_ROW, PLASTIC_ROW, STATIC_EVENT, PLASTIC_EVENT = 620, 645, 900, 25, 103
"""Instructions of a tick, of a packet that finds a row, and of a synaptic event."""
PLANNED_STATIC, PLANNED_PLASTIC = 13e6, 1.4e6
"""Synaptic events a second that the toolchain expects of a core."""
RISKY, FULL = 0.7, 1.0
"""Loads from which a core may not keep up, and from which it does not."""
DEVIATIONS = 3.0
"""Standard deviations above the mean that count as a peak."""


@dataclass(frozen=True)
class Traffic:
    """What arrives at a core in a tick on average.

    Parameters
    ----------
    static_rows, plastic_rows : float
        Packets that find a row.
    static_events, plastic_events : float
        Synaptic events.
    variance : float
        Of the number of packets in a tick.
    """

    static_rows: float = 0.0
    plastic_rows: float = 0.0
    static_events: float = 0.0
    plastic_events: float = 0.0
    variance: float = 0.0

    @property
    def rows(self) -> float:
        """Packets that find a row."""
        return self.static_rows + self.plastic_rows

    @property
    def peak(self) -> float:
        """A tick with mean + 3 SD packets, by the mean tick."""
        return 1.0 + DEVIATIONS * self.variance**0.5 / self.rows if self.rows else 1.0

    @property
    def instructions(self) -> float:
        """Instructions of the mean tick for what arrives."""
        return (
            STATIC_ROW * self.static_rows + PLASTIC_ROW * self.plastic_rows
            + STATIC_EVENT * self.static_events + PLASTIC_EVENT * self.plastic_events
        )  # fmt: skip


@dataclass(frozen=True)
class Load:
    """Load of a core as a share of its time.

    Parameters
    ----------
    idle, mean, peak : float
        Without input, on average, and in a tick with mean + 3 SD packets.
    planned : float
        Load by synaptic events with the figures of the toolchain's planner, on average.
    packets : float
        Packets of a peak tick; a core keeps 256 at most.
    """

    idle: float
    mean: float
    peak: float
    planned: float
    packets: float

    @property
    def verdict(self) -> str:
        """``"ok"`` below 70 %, ``"risky"`` up to 100 %, ``"overrun"`` above, at the peak."""
        if self.peak > FULL:
            return "overrun"
        return "risky" if self.peak >= RISKY else "ok"


def budget(dt: float, time_scale_factor: int) -> float:
    """Cycles that a core has in a tick of ``dt`` ms, less 5 %.

    Examples
    --------
    >>> budget(1.0, 1)
    190000.0
    """
    return CORE.hertz * dt / 1000.0 * time_scale_factor * (1.0 - CORE.margin)


def load(
    cell: Cell, neurons: int, traffic: Traffic, dt: float, time_scale_factor: int = 1,
    synapse_cores: int = 0,
) -> Load:  # fmt: skip
    """Load of the busiest core that a slice of a population takes.

    Parameters
    ----------
    cell : Cell
        What it runs.
    neurons : int
        Neurons of the slice.
    traffic : Traffic
        What arrives at the slice.
    dt : float
        Tick, ms.
    time_scale_factor : int
        Hardware time over biological time.
    synapse_cores : int
        Cores that share its synapses; 0 if the core of the neurons does all.
    """
    have = budget(dt, time_scale_factor) / CYCLES
    update = TICK + cell.instructions * neurons
    arriving, peak = traffic.instructions, traffic.peak
    if synapse_cores:
        share = arriving / synapse_cores
        idle, mean = update, max(update, TICK + share)
        most = max(update, TICK + share * peak)
    else:
        idle, mean, most = update, update + arriving, update + arriving * peak
    events = (
        traffic.static_events / PLANNED_STATIC + traffic.plastic_events / PLANNED_PLASTIC
    ) * (1000.0 / (dt * time_scale_factor))  # fmt: skip
    cores = max(1, synapse_cores)
    return Load(idle / have, mean / have, most / have, events / cores, traffic.rows * peak / cores)


def largest_slice(
    cell: Cell, neurons: int, traffic: Traffic, dt: float, time_scale_factor: int = 1,
    synapse_cores: int = 0,
) -> int:  # fmt: skip
    """Neurons that a core can take below the risky load; 0 if not even one.

    Events and rows are taken to shrink with the neurons, but for packets, which come to every core:
    so each row remains, with fewer synapses.
    """
    for fewer in range(neurons, 0, -1):
        part = fewer / neurons
        less = Traffic(
            traffic.static_rows, traffic.plastic_rows, traffic.static_events * part,
            traffic.plastic_events * part, traffic.variance,
        )  # fmt: skip
        if load(cell, fewer, less, dt, time_scale_factor, synapse_cores).peak < RISKY:
            return fewer
    return 0
