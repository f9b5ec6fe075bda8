"""Networks that drive neurons: every kind, its parameters, sources, Poisson input, currents."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from neurosim.declare import Value, param
from neurosim.distributions import Exponential, LogNormal, Normal, Uniform
from neurosim.network import AllToAll, Network, OneToOne, Population
from neurosim.neurons import (
    AdEx,
    HHCondExp,
    IFCondAlpha,
    IFCondExp,
    IFCurrAlpha,
    IFCurrDelta,
    IFCurrExp,
    Izhikevich,
    IzhikevichCurrExp,
    Leaky,
    NeuronKind,
    StateVar,
)
from neurosim.neurons.currents import ACSource, DCSource, NoisySource, StepSource
from neurosim.neurons.sources import PoissonInput, SpikeSourceArray, SpikeSourcePoisson
from neurosim.synapses import Static

KINDS: tuple[type[NeuronKind], ...] = (
    AdEx, HHCondExp, IFCondAlpha, IFCondExp, IFCurrAlpha, IFCurrDelta, IFCurrExp, Izhikevich,
    IzhikevichCurrExp, Leaky,
)  # fmt: skip

WEIGHTS = {"nA": 1.5, "uS": 0.03, "mV": 6.0, "1": 0.6}
"""A weight by unit of the receptor that matters beside the currents below."""

CURRENTS = {"izhikevich": 0.008, "izhikevich_curr_exp": 8.0}
"""A current (nA) that makes a neuron fire; 0.9 for the other kinds."""


def kind(name: str, integrator: str | None = None) -> Callable[[Network], None]:
    """A network with five neurons of a kind, driven through both receptors and by a current."""
    cls: Any = next(k for k in KINDS if k.kind == name)
    options: dict[str, Any] = {} if integrator is None else {"integrator": integrator}

    def build(network: Network) -> None:
        current = CURRENTS.get(name, 0.9)
        cells = network.population(
            "cells", 5, cls(i_offset=np.linspace(0.0, current, 5), **options)
        )
        source = network.population(
            "source", 2, SpikeSourceArray(spike_times=[[2.0, 2.5, 14.0], [8.0, 30.0]])
        )
        for receptor in cls.receptors:
            weight = WEIGHTS[receptor.unit] * (-1.0 if receptor.sign < 0 else 1.0)
            unit = source[0] if receptor.name == "excitatory" else source[1]
            network.project(unit, cells, AllToAll(), Static(weight, 1.5), receptor.name)
        network.inject(DCSource(current, start=5.0, stop=35.0), cells)
        network.inject(PoissonInput(800.0, 0.2 * WEIGHTS[cls.receptors[0].unit]), cells)
        network.record(cells, cls.recordable())

    return build


def kinds() -> dict[str, Callable[[Network], None]]:
    """A network for every kind and integrator, by name."""
    return {
        f"{cls.kind} {integrator}" if integrator else cls.kind: kind(cls.kind, integrator)
        for cls in KINDS
        for integrator in (cls.integrators or (None,))
    }


def parameters(network: Network) -> None:
    """Parameters and start values given as numbers, arrays and distributions."""
    many = network.population(
        "many",
        9,
        IFCurrExp(
            tau_m=Normal(mean=15.0, sd=3.0, low=5.0),
            cm=LogNormal(mu=-1.0, sigma=0.2, high=2.0),
            v_thresh=np.linspace(-55.0, -50.0, 9),
            tau_refrac=Exponential(scale=1.5, high=6.0),
            i_offset=Uniform(0.0, 0.8),
        ),
        initial={"v": Normal(mean=-62.0, sd=4.0, clip="boundary", high=-55.0), "isyn_exc": 0.7},
    )
    one = network.population("one", 1, IFCurrExp(i_offset=1.1))
    alpha = network.population("alpha", 3, IFCurrAlpha(i_offset=1.0), initial={"v": -58.0})
    same = network.population("same", 4, IFCurrAlpha(i_offset=1.0, cm=0.9))
    for group in (many, one, alpha, same):
        network.record(group, ["spikes", "v", "isyn_exc"])
    network.project(many, alpha + same, AllToAll(), Static(0.2, 2.0))


def currents(network: Network) -> None:
    """Every current source, with windows, alone and together."""
    cells = network.population("cells", 6, IFCurrExp(tau_refrac=2.0))
    network.inject(DCSource(0.9, start=3.0, stop=40.0), cells[:3])
    network.inject(StepSource(np.array([5.0, 20.0, 35.0]), np.array([0.4, -0.3, 1.2])), cells[1:5])
    network.inject(ACSource(0.6, offset=0.5, frequency=60.0, phase=30.0, start=4.0), cells[2:])
    network.inject(NoisySource(0.5, 1.5, stop=50.0), cells[[5, 0]])
    network.inject(NoisySource(0.2, 1.0, dt=0.6, start=10.0), cells[4:])
    network.record(cells, ["spikes", "v"])


def poisson(network: Network) -> None:
    """Poisson sources and Poisson input: rates per unit, windows, several events a step."""
    cells = network.population("cells", 12, IFCurrExp(tau_refrac=1.0))
    source = network.population(
        "source",
        12,
        SpikeSourcePoisson(
            rate=np.linspace(0.0, 900.0, 12),
            start=Uniform(0.0, 9.0),
            duration=np.full(12, 40.0),
        ),
    )
    steady = network.population("steady", 3, SpikeSourcePoisson(rate=2000.0))
    network.project(source, cells, OneToOne(), Static(0.8, 1.0))
    network.project(steady, cells, AllToAll(), Static(-0.05, 1.5), "inhibitory")
    network.inject(PoissonInput(6000.0, 0.04), cells)
    network.inject(
        PoissonInput(rate=np.linspace(0.0, 3000.0, 5), weight=0.05, start=4.0), cells[3:8]
    )
    network.inject(
        PoissonInput(rate=Uniform(100.0, 900.0), weight=0.3, stop=30.0), cells[[11, 2, 7]]
    )
    network.inject(PoissonInput(500.0, -0.2, "inhibitory", start=10.0, stop=50.0), cells[::2])
    for group in (cells, source, steady):
        network.record(group, "spikes")
    network.record(cells, ["v", "isyn_exc", "isyn_inh"])


class Tired(NeuronKind):
    """A user's kind, its step given as text: a leaky integrator whose threshold jumps at spikes."""

    __module__ = "__main__"  # as if a user had defined it in a notebook
    kind = "conformance_tired"
    tau_m: float = param(10.0, "ms", above=0.0, doc="membrane time constant")
    tau_t: float = param(25.0, "ms", above=0.0, doc="time constant of the threshold")
    jump: Value = param(3.0, "mV", doc="step of the threshold at a spike")
    state = {"v": 0.0, "theta": StateVar("theta", "mV", 5.0), "left": 0.0}  # noqa: RUF012
    step = """
    def step(v, theta, left, excitatory, inhibitory, injected, tau_m, tau_t, jump, dt):
        drive = 0.25 * (excitatory + inhibitory) + dt * injected
        v = v * exp(-dt / tau_m) + drive if left < 1.0 else 0.0
        theta = max(5.0, theta - dt * (theta - 5.0) / tau_t)
        fired = 1.0 if v >= theta and left < 1.0 else 0.0
        left = 2.0 if fired > 0.0 else left - min(left, 1.0)
        return v * (1.0 - fired), theta + jump * fired, left, fired
    """


def own_kind(network: Network) -> None:
    """A kind that is not built in, beside one that is; it spikes by a number."""
    tired = network.population("tired", 5, Tired(jump=np.linspace(0.0, 4.0, 5)))
    lif = network.population("lif", 5, IFCurrDelta())
    network.inject(DCSource(2.0), tired)
    network.project(tired, lif, OneToOne(), Static(16.0, 1.0))
    network.project(lif, tired, OneToOne(), Static(-8.0, 2.0), "inhibitory")
    _record_all(network, tired, lif)


def _record_all(network: Network, *groups: Population) -> None:
    for group in groups:
        network.record(group, group.kind.recordable())
