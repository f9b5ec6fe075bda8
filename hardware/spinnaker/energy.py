"""Energy of a run, the idle boards apart.

The boards burn most of it whether they compute or not; what a network adds is in the other parts.
"""

from __future__ import annotations

from dataclasses import dataclass

from neurosim.hardware.spinnaker.machine import CHIP, Board


@dataclass(frozen=True)
class Energy:
    """Energy of a run.

    Parameters
    ----------
    seconds : float
        Wall-clock time of the run: biological time by the time scale factor.
    idle, box, cores, packets : float
        Joules of the idle boards, of the box of a single one, of active cores, of packets in
        routers.
    events : float
        Synaptic events of the run.
    """

    seconds: float
    idle: float
    box: float
    cores: float
    packets: float
    events: float

    @property
    def total(self) -> float:
        """All of it, J."""
        return self.idle + self.box + self.active

    @property
    def active(self) -> float:
        """What the network adds to the idle boards, J."""
        return self.cores + self.packets

    @property
    def idle_share(self) -> float:
        """Share of the idle boards and their box, from 0 to 1."""
        return (self.idle + self.box) / self.total if self.total else 0.0

    @property
    def per_event(self) -> float | None:
        """J per synaptic event, all included; None without events."""
        return self.total / self.events if self.events else None

    @property
    def active_per_event(self) -> float | None:
        """The same of what the network adds."""
        return self.active / self.events if self.events else None

    def __str__(self) -> str:
        text = (
            f"{joules(self.total)} in {self.seconds:g} s, of which idle boards "
            f"{joules(self.idle + self.box)} ({100.0 * self.idle_share:.0f} %), cores "
            f"{joules(self.cores)}, packets {joules(self.packets)}"
        )
        if self.per_event is None or self.active_per_event is None:
            return f"{text}; no synaptic events"
        text += f"; {joules(self.per_event)} per synaptic event"
        if self.idle_share > 0.5:
            text += f" ({joules(self.active_per_event)} without the idle boards, which dominate)"
        return text


def joules(value: float) -> str:
    """An energy with three digits and a unit that suits it.

    Examples
    --------
    >>> joules(3.4e-6), joules(32.2)
    ('3.4 uJ', '32.2 J')
    """
    for factor, unit in ((1.0, "J"), (1e-3, "mJ"), (1e-6, "uJ"), (1e-9, "nJ")):
        if value >= factor:
            return f"{value / factor:.3g} {unit}"
    return f"{value / 1e-12:.3g} pJ"


def energy(
    board: Board, boards: int, cores: int, seconds: float, packets: float, events: float
) -> Energy:
    """Energy of a run.

    Parameters
    ----------
    board : Board
        Sort of board.
    boards : int
        How many.
    cores : int
        Cores that the network uses; they count as active all the time, as the toolchain does
        unless it measures.
    seconds : float
        Wall-clock time.
    packets : float
        Packets, each counted once for every router that it passes.
    events : float
        Synaptic events.

    Examples
    --------
    >>> from neurosim.hardware.spinnaker.machine import SPINN_5
    >>> found = energy(SPINN_5, 1, 95, 10.0, 1e6, 1e8)
    >>> round(found.idle, 1), round(found.cores, 1), found.packets
    (268.4, 32.3, 0.001)
    """
    return Energy(
        seconds=seconds,
        idle=board.idle_watts * boards * seconds,
        box=board.box_watts * seconds if boards == 1 else 0.0,
        cores=CHIP.core_watts * cores * seconds,
        packets=CHIP.packet_joules * packets,
        events=events,
    )
