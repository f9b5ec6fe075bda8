import math

import numpy as np
import pytest
from scipy import special, stats

from neurosim import philox
from neurosim.declare import Bounds
from neurosim.distributions import KINDS, Exponential, LogNormal, Normal, Uniform, normal_quantile
from neurosim.errors import ParameterError

U = philox.uniform(3, np.arange(20_000))

FREE = [
    (Uniform(-1.0, 3.0), stats.uniform(-1.0, 4.0)),
    (Normal(2.0, 0.5), stats.norm(2.0, 0.5)),
    (LogNormal(0.3, 0.7), stats.lognorm(0.7, scale=math.exp(0.3))),
    (Exponential(4.0), stats.expon(scale=4.0)),
]


@pytest.mark.parametrize(("distribution", "judge"), FREE)
def test_quantiles_agree_with_scipy(distribution, judge):
    u = np.linspace(1e-6, 1.0 - 1e-6, 4001)
    np.testing.assert_allclose(distribution.quantile(u), judge.ppf(u), rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize(("distribution", "judge"), FREE)
def test_draws_follow_the_distribution(distribution, judge):
    assert stats.kstest(distribution.quantile(U), judge.cdf).pvalue > 0.01


def test_the_normal_quantile_is_exact_to_rounding():
    u = np.concatenate([np.linspace(0.001, 0.999, 2001), 10.0 ** -np.arange(1.0, 300.0, 3.0)])
    np.testing.assert_allclose(normal_quantile(u), special.ndtri(u), rtol=3e-15, atol=1e-15)
    high = 1.0 - 2.0 ** -np.arange(2.0, 53.0)
    np.testing.assert_allclose(normal_quantile(high), special.ndtri(high), rtol=3e-15)
    assert normal_quantile(np.array([0.0, 0.5, 1.0])).tolist() == [-np.inf, 0.0, np.inf]


@pytest.mark.parametrize(
    ("distribution", "judge"),
    [
        (Normal(1.0, 2.0, low=0.0), stats.truncnorm(-0.5, np.inf, 1.0, 2.0)),
        (Normal(1.0, 2.0, low=0.0, high=1.5), stats.truncnorm(-0.5, 0.25, 1.0, 2.0)),
    ],
)
def test_redrawing_gives_the_truncated_distribution(distribution, judge):
    draws = distribution.quantile(U)
    assert stats.kstest(draws, judge.cdf).pvalue > 0.01
    assert draws.min() >= distribution.support[0]
    assert draws.max() <= distribution.support[1]


@pytest.mark.parametrize("kind", [Normal(1.0, 2.0, low=0.0), LogNormal(0.0, 1.0, low=2.0),
                                  Exponential(1.0, low=0.5), Normal(1.0, 2.0)])  # fmt: skip
def test_no_draw_is_infinite(kind):
    ends = kind.quantile(np.array([2.0**-53, 1.0 - 2.0**-53]))
    assert np.isfinite(ends).all()
    assert ends[1] > kind.quantile(np.array([0.999999]))[0]


def test_another_standard_quantile_function_takes_the_place_of_ours():
    u = np.array([0.25, 0.75])
    assert Normal(1.0, 2.0).quantile(u, lambda u: u).tolist() == [1.5, 2.5]
    assert LogNormal(0.0, 2.0).quantile(u, np.zeros_like).tolist() == [1.0, 1.0]
    assert Exponential(1.0).quantile(u, None).tolist() == Exponential(1.0).quantile(u).tolist()


@pytest.mark.parametrize("kind", [lambda **b: LogNormal(0.0, 1.0, **b),
                                  lambda **b: Exponential(1.0, **b)])  # fmt: skip
def test_redrawing_equals_leaving_out_what_is_outside(kind):
    free = kind().quantile(U)
    kept = free[(free > 0.5) & (free < 2.0)]
    assert stats.ks_2samp(kind(low=0.5, high=2.0).quantile(U), kept).pvalue > 0.01


def test_the_boundary_collects_what_is_outside():
    draws = Normal(0.0, 1.0, low=-1.0, high=1.0, clip="boundary").quantile(U)
    assert np.mean(draws == -1.0) == pytest.approx(stats.norm.cdf(-1.0), abs=0.01)
    assert np.mean(draws == 1.0) == pytest.approx(stats.norm.cdf(-1.0), abs=0.01)
    inside = np.abs(draws) < 1.0
    assert (draws[inside] == normal_quantile(U[inside])).all()


@pytest.mark.parametrize(
    ("distribution", "support"),
    [
        (Uniform(1.0, 2.0), (1.0, 2.0)),
        (Normal(0.0, 1.0), (-math.inf, math.inf)),
        (Normal(0.0, 1.0, high=3.0), (-math.inf, 3.0)),
        (LogNormal(0.0, 1.0), (0.0, math.inf)),
        (LogNormal(0.0, 1.0, low=-1.0, high=4.0), (0.0, 4.0)),
        (Exponential(1.0, low=2.0), (2.0, math.inf)),
    ],
)
def test_support(distribution, support):
    assert distribution.support == support


def test_within_narrows_the_bounds():
    assert Normal(1.0, 1.0).within(0.0, math.inf) == Normal(1.0, 1.0, low=0.0)
    narrow = Normal(1.0, 1.0, low=0.5, high=9.0).within(0.0, 5.0)
    assert narrow == Normal(1.0, 1.0, low=0.5, high=5.0)
    assert Exponential(1.0).within(-math.inf, 3.0) == Exponential(1.0, high=3.0)
    with pytest.raises(ParameterError, match=r"Normal.support: must lie in \[50, inf\]"):
        Normal(0.0, 1.0).within(50.0, math.inf)
    with pytest.raises(ParameterError, match=r"Uniform.support: must lie in"):
        Uniform(0.0, 2.0).within(1.0, 3.0)


@pytest.mark.parametrize(
    ("distribution", "bounds", "fits"),
    [
        (Uniform(0.0, 1.0), Bounds("ms", above=0.0), True),
        (Uniform(-0.1, 1.0), Bounds("ms", above=0.0), False),
        (Normal(5.0, 1.0), Bounds("mV"), True),
        (Normal(5.0, 1.0), Bounds("ms", low=0.0), False),
        (Normal(5.0, 1.0, low=0.0), Bounds("ms", low=0.0), True),
        (LogNormal(0.0, 1.0), Bounds("ms", above=0.0), True),
        (LogNormal(0.0, 1.0), Bounds("1", high=5.0), False),
        (Exponential(1.0, high=4.0), Bounds("1", below=5.0), True),
    ],
)
def test_require_asks_that_no_draw_leaves_the_bounds(distribution, bounds, fits):
    if fits:
        distribution.require("X", "tau", bounds)
        assert bounds.holds(distribution.quantile(U)).all()
    else:
        with pytest.raises(ParameterError, match=r"X.tau: must be .* for every draw"):
            distribution.require("X", "tau", bounds)


@pytest.mark.parametrize(
    ("make", "field"),
    [
        (lambda: Uniform(2.0, 1.0), "Uniform.low"),
        (lambda: Normal(0.0, 0.0), "Normal.sd"),
        (lambda: Normal(0.0, 1.0, low=2.0, high=1.0), "Normal.low"),
        (lambda: Normal(0.0, 1.0, low=40.0), "Normal.low"),
        (lambda: LogNormal(0.0, -1.0), "LogNormal.sigma"),
        (lambda: LogNormal(0.0, 1.0, high=-1.0), "LogNormal.low"),
        (lambda: Exponential(0.0), "Exponential.scale"),
        (lambda: Exponential(1.0, clip="cut"), "Exponential.clip"),
    ],
)
def test_distributions_that_cannot_be_are_refused(make, field):
    with pytest.raises(ParameterError, match=field):
        make()


def test_a_uniform_of_no_width_is_a_constant():
    assert (Uniform(0.3, 0.3).quantile(U[:9]) == 0.3).all()


def test_all_kinds_are_listed_by_name():
    assert set(KINDS) == {"Uniform", "Normal", "LogNormal", "Exponential"}
    assert all(kind.__name__ == name for name, kind in KINDS.items())
