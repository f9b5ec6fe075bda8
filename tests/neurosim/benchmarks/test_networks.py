from __future__ import annotations

import numpy as np
import pytest

from neurosim.benchmarks.networks import BENCHES, DT, b1, b3, bench
from neurosim.errors import NeurosimError
from neurosim.facade import prepare, simulate
from neurosim.neurons.propagators import exponential_gain


def test_b1_is_the_published_network():
    made = b1()
    assert (made.n_neurons, made.n_exc, made.accepted) == (4000, 3200, (4.7, 5.7))
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


@pytest.mark.parametrize("weights", ["own", "one"])
def test_b3_is_the_published_network(weights):
    made = b3(weights=weights)
    assert (made.n_neurons, made.n_exc, made.accepted) == (12500, 10000, (36.8, 38.4))
    exc, inh = made.network.projections.values()
    assert (exc.connector.n, inh.connector.n) == (1000, 250)
    assert isinstance(exc.synapse.weight, float) == (weights == "one")
    (poisson,) = made.network.inputs.values()
    assert (poisson.source.rate, poisson.source.weight) == (20000.0, 0.1)


def test_own_weights_are_stored_one_by_one_and_equal():
    small = {w: b3(0.1, weights=w) for w in ("own", "one")}
    for made in small.values():
        with prepare(made.network, dt=DT, seed=1) as simulation:
            synapses = simulation.weights("inhibitory")
        assert len(synapses.weight) == 1250 * 250
        assert np.allclose(synapses.weight, -0.5)
        assert np.array_equal(np.bincount(synapses.post, minlength=1250), np.full(1250, 250))


@pytest.mark.parametrize(
    ("scale", "accepted"), [(0.5, None), (1.0, (4.7, 5.7)), (4.9, (4.7, 5.7)), (5.0, (5.0, 5.5))]
)
def test_sizes_keep_the_in_degree_and_have_their_own_tolerance(scale, accepted):
    made = b1(scale)
    assert made.n_neurons == round(4000 * scale)
    assert [p.connector.n for p in made.network.projections.values()] == [64, 16]
    assert made.accepted == accepted
    assert b3(2.0).accepted is None


def test_b1_fires_at_its_rate():
    made = b1()
    recording = simulate(made.network, 500.0, dt=DT, seed=3)
    assert made.accepted is not None
    low, high = made.accepted
    assert low <= recording.rate("cells") <= high


def test_benches_by_name():
    assert sorted(BENCHES) == ["b1", "b3"]
    assert bench("b3").weights == "own"
    assert bench("b3", weights="one").weights == "one"
    assert bench("b1", 0.5, "one").scale == 0.5


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (("b2",), "bench: must be known"),
        (("b1", 1.0, "own"), "b1.weights"),
        (("b3", 1.0, "two"), "b3.weights"),
        (("b1", 0.0), "bench.scale"),
        (("b3", float("nan")), "bench.scale"),
        (("b1", "large"), "bench.scale"),
    ],
)
def test_nonsense_names_the_argument(args, message):
    with pytest.raises(NeurosimError, match=message):
        bench(*args)
