import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import neurosim as ns
from neurosim.backends.bundles import (
    DYNAMIC,
    NARROW,
    PLAIN,
    PLASTIC,
    bundles,
    kind_of,
    width,
)
from neurosim.backends.share import Share, shares
from neurosim.plan.connect import Drawer
from neurosim.plan.lower import lower

ONE, OTHER = ns.Static(0.5, 1.0), ns.Static(0.25, 1.0)
OWN, MORE = ns.Static(ns.Uniform(0.1, 0.2), 1.0), ns.Static(ns.Uniform(0.3, 0.4), 3.0)
STDP, FADING = ns.STDP(0.5, 1.0), ns.TsodyksMarkram(0.5, 1.0)


def made(*projections, sizes=(4, 5, 6), n=1):
    """Names of the projections in each bundle, between populations ``a``, ``b``, ``c`` (a block)
    and ``z`` (another)."""
    net = ns.Network()
    for name, size in zip("abc", sizes, strict=True):
        net.population(name, size, ns.IFCurrExp())
    net.population("z", 4, ns.IFCurrDelta())
    for number, (pre, post, synapse, *more) in enumerate(projections):
        target = net[post] if isinstance(post, str) else net[post[0]][post[1]]
        receptor = more[0] if more else "excitatory"
        net.project(pre, target, ns.AllToAll(), synapse, receptor, name=str(number))
    plan = lower(net, 0.5, 1)
    found = bundles(plan, shares(plan, [Drawer(b, plan.dt) for b in plan.synapses], n))
    return [[plan.synapses[b].name for b in bundle.blocks] for bundle in found], found


def names(*projections, **options):
    return made(*projections, **options)[0]


def test_kinds_are_told_apart():
    _, (first, second, third) = made(("a", "a", ONE), ("a", "b", STDP), ("a", "c", FADING))
    assert [b.kind for b in (first, second, third)] == [PLAIN, PLASTIC, DYNAMIC]
    assert (first.weight, second.weight, third.weight) == (0.5, None, 0.5)


@pytest.mark.parametrize("synapse", [ONE, OWN], ids=["one weight", "own weights"])
def test_plain_blocks_of_one_source_population_are_joined(synapse):
    groups, (bundle,) = made(("a", "a", synapse), ("a", "b", synapse), ("a", "c", synapse))
    assert groups == [["0", "1", "2"]]
    assert (bundle.low, bundle.high) == (0, 15)
    assert bundle.weight == (0.5 if synapse is ONE else None)


def test_distributions_and_delays_may_differ_within_a_bundle():
    assert names(("a", "a", OWN), ("a", "b", MORE)) == [["0", "1"]]


@pytest.mark.parametrize("order", [("a", "b", "c"), ("c", "a", "b"), ("b", "c", "a")])
def test_blocks_of_a_bundle_ascend_with_their_targets(order):
    (found,) = names(*(("a", post, ONE) for post in order))
    assert [order[int(name)] for name in found] == ["a", "b", "c"]


@pytest.mark.parametrize(
    "projections",
    [
        [("a", "a", ONE), ("b", "b", ONE)],
        [("a", "a", ONE), ("a", "b", OTHER)],
        [("a", "a", ONE), ("a", "b", OWN)],
        [("a", "a", ONE), ("a", "z", ONE)],
        [("a", "a", ONE), ("a", "b", ns.Static(-0.5, 1.0), "inhibitory")],
        [("a", "a", STDP), ("a", "b", STDP)],
        [("a", "a", FADING), ("a", "b", FADING)],
        [("a", "a", OWN), ("a", "b", STDP)],
        [("a", "a", ONE), ("a", "b", FADING)],
        [("a", "a", ONE), ("a", "a", ONE)],
        [("a", "a", OWN), ("a", ("b", slice(None, None, -1)), OWN)],
        [("a", ("b", [0, 2, 1]), OWN), ("a", "a", OWN)],
    ],
    ids=[
        "sources", "weights", "one and own", "blocks", "inputs", "plastic", "dynamic",
        "plain and plastic", "plain and dynamic", "same target", "descending", "disordered",
    ],
)  # fmt: skip
def test_what_cannot_be_joined_stays_apart(projections):
    assert names(*projections) == [["0"], ["1"]]


def test_some_ascending_targets_can_be_joined():
    pair = ("a", ("b", slice(1, 4)), OWN), ("a", ("c", [0, 3, 5]), OWN)
    assert names(*pair) == [["0", "1"]]


