import numpy as np
import pytest
from scipy import stats

from neurosim import philox
from neurosim.kernels.rng import fill_uniform, fill_uniform_at, fill_words
from tests.neurosim.kernels import both

# Known answers of the Random123 distribution for Philox 4x32-10: counter, key, words.
ANSWERS = [
    ((0, 0, 0, 0), (0, 0), (0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8)),
    (
        (0xFFFFFFFF,) * 4,
        (0xFFFFFFFF,) * 2,
        (0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD),
    ),
    (
        (0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344),
        (0xA4093822, 0x299F31D0),
        (0xD16CFE09, 0x94FDCCEB, 0x5001E420, 0x24126EA1),
    ),
]
KEYS = (0, 1, 2**32, 0x9E3779B97F4A7C15, 2**64 - 1)


def words(key, step, first, n):
    out = np.empty(4 * n, dtype=np.uint32)
    fill_words(np.uint64(key), np.uint64(step), np.uint64(first), out)
    return out


def uniform(key, first, n):
    out = np.empty(n)
    fill_uniform(np.uint64(key), np.int64(first), out)
    return out


@pytest.mark.parametrize(("counter", "key", "expected"), ANSWERS)
def test_words_are_the_known_answers(counter, key, expected):
    first, step = counter[0] | counter[1] << 32, counter[2] | counter[3] << 32
    assert tuple(words(key[0] | key[1] << 32, step, first, 1).tolist()) == expected


@pytest.mark.parametrize("key", KEYS)
@pytest.mark.parametrize(("step", "first"), [(0, 0), (7, 3), (2**33 + 1, 2**31), (2**62, 2**40)])
def test_words_are_those_of_the_twin(key, step, first):
    found = words(key, step, first, 25)
    expected = philox.words(key, np.arange(4 * first, 4 * first + 100), step)
    assert (found == expected).all()


@pytest.mark.parametrize("key", KEYS)
@pytest.mark.parametrize("first", [0, 1, 2, 12345, 2**40 + 1])
def test_uniform_numbers_are_those_of_the_twin(key, first):
    expected = philox.uniform(key, np.arange(first, first + 101))
    assert (uniform(key, first, 101) == expected).all()
    assert (uniform(key, first + 1, 100) == expected[1:]).all()


@pytest.mark.parametrize("key", KEYS)
def test_uniform_numbers_at_any_positions_are_those_of_the_twin(key):
    positions = np.array([5, 4, 4, 2**40 + 1, 0, 77])
    found = np.empty(6)
    fill_uniform_at(np.uint64(key), positions, found)
    assert (found == philox.uniform(key, positions)).all()


@pytest.mark.parametrize("key", KEYS)
def test_numbers_are_spread_evenly_between_the_ends(key):
    drawn = uniform(key, 0, 200_000)
    assert (drawn > 0.0).all()
    assert (drawn < 1.0).all()
    assert stats.kstest(drawn, "uniform").pvalue > 1e-3
    octets = words(key, 5, 0, 50_000).view(np.uint8).reshape(-1, 4)
    for column in octets.T:
        assert stats.chisquare(np.bincount(column, minlength=256)).pvalue > 1e-4


def test_the_ends_cannot_be_reached():
    for bits in (0, 2**52 - 1):
        assert 0.0 < (np.float64(bits) + 0.5) * 2.0**-52 < 1.0


def test_streams_and_steps_are_unrelated():
    a = words(3, 0, 0, 20_000)
    for b in (words(4, 0, 0, 20_000), words(3, 1, 0, 20_000), words(3, 0, 20_000, 20_000)):
        both = np.corrcoef(a.astype(float), b.astype(float))[0, 1]
        assert abs(both) < 4.0 / np.sqrt(len(a))
        assert (a == b).sum() <= 1


def test_plain_python_gives_the_same_bits(plain):
    np.testing.assert_equal(plain["rng"], both.of_rng())
