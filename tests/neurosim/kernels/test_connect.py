import numpy as np
import pytest
from scipy import stats

from neurosim.kernels import connect
from tests.neurosim.kernels import both

NONE = (np.zeros(200, dtype=np.int64), np.empty(0, dtype=np.int64))


def own(n):
    """Every unit refuses itself."""
    return np.arange(n + 1), np.arange(n)


def draw(n_from, first, last, n, apart=NONE, key=9):
    """``n`` partners for each unit, or a number for each unit."""
    starts = np.append(0, np.cumsum(np.broadcast_to(n, last)))
    other, units = np.empty((2, starts[last] - starts[first]), dtype=np.int32)
    mark = np.full(n_from, -1)
    connect.draw_distinct(np.uint64(key), n_from, first, last, starts, *apart, mark, other, units)
    return other, units


def draw_probability(n_from, first, last, p, apart=NONE, capacity=100_000, key=9):
    other, units = np.empty((2, capacity), dtype=np.int32)
    count, unit = connect.draw_probability(
        np.uint64(key), n_from, first, last, p, *apart, other, units
    )
    return other[:count], units[:count], unit


@pytest.mark.parametrize("n", [0, 1, 9, 40, 49])
def test_every_unit_gets_its_number_of_partners(n):
    other, units = draw(50, 3, 12, n)
    assert (units == np.repeat(np.arange(3, 12), n)).all()
    assert ((other >= 0) & (other < 50)).all()
    whole, _ = draw(50, 0, 30, n)
    assert (other == whole[3 * n : 12 * n]).all()


def test_units_may_get_numbers_of_their_own():
    numbers = np.array([3, 0, 48, 7])
    other, units = draw(50, 0, 4, numbers)
    assert (units == np.repeat(np.arange(4), numbers)).all()
    for unit in range(4):
        assert (other[units == unit] == draw(50, unit, unit + 1, numbers[unit])[0]).all()


@pytest.mark.parametrize("n", [1, 9, 24, 25, 26, 49])
@pytest.mark.parametrize("refused", [False, True])
def test_distinct_partners_differ_and_none_is_refused(n, refused):
    other, units = draw(50, 0, 50, n, own(50) if refused else NONE)
    pairs = set(zip(other.tolist(), units.tolist(), strict=True))
    assert len(pairs) == 50 * n
    assert any(a == b for a, b in pairs) != refused


def test_all_partners_but_one_are_left_where_all_but_one_are_wanted():
    other, units = draw(4, 0, 4, 3, own(4))
    found = [sorted(other[units == unit].tolist()) for unit in range(4)]
    assert found == [[1, 2, 3], [0, 2, 3], [0, 1, 3], [0, 1, 2]]


def test_several_refused_partners_are_left_out_and_the_others_equally_likely():
    apart = (np.array([0, 0, 4, 4]), np.array([0, 2, 3, 7]))
    other, units = draw(8, 0, 3, 4, apart)
    assert set(other[units == 1].tolist()) == {1, 4, 5, 6}
    counts = np.zeros(8)
    for key in range(2000):
        other, units = draw(8, 1, 2, 2, apart, key)
        counts += np.bincount(other, minlength=8)
    assert (counts[[0, 2, 3, 7]] == 0).all()
    assert stats.chisquare(counts[[1, 4, 5, 6]]).pvalue > 1e-3


@pytest.mark.parametrize("n", [1, 5, 30])
def test_partners_are_equally_likely(n):
    other, _ = draw(40, 0, 2000, n, (np.zeros(2001, dtype=np.int64), NONE[1]))
    assert stats.chisquare(np.bincount(other, minlength=40)).pvalue > 1e-3


@pytest.mark.parametrize("p", [1e-3, 0.02, 0.3, 0.9, 0.999])
def test_each_pair_is_drawn_with_its_probability(p):
    units = 2000
    nothing = (np.zeros(units + 1, dtype=np.int64), NONE[1])
    other, own_, unit = draw_probability(40, 0, units, p, nothing)
    assert unit == units
    pairs = own_.astype(np.int64) * 40 + other
    assert (np.diff(pairs) > 0).all()
    share = len(pairs) / (40 * units)
    assert abs(share - p) < 4.0 * np.sqrt(p * (1.0 - p) / (40 * units))
    by_partner = np.bincount(other, minlength=40)  # 40 independent binomial counts
    statistic = ((by_partner - units * p) ** 2).sum() / (units * p * (1.0 - p))
    assert 1e-3 < stats.chi2(40).sf(statistic) < 1.0 - 1e-3


def test_numbers_of_partners_have_the_binomial_variance():
    nothing = (np.zeros(5001, dtype=np.int64), NONE[1])
    _, units, _ = draw_probability(100, 0, 5000, 0.1, nothing)
    counts = np.bincount(units, minlength=5000)
    assert counts.mean() == pytest.approx(10.0, abs=4 * np.sqrt(9.0 / 5000))
    assert counts.var() == pytest.approx(9.0, rel=4 * np.sqrt(2.0 / 5000))
    k = np.arange(5, 16)
    seen = np.bincount(np.clip(counts, 4, 16), minlength=17)[4:]
    middle = stats.binom(100, 0.1).pmf(k) * 5000
    tails = stats.binom(100, 0.1).cdf(4) * 5000, stats.binom(100, 0.1).sf(15) * 5000
    assert stats.chisquare(seen, [tails[0], *middle, tails[1]]).pvalue > 1e-3