def test_a_second_projection_between_the_same_populations_starts_a_bundle():
    found = names(("a", "b", ONE), ("a", "c", ONE), ("a", "b", ONE), ("a", "c", ONE))
    assert found == [["0", "1"], ["2", "3"]]


def test_source_populations_come_one_after_the_other():
    found = names(("b", "c", ONE), ("a", "b", ONE), ("c", "a", ONE), ("a", "c", ONE))
    assert found == [["1", "3"], ["0"], ["2"]]


@pytest.mark.parametrize("between", [STDP, FADING, OTHER, OWN])
def test_others_between_onto_the_same_population_keep_their_place(between):
    found = names(("a", "b", ONE), ("a", "c", between), ("a", "c", ONE))
    assert found == [["0"], ["1"], ["2"]]


@pytest.mark.parametrize("between", [STDP, FADING, OTHER, OWN])
def test_others_between_onto_other_populations_or_inputs_do_not_matter(between):
    assert names(("a", "b", ONE), ("a", "a", between), ("a", "c", ONE)) == [["0", "2"], ["1"]]
    far = ("a", "z", between)
    assert names(("a", "b", ONE), far, ("a", "c", ONE)) == [["0", "2"], ["1"]]
    inhibits = ("a", "c", ns.Static(-0.25, 1.0), "inhibitory")
    assert names(("a", "b", ONE), inhibits, ("a", "c", ONE)) == [["0", "2"], ["1"]]


def test_targets_stay_within_16_bits_unless_a_population_is_wider():
    half = NARROW // 2
    pair = ("a", "a", ONE), ("a", "b", ONE)
    assert names(*pair, sizes=(half, half, 1)) == [["0", "1"]]
    assert names(*pair, sizes=(half, half + 1, 1)) == [["0"], ["1"]]
    assert names(*pair, sizes=(half, half + 1, 1), n=2) == [["0", "1"]]
    apart = ("a", "a", ONE), ("a", "c", ONE)
    assert names(*apart, sizes=(1, NARROW, 1)) == [["0"], ["1"]]
    assert names(*pair, sizes=(1, NARROW + 1, 1)) == [["0"], ["1"]]
    wide = *pair, ("c", "c", ONE)
    assert names(*wide, sizes=(half, half + 1, NARROW + 1)) == [["0", "1"], ["2"]]


def test_the_width_is_that_of_the_widest_share():
    _, (bundle,) = made(("a", "b", ONE), ("a", "c", ONE), sizes=(10, 20, 30))
    assert (bundle.low, bundle.high) == (10, 60)
    assert width(bundle, [Share((0, 0), (60, 4))]) == 50
    assert width(bundle, [Share((0, 0), (25, 4)), Share((25, 4), (60, 4))]) == 35
    assert width(bundle, [Share((0, 0), (5, 4)), Share((5, 4), (60, 4))]) == 50


SYNAPSES = st.sampled_from([ONE, ONE, ONE, OTHER, OWN, OWN, STDP, FADING])
NAMES = st.sampled_from("abc")
PROJECTIONS = st.lists(
    st.tuples(NAMES, NAMES | st.tuples(NAMES, st.just(slice(None, None, -1))), SYNAPSES),
    min_size=1, max_size=12,
)  # fmt: skip


@settings(max_examples=150)
@given(projections=PROJECTIONS, n=st.integers(1, 3))
def test_every_neuron_gets_its_inputs_in_the_order_of_delivery(projections, n):
    net = ns.Network()
    for name in "abc":
        net.population(name, 50, ns.IFCurrExp())
    for number, (pre, post, synapse) in enumerate(projections):
        target = net[post] if isinstance(post, str) else net[post[0]][post[1]]
        net.project(pre, target, ns.OneToOne(), synapse, name=str(number))
    plan = lower(net, 0.5, 1)
    found = bundles(plan, shares(plan, [Drawer(b, plan.dt) for b in plan.synapses], n))
    order = [b for bundle in found for b in bundle.blocks]
    assert sorted(order) == list(range(len(projections)))
    for post in range(3):
        mine = [b for b in order if plan.synapses[b].post == post]
        assert mine == [b for b in plan.delivery if plan.synapses[b].post == post]
    for bundle in found:
        blocks = [plan.synapses[b] for b in bundle.blocks]
        assert {b.pre for b in blocks} == {bundle.pre}
        assert len({b.post for b in blocks}) == len(blocks)
        assert {kind_of(b) for b in blocks} == {bundle.kind}
        places = np.concatenate(
            [plan.populations[b.post].offset + np.sort(b.post_ids) for b in blocks]
        )
        assert (np.diff(places) > 0).all()
        assert bundle.low <= places[0] <= places[-1] < bundle.high
