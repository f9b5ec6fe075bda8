"""What holds for all rules: refused self-connections, any split, weights, delays."""

from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

import neurosim as ns
from neurosim.distributions import Distribution
from neurosim.errors import LoweringError, ParameterError
from neurosim.plan import pairs as drawing_pairs
from neurosim.plan.connect import Drawer, expand
from neurosim.plan.lower import lower
from tests.neurosim.plan.drawing import RULES, drawn, network, selfless

every_rule = pytest.mark.parametrize("name", RULES)

# self-connections


REFUSING = [
    name for name, rule in RULES.items() if not getattr(rule, "allow_self_connections", True)
]


@pytest.mark.parametrize("name", REFUSING)
@pytest.mark.parametrize(
    ("pre", "post"),
    [
        ("a", "a"),
        ("a[3:57]", "a"),
        ("a", "a[::-1]"),
        ("a[[*range(5, 60)]]", "a[59:2:-1]"),
        ("a + b[:20]", "b[10:] + a"),
        ("b + a", "a[5:58]"),
        ("a + a[:8]", "a[:30] + a[20:] + b"),
    ],
)  # fmt: skip
def test_self_connections_are_refused_between_any_groups(name, pre, post):
    net = network()
    groups = [eval(side, {}, dict(net.populations)) for side in (pre, post)]
    plan, blocks = drawn(RULES[name], pre, post)
    allowed, _ = drawn(RULES[name].replace(allow_self_connections=True), pre, post)
    assert sum(len(b.apart) for b in allowed.synapses) == 0
    joined = 0
    for block, rows in zip(plan.synapses, blocks, strict=True):
        if block.pre == block.post:
            assert selfless(rows[:, :2])
            joined += len(rows)
    assert joined > 0
    total = sum(map(len, blocks))
    rule = RULES[name]
    if isinstance(rule, ns.FixedNumberPre):
        assert total == rule.n * groups[1].size
    if isinstance(rule, ns.FixedNumberPost):
        assert total == rule.n * groups[0].size
    if isinstance(rule, ns.FixedTotalNumber):
        assert total == rule.n
    if name in ("all but self", "p 1 but self", "distance but self"):
        own = sum((a == b).sum() for a in units(groups[0]) for b in [np.array(units(groups[1]))])
        assert total == groups[0].size * groups[1].size - own


def units(group):
    return [ord(part.name) * 1000 + i for part in group.parts for i in part.array().tolist()]


# any way of cutting the work


@every_rule
@pytest.mark.parametrize("size", [1, 7, 64, 1000])
def test_the_size_of_chunks_makes_no_difference(monkeypatch, name, size):
    whole = drawn(RULES[name], "a", "a", weight=ns.Uniform(0.0, 1.0), delay=ns.Uniform(0.5, 4.0))
    monkeypatch.setattr(drawing_pairs, "CHUNK", size)
    found = drawn(RULES[name], "a", "a", weight=ns.Uniform(0.0, 1.0), delay=ns.Uniform(0.5, 4.0))
    assert (found[1][0] == whole[1][0]).all()


@every_rule
def test_an_assembly_of_parts_has_the_synapses_of_the_whole(name):
    rule = RULES[name]
    weight, delay = ns.Normal(5.0, 1.0), ns.Uniform(0.5, 4.0)
    if name == "matrix":
        weight = np.random.default_rng(4).random((60, 60))
    (whole,) = drawn(rule, "a", "a", weight, delay)[1]
    if name == "ring":
        parts = drawn(
            rule, "a[:13] + a[13:14] + a[14:]", "a[:13] + a[13:14] + a[14:]", weight, delay
        )
    else:
        parts = drawn(rule, "a[:13] + a[13:14] + a[14:]", "a[:40] + a[40:]", weight, delay)
    assert len(parts[1]) == (9 if name == "ring" else 6)
    rows = np.concatenate(parts[1])
    by_pair = [part[np.lexsort(part.T[::-1])] for part in (rows, whole)]
    assert (by_pair[0] == by_pair[1]).all()


@every_rule
def test_the_seed_and_the_name_decide(name):
    first, again = (drawn(RULES[name], "a", "a", ns.Uniform(0.0, 1.0))[1][0] for _ in range(2))
    assert (first == again).all()
    other = drawn(RULES[name], "a", "a", ns.Uniform(0.0, 1.0), seed=4)[1][0]
    assert len(first) == 0 or first.shape != other.shape or (first != other).any()


