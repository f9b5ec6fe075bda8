"""B5: the cortical microcircuit of Potjans & Diesmann.

References
----------
Potjans, T. C. & Diesmann, M. (2014). The cell-type specific cortical microcircuit: relating
structure and activity in a full-scale spiking network model. Cereb. Cortex 24, 785-806.

van Albada, S. J., Helias, M. & Diesmann, M. (2015). Scalability of asynchronous networks is limited
by one-to-one mapping between effective connectivity and correlations. PLoS Comput. Biol. 11,
e1004490. How weights and currents make up for smaller in-degrees.
"""

from __future__ import annotations

import math

from neurosim.benchmarks.definition import DT, Bench, Group, checked_scale
from neurosim.distributions import Normal
from neurosim.network.connectors import FixedTotalNumber
from neurosim.network.network import Network
from neurosim.neurons.lif import IFCurrExp
from neurosim.neurons.sources import PoissonInput
from neurosim.synapses import Static

POPULATIONS = ("L23E", "L23I", "L4E", "L4I", "L5E", "L5I", "L6E", "L6I")
SIZES = (20683, 5834, 21915, 5479, 4850, 1065, 14395, 2948)
PROBABILITIES = (
    (0.1009, 0.1689, 0.0437, 0.0818, 0.0323, 0.0, 0.0076, 0.0),
    (0.1346, 0.1371, 0.0316, 0.0515, 0.0755, 0.0, 0.0042, 0.0),
    (0.0077, 0.0059, 0.0497, 0.135, 0.0067, 0.0003, 0.0453, 0.0),
    (0.0691, 0.0029, 0.0794, 0.1597, 0.0033, 0.0, 0.1057, 0.0),
    (0.1004, 0.0622, 0.0505, 0.0057, 0.0831, 0.3726, 0.0204, 0.0),
    (0.0548, 0.0269, 0.0257, 0.0022, 0.06, 0.3158, 0.0086, 0.0),
    (0.0156, 0.0066, 0.0211, 0.0166, 0.0572, 0.0197, 0.0396, 0.2252),
    (0.0364, 0.001, 0.0034, 0.0005, 0.0277, 0.008, 0.0658, 0.1443),
)
"""Probability of a connection, by target (row) and source (column)."""

RATES = (0.90, 2.97, 4.41, 5.88, 7.57, 8.63, 1.11, 7.83)
"""Mean rates at full scale, Hz."""

TOLERANCES = {"L23E": 0.2, "L5I": 0.2, "L6E": 0.2}
"""Accepted relative deviations of the rates, where not 0.1."""

BACKGROUND = (1600, 1500, 2100, 1900, 2000, 1900, 2900, 2100)
"""Poisson inputs of a neuron."""

BACKGROUND_RATE = 8.0
START = (
    (-68.28, 5.36), (-63.16, 4.57), (-63.33, 4.74), (-63.45, 4.94),
    (-63.11, 4.94), (-61.66, 4.55), (-66.72, 5.46), (-61.43, 4.48),
)  # fmt: skip
"""Mean and standard deviation of the potentials at the start, mV."""

TAU_M, TAU_SYN, CM = 10.0, 0.5, 0.25
WEIGHT = 0.0878
"""Of an excitatory synapse (0.15 mV), nA."""

INHIBITION = -4.0
BOOST = {("L23E", "L4E"): 2.0}
"""Factor of the weight, by target and source, where not 1."""

SPREAD, DELAY_SPREAD = 0.1, 0.5
DELAYS = (1.5, 0.75)
"""Mean delays of excitatory and inhibitory synapses, ms."""


def b5(scale: float = 1.0) -> Bench:
    """The microcircuit: 77,169 neurons and 298.9 million synapses at full scale.

    Below full scale neurons and in-degrees are both multiplied by ``scale``, weights divided by its
    root, and a constant current restores each population's mean input.
    """
    scale = checked_scale(scale)
    net = Network("b5")
    populations = []
    for target, name in enumerate(POPULATIONS):
        kind = IFCurrExp(
            v_rest=-65.0, v_thresh=-50.0, v_reset=-65.0, tau_m=TAU_M, cm=CM, tau_refrac=2.0,
            tau_syn_E=TAU_SYN, tau_syn_I=TAU_SYN, i_offset=missing_current(target, scale),
        )  # fmt: skip
        mean, sd = START[target]
        start = {"v": Normal(mean=mean, sd=sd)}
        populations.append(net.population(name, neurons(target, scale), kind, initial=start))
    for target, post in enumerate(populations):
        for source, pre in enumerate(populations):
            count = synapses(target, source, scale)
            if count:
                rule = FixedTotalNumber(count, with_replacement=True)
                receptor = "inhibitory" if source % 2 else "excitatory"
                net.project(pre, post, rule, _synapse(target, source, scale), receptor)
    for target, post in enumerate(populations):
        rate = BACKGROUND_RATE * BACKGROUND[target] * scale
        net.inject(PoissonInput(rate=rate, weight=WEIGHT / math.sqrt(scale)), post)
    net.record(populations, "spikes")
    groups = tuple(Group(p.name, p.name, 0, p.size) for p in populations)
    accepted = {}
    if scale == 1.0:
        for name, rate in zip(POPULATIONS, RATES, strict=True):
            off = TOLERANCES.get(name, 0.1)
            accepted[name] = (rate * (1.0 - off), rate * (1.0 + off))
    return Bench("b5", scale, "", net, groups, 100.0, accepted)


def neurons(population: int, scale: float = 1.0) -> int:
    """Number of neurons of a population."""
    return max(1, round(SIZES[population] * scale))


def synapses(target: int, source: int, scale: float = 1.0) -> int:
    """Number of synapses of a projection."""
    in_degree = _full_synapses(target, source) / SIZES[target]
    return round(in_degree * scale * neurons(target, scale))


def missing_current(target: int, scale: float) -> float:
    """Constant current (nA) of a neuron for the mean input that a smaller network lacks.

    Mean input is in-degree times weight times rate: with in-degrees times ``scale`` and weights
    divided by its root, the share ``1 - sqrt(scale)`` is missing.
    """
    drive = BACKGROUND[target] * BACKGROUND_RATE
    for source, rate in enumerate(RATES):
        in_degree = _full_synapses(target, source) / SIZES[target]
        drive += in_degree * rate * _relative_weight(target, source)
    return (1.0 - math.sqrt(scale)) * 1e-3 * TAU_SYN * WEIGHT * drive


def _full_synapses(target: int, source: int) -> float:
    pairs = SIZES[target] * SIZES[source]
    return round(math.log1p(-PROBABILITIES[target][source]) / math.log1p(-1.0 / pairs))


def _relative_weight(target: int, source: int) -> float:
    boost = BOOST.get((POPULATIONS[target], POPULATIONS[source]), 1.0)
    return boost * (INHIBITION if source % 2 else 1.0)


def _synapse(target: int, source: int, scale: float) -> Static:
    mean = WEIGHT / math.sqrt(scale) * _relative_weight(target, source)
    low, high = (0.0, None) if mean > 0.0 else (None, 0.0)
    delay = DELAYS[source % 2]
    return Static(
        weight=Normal(mean=mean, sd=SPREAD * abs(mean), low=low, high=high),
        delay=Normal(mean=delay, sd=DELAY_SPREAD * delay, low=0.5 * DT),
    )
