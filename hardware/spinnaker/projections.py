"""What becomes of the weights and delays of a route: the figures of the report."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from neurosim.distributions import Distribution
from neurosim.hardware.spinnaker.mapping import Mapping, Route

CHANGED = 0.01
"""Relative change of a weight that is reported."""
LARGEST_WORD = 65535


@dataclass(frozen=True)
class ProjectionReport:
    """Weights and delays of one route.

    Parameters
    ----------
    name : str
        Name of the projection.
    pre, post : str
        Populations.
    receptor : str
        Receptor.
    plastic : bool
        Whether its synapses are plastic.
    synapses : int
        Number of synapses.
    unit : str
        Unit of the weights there, nA or uS.
    smallest, largest : float
        Magnitudes of the weights before they are rounded, zeros left out.
    reach : float
        The largest that a weight can become: ``w_max`` of plastic ones.
    ceiling : float
        Largest weight that can be stored.
    step : float
        Difference of neighbouring stored weights.
    zeros : int
        Weights that became 0.
    wrapped : int
        Weights above ``ceiling``, of which only the low 16 bits would be stored. For plastic
        synapses all count if ``w_max`` is above it.
    changed : int
        Weights whose relative change is above the limit.
    limit : float
        That limit.
    worst : float
        Largest relative change.
    shortest, longest : int
        Delays in ticks; 0 without synapses.
    rounded : int
        Delays that were not whole ticks (0 for drawn ones, which are drawn in ticks).
    extended : int
        Synapses whose delay needs a stage.
    stages : int
        Rows of a source: 1 and one more for each delay stage.
    lost : int
        Plastic synapses whose delay is a full turn of the ring: the firmware drops their input.
    """

    name: str
    pre: str
    post: str
    receptor: str
    plastic: bool
    synapses: int
    unit: str
    smallest: float
    largest: float
    reach: float
    ceiling: float
    step: float
    zeros: int
    wrapped: int
    changed: int
    limit: float
    worst: float
    shortest: int
    longest: int
    rounded: int
    extended: int
    stages: int
    lost: int


def describe(mapping: Mapping, route: Route, limit: float = CHANGED) -> ProjectionReport:
    """Figures of a route.

    Parameters
    ----------
    mapping : Mapping
        What it belongs to.
    route : Route
        The synapses.
    limit : float
        Relative change of a weight from which it counts as changed.
    """
    target, plan = mapping.target(route.post), mapping.plan
    scale = target.scale(route.receptor)
    given = route.weights[route.weights > 0.0]
    exact = np.rint(given * scale)
    change = np.abs(np.minimum(exact, LARGEST_WORD) / scale - given) / given
    wrapped = int((exact > LARGEST_WORD).sum())
    if route.rule is not None and np.rint(route.statistics.largest * scale) > LARGEST_WORD:
        wrapped = route.size
    slots, delays = target.bits.slots, route.delays
    full = (delays - 1) % slots + 1 == slots
    return ProjectionReport(
        name=route.name,
        pre=plan.populations[route.pre].name,
        post=target.name,
        receptor=("excitatory", "inhibitory")[route.receptor],
        plastic=route.rule is not None,
        synapses=route.size,
        unit="nA" if target.cell.gain == 1 else "uS",
        smallest=float(given.min(initial=np.inf)) if len(given) else 0.0,
        largest=float(given.max(initial=0.0)),
        reach=route.statistics.largest,
        ceiling=LARGEST_WORD / scale,
        step=1.0 / scale,
        zeros=int((exact == 0.0).sum()),
        wrapped=wrapped,
        changed=int((change > limit).sum()),
        limit=limit,
        worst=float(change.max(initial=0.0)),
        shortest=int(delays.min()) if route.size else 0,
        longest=int(delays.max(initial=0)),
        rounded=_rounded(plan.synapses[route.block].synapse.delay, plan.dt, route.size),
        extended=int((delays > slots).sum()),
        stages=route.stages,
        lost=int(full.sum()) if route.rule is not None else 0,
    )


def _rounded(delay: Any, dt: float, synapses: int) -> int:
    """Delays off the grid, as they were given."""
    if isinstance(delay, Distribution):
        return 0
    ticks = np.asarray(delay, dtype=np.float64) / dt
    off = np.abs(ticks - np.floor(ticks + 0.5)) > 1e-6
    return synapses * int(off) if off.ndim == 0 else int(off.sum())
