"""Memory: what a core needs of its own, what a chip's shared memory holds, how long a run can be.

Only estimates where they say so; the rest was counted in the shipped programs.
"""

from __future__ import annotations

import math

from neurosim.hardware.spinnaker.cells import Cell
from neurosim.hardware.spinnaker.machine import CORE
from neurosim.hardware.spinnaker.mapping import RingBits
from neurosim.synapses import STDP

STATIC_BYTES = 3512
"""DTCM that a program of static synapses takes beside neurons and ring (IF_curr_exp counted; that
of other cells is about the same)."""
PLASTIC_BYTES = 3600
"""The same for the pair rule, without its tables."""
HISTORY_BYTES = 100
"""DTCM for the spikes of a neuron that the pair rule remembers (counted for all pairs; nearest
pairs take no more)."""
CORE_SDRAM = 152_552
"""Shared memory that a core takes beside synapses and recordings: parameters, tables, provenance.
The most that was seen of the toolchain, for 256 cells of IF_cond_exp; an estimate for others."""
SOURCE_SDRAM = 37_548
"""The same for a core of 500 Poisson sources."""


def table_entries(tau: float, dt: float) -> int:
    """Entries of the table of an exponential window: until it falls below 1 / 2048.

    Parameters
    ----------
    tau, dt : float
        Time constant and tick, ms.

    Examples
    --------
    >>> table_entries(20.0, 1.0), table_entries(16.8, 1.0), table_entries(33.7, 1.0)
    (154, 130, 258)
    """
    return 2 * math.ceil(math.log(2048.0) * tau / dt / 2.0)


def dtcm(
    cell: Cell, neurons: int, bits: RingBits, rule: STDP | None, dt: float, recorded: int = 0
) -> tuple[int, int]:
    """Memory of its own that a core needs, and how much there is.

    Parameters
    ----------
    cell : Cell
        What it runs.
    neurons : int
        Neurons on the core.
    bits : RingBits
        Layout of the ring.
    rule : STDP or None
        The rule, if synapses onto the population are plastic.
    dt : float
        Tick, ms.
    recorded : int
        Recorded variables of all its neurons together (an estimate: 4 bytes each).

    Returns
    -------
    needed, available : int
        Bytes.
    """
    ring = 2 << (bits.neuron + bits.receptor + bits.delay)
    needed = ring + cell.state_bytes * neurons + 4 * recorded
    if rule is None:
        return needed + STATIC_BYTES, CORE.heap_static
    tables = 2 * (table_entries(rule.tau_plus, dt) + table_entries(rule.tau_minus, dt))
    return needed + PLASTIC_BYTES + tables + HISTORY_BYTES * neurons, CORE.heap_plastic


def spike_bytes(neurons: int) -> int:
    """Shared memory of the recorded spikes of a core, bytes per tick.

    Examples
    --------
    >>> spike_bytes(200) + spike_bytes(100) + sample_bytes(100)
    456
    """
    return 4 + 4 * -(-neurons // 32) if neurons else 0


def sample_bytes(neurons: int) -> int:
    """Shared memory of a recorded variable of a core, bytes per sample."""
    return 4 + 4 * neurons if neurons else 0


def parts(free: int, per_tick: float, ticks: int) -> tuple[int, int]:
    """The longest run without a pause, and in how many parts a run is made.

    Parameters
    ----------
    free : int
        Shared memory that is left on the fullest chip, bytes.
    per_tick : float
        What its recordings take, bytes per tick.
    ticks : int
        Length of the run.

    Returns
    -------
    longest, parts : int
        Ticks (at most those of the run), and number of parts; (0, 0) if not even a tick fits.

    Examples
    --------
    >>> parts(1000, 300.0, 10)
    (3, 4)
    """
    if per_tick <= 0.0:
        return ticks, 1
    longest = min(ticks, int(free // per_tick)) if free > 0 else 0
    return longest, -(-ticks // longest) if longest else 0
