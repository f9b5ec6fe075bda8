from __future__ import annotations

import math

import pytest

from neurosim.benchmarks.networks import b5
from neurosim.benchmarks.networks import microcircuit as module
from neurosim.benchmarks.networks.microcircuit import missing_current, neurons, synapses
from neurosim.distributions import Normal


def test_the_full_network_has_the_published_sizes():
    made = b5()
    assert made.n_neurons == 77169
    total = sum(p.connector.n for p in made.network.projections.values())
    assert total == pytest.approx(298.9e6, rel=1e-3)
    assert len(made.network.projections) == 64 - 9  # nine pairs of populations are not connected
    assert all(p.connector.with_replacement for p in made.network.projections.values())
    assert sum(g.size for g in made.groups) == 77169
    rates = [i.source.rate for i in made.network.inputs.values()]
    assert rates[:2] == [8.0 * 1600, 8.0 * 1500]
    assert {p.kind.i_offset for p in made.network.populations.values()} == {0.0}


def test_synapses_follow_the_published_rule():
    n_pre, n_post = module.SIZES[5], module.SIZES[4]
    expected = math.log(1 - 0.3726) / math.log(1 - 1 / (n_pre * n_post))
    assert synapses(4, 5) == round(expected)


def test_weights_and_delays_keep_their_sign():
    projections = b5().network.projections
    exc, boosted, inh = (projections[n].synapse for n in ("L4E->L4I", "L4E->L23E", "L23I->L23E"))
    assert projections["L23I->L23E"].receptor == "inhibitory"
    for synapse, mean in ((exc, 0.0878), (boosted, 0.1756), (inh, -0.3512)):
        low, high = (0.0, math.inf) if mean > 0.0 else (-math.inf, 0.0)
        assert synapse.weight.mean == pytest.approx(mean)
        assert synapse.weight.sd == pytest.approx(0.1 * abs(mean))
        assert synapse.weight.support == (low, high)
    assert inh.delay == Normal(0.75, 0.375, low=0.05)
    assert boosted.delay == Normal(1.5, 0.75, low=0.05)


def test_rates_are_accepted_within_their_tolerances():
    accepted = b5().accepted
    assert accepted["L4E"] == pytest.approx((0.9 * 4.41, 1.1 * 4.41))
    assert accepted["L23E"] == pytest.approx((0.8 * 0.90, 1.2 * 0.90))
    assert b5(0.1).accepted == {}


def test_a_smaller_network_keeps_its_mean_input():
    scale, target = 0.1, 0
    made = b5(scale)
    assert made.n_neurons == sum(round(n * scale) for n in module.SIZES)
    assert neurons(5, scale) == 106
    drive = 0.0  # mean synaptic current of a neuron of L23E, nA
    for full, current in ((1.0, missing_current(target, 1.0)), (scale, 0.0)):
        weight = module.WEIGHT / math.sqrt(full)
        total = weight * 8.0 * 1600 * full
        for source, rate in enumerate(module.RATES):
            factor = {2: 2.0}.get(source, 1.0) * (-4.0 if source % 2 else 1.0)
            in_degree = synapses(target, source, full) / neurons(target, full)
            total += weight * factor * rate * in_degree
        drive = 1e-3 * module.TAU_SYN * total - drive + current
    assert -drive == pytest.approx(missing_current(target, scale), rel=2e-3)
    assert made.network["L23E"].kind.i_offset == missing_current(target, scale)
