import numpy as np
import pytest

from neurosim.distributions import normal_quantile
from neurosim.kernels.quantile import fill_normal, find_slots
from neurosim.philox import uniform
from tests.neurosim.kernels import both


def normal(u):
    out = np.empty(len(u))
    fill_normal(u, out)
    return out


def test_quantiles_are_those_of_the_twin():
    ends = 10.0 ** -np.arange(1.0, 300.0, 0.5)
    u = np.concatenate([uniform(3, np.arange(200_000)), ends, 1.0 - 2.0 ** -np.arange(2.0, 54.0)])
    np.testing.assert_allclose(normal(u), normal_quantile(u), rtol=1e-15, atol=0.0)


def test_the_centre_is_the_twin_to_the_bit():
    u = np.linspace(0.075, 0.925, 100_001)
    u = u[np.abs(u - 0.5) <= 0.425]
    assert (normal(u) == normal_quantile(u)).all()


def test_the_ends_are_infinite_and_the_middle_is_zero():
    assert normal(np.array([0.0, 0.5, 1.0])).tolist() == [-np.inf, 0.0, np.inf]


@pytest.mark.parametrize("size", [1, 2, 64, 4096])
@pytest.mark.parametrize("n", [0, 1, 5, 300])
def test_slots_are_numbers_of_thresholds_not_above(size, n):
    thresholds = np.append(np.sort(uniform(5, np.arange(n)) ** 4), np.inf)
    guide = np.searchsorted(thresholds, np.arange(size) / size, side="right").astype(np.int32)
    u = np.concatenate([uniform(4, np.arange(20_000)), thresholds[:-1], [2.0**-53, 1 - 2.0**-53]])
    found = np.empty(len(u), dtype=np.int32)
    find_slots(u, thresholds, guide, found)
    assert (found == np.searchsorted(thresholds, u, side="right")).all()


def test_plain_python_gives_the_same_bits(plain):
    np.testing.assert_equal(plain["quantile"], both.of_quantile())
