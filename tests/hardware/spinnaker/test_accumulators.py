import math

import numpy as np
import pytest

from neurosim.distributions import Normal, Uniform
from neurosim.hardware.spinnaker.accumulators import shift_of, upper_bound
from neurosim.hardware.spinnaker.lower import map_plan
from neurosim.hardware.spinnaker.settings import Settings
from neurosim.network import AllToAll, FixedProbability, Network
from neurosim.neurons import IFCondExp, IFCurrExp
from neurosim.neurons.sources import SpikeSourceArray, SpikeSourcePoisson
from neurosim.plan.lower import lower
from neurosim.synapses import Static

VARIED = Uniform(1.0, 10.0)


def shifts(n, weight, delay=1.0, kind=IFCurrExp, rule=None, source=None, **settings):
    net = Network("shifts")
    pre = net.population("pre", n, source or SpikeSourceArray([]))
    cells = net.population("cells", 10, kind())
    net.project(pre, cells, rule or AllToAll(), Static(weight, delay))
    return map_plan(lower(net, 1.0, 1), Settings(**settings)).targets[0].shifts


LIMIT = {"populations": {"cells": {"max_expected_summed_weight": [3.0, 1.0]}}}


@pytest.mark.parametrize(
    ("arguments", "options", "shift"),
    [
        ((1, 0.99), {}, 0), ((1, 1.0), {}, 1), ((1, 2.0), {}, 2), ((100, 0.1), {}, 4),
        ((100, 0.1, VARIED), {}, 1), ((1000, 0.1, VARIED), {}, 3),
        ((1000, Normal(0.1, 0.02), VARIED), {}, 3),
        ((1000, 0.1, VARIED), {"spikes_per_second": 100.0}, 4),
        ((1000, 0.1, VARIED), {"ring_buffer_sigma": 2.0}, 3),
        ((1000, 0.1, VARIED), {"source": SpikeSourcePoisson(10.0)}, 3),
        ((1000, 0.1), {"source": SpikeSourcePoisson(10.0)}, 7),
        ((1000, 0.1), {"rule": FixedProbability(0.1)}, 4), ((1, 0.1), LIMIT, 2),
        ((1, 0.05), {"kind": IFCondExp}, 6), ((1000, 0.05), {"kind": IFCondExp}, 6),
        ((1000, 0.05, VARIED), {"kind": IFCondExp}, 6),
        ((5000, 0.05, VARIED), {"kind": IFCondExp}, 8),
    ],
)  # fmt: skip
def test_shifts_are_those_of_the_toolchain(arguments, options, shift):
    assert shifts(*arguments, **options)[0] == shift


def test_a_limit_holds_for_its_receptor():
    assert shifts(1, 0.1, **LIMIT) == (2, 1)


@pytest.mark.parametrize("expected", [1e-9, 0.3, 0.999, 1.0, 1.5, 63.9, 64.0, 1000.0])
def test_a_shift_is_the_smallest_that_holds_the_sum(expected):
    shift = shift_of(expected)
    assert 2.0**shift > expected
    assert shift == 0 or 2.0 ** (shift - 1) <= expected


def test_the_bound_is_mean_and_deviations_of_a_compound_poisson_sum():
    spikes, mean, deviation = 12.0, 0.1, 0.02
    counts = np.arange(0, round(spikes + 3 * math.sqrt(spikes)) + 1)
    shares = [math.exp(k * math.log(spikes) - spikes - math.lgamma(k + 1)) for k in counts]
    of_weights = sum(k * p for k, p in zip(counts, shares, strict=True)) * deviation**2
    bound = spikes * mean + 5.0 * math.sqrt(spikes * mean**2 + of_weights)
    assert upper_bound(mean, deviation, spikes, 5.0) == pytest.approx(bound, rel=1e-9)
    assert upper_bound(mean, 0.0, 0.0, 5.0) == 0.0
