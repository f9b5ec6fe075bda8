"""Random values for parameters, initial states, weights and delays.

Every distribution is drawn through its quantile function from one uniform number per value, so that
a draw depends on its own address (seed, name, position) and never on how many others were drawn.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from statistics import NormalDist
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from neurosim.declare import Bounds, Declared, choice, param
from neurosim.errors import ParameterError

FloatArray = NDArray[np.float64]

Standard = Callable[[FloatArray], FloatArray]
"""The quantile function of the standard normal distribution."""

BELOW_ONE = 1.0 - 2.0**-53
"""The largest share below one; at one, values without an upper bound would be infinite."""

_STANDARD = NormalDist()


class Distribution(Declared):
    """A distribution of numbers on an interval."""

    @property
    def support(self) -> tuple[float, float]:
        """Smallest and largest value that can be drawn."""
        raise NotImplementedError

    def quantile(self, u: FloatArray, standard: Standard | None = None) -> FloatArray:
        """The values below which the shares ``u`` (in (0, 1)) of the draws lie.

        ``standard`` takes the place of :func:`normal_quantile` where that is used: a faster one.
        """
        raise NotImplementedError

    def within(self, low: float, high: float) -> Distribution:
        """The distribution restricted to ``[low, high]``."""
        raise ParameterError(
            type(self).__name__, "support", f"must lie in [{low:g}, {high:g}]", self.support,
            "Choose another range.",
        )  # fmt: skip

    def require(self, owner: str, field: str, bounds: Bounds) -> None:
        """Check that no draw can leave ``bounds``."""
        low, high = self.support
        good = low >= bounds.low and low >= bounds.above
        if not (good and high <= bounds.high and high <= bounds.below):
            raise ParameterError(
                owner, field, f"{bounds.rule} for every draw", self,
                "Use a distribution with bounds, for example Normal(..., low=, high=).",
            )  # fmt: skip


class Uniform(Distribution):
    """Equally likely values between ``low`` and ``high``, in the unit of what they are used for."""

    low: float = param(scalar=True, doc="smallest value")
    high: float = param(scalar=True, doc="largest value")

    def check(self) -> None:
        _ordered(self)

    @property
    def support(self) -> tuple[float, float]:
        return self.low, self.high

    def quantile(self, u: FloatArray, standard: Standard | None = None) -> FloatArray:
        return self.low + (self.high - self.low) * u


def _bound(side: str) -> Any:
    return param(None, scalar=True, optional=True, kw_only=True, doc=f"{side} bound")


def _clip() -> Any:
    options = ("redraw", "boundary")
    return choice("redraw", options=options, kw_only=True, doc="what happens outside")


class _Clippable(Distribution):
    """A distribution with optional bounds, kept by redrawing or by moving to the boundary."""

    if TYPE_CHECKING:  # fields of the subclasses, after their own
        low: float | None
        high: float | None
        clip: str

    def check(self) -> None:
        low, high = self._bounds()
        if low > high or self._free_share(high) - self._free_share(low) < 1e-9:
            raise ParameterError(
                type(self).__name__, "low", f"must leave room below high ({high:g})", low,
                "Widen the bounds.",
            )  # fmt: skip

    def _bounds(self) -> tuple[float, float]:
        low = -math.inf if self.low is None else self.low
        return low, (math.inf if self.high is None else self.high)

    def _free_support(self) -> tuple[float, float]:
        return -math.inf, math.inf

    def _free_quantile(self, u: FloatArray, standard: Standard) -> FloatArray:
        raise NotImplementedError

    def _free_share(self, value: float) -> float:
        raise NotImplementedError

    @property
    def support(self) -> tuple[float, float]:
        (low, high), (start, stop) = self._bounds(), self._free_support()
        return max(low, start), min(high, stop)

    def quantile(self, u: FloatArray, standard: Standard | None = None) -> FloatArray:
        low, high = self._bounds()
        if self.clip != "boundary":
            first, last = self._free_share(low), self._free_share(high)
            u = np.minimum(first + (last - first) * u, BELOW_ONE)
        return np.clip(self._free_quantile(u, standard or normal_quantile), low, high)

    def within(self, low: float, high: float) -> Distribution:
        start, stop = self._bounds()
        low, high = max(low, start), min(high, stop)
        if self._free_share(high) - self._free_share(low) < 1e-9:
            return super().within(low, high)
        return self.replace(
            low=None if low == -math.inf else low, high=None if high == math.inf else high
        )


class Normal(_Clippable):
    """Gaussian values; with bounds, draws outside are redrawn or moved to the boundary."""

    mean: float = param(scalar=True, doc="mean before clipping")
    sd: float = param(scalar=True, above=0.0, doc="standard deviation before clipping")
    low: float | None = _bound("lower")
    high: float | None = _bound("upper")
    clip: str = _clip()

    def _free_quantile(self, u: FloatArray, standard: Standard) -> FloatArray:
        return self.mean + self.sd * standard(u)

    def _free_share(self, value: float) -> float:
        return _share((value - self.mean) / self.sd)


class LogNormal(_Clippable):
    """Values whose logarithm is Gaussian with mean ``mu`` and standard deviation ``sigma``."""

    mu: float = param(scalar=True, doc="mean of the logarithm")
    sigma: float = param(scalar=True, above=0.0, doc="standard deviation of the logarithm")
    low: float | None = _bound("lower")
    high: float | None = _bound("upper")
    clip: str = _clip()

    def _free_support(self) -> tuple[float, float]:
        return 0.0, math.inf

    def _free_quantile(self, u: FloatArray, standard: Standard) -> FloatArray:
        return np.exp(self.mu + self.sigma * standard(u))

    def _free_share(self, value: float) -> float:
        return 0.0 if value <= 0 else _share((math.log(value) - self.mu) / self.sigma)


class Exponential(_Clippable):
    """Exponentially distributed values with mean ``scale``."""

    scale: float = param(scalar=True, above=0.0, doc="mean")
    low: float | None = _bound("lower")
    high: float | None = _bound("upper")
    clip: str = _clip()

    def _free_support(self) -> tuple[float, float]:
        return 0.0, math.inf

    def _free_quantile(self, u: FloatArray, standard: Standard) -> FloatArray:
        return -self.scale * np.log1p(-u)

    def _free_share(self, value: float) -> float:
        return 0.0 if value <= 0 else -math.expm1(-value / self.scale)


KINDS: dict[str, type[Distribution]] = {
    kind.__name__: kind for kind in (Uniform, Normal, LogNormal, Exponential)
}


def _ordered(distribution: Any) -> None:
    if distribution.low > distribution.high:
        raise ParameterError(
            type(distribution).__name__, "low", f"must be <= high ({distribution.high:g})",
            distribution.low, "Exchange the two.",
        )  # fmt: skip


def _share(z: float) -> float:
    if math.isinf(z):
        return 0.0 if z < 0 else 1.0
    return _STANDARD.cdf(z)


# Coefficients of Wichura (1988), algorithm AS 241 (PPND16): centre, tails near and far.
_CENTRE = (
    (3.3871328727963666080e0, 1.3314166789178437745e2, 1.9715909503065514427e3,
     1.3731693765509461125e4, 4.5921953931549871457e4, 6.7265770927008700853e4,
     3.3430575583588128105e4, 2.5090809287301226727e3),
    (1.0, 4.2313330701600911252e1, 6.8718700749205790830e2, 5.3941960214247511077e3,
     2.1213794301586595867e4, 3.9307895800092710610e4, 2.8729085735721942674e4,
     5.2264952788528545610e3),
)  # fmt: skip
_NEAR = (
    (1.42343711074968357734e0, 4.63033784615654529590e0, 5.76949722146069140550e0,
     3.64784832476320460504e0, 1.27045825245236838258e0, 2.41780725177450611770e-1,
     2.27238449892691845833e-2, 7.74545014278341407640e-4),
    (1.0, 2.05319162663775882187e0, 1.67638483018380384940e0, 6.89767334985100004550e-1,
     1.48103976427480074590e-1, 1.51986665636164571966e-2, 5.47593808499534494600e-4,
     1.05075007164441684324e-9),
)  # fmt: skip
_FAR = (
    (6.65790464350110377720e0, 5.46378491116411436990e0, 1.78482653991729133580e0,
     2.96560571828504891230e-1, 2.65321895265761230930e-2, 1.24266094738807843860e-3,
     2.71155556874348757815e-5, 2.01033439929228813265e-7),
    (1.0, 5.99832206555887937690e-1, 1.36929880922735805310e-1, 1.48753612908506148525e-2,
     7.86869131145613259100e-4, 1.84631831751005468180e-5, 1.42151175831644588870e-7,
     2.04426310338993978564e-15),
)  # fmt: skip


def _ratio(coefficients: tuple[tuple[float, ...], tuple[float, ...]], x: FloatArray) -> FloatArray:
    top, bottom = coefficients
    polyval = np.polynomial.polynomial.polyval
    result: FloatArray = polyval(x, top) / polyval(x, bottom)
    return result


def normal_quantile(u: FloatArray) -> FloatArray:
    """Quantiles of the standard normal distribution, relative error about 1e-16.

    References
    ----------
    Wichura, M. J. (1988). Algorithm AS 241: The percentage points of the normal distribution.
    Applied Statistics 37, 477-484.
    """
    u = np.asarray(u, dtype=np.float64)
    q = u - 0.5
    centre = q * _ratio(_CENTRE, 0.180625 - q * q)
    with np.errstate(divide="ignore", invalid="ignore"):
        r = np.sqrt(-np.log(np.minimum(u, 1.0 - u)))
        tail = np.where(r <= 5.0, _ratio(_NEAR, r - 1.6), _ratio(_FAR, r - 5.0))
        tail = np.where(np.isinf(r), np.inf, tail)
    return np.where(np.abs(q) <= 0.425, centre, np.copysign(tail, q))
