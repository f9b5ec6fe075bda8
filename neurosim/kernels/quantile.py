"""Random values from uniform numbers: quantiles of the normal distribution, and tables of steps."""

from __future__ import annotations

import math
from typing import Any

from neurosim.kernels._jit import inline, kernel


@inline
def _centre(q: Any) -> Any:
    """The quantile for ``q``, the share minus a half, between -0.425 and 0.425."""
    x = 0.180625 - q * q
    top = 2.5090809287301226727e3
    top = top * x + 3.3430575583588128105e4
    top = top * x + 6.7265770927008700853e4
    top = top * x + 4.5921953931549871457e4
    top = top * x + 1.3731693765509461125e4
    top = top * x + 1.9715909503065514427e3
    top = top * x + 1.3314166789178437745e2
    top = top * x + 3.3871328727963666080e0
    bottom = 5.2264952788528545610e3
    bottom = bottom * x + 2.8729085735721942674e4
    bottom = bottom * x + 3.9307895800092710610e4
    bottom = bottom * x + 2.1213794301586595867e4
    bottom = bottom * x + 5.3941960214247511077e3
    bottom = bottom * x + 6.8718700749205790830e2
    bottom = bottom * x + 4.2313330701600911252e1
    bottom = bottom * x + 1.0
    return q * (top / bottom)


@inline
def _near(x: Any) -> Any:
    top = 7.74545014278341407640e-4
    top = top * x + 2.27238449892691845833e-2
    top = top * x + 2.41780725177450611770e-1
    top = top * x + 1.27045825245236838258e0
    top = top * x + 3.64784832476320460504e0
    top = top * x + 5.76949722146069140550e0
    top = top * x + 4.63033784615654529590e0
    top = top * x + 1.42343711074968357734e0
    bottom = 1.05075007164441684324e-9
    bottom = bottom * x + 5.47593808499534494600e-4
    bottom = bottom * x + 1.51986665636164571966e-2
    bottom = bottom * x + 1.48103976427480074590e-1
    bottom = bottom * x + 6.89767334985100004550e-1
    bottom = bottom * x + 1.67638483018380384940e0
    bottom = bottom * x + 2.05319162663775882187e0
    bottom = bottom * x + 1.0
    return top / bottom


@inline
def _far(x: Any) -> Any:
    top = 2.01033439929228813265e-7
    top = top * x + 2.71155556874348757815e-5
    top = top * x + 1.24266094738807843860e-3
    top = top * x + 2.65321895265761230930e-2
    top = top * x + 2.96560571828504891230e-1
    top = top * x + 1.78482653991729133580e0
    top = top * x + 5.46378491116411436990e0
    top = top * x + 6.65790464350110377720e0
    bottom = 2.04426310338993978564e-15
    bottom = bottom * x + 1.42151175831644588870e-7
    bottom = bottom * x + 1.84631831751005468180e-5
    bottom = bottom * x + 7.86869131145613259100e-4
    bottom = bottom * x + 1.48753612908506148525e-2
    bottom = bottom * x + 1.36929880922735805310e-1
    bottom = bottom * x + 5.99832206555887937690e-1
    bottom = bottom * x + 1.0
    return top / bottom


@inline
def tail_normal(u: Any) -> Any:
    """The quantile of the standard normal distribution for a share outside 0.075 to 0.925."""
    away = min(u, 1.0 - u)
    value = math.inf
    if away > 0.0:
        r = math.sqrt(-math.log(away))
        value = _near(r - 1.6) if r <= 5.0 else _far(r - 5.0)
    return value if u > 0.5 else -value


@inline
def normal(u: Any) -> Any:
    """The quantile of the standard normal distribution for a share in [0, 1]."""
    q = u - 0.5
    return _centre(q) if abs(q) <= 0.425 else tail_normal(u)


@kernel
def fill_normal(u: Any, out: Any) -> None:
    """Quantiles of the standard normal distribution: the twin of
    :func:`neurosim.distributions.normal_quantile`, the same but for the last bits of tails.

    The centre, 85 % of the draws, is a loop without branches.

    Parameters
    ----------
    u : ndarray of float64
        Shares in [0, 1].
    out : ndarray of float64
        Filled in place; not ``u`` itself.
    """
    for i in range(u.shape[0]):
        out[i] = _centre(u[i] - 0.5)
    for i in range(u.shape[0]):
        if abs(u[i] - 0.5) > 0.425:
            out[i] = tail_normal(u[i])


@kernel
def find_slots(u: Any, thresholds: Any, guide: Any, out: Any) -> None:
    """Number of thresholds that are not above each number.

    Parameters
    ----------
    u : ndarray of float64
        Numbers in (0, 1).
    thresholds : ndarray of float64
        Ascending; the last is infinite.
    guide : ndarray of int32
        Number of thresholds not above ``i / len(guide)``, where to begin to look; its length is a
        power of two.
    out : ndarray of int32
        Filled in place.
    """
    size = float(guide.shape[0])
    for i in range(u.shape[0]):
        slot = guide[int(u[i] * size)]
        while u[i] >= thresholds[slot]:
            slot += 1
        out[i] = slot
