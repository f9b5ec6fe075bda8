"""How much memory a network will take, before anything is drawn."""

from __future__ import annotations

from neurosim.backends.bundles import NARROW, Bundle, width
from neurosim.backends.share import Share
from neurosim.errors import SimulationError
from neurosim.plan.connect import Drawer
from neurosim.plan.plan import Plan
from neurosim.recording.memory import available, size

COUNT_BYTES = 4
"""Of a segment while synapses are counted, for each piece that is drawn apart."""

PTR_BYTES = 8
"""Of a segment in a run."""


def synapse_bytes(plan: Plan, bundles: list[Bundle], drawers: list[Drawer], wide: bool) -> float:
    """Bytes of all targets and weights."""
    target = 4 if wide else 2
    return sum(
        drawers[b].expected()
        * (target + (plan.weight_dtype.itemsize if bundle.weight is None else 0))
        for bundle in bundles
        for b in bundle.blocks
    )


def footprint(
    plan: Plan, bundles: list[Bundle], drawers: list[Drawer], shares: list[Share], pieces: int
) -> float:
    """Bytes that the synapses of a run take at most, while they are drawn or after."""
    wide = any(width(bundle, shares) > NARROW for bundle in bundles)
    segments = 0
    for bundle in bundles:
        first = min(drawers[b].first for b in bundle.blocks)
        last = max(drawers[b].first + drawers[b].n_sources for b in bundle.blocks)
        segments += (last - first) * max(len(drawers[b].delays) for b in bundle.blocks)
    for_each = pieces * COUNT_BYTES + len(shares) * PTR_BYTES
    return synapse_bytes(plan, bundles, drawers, wide) + segments * for_each


def history_bytes(plan: Plan, drawers: list[Drawer], shards: int) -> float:
    """Bytes of the spikes in flight: for every stamp until the longest delay room for all units."""
    units = sum(p.size for p in plan.populations)
    longest = max((int(d.delays[-1]) for d in drawers), default=1)
    return shards * longest * (4.0 * units + 24.0 * len(plan.populations))


def require_memory(needed: float, synapses: float, free: int | None = None) -> None:
    """Refuse a network that will not fit.

    Parameters
    ----------
    needed : float
        Bytes.
    synapses : float
        Expected number of synapses, for the message.
    free : int, optional
        Bytes that are free; what the system says by default.

    Raises
    ------
    SimulationError
        If more is needed than is free.
    """
    free = available() if free is None else free
    if free is not None and needed > free:
        raise SimulationError(
            f"Simulation: the network needs about {size(needed)} ({synapses:.3g} synapses, and "
            f"the spikes in flight for the longest delay), {size(free)} are free. Use one weight "
            "per projection, weights='single', fewer synapses, shorter delays or a machine with "
            "more memory."
        )
