"""What holds for all rules: refused self-connections, any split, weights, delays."""

import numpy as np
import pytest
from scipy import stats

import neurosim as ns
from neurosim.distributions import Distribution
from neurosim.errors import LoweringError, ParameterError
from neurosim.plan import pairs as drawing_pairs
from neurosim.plan.connect import expand
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
