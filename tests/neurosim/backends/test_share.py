from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import neurosim as ns
from neurosim.backends.share import EVENT_NS, NEURON_NS, NOMINAL_HZ, Share, shares, step_cost
from neurosim.kernels.layout import STRIP
from neurosim.plan.connect import Drawer
from neurosim.plan.lower import lower
from tests.neurosim.backends.networks import mixed


def three():
    """Populations of 10, 20 and 30 in one block, and one of another kind."""
    net = ns.Network()
    for name, size in (("a", 10), ("b", 20), ("c", 30)):
        net.population(name, size, ns.IFCurrExp())
    net.population("d", 7, ns.IFCurrDelta())
    return lower(net, 1.0, 1)


def drawers(plan):
    return [Drawer(block, plan.dt) for block in plan.synapses]


@pytest.mark.parametrize(
    ("low", "high", "parts"),
    [
        (0, 60, {"a": (0, 10, 0), "b": (0, 20, 10), "c": (0, 30, 30)}),
        (0, 15, {"a": (0, 10, 0), "b": (0, 5, 10), "c": (0, 0, 30)}),
        (15, 33, {"a": (10, 10, -15), "b": (5, 20, -5), "c": (0, 3, 15)}),
        (30, 60, {"a": (10, 10, -30), "b": (20, 20, -20), "c": (0, 30, 0)}),
        (10, 10, {"a": (10, 10, -10), "b": (0, 0, 0), "c": (0, 0, 20)}),
        (60, 60, {"a": (10, 10, -60), "b": (20, 20, -50), "c": (30, 30, -30)}),
    ],
)
def test_parts_are_the_ids_within_the_range_and_where_id_0_would_lie(low, high, parts):
    plan = three()
    share = Share((low, 0), (high, 7))
    found = {name: tuple(share.part(plan, plan.population(name))) for name in parts}
    assert found == parts
    assert share.size(0) == high - low
    for first, last, place in found.values():
        if first < last:
            assert 0 <= first + place < last + place <= high - low


@given(st.lists(st.integers(0, 60), max_size=5))
def test_consecutive_shares_hold_every_id_once(cuts):
    plan = three()
    ends = [0, *sorted(cuts), 60]
    for population, size in ((0, 10), (1, 20), (2, 30)):
        ids = []
        for low, high in pairwise(ends):
            part = Share((low, 0), (high, 7)).part(plan, population)
            ids += range(part.low, part.high)
        assert ids == list(range(size))


@given(st.integers(0, 30), st.integers(0, 30), st.integers(0, 7))
def test_halves_are_about_as_large_and_make_up_the_share(low, size, other):
    share = Share((low, other), (low + size, 7))
    first, second = share.halves()
    assert (first.low, second.high) == (share.low, share.high)
    assert first.high == second.low
    for block in (0, 1):
        assert 0 <= second.size(block) - first.size(block) <= 1


@pytest.mark.parametrize("n", [1, 2, 3, 4, 7])
def test_shares_follow_each_other_and_are_cut_at_borders_of_strips(n):
    plan = lower(mixed(), 0.5, 1)
    found = shares(plan, drawers(plan), n)
    assert len(found) == n
    for b, block in enumerate(plan.neurons):
        assert found[0].low[b] == 0
        assert found[-1].high[b] == block.size
        for one, after in pairwise(found):
            assert one.high[b] == after.low[b]
            assert one.high[b] % STRIP == 0 or one.high[b] == block.size
        assert all(share.size(b) >= 0 for share in found)


@pytest.mark.parametrize("n", [2, 5])
def test_the_smallest_networks_have_one_full_share(n):
    net = ns.Network()
    net.population("a", 1, ns.IFCurrExp())
    plan = lower(net, 0.5, 1)
    sizes = [share.size(0) for share in shares(plan, [], n)]
    assert sorted(sizes) == [0] * (n - 1) + [1]


def test_without_neurons_shares_are_empty():
    net = ns.Network()
    net.population("a", 3, ns.SpikeSourcePoisson(rate=1.0))
    plan = lower(net, 0.5, 1)
    assert shares(plan, [], 2) == [Share((), ()), Share((), ())]
    assert step_cost(plan, []) == 0.0


def uneven():
    """A population without synapses, and one with many."""
    net = ns.Network()
    net.population("few", 20 * STRIP, ns.IFCurrExp())
    net.population("many", 10 * STRIP, ns.IFCurrExp())
    net.project("few", "many", ns.FixedNumberPre(400), ns.Static(0.1, 1.0))
    net.project("many", "many", ns.FixedNumberPre(200), ns.Static(0.1, 1.0))
    return lower(net, 1.0, 1)


@pytest.mark.parametrize("n", [2, 3, 4])
def test_costs_are_balanced_to_half_a_strip_at_each_end(n):
    plan = uneven()
    busy = NEURON_NS + 600 * NOMINAL_HZ * 1e-3 * EVENT_NS
    cost = np.repeat([NEURON_NS, busy], [20 * STRIP, 10 * STRIP])
    found = shares(plan, drawers(plan), n)
    for share in found:
        mine = cost[share.low[0] : share.high[0]].sum()
        assert abs(mine - cost.sum() / n) <= busy * STRIP
    if n == 2:
        assert found[0].high[0] >= 22 * STRIP  # the middle would be at 15


def test_the_cost_of_a_step_counts_neurons_and_expected_events():
    plan = uneven()
    events = 10 * STRIP * 600 * NOMINAL_HZ * 1e-3
    expected = 30 * STRIP * NEURON_NS + events * EVENT_NS
    assert step_cost(plan, drawers(plan)) == pytest.approx(1e-9 * expected)