def test_targets_ascend_in_views_of_any_order():
    (rows,) = drawn(ns.AllToAll(), "a[[9, 3]]", "b[[5, 1, 8, 0]]", [[1.0, 2, 3, 4], [5, 6, 7, 8]])[
        1
    ]
    assert rows[:, :3].tolist() == [
        [3, 0, 8], [3, 1, 6], [3, 5, 5], [3, 8, 7], [9, 0, 4], [9, 1, 2], [9, 5, 1], [9, 8, 3],
    ]  # fmt: skip


def test_narrow_types_hold_the_same_targets():
    plan, (rows,) = drawn(ns.FixedNumberPre(5), "a", "b[::-1]")
    narrow = expand(plan.synapses[0], plan.dt, np.float32, np.uint16)
    assert narrow.targets.dtype == np.uint16
    assert (narrow.targets == rows[:, 1]).all()


# weights


@pytest.mark.parametrize(
    ("weight", "cdf"),
    [
        (ns.Uniform(0.5, 2.0), stats.uniform(0.5, 1.5).cdf),
        (ns.Normal(5.0, 0.5), stats.norm(5.0, 0.5).cdf),
        (ns.Normal(1.0, 1.0), stats.truncnorm(-1.0, np.inf, 1.0, 1.0).cdf),
        (ns.Normal(1.0, 1.0, low=0.0, high=1.5), stats.truncnorm(-1.0, 0.5, 1.0, 1.0).cdf),
        (ns.LogNormal(-1.0, 0.5), stats.lognorm(0.5, scale=np.exp(-1.0)).cdf),
        (ns.Exponential(2.0), stats.expon(scale=2.0).cdf),
    ],
    ids=lambda value: repr(value) if isinstance(value, Distribution) else "",
)
@pytest.mark.parametrize("name", ["all", "p", "pre again", "total", "list", "distance"])
def test_weights_follow_their_distribution(weight, cdf, name):
    (rows,) = drawn(RULES[name], "a", "a", weight)[1]
    assert len(rows) >= 300
    assert len(np.unique(rows[:, 2])) == len(rows)
    assert stats.kstest(rows[:, 2], cdf).pvalue > 1e-3


def test_values_outside_may_be_moved_to_the_boundary():
    weight = ns.Normal(1.0, 1.0, low=0.0, high=1.5, clip="boundary")
    (rows,) = drawn(RULES["all"], weight=weight)[1]
    for end, share in ((0.0, stats.norm.cdf(-1.0)), (1.5, stats.norm.sf(0.5))):
        at = (rows[:, 2] == end).mean()
        assert abs(at - share) < 4.0 * np.sqrt(share * (1.0 - share) / len(rows))


def test_negative_weights_stay_negative_and_signed_ones_cross_zero():
    net = network()
    net.project("a", "b", RULES["all"], ns.Static(ns.Normal(-1.0, 1.0), 1.0), "inhibitory", "p")
    net.project(
        "a", "b", RULES["all"], ns.Static(ns.Normal(-1.0, 1.0), 1.0), "inhibitory", "q", signed=True
    )
    plan = lower(net, 0.5, 3)
    below, both = (expand(block, 0.5, np.float64).weights for block in plan.synapses)
    assert below.max() <= 0.0
    assert stats.kstest(both, stats.norm(-1.0, 1.0).cdf).pvalue > 1e-3


@pytest.mark.parametrize("name", ["all", "p", "pre", "post again", "total", "ring"])
def test_a_matrix_gives_each_pair_its_weight_and_delay(name):
    rng = np.random.default_rng(5)
    weights, delays = rng.random((60, 60)), rng.integers(1, 9, (60, 60)) * 0.5
    (rows,) = drawn(RULES[name], "a", "a", weights, delays)[1]
    pre, post = rows[:, :2].astype(int).T
    assert (rows[:, 2] == weights[pre, post]).all()
    assert (rows[:, 3] == delays[pre, post] * 2.0).all()


def test_a_matrix_counts_through_the_groups():
    weights = np.arange(12.0).reshape(3, 4)
    blocks = drawn(ns.AllToAll(), "a[[7, 2]] + b[:1]", "b[[4, 0]] + a[5:7]", weights)[1]
    found = {(i, *row[:2].astype(int)): row[2] for i, rows in enumerate(blocks) for row in rows}
    sources, targets = [(0, 7), (0, 2), (1, 0)], [(0, 4), (0, 0), (1, 5), (1, 6)]
    for i, (side, source) in enumerate(sources):
        for j, (end, target) in enumerate(targets):
            assert found[2 * side + end, source, target] == weights[i, j]


