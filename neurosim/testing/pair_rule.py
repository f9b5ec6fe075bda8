"""Check of plastic synapses against the pair rule, summed over pairs of spikes."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import partial

import numpy as np

from neurosim.backends.base import Synapses
from neurosim.facade import prepare
from neurosim.network import AllToAll, Network, OneToOne
from neurosim.neurons import IFCurrDelta
from neurosim.neurons.sources import SpikeSourceArray
from neurosim.synapses import STDP, Static
from neurosim.testing.compare import require

DT = 0.5
PRE = [[2.0, 9.5, 10.0, 21.0, 33.0, 40.0], [5.0, 5.5, 14.0, 30.0], [1.0, 12.0, 12.5, 36.5]]
TEACHER = [[4.0, 10.0, 18.5, 19.5, 38.0], [7.0, 8.0, 22.0, 31.0, 35.5]]
START = 0.5


def network(rule: STDP) -> Network:
    """Three sources, and two neurons that fire half a step after their teachers."""
    net = Network("pairs")
    source = net.population("source", 3, SpikeSourceArray(spike_times=PRE))
    teacher = net.population("teacher", 2, SpikeSourceArray(spike_times=TEACHER))
    cells = net.population("cells", 2, IFCurrDelta(tau_m=5.0))
    net.project(teacher, cells, OneToOne(), Static(50.0, DT))
    net.project(source, cells, AllToAll(), rule, name="plastic")
    net.record(cells, "spikes")
    return net


def change(pre: Sequence[int], post: Sequence[int], rule: STDP) -> float:
    """Change of an unclipped additive weight by all events of the rule, given as stamps.

    A pair with ``s`` = post - pre counts ``A_plus exp(-s / tau_plus)`` for ``s > 0`` and
    ``-A_minus exp(s / tau_minus)`` for ``s <= 0``, times ``w_max``; with nearest pairing only the
    latest event of the other side counts.
    """
    total = 0.0
    for event in post:
        earlier = [t for t in pre if t < event]
        for t in earlier if rule.pairing == "all_to_all" else earlier[-1:]:
            total += rule.A_plus * math.exp(-(event - t) * DT / rule.tau_plus)
    for event in pre:
        earlier = [t for t in post if t <= event]
        for t in earlier if rule.pairing == "all_to_all" else earlier[-1:]:
            total -= rule.A_minus * math.exp(-(event - t) * DT / rule.tau_minus)
    return total * rule.w_max


def check_pairs(backend: str, fraction: float) -> None:
    """Additive weights equal the sum over pairs, for delays of 1 to 6 steps.

    Parameters
    ----------
    backend : str
        Its name.
    fraction : float
        Dendritic share of the delay.
    """
    delays = DT * np.array([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]])
    for pairing in ("all_to_all", "nearest"):
        rule = STDP(
            START, delays, tau_plus=8.0, tau_minus=11.0, A_plus=0.02, A_minus=0.015,
            pairing=pairing, dendritic_delay_fraction=fraction,
        )  # fmt: skip
        with prepare(network(rule), dt=DT, seed=1, backend=backend, weights="double") as simulation:
            cells = simulation.run(50.0).recording().spikes["cells"]
            found: Synapses = simulation.weights("plastic")
        for unit, times in enumerate(TEACHER):
            fired = cells.of(unit).tolist()
            require(fired == [t + DT for t in times], f"cell {unit} fired at {fired}")
        for source, cell, weight, delay in zip(*found, strict=True):
            steps = round(delay / DT)
            dendritic = math.floor(fraction * steps + 0.5)
            pre = [round(t / DT) + steps - dendritic for t in PRE[source]]
            post = [round(t / DT) + 1 + dendritic for t in TEACHER[cell]]
            expected = START + change(pre, post, rule)
            good = abs(weight - expected) < 1e-13
            require(good, f"{pairing}, {source}->{cell}, {delay} ms: {weight}, not {expected}")


CHECKS: dict[str, Callable[[str], None]] = {
    f"pairs, dendritic share {fraction}": partial(check_pairs, fraction=fraction)
    for fraction in (0.0, 0.5, 1.0)
}
"""Checks of this file."""
