"""Each rule makes the pairs that it says, with the probabilities that it says."""

import numpy as np
import pytest
from scipy import stats

import neurosim as ns
from neurosim import seeds
from neurosim.philox import words
from neurosim.plan import pairs as drawing_pairs
from neurosim.plan.pairs import _split
from tests.neurosim.plan.drawing import SPREAD, degrees, drawn, pairs, selfless, unique


def test_all_pairs():
    found = pairs(ns.AllToAll(), sizes=(4, 3))
    assert found.tolist() == [[a, b] for a in range(4) for b in range(3)]
    found = pairs(ns.AllToAll(allow_self_connections=False), "a", "a", sizes=(4, 3))
    assert found.tolist() == [[a, b] for a in range(4) for b in range(4) if a != b]


def test_one_to_one_counts_through_both_views():
    assert pairs(ns.OneToOne(), sizes=(5, 5)).tolist() == [[i, i] for i in range(5)]
    found = pairs(ns.OneToOne(), "a[[4, 0, 2]]", "b[[1, 3, 0]]", sizes=(5, 5))
    assert found.tolist() == [[0, 3], [2, 0], [4, 1]]


@pytest.mark.parametrize("again", [False, True])
@pytest.mark.parametrize("n", [0, 1, 7, 31, 59])
def test_fixed_number_of_sources(n, again):
    found = pairs(ns.FixedNumberPre(n, again, allow_self_connections=False), "a", "a")
    assert (degrees(found)[1] == n).all()
    assert selfless(found)
    assert again or unique(found)


@pytest.mark.parametrize("again", [False, True])
@pytest.mark.parametrize("n", [0, 1, 7, 31, 59])
def test_fixed_number_of_targets(n, again):
    found = pairs(ns.FixedNumberPost(n, again, allow_self_connections=False), "a", "a")
    assert (degrees(found)[0] == n).all()
    assert selfless(found)
    assert again or unique(found)


@pytest.mark.parametrize("again", [False, True])
def test_draws_of_fixed_numbers_are_uniform(again):
    out, _ = degrees(pairs(ns.FixedNumberPre(40, again), sizes=(60, 3000)), 60, 3000)
    _, into = degrees(pairs(ns.FixedNumberPost(40, again), sizes=(3000, 60)), 3000, 60)
    for counts in (out, into):
        mean = 3000 * 40 / 60
        variance = mean if again else 3000 * (40 / 60) * (1 - 40 / 60)
        statistic = ((counts - mean) ** 2).sum() / variance * (1.0 if again else 59 / 60)
        assert 1e-3 < stats.chi2(59).sf(statistic) < 1.0 - 1e-3


@pytest.mark.parametrize("refused", [False, True])
@pytest.mark.parametrize("p", [0.01, 0.3, 0.95])
def test_a_fixed_probability_has_the_binomial_moments(p, refused):
    rule = ns.FixedProbability(p, allow_self_connections=not refused)
    found = pairs(rule, "a", "a", sizes=(1000, 1))
    assert unique(found)
    assert selfless(found) == refused
    total = 1000 * (999 if refused else 1000)
    assert abs(len(found) - total * p) < 4.0 * np.sqrt(total * p * (1.0 - p))
    for counts in degrees(found, 1000, 1000):
        n = total // 1000
        assert counts.var() == pytest.approx(n * p * (1.0 - p), rel=4.0 * np.sqrt(2.0 / 1000))


def test_probabilities_zero_and_one():
    assert len(pairs(ns.FixedProbability(0.0))) == 0
    assert len(pairs(ns.FixedProbability(1.0))) == 3600
    found = pairs(ns.FixedProbability(1.0, allow_self_connections=False), "a", "a")
    assert len(found) == 3540
    assert selfless(found)


@pytest.mark.parametrize("refused", [False, True])
@pytest.mark.parametrize("again", [False, True])
def test_a_fixed_total_number(again, refused):
    rule = ns.FixedTotalNumber(3000, again, allow_self_connections=not refused)
    found = pairs(rule, "a", "a")
    assert len(found) == 3000
    assert again or unique(found)
    assert selfless(found) == refused
    number = np.concatenate([pairs(rule, "a", "a", seed=s) @ [60, 1] for s in range(30)])
    counts = np.bincount(number, minlength=3600).reshape(60, 60)
    assert (np.diag(counts) == 0).all() == refused
    possible = counts[~np.eye(60, dtype=bool)] if refused else counts.ravel()
    mean = 30 * 3000 / len(possible)
    variance = mean if again else mean * (1.0 - 3000 / len(possible))
    statistic = ((possible - mean) ** 2).sum() / variance
    assert 1e-3 < stats.chi2(len(possible)).sf(statistic) < 1.0 - 1e-3


