"""Brian2's quantities as numbers in our units.

Our units of time (ms), potential (mV) and current (nA) decide all others: uS = nA / mV, nF = nA ms
/ mV, MOhm = mV / nA. So they are coherent, equations hold among plain numbers as they stand, and
only constants need to be converted. Lengths, temperatures, amounts and light stay in SI units.
"""

from __future__ import annotations

from typing import Any

import numpy as np

BASE_POWERS = (0, -21, -3, -9, 0, 0, 0)
"""Powers of ten of our units of length, mass, time, current, temperature, amount and light.

That of mass follows from the volt, kg m^2 / (s^3 A), being 1e-3.
"""
NAMES: dict[tuple[float, ...], str] = {
    (0, 0, 1, 0): "ms", (2, 1, -3, -1): "mV", (0, 0, 0, 1): "nA", (-2, -1, 4, 2): "nF",
    (-2, -1, 3, 2): "uS", (2, 1, -3, -2): "MOhm", (0, 0, -1, 0): "/ms", (2, 1, -4, -1): "mV/ms",
    (0, 0, -1, 1): "nA/ms", (-2, -1, 2, 2): "uS/ms",
}  # fmt: skip
"""Names of units by powers of metre, kilogram, second and ampere."""


def exponents(dimension: Any) -> tuple[float, ...]:
    """Powers of the seven base quantities of a dimension of Brian2."""
    names = ("length", "mass", "time", "current", "temperature", "substance", "luminosity")
    return tuple(float(dimension.get_dimension(name)) for name in names)


def number(value: Any, dimension: Any) -> Any:
    """A value in SI units as a number (or an array) in ours.

    Parameters
    ----------
    value : float or ndarray
        Value in SI units.
    dimension : Dimension
        Its dimension.
    """
    power = sum(e * p for e, p in zip(exponents(dimension), BASE_POWERS, strict=True))
    # 10.0**n is exact up to n = 22, its inverse is not: so never multiply by a fraction
    values = np.asarray(value, dtype=np.float64)
    values = values / 10.0**power if power > 0 else values * 10.0**-power
    return float(values) if values.ndim == 0 else values


def unit_name(dimension: Any) -> str:
    """Name of our unit of a dimension, ``"1"`` for none.

    Notes
    -----
    Without a name of its own it is a product of ms, mV, nA and the SI units of the rest.
    """
    length, mass, time, current, *rest = exponents(dimension)
    if not any(rest) and (length, mass, time, current) in NAMES:
        return NAMES[length, mass, time, current]
    # mass occurs in volts only
    powers = {"mV": mass, "nA": current + mass, "ms": time + 3 * mass, "m": length - 2 * mass}
    powers |= dict(zip(("K", "mol", "cd"), rest, strict=True))
    parts = [f"{n}^{p:g}" if p != 1 else n for n, p in powers.items() if p]
    return "*".join(parts) or "1"
