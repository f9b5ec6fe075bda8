import numpy as np
import pytest
from scipy import stats

from neurosim.kernels import connect
from neurosim.philox import words
from tests.neurosim.kernels import both

NONE = (np.zeros(200, dtype=np.int64), np.empty(0, dtype=np.int64))


def own(n):
    """Every unit refuses itself."""
    return np.arange(n + 1), np.arange(n)


def draw(name, n_from, first, last, n, apart=NONE, key=9):
    other, units = np.empty((2, (last - first) * n), dtype=np.int32)
    function = getattr(connect, f"draw_{name}")
    function(np.uint64(key), n_from, first, last, n, *apart, other, units)
    return other, units


def draw_probability(n_from, first, last, p, apart=NONE, capacity=100_000, key=9):
    other, units = np.empty((2, capacity), dtype=np.int32)
    count, unit = connect.draw_probability(
        np.uint64(key), n_from, first, last, p, *apart, other, units
    )
    return other[:count], units[:count], unit


@pytest.mark.parametrize("name", ["with_replacement", "distinct"])
@pytest.mark.parametrize("n", [0, 1, 9, 40, 49])
def test_every_unit_gets_its_number_of_partners(name, n):
    other, units = draw(name, 50, 3, 12, n)
    assert (units == np.repeat(np.arange(3, 12), n)).all()
    assert ((other >= 0) & (other < 50)).all()
    whole, _ = draw(name, 50, 0, 30, n)
    assert (other == whole[3 * n : 12 * n]).all()


@pytest.mark.parametrize("n", [1, 9, 24, 25, 26, 49])
@pytest.mark.parametrize("refused", [False, True])
def test_distinct_partners_differ_and_none_is_refused(n, refused):
    other, units = draw("distinct", 50, 0, 50, n, own(50) if refused else NONE)
    pairs = set(zip(other.tolist(), units.tolist(), strict=True))
    assert len(pairs) == 50 * n
    assert any(a == b for a, b in pairs) != refused


def test_all_partners_but_one_are_left_where_all_but_one_are_wanted():
    other, units = draw("distinct", 4, 0, 4, 3, own(4))
    found = [sorted(other[units == unit].tolist()) for unit in range(4)]
    assert found == [[1, 2, 3], [0, 2, 3], [0, 1, 3], [0, 1, 2]]


@pytest.mark.parametrize("name", ["with_replacement", "distinct"])
def test_several_refused_partners_are_left_out_and_the_others_equally_likely(name):
    apart = (np.array([0, 0, 4, 4]), np.array([0, 2, 3, 7]))
    other, units = draw(name, 8, 0, 3, 4, apart)
    assert set(other[units == 1].tolist()) <= {1, 4, 5, 6}
    counts = np.zeros(8)
    for key in range(2000):
        other, units = draw(name, 8, 1, 2, 2, apart, key)
        counts += np.bincount(other, minlength=8)
    assert (counts[[0, 2, 3, 7]] == 0).all()
    assert stats.chisquare(counts[[1, 4, 5, 6]]).pvalue > 1e-3


@pytest.mark.parametrize("n_from", [3, 7, 1000])
@pytest.mark.parametrize("refused", [False, True])
def test_partners_with_replacement_are_the_words_of_the_stream(n_from, refused):
    other, _ = draw("with_replacement", n_from, 0, 3, 11, own(3) if refused else NONE)
    pool = n_from - 1 if refused else n_from
    expected = (words(9, np.arange(33)) * np.uint64(pool) >> np.uint64(32)).astype(int)
    if refused:
        expected += expected >= np.repeat(np.arange(3), 11)
    assert (other == expected).all()


@pytest.mark.parametrize("name", ["with_replacement", "distinct"])
@pytest.mark.parametrize("n", [1, 5, 30])
def test_partners_are_equally_likely(name, n):
    other, _ = draw(name, 40, 0, 2000, n, (np.zeros(2001, dtype=np.int64), NONE[1]))
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


def test_synapses_are_placed_in_the_order_of_segments_and_kept_in_order_inside():
    segments = np.random.default_rng(2).integers(0, 6, 100)
    counts = np.zeros(7, dtype=np.int64)
    connect.count_segments(segments, counts)
    assert (counts[1:] == np.bincount(segments, minlength=6)).all()
    cursor = np.cumsum(counts)[:-1].copy()
    places = np.empty(100, dtype=np.int64)
    connect.place_synapses(segments[:40], cursor, places[:40])
    connect.place_synapses(segments[40:], cursor, places[40:])
    assert (np.argsort(places) == np.argsort(segments, kind="stable")).all()
    assert (cursor == np.cumsum(counts)[1:]).all()


def test_plain_python_gives_the_same_bits(plain):
    np.testing.assert_equal(plain["connect"], both.of_connect())
