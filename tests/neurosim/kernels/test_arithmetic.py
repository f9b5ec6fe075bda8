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


def test_single_precision_is_rounded_once():
    with np.errstate(over="ignore"):
        arguments = both.ARGUMENTS.astype(np.float32).astype(np.float64)
        expected = np.array([arithmetic.exp(float(x)) for x in arguments]).astype(np.float32)
    assert (both.of_arithmetic()["exp32"] == expected).all()


def test_logarithms_and_roots_are_those_of_the_standard_library():
    x = np.abs(both.ARGUMENTS[(both.ARGUMENTS != 0) & np.isfinite(both.ARGUMENTS)])
    expected = [[arithmetic.log(value), arithmetic.sqrt(value)] for value in x.tolist()]
    assert (both.of_arithmetic()["log and sqrt"] == np.array(expected)).all()


def test_plain_python_gives_the_same_bits(plain):
    np.testing.assert_equal(plain["arithmetic"], both.of_arithmetic())
