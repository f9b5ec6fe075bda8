import numpy as np

from neurosim.neurons import arithmetic
from tests.neurosim.kernels import both


def test_exponentials_are_those_of_plain_python_to_the_bit():
    expected = np.array([arithmetic.exp(float(x)) for x in both.ARGUMENTS])
    assert (both.of_arithmetic()["exp"] == expected).all()


def test_nan_stays_nan():
    out, single = np.empty(1), np.empty(1, dtype=np.float32)
    both.exponentials(np.array([np.nan]), out, single)
    assert np.isnan(out[0])
    assert np.isnan(single[0])


def single(x):
    """``exp32`` of each of some arguments."""
    x = np.asarray(x, dtype=np.float32)
    out = np.empty_like(x)
    both.exponentials(x.astype(np.float64), np.empty(x.size), out)
    return out


def test_single_precision_has_the_stated_error():
    rng = np.random.default_rng(2)
    parts = [rng.uniform(-s, s, 200_000) for s in (0.4, 5.0, 87.0)]
    ties = np.log(2.0) * (np.arange(-125, 125) + 0.5)
    x = np.concatenate([*parts, ties, [0.0, -0.0, 1e-30, 1e-8, 87.0, -87.0]]).astype(np.float32)
    exact = np.exp(x.astype(np.float64))
    assert (np.abs(single(x) - exact) / exact).max() < 1.2e-7


def test_single_precision_is_clamped():
    high, low = single([87.0])[0], single([-87.0])[0]
    assert (single([87.5, 89.0, 1e30, np.inf]) == high).all()
    assert (single([-87.5, -104.0, -1e30, -np.inf]) == low).all()
    assert np.isfinite(high)
    assert low >= np.finfo(np.float32).tiny


def test_single_precision_rises():
    x = np.sort(np.random.default_rng(3).uniform(-10.0, 10.0, 100_000).astype(np.float32))
    assert (np.diff(single(x[np.diff(x, prepend=-11.0) > 1e-6 * np.abs(x)])) >= 0).all()


def test_logarithms_and_roots_are_those_of_the_standard_library():
    x = np.abs(both.ARGUMENTS[(both.ARGUMENTS != 0) & np.isfinite(both.ARGUMENTS)])
    expected = [[arithmetic.log(value), arithmetic.sqrt(value)] for value in x.tolist()]
    assert (both.of_arithmetic()["log and sqrt"] == np.array(expected)).all()


def test_plain_python_gives_the_same_bits(plain):
    np.testing.assert_equal(plain["arithmetic"], both.of_arithmetic())
