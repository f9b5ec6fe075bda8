from decimal import Decimal, localcontext

import numpy as np
import pytest

from neurosim.errors import LoweringError
from neurosim.hardware.spinnaker import fixed_point as fp

ARGUMENTS = [
    -340695,
    -300000,
    -163840,
    -32769,
    -32768,
    -16384,
    -6553,
    -1638,
    -163,
    -1,
    0,
    1,
    1638,
    300000,
]


@pytest.mark.parametrize(
    ("n", "k", "fraction"),
    [
        (-1638, 31170, 4085544196), (-6553, 26828, 3516490311), (-3276, 29650, 3886339153),
        (-16384, 19874, 2605026136), (-32768, 12054, 1580030169), (-163, 32605, 4273656398),
        (0, 32768, 0),
    ],
)  # fmt: skip
def test_exponentials_of_the_board(n, k, fraction):
    assert fp.exp_k(n) == k
    assert fp.exp_fraction(n) == fraction


@pytest.mark.parametrize("n", ARGUMENTS)
def test_exponentials_are_near_the_true_ones(n):
    with localcontext() as context:
        context.prec = 40
        true = (Decimal(n) / 32768).exp()
        error = abs(fp.exp_k(n) - true * 32768)  # rounded down, after rounding in the tables
        assert error <= max(Decimal(1), true) * Decimal("1.0001")


def test_exponentials_never_fall():
    values = [fp.exp_k(n) for n in range(-40000, 40000, 7)]
    assert (np.diff(values) >= 0).all()
    assert fp.exp_k(363409) == fp.exp_fraction(363409) == fp.BIGGEST
    assert fp.exp_k(-340696) == fp.exp_fraction(-340696) == 0


@pytest.mark.parametrize(
    ("value", "bits"),
    [(0.01, 328), (0.1, 3277), (1.85, 60621), (-65.0, -2129920), (2.0**-16, 0), (3 * 2.0**-16, 2)],
)
def test_numbers_are_rounded_half_to_even_on_their_decimal_form(value, bits):
    assert fp.to_k(value) == bits


@pytest.mark.parametrize("value", [65536.0, -65536.1, 1e9])
def test_numbers_that_do_not_fit_are_refused(value):
    with pytest.raises(LoweringError, match="must lie within"):
        fp.to_k(value)


def test_arrays_become_words_one_for_each_unit():
    assert fp.to_k_array(0.5, 3).tolist() == [16384] * 3
    assert fp.to_k_array([1.0, 0.1, 1.0], 3).tolist() == [32768, 3277, 32768]
    columns = np.array([5, 3, 5]), np.array([2, 2, 2])
    assert fp.for_each(lambda a, b: a - b, *columns).tolist() == [3, 1, 3]
    assert fp.for_each(lambda a: a, np.empty(0, np.int64)).tolist() == []


def test_arithmetic_wraps_and_rounds_down():
    assert fp.wrapped(1 << 31) == -(1 << 31)
    assert fp.wrapped(-(1 << 31) - 1) == (1 << 31) - 1
    assert fp.multiply(-1, 1) == -1
    assert fp.multiply(1, 1) == 0
    assert fp.divide(32768, 3) == 357913941
    assert (fp.up(65536), fp.up(65537), fp.up(0)) == (2, 3, 0)
    assert fp.decayed(-1, 1) == -1


@pytest.mark.parametrize(
    ("tau", "tick", "charge"),
    [
        (20, 32768, 4188461980), (10, 32768, 4086281420), (2, 32768, 3379882318),
        (5, 32768, 3892384920), (5, 3277, 4249494765),
    ],
)  # fmt: skip
def test_the_mean_over_a_tick_is_the_weight(tau, tick, charge):
    assert fp.synapse_charge(tau * fp.ONE, tick) == charge


def test_windows_of_plasticity():
    table = fp.trace_table(20.0, 1.0)
    assert len(table) == 154
    assert table[:11].tolist() == [2048, 1948, 1853, 1762, 1676, 1594, 1517, 1443, 1372, 1305, 1242]
    assert (np.diff(table) <= 0).all()
