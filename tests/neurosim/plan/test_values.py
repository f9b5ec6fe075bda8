"""Weights and delays: tables of delays are the plain formula, weights the plain quantiles."""

import numpy as np
import pytest

import neurosim as ns
from neurosim import philox, seeds
from neurosim.plan.connect import Drawer
from neurosim.plan.pairs import Pairs
from neurosim.plan.values import MANY, TABLED, Weights, step_table, uniform
from tests.neurosim.plan.drawing import drawn

DELAYS = [
    ns.Normal(1.5, 0.75, low=0.05),
    ns.Normal(0.75, 0.375, low=0.05),
    ns.Normal(1.0, 2.0, low=0.1, high=3.0, clip="boundary"),
    ns.Uniform(0.3, 7.0),
    ns.LogNormal(0.0, 0.3, low=0.05),
    ns.Exponential(1.2, low=0.05),
]


def plain(distribution, u, dt):
    """Delays in steps by the formula."""
    return np.maximum(np.floor(distribution.quantile(np.asarray(u)) / dt + 0.5), 1.0)


@pytest.mark.parametrize("dt", [0.1, 0.07, 1.0])
@pytest.mark.parametrize("delay", DELAYS, ids=repr)
def test_thresholds_are_where_the_formula_gives_more_steps(delay, dt):
    table = step_table(delay, dt)
    wanted = table.first + 1.0 + np.arange(len(table.thresholds) - 1)
    assert (plain(delay, table.thresholds[:-1], dt) >= wanted).all()
    assert (plain(delay, table.thresholds[:-1] - 2.0**-52, dt) < wanted).all()
    ends = plain(delay, [2.0**-53, 1.0 - 2.0**-53], dt)
    assert ends.tolist() == [table.first, table.first + len(wanted)]


@pytest.mark.parametrize("delay", DELAYS, ids=repr)
def test_drawn_delays_are_those_of_the_formula(delay):
    plan, (rows,) = drawn(ns.AllToAll(), delay=delay, sizes=(300, 300), dt=0.1)
    u = philox.uniform(seeds.child(plan.synapses[0].key, "delay"), np.arange(90_000))
    source, target = rows[:, :2].astype(int).T
    assert (rows[:, 3] == plain(delay, u, 0.1)[target * 300 + source]).all()


def test_the_delays_that_can_occur_are_listed_if_they_are_not_too_many():
    (block,) = drawn(ns.AllToAll(), delay=ns.Uniform(1.0, 5.0), sizes=(2, 2))[0].synapses
    assert Drawer(block, 0.5).delays.tolist() == list(range(2, 11))
    for steps, listed in ((MANY - 1, True), (MANY, False)):
        delay = ns.Uniform(1.0, 1.0 + steps)
        (block,) = drawn(ns.AllToAll(), delay=delay, sizes=(2, 2), dt=1.0)[0].synapses
        assert len(Drawer(block, 1.0).delays) == (MANY if listed else 4)


def test_tables_have_their_limits():
    assert len(step_table(ns.Uniform(1.0, 1.0 * TABLED), 1.0).thresholds) == TABLED
    assert step_table(ns.Uniform(1.0, 1.0 + TABLED), 1.0) is None
    assert step_table(ns.Uniform(2.0**31, 2.0**31), 1.0) is None


@pytest.mark.parametrize("delay", [ns.Exponential(20.0, low=0.1), ns.LogNormal(3.0, 2.0, low=1.0)])
def test_those_of_very_many_possible_delays_that_occur_are_found(delay):
    plan, (rows,) = drawn(ns.FixedNumberPre(5), delay=delay, sizes=(60, 60), dt=0.1)
    table = step_table(delay, 0.1)
    assert (table is None) == isinstance(delay, ns.LogNormal)
    drawer = Drawer(plan.synapses[0], 0.1)
    assert (drawer.delays == np.unique(rows[:, 3])).all()
    u = philox.uniform(seeds.child(plan.synapses[0].key, "delay"), np.arange(300))
    assert (np.sort(rows[:, 3]) == np.sort(plain(delay, u, 0.1))).all()
    (block,) = drawn(ns.FixedProbability(0.0), delay=delay, dt=0.1)[0].synapses
    assert Drawer(block, 0.1).delays.tolist() == [1]


def test_the_delays_of_an_array_are_listed():
    delays = np.array([[1.0, 2.0, 1.0], [2.0, 4.0, 4.0]])
    (block,) = drawn(ns.AllToAll(), delay=delays, sizes=(2, 3))[0].synapses
    assert Drawer(block, 0.5).delays.tolist() == [2, 4, 8]


@pytest.mark.parametrize(
    "weight",
    [ns.Normal(1.0, 1.0), ns.LogNormal(0.0, 1.0), ns.Exponential(2.0), ns.Uniform(1.0, 2.0)],
    ids=repr,
)
def test_weights_are_the_quantiles_of_the_pairs_numbers(weight):
    (block,) = drawn(ns.AllToAll(), weight=weight, sizes=(2, 2))[0].synapses
    key = seeds.child(block.key, "weight")
    ids = np.zeros(50_000, dtype=np.int32)
    for number in (7, np.random.default_rng(1).permutation(10**9 + np.arange(50_000))):
        at = np.arange(7, 50_007) if isinstance(number, int) else number
        found = Weights(block).of(Pairs(ids, ids, number))
        expected = block.synapse.weight.quantile(philox.uniform(key, at))
        np.testing.assert_allclose(found, expected, rtol=1e-15, atol=0.0)


def test_one_weight_stays_one():
    (block,) = drawn(ns.AllToAll(), weight=2.5, sizes=(2, 2))[0].synapses
    ids = np.zeros(4, dtype=np.int32)
    assert Weights(block).of(Pairs(ids, ids, 0)).tolist() == [2.5]


def test_uniform_numbers_are_addressed_by_number():
    ids = np.zeros(9, dtype=np.int32)
    whole = uniform(5, Pairs(ids, ids, 100))
    numbers = np.arange(100, 109)[::-1].copy()
    assert (uniform(5, Pairs(ids, ids, numbers)) == whole[::-1]).all()