@pytest.mark.parametrize("p", [1e-12, 5e-324])
def test_tiny_probabilities_give_nothing(p):
    other, units, unit = draw_probability(1000, 0, 100, p)
    assert (len(other), len(units), unit) == (0, 0, 100)


def test_a_probability_close_to_one_gives_all():
    other, units, _ = draw_probability(20, 0, 30, 1.0 - 1e-16)
    assert (other == np.tile(np.arange(20), 30)).all()
    assert (units == np.repeat(np.arange(30), 20)).all()


def test_refused_partners_are_left_out_and_nothing_else_changes():
    apart = (np.array([0, 2, 2, 3]), np.array([0, 5, 7]))
    with_all = {*zip(*(a.tolist() for a in draw_probability(8, 0, 3, 0.6)[:2]), strict=True)}
    without = {*zip(*(a.tolist() for a in draw_probability(8, 0, 3, 0.6, apart)[:2]), strict=True)}
    assert without == with_all - {(0, 0), (5, 0), (7, 2)}
    assert len(without) < len(with_all)


def test_a_full_buffer_says_where_to_go_on():
    whole, whole_units, _ = draw_probability(30, 0, 50, 0.4)
    found, units, unit = [], [], 0
    while unit < 50:
        a, b, after = draw_probability(30, unit, 50, 0.4, capacity=45)
        assert after > unit
        found.append(a)
        units.append(b)
        unit = after
    assert len(found) > 5
    assert (np.concatenate(found) == whole).all()
    assert (np.concatenate(units) == whole_units).all()


PAIRS = np.random.default_rng(2).integers(0, 6, (2, 100)).astype(np.int32)
SLOTS = np.random.default_rng(3).integers(0, 3, 100).astype(np.int32)
ROWS, IDS = 3 * np.arange(6), np.arange(10, 16, dtype=np.int32)
VALUES = np.arange(100.0)


def place(segments, slots=SLOTS, rows=ROWS, ids=IDS, values=VALUES):
    """Counts, targets, weights and the moved cursor; pairs pass in two parts."""
    counts = np.zeros(segments, dtype=np.int64)
    targets, weights = np.full(100, 99, dtype=np.uint16), np.full(100, -1, dtype=np.float32)
    parts = [
        (*PAIRS[:, part], rows, ids, *(a[part] if len(a) == 100 else a for a in (slots, values)))
        for part in (slice(0, 40), slice(40, 100))
    ]
    for *pairs, _ in parts:
        connect.count_pairs(*pairs, counts)
    cursor = np.append(0, np.cumsum(counts))[:-1]
    for pairs in parts:
        connect.place_pairs(*pairs, cursor, targets, weights)
    return counts, targets, weights, cursor


def test_pairs_are_placed_in_the_order_of_segments_and_kept_in_order_inside():
    counts, targets, weights, cursor = place(18)
    segments = 3 * PAIRS[0] + SLOTS
    order = np.argsort(segments, kind="stable")
    assert (counts == np.bincount(segments, minlength=18)).all()
    assert (targets == 10 + PAIRS[1][order]).all()
    assert (weights == order).all()
    assert (cursor == np.cumsum(counts)).all()


def test_one_slot_and_one_weight_serve_all():
    counts, targets, weights, _ = place(
        6, rows=np.arange(6), slots=np.zeros(1, dtype=np.int32), values=np.array([2.5])
    )
    assert (counts == np.bincount(PAIRS[0], minlength=6)).all()
    assert (targets == 10 + PAIRS[1][np.argsort(PAIRS[0], kind="stable")]).all()
    assert (weights == 2.5).all()


def test_weights_that_are_not_wanted_are_not_written():
    _, targets, weights, _ = place(18, values=np.empty(0))
    assert (targets < 99).all()
    assert (weights == -1.0).all()


def test_pairs_of_sources_or_targets_that_are_left_out_are_neither_counted_nor_placed():
    rows, ids = ROWS.copy(), IDS.copy()
    rows[2], ids[4] = -1, -1
    counts, targets, weights, cursor = place(18, rows=rows, ids=ids)
    mine = (PAIRS[0] != 2) & (PAIRS[1] != 4)
    segments = 3 * PAIRS[0] + SLOTS
    order = np.flatnonzero(mine)[np.argsort(segments[mine], kind="stable")]
    assert (counts == np.bincount(segments[mine], minlength=18)).all()
    assert (targets[: len(order)] == 10 + PAIRS[1][order]).all()
    assert (targets[len(order) :] == 99).all()
    assert (weights[: len(order)] == order).all()
    assert (cursor == np.cumsum(counts)).all()


def test_plain_python_gives_the_same_bits(plain):
    np.testing.assert_equal(plain["connect"], both.of_connect())
