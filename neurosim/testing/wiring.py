"""Networks that connect: every connector, views and assemblies, delays, probes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from neurosim.distributions import LogNormal, Normal, Uniform
from neurosim.network import (
    AllToAll,
    DistanceDependent,
    FixedNumberPost,
    FixedNumberPre,
    FixedProbability,
    FixedTotalNumber,
    FromArray,
    FromList,
    Network,
    OneToOne,
    SmallWorld,
)
from neurosim.neurons import IFCondExp, IFCurrDelta, IFCurrExp
from neurosim.neurons.sources import SpikeSourceArray
from neurosim.synapses import Static
from neurosim.testing.blocks import volley

SIZE = 8


def connectors(network: Network) -> None:
    """Every connector, with weights and delays of all forms."""
    rng = np.random.default_rng(7)
    mask = rng.random((SIZE, SIZE)) < 0.4
    pairs = np.array([(0, 1), (3, 3), (0, 1), (7, 0), (2, 6)])
    rules: list[tuple[Any, Any, Any]] = [
        (AllToAll(allow_self_connections=False), 0.5, None),
        (OneToOne(), 9.0, 2.0),
        (FixedProbability(0.3), Uniform(0.5, 2.0), 1.5),
        (FixedProbability(0.0), 1.0, Uniform(1.0, 4.0)),
        (FixedNumberPre(3), Normal(mean=1.0, sd=1.0), Uniform(1.0, 4.0)),
        (FixedNumberPre(3, with_replacement=True, allow_self_connections=False), 1.0, 1.0),
        (FixedNumberPost(2), LogNormal(mu=0.0, sigma=0.5), 1.0),
        (FixedNumberPost(9, with_replacement=True), 0.3, 1.0),
        (FixedTotalNumber(11), Uniform(0.0, 1.0), Uniform(0.5, 1.0)),
        (FixedTotalNumber(5, with_replacement=False), 2.0, 1.0),
        (DistanceDependent("exp(-d / 2)"), 1.0, 1.0),
        (SmallWorld(4, 0.3), 0.8, 1.0),
        (FromList(pairs), [1.0, 2.0, 3.0, 4.0, 5.0], [0.5, 1.0, 0.5, 2.5, 1.0]),
        (FromArray(mask), rng.uniform(0.0, 2.0, (SIZE, SIZE)), np.full((SIZE, SIZE), 1.5)),
    ]
    place = rng.uniform(0.0, 5.0, (SIZE, 2))
    cells = network.population("cells", SIZE, IFCurrDelta(tau_refrac=1.0), positions=place)
    source = network.population("source", SIZE, volley(SIZE))
    network.project(source, cells, OneToOne(), Static(16.0, 1.0))
    for number, (rule, weight, delay) in enumerate(rules):
        name = f"{type(rule).__name__} {number}"
        network.project(cells, cells, rule, Static(weight, delay), name=name)
    network.record(cells, ["spikes", "v"])


def groups(network: Network) -> None:
    """Views (slices, steps, any order, masks) and assemblies as sources and targets."""
    source = network.population("source", SIZE, volley(SIZE))
    lif = network.population("lif", SIZE, IFCurrExp(tau_refrac=1.0))
    cond = network.population("cond", 5, IFCondExp(tau_refrac=1.0))
    more = network.population("more", 4, IFCurrExp(cm=0.5))
    network.project(source[2:5], lif[::2], AllToAll(), Static(4.0, 1.0))
    network.project(
        source[[7, 0, 3]], lif[[5, 1, 6]], OneToOne(), Static([[3.0, 0.0, 0.0]] * 3, 1.0)
    )
    mask = np.arange(SIZE) % 3 == 0
    network.project(source[mask] + lif[:4], more + lif[[7, 2]], AllToAll(), Static(2.5, 1.5))
    network.project(
        source, [cond[3:], cond[[1, 0]]], FixedNumberPre(3), Static(Uniform(0.02, 0.2), 1.0)
    )
    network.project(
        [lif, cond], [cond, cond], FixedProbability(0.4, allow_self_connections=False),
        Static(0.05, Uniform(1.0, 5.0)), "inhibitory",
    )  # fmt: skip
    network.project("lif", "lif", SmallWorld(2, 0.5), Static(-1.0, 1.0), "inhibitory")
    for group in (lif, cond, more):
        network.record(group, ["spikes", "v"])
    network.record([source[:2], source[5:]], "spikes")


def delays(network: Network) -> None:
    """Delays from one step to longer than the run, of both signs, one weight and many."""
    source = network.population("source", 6, volley(6))
    cells = network.population("cells", 10, IFCurrExp(tau_refrac=1.0, tau_syn_I=2.0))
    far = network.population("far", 3, IFCurrExp(cm=0.4))
    network.project(
        source, cells, FixedProbability(0.7), Static(Uniform(0.5, 3.0), Uniform(0.5, 9.0))
    )
    network.project(source, cells, AllToAll(), Static(0.7, 3.0), name="shared")
    network.project(cells, cells, FixedProbability(0.3), Static(-0.7, 0.5), "inhibitory")
    network.project(
        cells,
        cells,
        FixedNumberPre(2),
        Static(Normal(mean=0.0, sd=0.4), 4.0),
        signed=True,
        name="signed",
    )
    network.project(cells, far, AllToAll(), Static(0.2, 25.0))
    network.project(cells, far, AllToAll(), Static(0.2, 500.0), name="never")
    network.record(cells, ["spikes", "v", "isyn_exc", "isyn_inh"])
    network.record(far, ["spikes", "isyn_exc"])


def probes(network: Network) -> None:
    """Probes of some units, with intervals and windows."""
    cells = network.population("cells", 7, IFCurrExp(i_offset=np.linspace(0.8, 1.6, 7)))
    silent = network.population("silent", 2, IFCurrExp())
    source = network.population("source", 3, volley(3))
    network.project(source, cells, AllToAll(), Static(1.0, 1.0))
    network.record(cells[[5, 1, 2]], "spikes", start=10.0, stop=45.0)
    network.record(cells[2:6], "v", every=2.5)
    network.record(cells[::3], "isyn_exc", every=1.5, start=7.0, stop=40.0)
    network.record(cells, "isyn_inh", start=60.0)
    network.record(silent, ["spikes", "v"], every=60.0)
    network.record(source[1:], "spikes", start=2.0, stop=9.0)


def forward(times: Any) -> Callable[[Network], None]:
    """A network of sources with the given spike times and of cells that they fire."""

    def build(network: Network) -> None:
        source = network.population("source", 4, SpikeSourceArray(spike_times=times))
        cells = network.population("cells", 4, IFCurrExp(tau_refrac=1.0))
        synapse = Static(Uniform(2.0, 9.0), Uniform(0.5, 6.0))
        network.project(source, cells, FixedNumberPre(3), synapse)
        network.record(source, "spikes")
        network.record(cells, ["spikes", "v"])

    return build
