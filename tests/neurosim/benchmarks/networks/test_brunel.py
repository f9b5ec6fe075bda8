from __future__ import annotations

import numpy as np
import pytest

from neurosim.benchmarks.definition import DT
from neurosim.benchmarks.networks import b3, b4
from neurosim.errors import ParameterError
from neurosim.facade import prepare


@pytest.mark.parametrize("weights", ["own", "one"])
def test_b3_is_the_published_network(weights):
    made = b3(weights=weights)
    assert (made.n_neurons, made.accepted) == (12500, {"mean": (36.8, 38.4)})
    assert made.groups[0].size == 10000
    exc, inh = made.network.projections.values()
    assert (exc.connector.n, inh.connector.n) == (1000, 250)
    assert exc.synapse.delay == inh.synapse.delay == 1.5
    assert isinstance(exc.synapse.weight, float) == (weights == "one")
    (poisson,) = made.network.inputs.values()
    assert (poisson.source.rate, poisson.source.weight) == (20000.0, 0.1)
    assert made.variant == weights


def test_own_weights_are_stored_one_by_one_and_equal():
    for weights in ("own", "one"):
        with prepare(b3(0.1, weights).network, dt=DT, seed=1) as simulation:
            synapses = simulation.weights("inhibitory")
        assert len(synapses.weight) == 1250 * 250
        assert np.allclose(synapses.weight, -0.5)
        assert np.array_equal(np.bincount(synapses.post, minlength=1250), np.full(1250, 250))


def test_b4_is_the_published_network():
    made = b4()
    assert (made.n_neurons, made.accepted) == (12500, {"mean": (36.0, 37.8)})
    plastic, to_inhibitory, inhibitory = made.network.projections.values()
    assert (plastic.name, plastic.n_pre, plastic.n_post) == ("plastic", 10000, 10000)
    assert (to_inhibitory.n_pre, to_inhibitory.n_post) == (10000, 2500)
    assert (inhibitory.n_pre, inhibitory.n_post) == (2500, 12500)
    rule = plastic.synapse
    assert rule.A_plus * rule.w_max == pytest.approx(0.0005 * 0.2)
    assert rule.A_minus * rule.w_max == pytest.approx(1.05 * 0.0005 * 0.2)
    assert (rule.dendritic_delay_fraction, rule.dependence, rule.pairing) == (
        0.0, "additive", "all_to_all",
    )  # fmt: skip
    assert made.fresh
    assert made.mean_weight == ("plastic", 1000.0, (0.0996, 0.0999))


def test_other_sizes_have_no_published_rate():
    assert b3(0.5).accepted == b4(0.5).accepted == {}
    assert b4(0.5).mean_weight == ("plastic", 1000.0, None)


@pytest.mark.parametrize("build", [b3, b4])
def test_nonsense_names_the_argument(build):
    with pytest.raises(ParameterError, match=r"b[34]\.weights: must be one of"):
        build(weights="two")
    with pytest.raises(ParameterError, match=r"bench\.scale"):
        build(float("nan"))
