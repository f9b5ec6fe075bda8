import numpy as np
import pytest

import neurosim as ns
from neurosim.errors import ParameterError, WiringError
from neurosim.plan.batch import given_spikes, sample_plan, side_by_side
from neurosim.plan.lower import lower
from neurosim.testing.cases import CASES


def network(times=((1.0, 2.0), (0.5,))):
    net = ns.Network()
    net.population("in", 2, ns.SpikeSourceArray(spike_times=times))
    net.population("more", 1, ns.SpikeSourceArray(spike_times=[[3.0]]))
    net.population("a", 3, ns.IFCurrExp(tau_m=[10.0, 20.0, 30.0]), {"v": ns.Uniform(-60.0, -55.0)})
    net.population("b", 2, ns.IFCurrExp())
    net.project("in", "a", ns.AllToAll(), ns.Static(1.0, 1.0))
    net.inject(ns.PoissonInput(100.0, 0.1), "a")
    net.record("a", ["spikes", "v"])
    return net


def plan(**options):
    return lower(network(**options), 0.5, 1)


def test_the_spikes_of_a_sample_are_those_of_the_population():
    sample = {"in": [(1, 0.5), (0, 2.0), (0, 1.0)]}
    given = given_spikes(plan(times=[[9.0], []]), sample, 0)
    assert given.rounded == 0
    for mine, theirs in zip(given.arrays, plan().arrays, strict=True):
        assert mine.population == theirs.population
        assert (mine.steps.dtype, mine.ids.dtype) == (theirs.steps.dtype, theirs.ids.dtype)
        np.testing.assert_equal(mine.steps, theirs.steps)
        np.testing.assert_equal(mine.ids, theirs.ids)


def test_a_raster_is_the_same_as_its_pairs():
    raster = np.random.default_rng(1).random((8, 2)) < 0.4
    pairs = [(i, 0.5 * k) for k, i in zip(*np.nonzero(raster), strict=True)]
    first, second = (given_spikes(plan(), {"in": x}, 0).arrays[0] for x in (raster, pairs))
    assert first.steps.dtype == second.steps.dtype
    np.testing.assert_equal(first.steps, second.steps)
    np.testing.assert_equal(first.ids, second.ids)
    backwards = given_spikes(plan(), {"in": np.asfortranarray(raster)}, 0).arrays[0]
    np.testing.assert_equal(backwards.ids, second.ids)


def test_pairs_may_be_an_array_empty_or_off_the_grid():
    table = np.array([[0.0, 1.01], [1.0, 1e300], [0.0, 1.0]])
    given = given_spikes(plan(), {"in": table, "more": []}, 0)
    assert given.rounded == 2
    assert given.arrays[0].steps.tolist() == [2, 2, 2**62]
    assert len(given.arrays[1].steps) == 0


@pytest.mark.parametrize(
    ("spikes", "rule"),
    [
        ([(2, 1.0)], r"ids from 0 to 1 and times >= 0 ms, got \(2\.0, 1\.0\)"),
        ([(-1, 1.0)], "ids from 0 to 1"),
        ([(0.5, 1.0)], "ids from 0 to 1"),
        ([(0, -1.0)], "times >= 0 ms"),
        ([(0, np.nan)], "times >= 0 ms"),
        ([(0, np.inf)], "times >= 0 ms"),
        ([1.0, 2.0], "or a boolean array"),
        ([(0, 1.0, 2.0)], "or a boolean array"),
        ("spikes", "or a boolean array"),
        (None, "or a boolean array"),
        (np.ones((4, 3), dtype=bool), r"shape \(steps, 2\), got 'shape \(4, 3\)'"),
        (np.ones(2, dtype=bool), r"shape \(steps, 2\)"),
    ],
    ids=repr,
)
def test_nonsense_is_refused_with_sample_and_population(spikes, rule):
    with pytest.raises(ParameterError, match=rule) as caught:
        given_spikes(plan(), {"in": spikes}, 7)
    assert str(caught.value).startswith("simulate_batch.samples: must be ")
    assert caught.value.where == "sample 7, population 'in'"


@pytest.mark.parametrize("name", ["inn", "a", 3])
def test_other_populations_are_refused(name):
    with pytest.raises(WiringError, match=f"sample 2 names {name!r}"):
        given_spikes(plan(), {name: []}, 2)


def test_random_streams_are_named_after_the_sample():
    whole = lower(CASES["poisson"].network(), 0.5, 1)
    one, other, again = (sample_plan(whole, whole.arrays, i) for i in (0, 1, 0))
    keys = [
        [b.key for b in (*p.poisson, *p.inputs, *p.currents)] for p in (whole, one, other, again)
    ]
    assert keys[1] == keys[3]
    assert len({*keys[0], *keys[1], *keys[2]}) == 3 * len(keys[0])
    assert one.synapses is whole.synapses
    assert one.neurons is whole.neurons


def test_plans_side_by_side():
    one = plan()
    both = side_by_side(one, [5, 6])
    assert [p.name for p in both.populations][:5] == ["0/in", "0/more", "0/a", "0/b", "1/in"]
    (block,) = both.neurons
    assert block.size == 10
    assert block.slices == {
        "0/a": range(3), "0/b": range(3, 5), "1/a": range(5, 8), "1/b": range(8, 10),
    }  # fmt: skip
    for i, p in enumerate(both.populations):
        assert p.size == one.populations[i % 4].size
        if p.block == 0:
            places = range(p.offset, p.offset + p.size)
            assert block.slices[p.name] == places
    for name, values in one.neurons[0].state.items():
        np.testing.assert_equal(block.state[name], np.tile(values, 2))
    np.testing.assert_equal(block.constants["decay_m"][5:], one.neurons[0].constants["decay_m"])
    assert block.constants["decay_exc"] == one.neurons[0].constants["decay_exc"]
    assert [b.population for b in both.inputs] == [2, 6]
    keys = [sample_plan(one, one.arrays, i).inputs[0].key for i in (5, 6)]
    assert [b.key for b in both.inputs] == keys
    assert [(p.population, p.variable) for p in both.probes] == [
        (2, "spikes"), (6, "spikes"), (2, "v"), (6, "v"),
    ]  # fmt: skip
    assert both.arrays == both.synapses == ()