@pytest.mark.parametrize("side", [0, 1], ids=["out", "in"])
@pytest.mark.parametrize("again", [False, True])
def test_degrees_of_a_fixed_total_number_follow_the_distribution_of_a_uniform_draw(again, side):
    sizes, n = (40, 50), 600
    rule = ns.FixedTotalNumber(n, again)
    one = 2000 // sizes[side]  # pairs of one unit
    law = stats.binom(n, one / 2000) if again else stats.hypergeom(2000, one, n)
    seen = [degrees(pairs(rule, sizes=sizes, seed=s), *sizes)[side] for s in range(120)]
    low, high = (int(x) for x in law.ppf([0.02, 0.98]))
    counts = np.bincount(np.clip(np.ravel(seen), low, high) - low)
    shares = law.pmf(np.arange(low, high + 1))
    shares[0], shares[-1] = law.cdf(low), law.sf(high - 1)
    assert stats.chisquare(counts, shares * counts.sum()).pvalue > 1e-3


def test_a_total_is_split_by_size_and_nothing_goes_where_there_is_nothing():
    sizes = np.array([5, 0, 20, 0, 0, 75, 0])
    for again, n in ((True, 1000), (False, 60)):
        rng = np.random.default_rng(4)
        found = np.array([_split(rng, n, sizes, again) for _ in range(3000)])
        assert (found.sum(axis=1) == n).all()
        assert (found[:, sizes == 0] == 0).all()
        share = sizes / 100
        variance = n * share * (1 - share) * (1.0 if again else (100 - n) / 99)
        some = sizes > 0
        off = (found.mean(axis=0) - n * share)[some] / np.sqrt(variance[some] / 3000)
        assert (np.abs(off) < 4.0).all()
        np.testing.assert_allclose(found.var(axis=0)[some], variance[some], rtol=0.15)
    assert _split(np.random.default_rng(1), 7, np.array([3]), True).tolist() == [7]
    assert _split(np.random.default_rng(1), 0, np.array([0, 0]), False).tolist() == [0, 0]
    assert _split(np.random.default_rng(1), 25, sizes[:3], False).tolist() == [5, 0, 20]


def test_totals_out_of_too_many_pairs_for_a_split_are_drawn_pair_by_pair(monkeypatch):
    rule = ns.FixedTotalNumber(3000, False, allow_self_connections=False)
    split = pairs(rule, "a", "a")
    monkeypatch.setattr(drawing_pairs, "COUNTED", 3540)
    found = pairs(rule, "a", "a")
    assert found.shape == split.shape
    assert unique(found)
    assert selfless(found)
    assert (degrees(found)[1] != degrees(split)[1]).any()


@pytest.mark.parametrize("refused", [False, True])
def test_sources_drawn_again_are_the_words_of_the_stream(refused):
    rule = ns.FixedNumberPre(11, True, allow_self_connections=not refused)
    plan, _ = drawn(rule, "a", "a", sizes=(7, 1))
    key = seeds.child(plan.synapses[0].key, "pairs")
    expected = (words(key, np.arange(77)) * np.uint64(6 if refused else 7) >> np.uint64(32)).astype(
        int
    )
    if refused:
        expected += expected >= np.repeat(np.arange(7), 11)
    (found,) = drawing_pairs.prepare(plan.synapses[0])(0, 7)
    assert found.number == 0
    assert (found.pre == expected).all()
    assert (found.post == np.repeat(np.arange(7), 11)).all()


def test_several_refused_sources_are_left_out_and_the_others_equally_likely():
    rule = ns.FixedNumberPre(4000, True, allow_self_connections=False)
    plan, blocks = drawn(rule, "a[:4] + a[1:3] + b", "a[:3]", sizes=(5, 2))
    counts = np.zeros((3, 8))
    for block, rows, first in zip(plan.synapses, blocks, (0, 4, 6), strict=True):
        pre = rows[:, 0].astype(int) - (block.pre_ids[0] if block.pre == block.post else 0)
        np.add.at(counts, (rows[:, 1].astype(int), first + pre), 1)
    refused = np.zeros((3, 8), dtype=bool)
    refused[[0, 1, 2, 1, 2], [0, 1, 2, 4, 5]] = True
    assert (counts[refused] == 0).all()
    for row, out in zip(counts, refused, strict=True):
        assert row.sum() == 4000
        assert stats.chisquare(row[~out]).pvalue > 1e-3


def test_all_possible_pairs_can_be_wanted():
    found = pairs(
        ns.FixedTotalNumber(56, False, allow_self_connections=False), "a", "a", sizes=(8, 1)
    )
    assert found.tolist() == [[a, b] for a in range(8) for b in range(8) if a != b]
    nothing = ns.FixedTotalNumber(0, allow_self_connections=False)
    assert len(pairs(nothing, "a", "a", sizes=(1, 1))) == 0
    assert len(pairs(nothing.replace(with_replacement=False), "a", "a", sizes=(1, 1))) == 0


