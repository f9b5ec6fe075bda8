"""Hypothesis strategies for random small networks (needs the package ``hypothesis``).

All networks of one timing have the same kinds of neurons, synapses and inputs, so that a backend
that compiles a step loop compiles it once; everything else is drawn.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from hypothesis import strategies as st

from neurosim.distributions import Uniform
from neurosim.network import (
    AllToAll,
    Connector,
    FixedNumberPost,
    FixedNumberPre,
    FixedProbability,
    FixedTotalNumber,
    FromList,
    Network,
    View,
)
from neurosim.neurons import IFCondExp, IFCurrAlpha, IFCurrDelta, IFCurrExp
from neurosim.neurons.currents import DCSource, NoisySource, StepSource
from neurosim.neurons.sources import PoissonInput, SpikeSourceArray, SpikeSourcePoisson
from neurosim.synapses import STDP, Static, SynapseKind, TsodyksMarkram
from neurosim.synapses.stdp import DEPENDENCES
from neurosim.testing.cases import Case

DT = 0.5

stamps = st.integers(0, 50)
times = st.lists(stamps, max_size=8).map(lambda values: [DT * k for k in sorted(values)])
delay_steps = st.integers(1, 9).map(lambda k: DT * k)
delays = delay_steps | st.tuples(delay_steps, delay_steps).map(
    lambda ends: Uniform(min(ends), max(ends) + 0.1)
)


def floats(low: float, high: float) -> st.SearchStrategy[float]:
    """Numbers of an interval that are short in print."""
    return st.integers(0, 100).map(lambda k: round(low + (high - low) * k / 100.0, 6))


def weights(scale: float) -> st.SearchStrategy[Any]:
    """One weight or a distribution of weights, of the sign of ``scale``."""
    one = floats(0.1, 1.0).map(lambda share: share * scale)
    ends = st.tuples(one, one).map(sorted)
    return one | ends.map(lambda pair: Uniform(pair[0], pair[1]))


@st.composite
def views(draw: st.DrawFn, network: Network, name: str) -> View:
    """All or some units of a population, in any order."""
    population = network[name]
    ids = draw(
        st.just(list(population.ids))
        | st.lists(st.sampled_from(population.ids), min_size=1, unique=True)
    )
    return population[ids]


@st.composite
def connectors(draw: st.DrawFn, n_pre: int, n_post: int) -> Connector:
    """A connector that fits two groups."""
    pairs = st.tuples(st.integers(0, n_pre - 1), st.integers(0, n_post - 1))
    return draw(
        st.builds(AllToAll, st.booleans())
        | st.builds(FixedProbability, floats(0.0, 1.0))
        | st.builds(FixedNumberPre, st.integers(0, n_pre))
        | st.builds(FixedNumberPost, st.integers(0, 4), st.just(True))
        | st.builds(FixedTotalNumber, st.integers(0, 12))
        | st.lists(pairs, max_size=10).map(lambda found: FromList(pairs=found))
    )


@st.composite
def plastic(draw: st.DrawFn, scale: float, fraction: float | None = None) -> STDP:
    """Pair STDP with any options; ``fraction`` fixes the dendritic share of the delay."""
    low = draw(floats(0.0, 0.1)) * scale
    return STDP(
        draw(weights(scale)), draw(delays),
        tau_plus=draw(floats(2.0, 30.0)), tau_minus=draw(floats(2.0, 30.0)),
        A_plus=draw(floats(0.0, 0.4)), A_minus=draw(floats(0.0, 0.4)),
        w_min=low, w_max=low + draw(floats(0.2, 1.2)) * scale,
        dependence=draw(st.sampled_from(DEPENDENCES)),
        mu_plus=draw(floats(0.0, 1.0)), mu_minus=draw(floats(0.0, 1.0)),
        pairing=draw(st.sampled_from(("all_to_all", "nearest"))),
        dendritic_delay_fraction=draw(floats(0.0, 1.0)) if fraction is None else fraction,
    )  # fmt: skip


@st.composite
def synapses(draw: st.DrawFn, scale: float, dendritic: bool) -> SynapseKind:
    """Any synapse whose weights have the sign and size of ``scale``."""
    fading = st.builds(
        TsodyksMarkram, weights(scale), delays,
        U=floats(0.0, 1.0), tau_rec=floats(1.0, 90.0), tau_facil=floats(0.0, 90.0),
    )  # fmt: skip
    kinds: st.SearchStrategy[Any] = st.builds(Static, weights(scale), delays) | fading
    if scale > 0.0:
        kinds |= plastic(scale, 1.0 if dendritic else None)
    synapse: SynapseKind = draw(kinds)
    return synapse


@dataclass(frozen=True)
class Made:
    """A network that was drawn, as a case: shown by hypothesis in full."""

    network: Network

    def __call__(self, empty: Network) -> None:
        """Move what was drawn into an empty network."""
        for name in ("populations", "projections", "inputs", "injections", "probes"):
            setattr(empty, name, getattr(self.network, name))


@st.composite
def cases(draw: st.DrawFn, timing: str = "standard") -> Case:
    """A small network with everything that a backend may be asked for in a timing."""
    network = Network("random", timing)
    standard = timing == "standard"
    trains = draw(st.lists(times, min_size=1, max_size=5))
    network.population("array", len(trains), SpikeSourceArray(spike_times=trains))
    network.population(
        "noise", draw(st.integers(1, 5)), SpikeSourcePoisson(draw(floats(0.0, 400.0)))
    )
    kinds = {"first": IFCurrExp, "second": IFCurrExp, "third": IFCondExp if standard else IFCurrExp}
    for name, kind in kinds.items():
        size = draw(st.integers(2, 8))
        offsets = np.linspace(0.1, draw(floats(0.5, 1.5)), size)
        network.population(name, size, kind(tau_refrac=1.0, i_offset=offsets))
    groups = ("array", "noise", *kinds)
    _project(draw, network, "noise", "first", draw(plastic(2.0, 1.0)))
    _project(draw, network, "array", "second", TsodyksMarkram(2.0, 1.0))
    if standard:
        _project(draw, network, "second", "first", draw(plastic(2.0, 0.0)))
    for _ in range(draw(st.integers(2, 6))):
        pre, post = draw(st.sampled_from(groups)), draw(st.sampled_from(groups[2:]))
        inhibits = draw(st.booleans())
        scale = 0.08 if post == "third" and standard else -4.0 if inhibits else 4.0
        synapse = draw(synapses(scale, dendritic=not standard))
        receptor = "inhibitory" if inhibits else "excitatory"
        _project(draw, network, pre, post, synapse, receptor)
    network.inject(PoissonInput(draw(floats(0.0, 4000.0)), 0.1), draw(views(network, "second")))
    network.inject(NoisySource(0.2, draw(floats(0.0, 3.0))), draw(views(network, "first")))
    for name in groups:
        network.record(name, network[name].kind.recordable())
    return Case("random", Made(network), duration=25.0, dt=DT, timing=timing)


@st.composite
def linear_cases(draw: st.DrawFn) -> Case:
    """A small network of what event-driven backends can run: linear neurons, static synapses."""
    network = Network("linear")
    trains = draw(st.lists(times, min_size=1, max_size=5))
    network.population("array", len(trains), SpikeSourceArray(spike_times=trains))
    network.population(
        "noise", draw(st.integers(1, 5)), SpikeSourcePoisson(draw(floats(0.0, 400.0)))
    )
    taus = st.sampled_from((2.0, 5.0, 10.0, 20.0)) | floats(1.0, 30.0)
    own = {"tau_m": taus, "tau_refrac": st.sampled_from((0.0, 0.3, 1.0, 2.5))}
    synaptic = {**own, "tau_syn_E": taus, "tau_syn_I": taus}
    kinds = {
        "exp": draw(st.builds(IFCurrExp, **synaptic)),
        "alpha": draw(st.builds(IFCurrAlpha, **synaptic)),
        "delta": draw(st.builds(IFCurrDelta, **own)),
    }
    for name, kind in kinds.items():
        size = draw(st.integers(2, 8))
        offsets = np.linspace(0.1, draw(floats(0.5, 2.5)), size)
        starts = draw(st.just({}) | st.just({"v": Uniform(-70.0, -50.1)}))
        network.population(name, size, kind.replace(i_offset=offsets), starts)
    groups = ("array", "noise", *kinds)
    for _ in range(draw(st.integers(2, 7))):
        pre, post = draw(st.sampled_from(groups)), draw(st.sampled_from(groups[2:]))
        inhibits = draw(st.booleans())
        scale = (9.0 if post == "delta" else 4.0) * (-1.0 if inhibits else 1.0)
        synapse = Static(draw(weights(scale)), draw(delays))
        receptor = "inhibitory" if inhibits else "excitatory"
        _project(draw, network, pre, post, synapse, receptor)
    network.inject(PoissonInput(draw(floats(0.0, 4000.0)), 0.1), draw(views(network, "exp")))
    steps = StepSource(np.array([3.0, 9.0, 15.0]), np.array([draw(floats(-1.0, 2.0)), 0.4, -0.2]))
    network.inject(steps, draw(views(network, "alpha")))
    pulse = DCSource(draw(floats(0.0, 2.0)), start=4.0, stop=21.0)
    network.inject(pulse, draw(views(network, "delta")))
    for name in groups:
        network.record(name, network[name].kind.recordable())
    return Case("linear", Made(network), duration=40.0, dt=DT)


def _project(
    draw: st.DrawFn, network: Network, pre: str, post: str, synapse: SynapseKind,
    receptor: str = "excitatory",
) -> None:  # fmt: skip
    sources, targets = draw(views(network, pre)), draw(views(network, post))
    rule = draw(connectors(sources.size, targets.size))
    network.project(sources, targets, rule, synapse, receptor)