def test_one_weight_is_not_spread_out():
    plan, _ = drawn(RULES["all"], weight=0.25)
    assert expand(plan.synapses[0], 0.5, np.float32).weights == 0.25
    plan, _ = drawn(RULES["all"], weight=ns.Uniform(0.25, 0.25))
    made = expand(plan.synapses[0], 0.5, np.float32).weights
    assert (made.dtype, made.shape) == (np.float32, (3600,))


# delays


def test_delays_are_rounded_to_steps_and_are_at_least_one():
    delays = np.array([[0.5, 0.74, 0.76, 1.24]])
    with pytest.warns(ns.errors.RoundingWarning, match="delays rounded"):
        plan, (rows,) = drawn(ns.AllToAll(), delay=delays, sizes=(1, 4))
    assert sorted(zip(rows[:, 1], rows[:, 3], strict=True)) == [(0, 1), (1, 1), (2, 2), (3, 2)]
    assert "3 delays rounded" in plan.notes[0]
    (rows,) = drawn(ns.AllToAll(), delay=ns.Uniform(0.25, 0.3))[1]
    assert (rows[:, 3] == 1).all()


def test_drawn_delays_follow_their_distribution_and_are_unlike_weights():
    (rows,) = drawn(RULES["all"], weight=ns.Uniform(0.0, 1.0), delay=ns.Uniform(0.25, 5.25))[1]
    assert stats.chisquare(np.bincount(rows[:, 3].astype(int), minlength=11)[1:]).pvalue > 1e-3
    assert abs(np.corrcoef(rows[:, 2], rows[:, 3])[0, 1]) < 4.0 / np.sqrt(len(rows))


def test_delays_of_no_synapse_are_one_step():
    plan, (rows,) = drawn(RULES["p 0"], delay=ns.Uniform(1.0, 9.0))
    assert len(rows) == 0
    assert expand(plan.synapses[0], 0.5, np.float32).delays.tolist() == [1]


@pytest.mark.parametrize("delay", [1e12, np.full((60, 60), 1e12), ns.LogNormal(30.0, 0.1, low=1.0)])
def test_endless_delays_are_refused(delay):
    with pytest.raises(LoweringError, match=r"'p': delay .* is above 2147483647 steps"):
        drawn(RULES["all"], delay=delay)


@pytest.mark.parametrize(
    ("delay", "words"),
    [
        (0.4, "delay 0.4 ms is below one step"),
        (np.full((60, 60), 0.4), "delay 0.4 ms is below one step"),
        (ns.Uniform(0.2, 3.0), "delay 0.2 ms is below one step"),
        (ns.Normal(1.0, 0.5), "delay: must be > 0 ms for every draw"),
    ],
    ids=repr,
)
def test_delays_below_a_step_are_refused(delay, words):
    with pytest.raises((LoweringError, ParameterError), match=words):
        drawn(RULES["all"], delay=delay)


class Nearest(ns.network.Connector):
    """A connector that nobody knows how to draw."""


def test_an_unknown_rule_is_refused():
    with pytest.raises(LoweringError, match=r"'p': Nearest is no known rule. Use one of AllToAll"):
        drawn(Nearest())


# ranges of targets


INT = np.zeros((70, 4), dtype=np.int64)
WEIGHTS, DELAYS = ns.Normal(5.0, 1.0), ns.Normal(1.5, 0.75, low=0.25)


def by_ranges(block, cuts, columns=0, shift=0, threads=False, small=np.int64):
    """Synapses of a block, drawn range by range into tables with more columns than needed.

    With ``threads`` all ranges are drawn at once; each has places of its own in a segment.
    """
    drawer = Drawer(block, 0.5)
    n = len(drawer.delays)
    ranges = list(pairwise(cuts))
    counts = np.zeros((len(ranges), drawer.n_sources, n + columns), dtype=small)
    mine = [table[:, :n] for table in counts]
    run = map
    if threads:
        run = ThreadPoolExecutor(len(ranges)).map
    list(run(lambda i: drawer.count(*ranges[i], mine[i]), range(len(ranges))))
    total = counts[:, :, :n].sum(axis=0, dtype=np.int64)
    first = (np.cumsum(total) - total.ravel()).reshape(total.shape)
    cursor = np.full(counts.shape, -1, dtype=np.int64)
    order = np.random.default_rng(1).permutation(n + columns)[:n]  # any columns of the cursor
    for i in range(len(ranges)):
        cursor[i][:, order] = first + counts[:i, :, :n].sum(axis=0)
    targets = np.empty(total.sum(), dtype=np.uint16)
    weights = np.empty(total.sum())
    list(run(lambda i: drawer.fill(*ranges[i], order, cursor[i], shift, targets, weights),
             range(len(ranges))))  # fmt: skip
    assert (cursor[-1][:, order] == first + total).all()
    return drawer, total, targets, weights


