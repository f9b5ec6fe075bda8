"""Networks that NIR can express, with input that makes them spike."""

from __future__ import annotations

from typing import Any

import numpy as np

from neurosim.io.nir import NIRCurrent, NIRMembrane
from neurosim.network import FixedProbability, FromList, Network, OneToOne
from neurosim.neurons import IFCurrDelta, IFCurrExp, Leaky
from neurosim.neurons.sources import SpikeSourceArray
from neurosim.synapses import Static

STEPS, DT, N_IN, N = 80, 0.5, 5, 12
TRAINS = [
    (DT * np.flatnonzero(np.random.default_rng(unit).random(STEPS) < 0.3)).tolist()
    for unit in range(N_IN)
]
INPUT = np.zeros((STEPS, N_IN), dtype=np.bool_)
for _unit, _train in enumerate(TRAINS):
    INPUT[np.round(np.array(_train) / DT).astype(int), _unit] = True

FAST: dict[str, Any] = {"tau_m": 8.0, "tau_refrac": 0.0}
CELLS: dict[str, tuple[Any, float]] = {
    "leaky subtract": (Leaky(beta=0.8, i_offset=0.05), 0.7),
    "leaky zero": (Leaky(beta=np.linspace(0.3, 0.9, N), reset="zero"), 0.9),
    "leaky without leak": (Leaky(beta=1.0, threshold=2.0), 0.5),
    "lif delta": (IFCurrDelta(**FAST, i_offset=0.5), 6.0),
    "lif exp": (IFCurrExp(**FAST, tau_syn_E=3.0, tau_syn_I=3.0, i_offset=0.3), 4.0),
    "lif exp, equal times": (IFCurrExp(**FAST, tau_syn_E=8.0, tau_syn_I=8.0), 2.5),
    "nir membrane": (NIRMembrane("LIF", 6.0, r=3.0, i_offset=np.linspace(0.0, 0.3, N)), 1.2),
    "nir integrator": (NIRMembrane("IF", r=700.0, v_reset=-0.1, reset="subtract"), 0.8),
    "nir threshold": (NIRMembrane("Threshold", v_threshold=0.5, threshold="reached"), 0.6),
    "nir current": (NIRCurrent(tau_syn=2.0, tau_mem=6.0, w_in=5.0, r=3.0, current="old"), 0.9),
}
"""Kinds and the size of weights that make them spike."""


def network(name: str) -> Network:
    """Cells of a kind with input, recurrence of several delays, and a second layer of them."""
    kind, size = CELLS[name]
    rng = np.random.default_rng(3)
    made = Network(name)
    made.population("in", N_IN, SpikeSourceArray(TRAINS))
    start = {"v": rng.uniform(-60.0, -52.0, N)} if name.startswith("lif") else None
    made.population("cells", N, kind, start)
    made.population("more", N, kind)
    signs = {r.name: r.sign for r in type(kind).receptors}
    for pre, post, delay, p in (
        ("in", "cells", 0.5, 0.7), ("in", "more", 1.5, 0.3), ("cells", "cells", 0.5, 0.2),
        ("cells", "cells", 2.0, 0.2), ("cells", "more", 0.5, 0.5), ("more", "cells", 1.0, 0.1),
    ):  # fmt: skip
        pairs = np.argwhere(rng.random((made[pre].size, N)) < p)
        weights = size * rng.uniform(0.5, 1.5, len(pairs)) * np.where(pre == "in", 1.0, 0.3)
        negative = rng.random(len(pairs)) < (0.2 if pre == "in" else 0.6)
        for receptor, chosen in (("excitatory", ~negative), ("inhibitory", negative)):
            sign = -1.0 if receptor == "inhibitory" else 1.0
            assert signs[receptor] in (0, sign)
            synapse = Static(sign * weights[chosen], delay)
            made.project(pre, post, FromList(pairs[chosen]), synapse, receptor)
    made.project("cells", "more", OneToOne(), Static(1.0 * size, 3.0))
    made.record("cells")
    made.record("more")
    return made


def random_network() -> Network:
    """Connections that are drawn."""
    made = Network("random")
    made.population("in", N_IN, SpikeSourceArray(TRAINS))
    made.population("cells", N, Leaky(beta=0.8))
    made.project("in", "cells", FixedProbability(0.5), Static(0.9, DT))
    made.record("cells")
    return made
