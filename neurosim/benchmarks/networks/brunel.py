"""B3 and B4: Brunel's network with strong external drive, static and plastic.

References
----------
Brunel, N. (2000). Dynamics of sparsely connected networks of excitatory and inhibitory spiking
neurons. J. Comput. Neurosci. 8, 183-208.

Song, S., Miller, K. D. & Abbott, L. F. (2000). Competitive Hebbian learning through
spike-timing-dependent synaptic plasticity. Nat. Neurosci. 3, 919-926. The rule of B4.
"""

from __future__ import annotations

from neurosim.benchmarks.definition import (
    DT,
    MEAN,
    Bench,
    MeanWeight,
    checked_scale,
    halves,
    one_of,
    sizes,
)
from neurosim.distributions import Distribution, Uniform
from neurosim.network.connectors import FixedNumberPre
from neurosim.network.network import Network
from neurosim.network.population import Population, View
from neurosim.neurons.lif_delta import IFCurrDelta
from neurosim.neurons.sources import PoissonInput
from neurosim.synapses import STDP, Static

WEIGHTS = ("own", "one")
"""Whether every static synapse stores a weight of its own, or a projection stores one."""

N = 12500
IN_DEGREES = (1000, 250)
JUMPS = (0.1, -0.5)
"""Of an excitatory and an inhibitory spike, mV."""

DELAY = 1.5
RULE = STDP(
    weight=JUMPS[0], delay=DELAY, tau_plus=20.0, tau_minus=20.0, A_plus=0.0005,
    A_minus=1.05 * 0.0005, w_max=0.2, dendritic_delay_fraction=0.0,
)  # fmt: skip
"""Additive pairs; the presynaptic trace counts arrivals, so no part of the delay is dendritic."""


def b3(scale: float = 1.0, weights: str = "own") -> Bench:
    """Static: 12,500 neurons that jump at each input, 1,250 synapses each, 37.6 Hz.

    ``weights="own"`` stores one weight per synapse, ``"one"`` one per projection.
    """
    weights = one_of("b3", "weights", weights, WEIGHTS)
    scale = checked_scale(scale)
    net, cells, n_exc = _cells("b3", scale)
    _static(net, cells[:n_exc], cells, "excitatory", weights)
    _static(net, cells[n_exc:], cells, "inhibitory", weights)
    rates = {MEAN: (36.8, 38.4)} if scale == 1.0 else {}
    groups = halves("cells", n_exc, cells.size)
    return Bench("b3", scale, weights, net, groups, 100.0, rates)


def b4(scale: float = 1.0, weights: str = "one") -> Bench:
    """B3 with plastic synapses between excitatory neurons: 36.8 Hz in the first second.

    ``weights`` is about the static synapses, as in :func:`b3`.
    """
    weights = one_of("b4", "weights", weights, WEIGHTS)
    scale = checked_scale(scale)
    net, cells, n_exc = _cells("b4", scale)
    rule = FixedNumberPre(IN_DEGREES[0], with_replacement=True)
    net.project(cells[:n_exc], cells[:n_exc], rule, RULE, name="plastic")
    _static(net, cells[:n_exc], cells[n_exc:], "excitatory", weights)
    _static(net, cells[n_exc:], cells, "inhibitory", weights)
    full = scale == 1.0
    return Bench(
        "b4", scale, weights, net, halves("cells", n_exc, cells.size), DT,
        {MEAN: (36.0, 37.8)} if full else {}, fresh=True,
        mean_weight=MeanWeight("plastic", 1000.0, (0.0996, 0.0999) if full else None),
    )  # fmt: skip


def _cells(name: str, scale: float) -> tuple[Network, Population, int]:
    n, n_exc = sizes(N, scale)
    net = Network(name)
    cell = IFCurrDelta(v_rest=0.0, v_thresh=20.0, v_reset=10.0, tau_m=20.0, tau_refrac=2.0)
    cells = net.population("cells", n, cell, initial={"v": Uniform(0.0, 20.0)})
    net.inject(PoissonInput(rate=20000.0, weight=JUMPS[0]), cells)
    net.record(cells, "spikes")
    return net, cells, n_exc


def _static(net: Network, pre: View, post: View | Population, receptor: str, weights: str) -> None:
    side = ("excitatory", "inhibitory").index(receptor)
    weight, rule = JUMPS[side], FixedNumberPre(IN_DEGREES[side], with_replacement=True)
    value: float | Distribution = Uniform(weight, weight) if weights == "own" else weight
    net.project(pre, post, rule, Static(weight=value, delay=DELAY), receptor, receptor)