@pytest.mark.parametrize(
    ("text", "share"),
    [
        ("exp(-d / 3)", lambda d: np.exp(-d / 3)),
        ("0.5 * (d < 4)", lambda d: 0.5 * (d < 4)),
        ("d < 2", lambda d: d < 2.0),
        ("2 - d", lambda d: np.clip(2.0 - d, 0.0, 1.0)),
        ("0.25", lambda d: np.full_like(d, 0.25)),
    ],
)
def test_a_distance_dependent_probability(text, share):
    away = np.sqrt(((SPREAD[:, np.newaxis] - SPREAD) ** 2).sum(axis=2))
    expected = np.asarray(share(away), dtype=float)
    seen = np.zeros((60, 60))
    for seed in range(60):
        found = pairs(ns.DistanceDependent(text), seed=seed)
        assert unique(found)
        seen[found[:, 0], found[:, 1]] += 1
    assert (seen[expected == 0.0] == 0).all()
    assert (seen[expected == 1.0] == 60).all()
    some = (expected > 0.05) & (expected < 0.95)
    mean, variance = 60 * expected[some], 60 * (expected * (1 - expected))[some]
    if some.any():
        statistic = ((seen[some] - mean) ** 2 / variance).sum()
        assert 1e-3 < stats.chi2(some.sum()).sf(statistic) < 1.0 - 1e-3


def test_distances_are_those_of_the_units_of_the_view():
    found = pairs(ns.DistanceDependent("d < 1e-9"), "a[[5, 1, 7]]", "b[[1, 2, 5, 40]]")
    assert found.tolist() == [[1, 1], [5, 5]]


def test_a_ring_without_rewiring():
    found = pairs(ns.SmallWorld(4, 0.0), "a", "a", sizes=(9, 1))
    expected = [[(t + s) % 9, t] for t in range(9) for s in (-2, -1, 1, 2)]
    assert sorted(found.tolist()) == sorted(expected)
    assert (degrees(found, 9, 9)[0] == 4).all()


@pytest.mark.parametrize("rewiring", [0.2, 1.0])
@pytest.mark.parametrize("degree", [2, 20, 58])
def test_rewired_links_keep_the_in_degree_and_stay_distinct(rewiring, degree):
    found = pairs(ns.SmallWorld(degree, rewiring), "a", "a")
    assert (degrees(found)[1] == degree).all()
    assert unique(found)
    assert selfless(found)
    away = (found[:, 0] - found[:, 1]) % 60
    near = (away <= degree // 2) | (away >= 60 - degree // 2)
    if degree == 20 and rewiring == 0.2:  # few enough that freed places hardly matter
        assert abs(1.0 - near.mean() - rewiring) < 0.05


def test_rewired_sources_are_drawn_from_all_that_are_free():
    counts = np.zeros(60)
    for seed in range(100):
        found = pairs(ns.SmallWorld(2, 1.0), "a", "a", seed=seed)
        counts += np.bincount((found[:, 0] - found[:, 1]) % 60, minlength=60)
    assert counts[0] == 0
    far = counts[2:59]
    assert stats.chisquare(far).pvalue > 1e-3


def test_a_full_ring_has_nothing_to_rewire():
    assert len(pairs(ns.SmallWorld(8, 1.0), "a", "a", sizes=(9, 1))) == 72


def test_a_large_ring_is_quick_enough():
    found = pairs(ns.SmallWorld(20, 0.5), "a", "a", sizes=(5000, 1))
    assert len(found) == 100_000
    assert unique(found)


def test_listed_pairs_repeat_and_keep_their_weights():
    listed = [(2, 1), (0, 3), (2, 1), (2, 0), (0, 3)]
    weights, delays = [5.0, 1.0, 4.0, 3.0, 2.0], [1.0, 0.5, 1.0, 1.0, 0.5]
    (rows,) = drawn(ns.FromList(listed), weight=weights, delay=delays, sizes=(3, 4))[1]
    assert rows.tolist() == [[0, 3, 1, 1], [0, 3, 2, 1], [2, 0, 3, 2], [2, 1, 5, 2], [2, 1, 4, 2]]
    assert len(pairs(ns.FromList([]))) == 0


def test_a_matrix_of_pairs():
    matrix = np.random.default_rng(3).random((6, 5)) < 0.5
    found = pairs(ns.FromArray(matrix), sizes=(6, 5))
    assert found.tolist() == np.argwhere(matrix).tolist()


def test_large_groups_do_not_overflow():
    sizes = (100_000, 100_000)
    for rule, low, high in (
        (ns.FixedProbability(1e-7), 800, 1200),
        (ns.FixedProbability(1e-9, allow_self_connections=False), 1, 30),
        (ns.FixedTotalNumber(1000), 1000, 1000),
        (ns.FixedTotalNumber(1000, False, allow_self_connections=False), 1000, 1000),
    ):
        found = pairs(rule, "a", "a" if not rule.allow_self_connections else "b", sizes=sizes)
        assert low <= len(found) <= high
        assert (found >= 0).all()
        assert (found < 100_000).all()
        assert found[:, 0].max() > 60_000
        assert found[:, 1].max() > 60_000
        assert unique(found)
    few = ns.FixedNumberPre(2, allow_self_connections=False)
    (rows,) = drawn(few, "a", "a", ns.Uniform(0.0, 1.0), sizes=sizes)[1]
    assert len(rows) == 200_000
    assert len(np.unique(rows[:, 2])) == 200_000
