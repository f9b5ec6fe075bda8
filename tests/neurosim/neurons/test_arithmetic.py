"""Our exponential against exact arithmetic and the one of the standard library."""

from __future__ import annotations

import math
from decimal import Decimal, localcontext

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from neurosim.neurons import arithmetic

ARGUMENTS = st.floats(-arithmetic.LIMIT, arithmetic.LIMIT)


@given(ARGUMENTS)
def test_exp_is_exact_to_the_stated_error(x: float) -> None:
    with localcontext() as context:
        context.prec = 40
        exact = Decimal(x).exp()
        assert abs((Decimal(arithmetic.exp(x)) - exact) / exact) < Decimal("2e-16")


@given(ARGUMENTS)
def test_exp_is_within_two_units_of_the_standard_library(x: float) -> None:
    theirs = math.exp(x)
    assert abs(arithmetic.exp(x) - theirs) <= 2.0 * math.ulp(theirs)


@given(st.floats(arithmetic.LIMIT, math.inf))
def test_exp_is_clamped(x: float) -> None:
    assert arithmetic.exp(x) == arithmetic.exp(arithmetic.LIMIT) < math.inf
    assert arithmetic.exp(-x) == arithmetic.exp(-arithmetic.LIMIT) > 0.0


@pytest.mark.parametrize("x", [0.0, -0.0, 5e-324, -1e-300, 1e-17])
def test_exp_near_zero_is_one(x: float) -> None:
    assert arithmetic.exp(x) == 1.0


@given(st.floats(-700.0, 700.0), st.floats(1e-9, 1.0))
def test_exp_rises(x: float, more: float) -> None:
    assert arithmetic.exp(x + more) >= arithmetic.exp(x)


def test_names_are_what_the_module_offers() -> None:
    assert all(callable(getattr(arithmetic, name)) for name in arithmetic.NAMES)
    assert arithmetic.log is math.log
    assert arithmetic.sqrt is math.sqrt


def test_exp_of_an_array_has_the_bits_of_the_scalar() -> None:
    x = np.concatenate([np.linspace(-720.0, 720.0, 999), [0.0, -0.0, 5e-324, -np.inf, np.inf]])
    assert arithmetic.exp_each(x).tolist() == [arithmetic.exp(v) for v in x.tolist()]
