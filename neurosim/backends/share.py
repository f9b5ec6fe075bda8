"""How a network is shared out among threads: each gets a range of strips of every neuron block."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from neurosim.kernels.layout import STRIP
from neurosim.plan.connect import Drawer
from neurosim.plan.plan import Plan

NEURON_NS = 1.5
"""Cost of a neuron and step, roughly; see ``docs/concepts/performance.md``."""

EVENT_NS = 1.5
"""Cost of a synaptic event, roughly."""

NOMINAL_HZ = 5.0
"""Mean rate that costs are estimated with before a network has run."""


class Part(NamedTuple):
    """The neurons of a population that a share holds: ids from ``low`` to ``high``.

    ``place`` is where id 0 lies, or would lie, in the share's part of the neuron block.
    """

    low: int
    high: int
    place: int


@dataclass(frozen=True)
class Share:
    """Ranges of places of the neuron blocks.

    Parameters
    ----------
    low, high : tuple of int
        First place, and the place after the last, by neuron block.
    """

    low: tuple[int, ...]
    high: tuple[int, ...]

    def size(self, block: int) -> int:
        """Neurons of a block."""
        return self.high[block] - self.low[block]

    def part(self, plan: Plan, population: int) -> Part:
        """The neurons of a population."""
        where = plan.populations[population]
        start, stop = self.low[where.block] - where.offset, self.high[where.block] - where.offset
        low = min(max(start, 0), where.size)
        return Part(low, min(max(stop, low), where.size), -start)

    def halves(self) -> list[Share]:
        """The share in two, for drawing it with two threads."""
        middle = tuple((a + b) // 2 for a, b in zip(self.low, self.high, strict=True))
        return [Share(self.low, middle), Share(middle, self.high)]


def shares(plan: Plan, drawers: list[Drawer], n: int) -> list[Share]:
    """The network in ``n`` shares of about the same cost."""
    cuts = []
    for b, block in enumerate(plan.neurons):
        cost = np.full(block.size, NEURON_NS)
        for synapses, drawer in zip(plan.synapses, drawers, strict=True):
            where = plan.populations[synapses.post]
            if where.block == b:
                events = drawer.expected() / where.size * NOMINAL_HZ * plan.dt / 1000.0
                cost[where.offset : where.offset + where.size] += events * EVENT_NS
        total = np.cumsum(cost)
        at = np.searchsorted(total, total[-1] * np.arange(1, n) / n)
        inner = np.minimum((at + STRIP // 2) // STRIP * STRIP, block.size)
        cuts.append([0, *inner.tolist(), block.size])
    return [
        Share(tuple(cut[i] for cut in cuts), tuple(cut[i + 1] for cut in cuts)) for i in range(n)
    ]


def step_cost(plan: Plan, drawers: list[Drawer]) -> float:
    """Rough wall time of a step on one thread, s."""
    neurons = sum(block.size for block in plan.neurons)
    synapses = sum(drawer.expected() for drawer in drawers)
    events = synapses * NOMINAL_HZ * plan.dt / 1000.0
    return 1e-9 * (NEURON_NS * neurons + EVENT_NS * events)
