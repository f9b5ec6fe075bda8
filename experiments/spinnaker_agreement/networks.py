"""The networks that are run both ways."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from neurosim import seeds
from neurosim.benchmarks.networks.va import b1
from neurosim.distributions import Uniform
from neurosim.experiments.ca3_functional.experiment import Params as Functional
from neurosim.experiments.ca3_stress.experiment import Params as Stress
from neurosim.models.ca3.network import POPULATIONS, build
from neurosim.models.ca3.timing import spike_trains
from neurosim.network import AllToAll, FixedProbability, Network, OneToOne
from neurosim.neurons import IFCurrExp, IzhikevichCurrExp
from neurosim.neurons.sources import SpikeSourceArray
from neurosim.synapses import STDP, Static

SPINNAKER = "spinnaker"
"""The board's timing, which floating point follows here too, so that spikes can be compared."""
PLASTIC = "plastic"
LAGS = np.array([-60, -40, -25, -15, -10, -5, -2, -1, 1, 2, 5, 10, 15, 25, 40, 60])
"""Times from presynaptic to postsynaptic spike in the pairing protocol, ms."""
PERIOD, ROUNDS = 250.0, 20
"""Time between pairings, ms, and their number."""


class Case(NamedTuple):
    """A network, how long it runs and with what step (ms)."""

    network: Network
    duration: float
    dt: float


def ca3(params: Functional | Stress) -> Case:
    """The CA3 memory on the schedule of one of its published experiments."""
    timed, memory = params.operations(), params.memory()
    inputs = spike_trains(timed, memory.n_cues, memory.n_content)
    network = build(memory, inputs=inputs, record=POPULATIONS)
    return Case(network, float(timed[-1].step + 10), 1.0)


def vogels_abbott(duration: float) -> Case:
    """Benchmark b1, self-sustained asynchronous irregular activity, at 0.1 ms."""
    data = b1().network.to_dict()
    return Case(Network.from_dict({**data, "timing": SPINNAKER}), duration, 0.1)


def pairing() -> Case:
    """One plastic synapse for each lag, paired again and again; a last spike shows its weight."""
    n, middle = len(LAGS), 0.5 * PERIOD
    starts = middle + PERIOD * np.arange(ROUNDS)
    net = Network("STDP pairing", timing=SPINNAKER)
    last = starts[-1] + PERIOD
    pre = net.population("pre", n, SpikeSourceArray([np.append(starts, last)] * n))
    teacher = net.population("teacher", n, SpikeSourceArray([starts + lag - 1.0 for lag in LAGS]))
    post = net.population("post", n, IFCurrExp(cm=0.05, tau_refrac=20.0))
    net.project(teacher, post, OneToOne(), Static(1.9, 1.0))
    rule = STDP(0.025, 1.0, tau_plus=20.0, tau_minus=20.0, A_plus=0.02, A_minus=0.02, w_max=0.05)
    net.project(pre, post, OneToOne(), rule, name=PLASTIC)
    net.record(post, "spikes")
    return Case(net, last + 20.0, 1.0)


def izhikevich(seed: int, duration: float) -> Case:
    """800 regular-spiking and 200 fast-spiking cells in a rhythm, driven by given spikes."""
    rng = seeds.generator(seed, "spinnaker_agreement/izhikevich")
    n_exc, n_inh, n_in = 800, 200, 200
    net = Network("Izhikevich rhythms", timing=SPINNAKER)
    counts = rng.poisson(0.04 * duration, n_in)
    times = [np.unique(np.floor(rng.uniform(0.0, duration, n))) for n in counts]
    drive = net.population("drive", n_in, SpikeSourceArray(times))
    r, s = rng.uniform(0.0, 1.0, n_exc), rng.uniform(0.0, 1.0, n_inh)
    start = {"v": Uniform(-80.0, -60.0)}
    kind = IzhikevichCurrExp(c=-65.0 + 15.0 * r**2, d=8.0 - 6.0 * r**2)
    exc = net.population("exc", n_exc, kind, initial=start)
    kind = IzhikevichCurrExp(a=0.02 + 0.08 * s, b=0.25 - 0.05 * s)
    inh = net.population("inh", n_inh, kind, initial=start)
    net.project(drive, exc, FixedProbability(0.1), Static(1.0, 1.0))
    net.project(drive, inh, FixedProbability(0.1), Static(0.5, 1.0))
    for pre, weight, receptor in ((exc, 0.05, "excitatory"), (inh, -0.15, "inhibitory")):
        for post in (exc, inh):
            weights = np.abs(weight) * rng.uniform(0.0, 1.0, (pre.size, post.size))
            synapse = Static(np.sign(weight) * weights, 1.0)
            net.project(pre, post, AllToAll(), synapse, receptor)
    net.record([exc, inh], "spikes")
    return Case(net, duration, 1.0)