@every_rule
@pytest.mark.parametrize(
    ("cuts", "columns"), [((0, 60), 0), ((0, 1, 2, 31, 31, 60), 3), ((-5, 17, 90), 1)]
)
def test_any_ranges_of_targets_give_the_synapses_of_the_whole(name, cuts, columns):
    plan, (rows,) = drawn(RULES[name], "a", "a", WEIGHTS, DELAYS)
    drawer, counts, targets, weights = by_ranges(plan.synapses[0], cuts, columns, shift=100)
    assert drawer.ascending
    assert not drawer.shared
    source, slot = np.divmod(np.repeat(np.arange(counts.size), counts.ravel()), counts.shape[1])
    assert (rows[:, 0] == source).all()
    assert (rows[:, 1] == targets.astype(int) - 100).all()
    assert (rows[:, 2] == weights).all()
    assert (rows[:, 3] == drawer.delays[slot]).all()


@given(
    name=st.sampled_from(sorted(RULES)),
    cuts=st.lists(st.integers(0, 60), max_size=5).map(sorted),
    size=st.sampled_from([1, 50, 1 << 15]),
    threads=st.booleans(),
    small=st.sampled_from([np.int32, np.int64]),
)
@settings(max_examples=60, deadline=None)
def test_ranges_chunks_and_threads_make_no_difference(name, cuts, size, threads, small):
    plan, (rows,) = drawn(RULES[name], "a", "a", WEIGHTS, DELAYS)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(drawing_pairs, "CHUNK", size)
        _, _, targets, weights = by_ranges(
            plan.synapses[0], [0, *cuts, 60], threads=threads, small=small
        )
    assert (rows[:, 1] == targets).all()
    assert (rows[:, 2] == weights).all()


@pytest.mark.parametrize("view", ["b[::-1]", "b[[*range(30, 60), *range(30)]]", "b[10:40]"])
@pytest.mark.parametrize("name", ["all", "pre again", "total", "p", "post"])
def test_ranges_of_views_in_any_order_hold_the_same_synapses(name, view):
    plan, (rows,) = drawn(RULES[name], "a[5:20]", view, WEIGHTS, DELAYS)
    drawer, counts, targets, weights = by_ranges(plan.synapses[0], (0, 7, 35, 60))
    assert drawer.ascending == (view == "b[10:40]")
    segment = np.repeat(np.arange(counts.size), counts.ravel())
    order = np.lexsort((targets, segment))
    assert (rows[:, 0] == drawer.first + segment[order] // counts.shape[1]).all()
    assert (rows[:, 1] == targets[order]).all()
    assert (np.sort(rows[:, 2]) == np.sort(weights)).all()


def test_threads_draw_large_blocks_at_once():
    rule = ns.FixedTotalNumber(600_000)
    plan, (rows,) = drawn(rule, "a", "b", WEIGHTS, DELAYS, sizes=(500, 700))
    _, _, targets, weights = by_ranges(plan.synapses[0], (0, 200, 350, 500, 700), threads=True)
    assert (rows[:, 1] == targets).all()
    assert (rows[:, 2] == weights).all()


def test_one_weight_is_written_only_where_it_is_wanted():
    plan, (rows,) = drawn(RULES["pre"], weight=0.25)
    drawer = Drawer(plan.synapses[0], 0.5)
    assert drawer.shared
    counts = np.zeros((60, 1), dtype=np.int64)
    drawer.count(0, 60, counts)
    for weights in (None, np.zeros(len(rows), dtype=np.float32)):
        cursor = (np.cumsum(counts) - counts.ravel()).reshape(60, 1)
        targets = np.empty(len(rows), dtype=np.int32)
        drawer.fill(0, 60, np.zeros(1, dtype=np.int64), cursor, 0, targets, weights)
        assert (targets == rows[:, 1]).all()
        assert weights is None or (weights == 0.25).all()


@pytest.mark.parametrize(
    "table",
    [INT[:60, :3], INT[:59, :2], INT[:60, ::2], INT[:60, :2][::-1]],
    ids=["columns", "rows", "apart", "backwards"],
)
def test_tables_of_another_form_are_refused(table):
    plan, _ = drawn(RULES["pre"], delay=ns.Uniform(0.5, 1.2))
    drawer = Drawer(plan.synapses[0], 0.5)
    assert len(drawer.delays) == 2
    with pytest.raises(ValueError, match=r"table: must have shape \(60, 2\)"):
        drawer.count(0, 60, table)
