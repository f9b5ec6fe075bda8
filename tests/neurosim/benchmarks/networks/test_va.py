from __future__ import annotations

import numpy as np
import pytest

from neurosim.benchmarks.definition import DT
from neurosim.benchmarks.networks import b1, b2
from neurosim.errors import ParameterError
from neurosim.facade import simulate
from neurosim.neurons.propagators import exponential_gain


def test_b1_is_the_published_network():
    made = b1()
    assert (made.n_neurons, made.accepted) == (4000, {"mean": (4.7, 5.7)})
    assert [(g.name, g.size) for g in made.groups] == [("excitatory", 3200), ("inhibitory", 800)]
    exc, inh = made.network.projections.values()
    assert (exc.n_pre, exc.n_post, exc.connector.n) == (3200, 4000, 64)
    assert (inh.n_pre, inh.n_post, inh.connector.n) == (800, 4000, 16)
    kind = made.network["cells"].kind
    resistance = kind.tau_m / kind.cm
    assert resistance * exc.synapse.weight == pytest.approx(1.62)
    assert resistance * inh.synapse.weight == pytest.approx(-9.0)
    # a short current of 0.0162 nA for one step moves v as a drive of 1.62 mV does
    gain = exponential_gain(kind.tau_m, 1e9, kind.cm, DT)
    assert gain * exc.synapse.weight == pytest.approx(1.62 * -np.expm1(-DT / kind.tau_m))


def test_b2_is_the_published_network():
    made = b2()
    assert (made.n_neurons, made.accepted) == (4000, {"mean": (15.0, 18.5)})
    kind = made.network["cells"].kind
    assert kind.cm / kind.tau_m == pytest.approx(0.010)  # a leak of 10 nS
    assert kind.i_offset * kind.tau_m / kind.cm == pytest.approx(20.0)  # mV of drive
    assert (kind.e_rev_E, kind.e_rev_I) == (0.0, -80.0)
    exc, inh = made.network.projections.values()
    assert (exc.synapse.weight, inh.synapse.weight) == (0.006, 0.067)
    assert exc.synapse.delay == inh.synapse.delay == DT


@pytest.mark.parametrize(("build", "small", "large"), [
    (b1, (4.7, 5.7), (5.0, 5.5)), (b2, (15.0, 18.5), (16.2, 17.4)),
])  # fmt: skip
def test_sizes_keep_the_in_degree_and_have_their_own_tolerance(build, small, large):
    assert build(0.5).accepted == {}
    assert build(4.9).accepted == {"mean": small}
    assert build(5.0).accepted == {"mean": large}
    assert build(0.5).n_neurons == 2000
    assert [p.connector.n for p in build(0.5).network.projections.values()] == [64, 16]


@pytest.mark.parametrize("build", [b1, b2])
def test_they_fire_at_their_rates(build):
    made = build()
    low, high = made.accepted["mean"]
    assert low <= simulate(made.network, 500.0, dt=DT, seed=3).rate("cells") <= high


def test_a_size_must_be_positive():
    with pytest.raises(ParameterError, match=r"bench\.scale"):
        b2(0.0)
