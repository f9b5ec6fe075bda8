"""B1 and B2: the networks of Vogels & Abbott, with currents and with conductances.

References
----------
Vogels, T. P. & Abbott, L. F. (2005). Signal propagation and logic gating in networks of
integrate-and-fire neurons. J. Neurosci. 25, 10786-10795.

Brette, R. et al. (2007). Simulation of networks of spiking neurons: a review of tools and
strategies. J. Comput. Neurosci. 23, 349-398. Benchmarks 2 (currents) and 1 (conductances) there.
"""

from __future__ import annotations

from neurosim.benchmarks.definition import DT, MEAN, Bench, Range, checked_scale, halves, sizes
from neurosim.distributions import Uniform
from neurosim.network.connectors import FixedNumberPre
from neurosim.network.network import Network
from neurosim.neurons.base import NeuronKind
from neurosim.neurons.conductance import IFCondExp
from neurosim.neurons.lif import IFCurrExp
from neurosim.synapses import Static

N = 4000
IN_DEGREES = (64, 16)
"""Excitatory and inhibitory synapses of a neuron, at every size."""


def b1(scale: float = 1.0) -> Bench:
    """Currents: 4,000 neurons, 80 synapses each, 5.2 Hz.

    The drive of a spike is 1.62 mV (excitatory) or -9 mV (inhibitory): with ``cm`` = 0.2 nF the
    resistance is 100 MOhm and the weights are 0.0162 and -0.09 nA.
    """
    cell = IFCurrExp(
        v_rest=-49.0, v_thresh=-50.0, v_reset=-60.0, tau_m=20.0, cm=0.2, tau_refrac=5.0,
        tau_syn_E=5.0, tau_syn_I=10.0,
    )  # fmt: skip
    return _network("b1", scale, cell, (0.0162, -0.09), (4.7, 5.7), (5.0, 5.5))


def b2(scale: float = 1.0) -> Bench:
    """Conductances, kept alive by a bias current of 0.2 nA: 4,000 neurons, 16.8 Hz.

    The integrator is of second order; what is usual (and what peers that have no adaptive one use)
    is exponential Euler or Euler.
    """
    cell = IFCondExp(
        v_rest=-60.0, v_thresh=-50.0, v_reset=-60.0, tau_m=20.0, cm=0.2, tau_refrac=5.0,
        tau_syn_E=5.0, tau_syn_I=10.0, e_rev_E=0.0, e_rev_I=-80.0, i_offset=0.2,
        integrator="pade",
    )  # fmt: skip
    return _network("b2", scale, cell, (0.006, 0.067), (15.0, 18.5), (16.2, 17.4))


def _network(
    name: str,
    scale: float,
    cell: NeuronKind,
    weights: tuple[float, float],
    accepted: Range,
    accepted_large: Range,
) -> Bench:
    """The network, with the rates that count from size 1 and from size 5 on."""
    scale = checked_scale(scale)
    n, n_exc = sizes(N, scale)
    net = Network(name)
    cells = net.population("cells", n, cell, initial={"v": Uniform(-60.0, -50.0)})
    for view, count, weight, receptor in zip(
        (cells[:n_exc], cells[n_exc:]), IN_DEGREES, weights, ("excitatory", "inhibitory"),
        strict=True,
    ):  # fmt: skip
        rule = FixedNumberPre(count, with_replacement=True)
        net.project(view, cells, rule, Static(weight=weight, delay=DT), receptor, receptor)
    net.record(cells, "spikes")
    rates = {MEAN: accepted_large if scale >= 5.0 else accepted} if scale >= 1.0 else {}
    return Bench(name, scale, "", net, halves("cells", n_exc, n), accepted=rates)
