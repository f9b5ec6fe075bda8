import numpy as np
import pytest

import neurosim as ns
from neurosim.backends.layout import lay_out
from neurosim.backends.layout_batch import lay_out_shared, place_lanes
from neurosim.kernels.batch import EQUAL_ROWS, EQUAL_SEGMENTS, ROWS, SEGMENTS, TILE
from neurosim.plan.batch import side_by_side
from neurosim.plan.connect import expand
from neurosim.plan.lower import lower

OWN = ns.Uniform(0.5, 1.0)


def plan(connector, synapse, n_pre=6, n_post=40, pre=slice(None), post=slice(None), **options):
    net = ns.Network()
    sources = net.population("pre", n_pre, ns.IFCurrExp())
    targets = net.population("post", n_post, ns.IFCurrExp())
    net.project(sources[pre], targets[post], connector, synapse)
    return lower(net, 1.0, 3, **options)


def matrix_of(shared, lane):
    """Weights of a lane as (sources, targets), from its first target on."""
    tiles = -(-lane.width // TILE)
    rows = shared.rows[0][lane.start : lane.start + tiles * lane.sources * TILE]
    rows = rows.reshape(tiles, lane.sources, TILE).transpose(1, 0, 2).reshape(lane.sources, -1)
    assert not rows[:, lane.width :].any()
    return rows[:, : lane.width]


@pytest.mark.parametrize(
    ("connector", "weight", "form"),
    [
        (ns.AllToAll(), OWN, ROWS),
        (ns.AllToAll(), 0.5, EQUAL_ROWS),
        (ns.FixedProbability(0.9), OWN, ROWS),
        (ns.FixedProbability(0.9), 0.5, EQUAL_SEGMENTS),
        (ns.FixedProbability(0.05), OWN, SEGMENTS),
        (ns.FixedNumberPre(6, with_replacement=True), OWN, SEGMENTS),
        (ns.FromList([(0, 3), (5, 3)]), OWN, SEGMENTS),
    ],
)
def test_the_form_follows_from_the_share_of_pairs(connector, weight, form):
    shared = lay_out_shared(plan(connector, ns.Static(weight, 1.0), n_post=TILE))
    assert [lane.form for lane in shared.lanes] == [form]


def test_few_targets_are_not_worth_a_tile():
    (lane,) = lay_out_shared(plan(ns.AllToAll(), ns.Static(OWN, 1.0), n_post=TILE // 4 - 1)).lanes
    assert lane.form == SEGMENTS
    (lane,) = lay_out_shared(plan(ns.AllToAll(), ns.Static(OWN, 1.0), n_post=TILE // 4)).lanes
    assert lane.form == ROWS


@pytest.mark.parametrize("n_post", [TILE - 1, TILE, TILE + 1, 3 * TILE + 70])
@pytest.mark.parametrize("weights", ["single", "double"])
def test_rows_hold_the_weights_in_tiles(n_post, weights):
    made = plan(
        ns.FixedProbability(0.8), ns.Static(OWN, 1.0), n_post=n_post,
        pre=slice(1, 6), post=slice(2, None), weights=weights,
    )  # fmt: skip
    (block,) = made.synapses
    part = expand(block, 1.0, made.weight_dtype)
    shared = lay_out_shared(made)
    (lane,) = shared.lanes
    assert (lane.form, lane.first, lane.sources, lane.delay) == (ROWS, 1, 5, 1)
    assert shared.rows[0].dtype == made.weight_dtype
    assert shared.rows[0].ctypes.data % 64 == 0
    expected = np.zeros((5, n_post), dtype=made.weight_dtype)
    expected[np.repeat(np.arange(5), np.diff(part.ptr)), part.targets] = part.weights
    found = np.zeros_like(expected)
    found[:, lane.target : lane.target + lane.width] = matrix_of(shared, lane)
    np.testing.assert_equal(found, expected)
    assert len(shared.targets[0]) == len(shared.weights[0]) == len(shared.ptr[0]) == 0


def test_delays_of_one_block_may_have_forms_of_their_own():
    delays = np.full((6, 200), 3.0)
    delays[:, 150] = 1.0
    made = plan(ns.AllToAll(), ns.Static(np.arange(1200.0).reshape(6, 200), delays), n_post=200)
    shared = lay_out_shared(made)
    assert [(x.delay, x.form) for x in shared.lanes] == [(1, SEGMENTS), (3, ROWS)]
    assert shared.longest == 3
    sparse, dense = shared.lanes
    assert (sparse.stride, sparse.start) == (2, 0)
    for source in range(6):
        segment = sparse.start + source * sparse.stride
        (at,) = range(shared.ptr[0][segment], shared.ptr[0][segment + 1])
        assert shared.targets[0][at] == 150
        assert shared.weights[0][at + sparse.shift] == source * 200 + 150
    expected = np.arange(1200.0).reshape(6, 200)
    expected[:, 150] = 0.0
    np.testing.assert_equal(matrix_of(shared, dense), expected)


def network():
    net = ns.Network()
    net.population("in", 5, ns.SpikeSourceArray())
    net.population("a", 300, ns.IFCurrExp())
    net.population("b", 7, ns.IFCurrExp())
    for i, (pre, post) in enumerate([("in", "a"), ("a", "a"), ("a", "b"), ("in", "a")]):
        net.project(pre, post, ns.AllToAll(), ns.Static(OWN, 1.0), name=str(i))
    net.project("in", "a", ns.FixedTotalNumber(9), ns.Static(OWN, 2.0))
    return net


def test_several_blocks_lie_end_to_end():
    made = lower(network(), 1.0, 3)
    shared = lay_out_shared(made)
    assert [x.form for x in shared.lanes] == [ROWS, ROWS, SEGMENTS, ROWS, SEGMENTS]
    for lane, block in zip(shared.lanes, (made.synapses[i] for i in made.delivery), strict=True):
        part = expand(block, 1.0, made.weight_dtype)
        sizes = np.diff(part.ptr)
        sources = np.repeat(np.arange(part.n_sources), sizes)
        if lane.form == ROWS:
            found = matrix_of(shared, lane)[sources, part.targets - lane.target]
            np.testing.assert_equal(found, part.weights)
            continue
        ptr = shared.ptr[0][lane.start : lane.start + part.n_sources + 1]
        np.testing.assert_equal(np.diff(ptr), sizes)
        span = slice(ptr[0], ptr[-1])
        np.testing.assert_equal(shared.targets[0][span], part.targets)
        span = slice(ptr[0] + lane.shift, ptr[-1] + lane.shift)
        np.testing.assert_equal(shared.weights[0][span], part.weights)


def test_every_sample_has_places_of_its_own():
    made = lower(network(), 1.0, 3)
    shared = lay_out_shared(made)
    copies = side_by_side(made, [0, 1, 2])
    arrays = lay_out(copies)
    lanes = place_lanes(shared, copies, arrays, 3)
    start = int(arrays.shards[0].neurons.input_start[0, 0])
    assert lanes.place[0].tolist() == [start, start + 307, start + 614]
    assert lanes.place[4].tolist() == [start + 300, start + 607, start + 914]
    assert lanes.population[0].tolist() == [arrays.order[i] for i in (0, 3, 6)]
    assert lanes.population[3].tolist() == [arrays.order[i] for i in (1, 4, 7)]
    assert lanes.until.tolist() == [2, 2, 3, 4, 5]
    assert lanes.sums.dtype == made.dtype


def test_a_plan_without_synapses_has_no_lanes():
    net = ns.Network()
    net.population("a", 2, ns.IFCurrExp())
    made = lower(net, 1.0, 1)
    shared = lay_out_shared(made)
    assert (shared.lanes, shared.longest) == ([], 1)
    lanes = place_lanes(shared, side_by_side(made, [0]), lay_out(side_by_side(made, [0])), 1)
    assert lanes.place.shape == lanes.population.shape == (0, 1)
