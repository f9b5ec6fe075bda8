"""Networks whose synapses change, and one that uses everything at once."""

from __future__ import annotations

from collections.abc import Callable
from itertools import product

import numpy as np

from neurosim.distributions import Normal, Uniform
from neurosim.network import AllToAll, FixedNumberPre, FixedProbability, Network, OneToOne
from neurosim.neurons import IFCondExp, IFCurrDelta, IFCurrExp
from neurosim.neurons.currents import NoisySource
from neurosim.neurons.sources import PoissonInput, SpikeSourcePoisson
from neurosim.synapses import STDP, Static, TsodyksMarkram
from neurosim.synapses.stdp import DEPENDENCES
from neurosim.testing.blocks import volley


def tsodyks_markram(network: Network) -> None:
    """Depressing and facilitating synapses, with one delay and many, one weight and many."""
    source = network.population("source", 6, volley(6))
    noise = network.population("noise", 6, SpikeSourcePoisson(rate=120.0))
    cells = network.population("cells", 8, IFCurrExp(tau_refrac=1.0))
    depressing = TsodyksMarkram(1.2, 1.0, U=0.6, tau_rec=80.0)
    both = TsodyksMarkram(Uniform(0.5, 3.0), Uniform(1.0, 6.0), U=0.1, tau_rec=40.0, tau_facil=90.0)
    network.project(source, cells, AllToAll(), depressing)
    network.project(noise, cells, FixedProbability(0.6), both)
    network.project(
        cells,
        cells,
        FixedNumberPre(3),
        TsodyksMarkram(-0.6, 2.0, U=1.0, tau_rec=30.0),
        "inhibitory",
    )
    network.project(source, cells, FixedNumberPre(1), Static(1.0, 1.0))
    network.record(cells, ["spikes", "v", "isyn_exc", "isyn_inh"])


def stdp(fraction: float) -> Callable[[Network], None]:
    """Every weight dependence with both pairings, for a dendritic share of the delay."""

    def build(network: Network) -> None:
        source = network.population("source", 5, volley(5, every=5.0))
        noise = network.population("noise", 5, SpikeSourcePoisson(rate=60.0))
        teacher = network.population("teacher", 6, volley(6, start=3.0, every=9.0))
        cells = network.population("cells", 6, IFCurrExp(tau_refrac=1.0, tau_syn_E=2.0))
        network.project(teacher, cells, OneToOne(), Static(9.0, 1.0))
        for dependence, pairing in product(DEPENDENCES, ("all_to_all", "nearest")):
            rule = STDP(
                Uniform(0.05, 0.25), Uniform(0.5, 5.0), tau_plus=12.0, tau_minus=17.0,
                A_plus=0.11, A_minus=0.08, w_min=0.02, w_max=0.3, dependence=dependence,
                mu_plus=0.4, mu_minus=0.7, pairing=pairing, dendritic_delay_fraction=fraction,
            )  # fmt: skip
            name = f"{dependence} {pairing}"
            network.project(source, cells, AllToAll(), rule, name=name)
            few = rule.replace(weight=0.1, delay=2.0, mu_plus=0.0, mu_minus=1.0)
            network.project(noise, cells, FixedProbability(0.6), few, name=f"{name} noise")
        recurrent = STDP(0.3, 1.5, w_max=0.5, dendritic_delay_fraction=fraction)
        network.project(cells, cells, FixedProbability(0.5), recurrent, name="recurrent")
        network.record(cells, ["spikes", "v", "isyn_exc"])

    return build


def recurrent(network: Network) -> None:
    """Excitation and inhibition with all kinds of synapses, inputs and currents together."""
    standard = network.timing == "standard"
    cells = IFCurrExp(tau_refrac=2.0, tau_m=Normal(mean=18.0, sd=2.0, low=8.0))
    exc = network.population("exc", 16, cells, initial={"v": Uniform(-65.0, -52.0)})
    inh = network.population("inh", 5, IFCondExp(tau_refrac=1.0) if standard else IFCurrExp(cm=0.5))
    last = IFCurrDelta if standard else IFCurrExp
    out = network.population("out", 4, last(tau_m=np.linspace(8.0, 20.0, 4)))
    source = network.population("source", 6, volley(6))
    network.inject(PoissonInput(2500.0, 0.15), exc)
    network.inject(NoisySource(0.3, 0.6), [exc[:4], inh])
    plastic = STDP(Uniform(0.1, 0.6), Uniform(1.0, 7.0), w_max=0.8, A_plus=0.05, A_minus=0.06)
    network.project(exc, exc, FixedNumberPre(5), plastic, name="plastic")
    drive = Static(Uniform(0.5, 4.0), Uniform(1.0, 12.0))
    network.project(source, exc, FixedProbability(0.5), drive, name="drive")
    network.project(exc, inh, FixedNumberPre(6), Static(0.02 if standard else 0.8, 2.0))
    network.project(inh, exc, AllToAll(), Static(Normal(mean=-0.8, sd=0.5), 1.0), "inhibitory")
    mutual = Static(0.03 if standard else -0.3, 1.0)
    network.project(inh, inh, FixedProbability(0.4), mutual, "inhibitory")
    fading = TsodyksMarkram(Uniform(2.0, 9.0), 3.0, U=0.4, tau_rec=60.0, tau_facil=20.0)
    network.project([exc[::2], source], out, FixedProbability(0.5), fading, name="fading")
    for group in (exc, inh, out):
        network.record(group, ["spikes", "v"])
