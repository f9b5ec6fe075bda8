"""Unit names and their conversion at the edge.

Inside the library every quantity is a plain float in the unit its declaration states (PyNN's: ms,
mV, nA, nF, uS, Hz, MOhm). Users may also give strings such as ``"20 ms"`` or quantities of pint,
quantities or brian2; they are converted here, once.
"""

from __future__ import annotations

import re
from typing import Any

PREFIXES = {"": 1.0, "k": 1e3, "m": 1e-3, "u": 1e-6, "µ": 1e-6, "n": 1e-9, "p": 1e-12, "M": 1e6}
BASES = {"s": "time", "V": "voltage", "A": "current", "F": "capacitance", "S": "conductance"}
BASES |= {"Hz": "rate", "Ohm": "resistance", "Ω": "resistance"}

_NUMBER = re.compile(r"^\s*([-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?)\s*([^\d\s].*?)?\s*$")


def factor(unit: str) -> tuple[float, str]:
    """Scale to the SI unit and the dimension of a unit name; ``("1", ...)`` has no dimension.

    Examples
    --------
    >>> factor("mV")
    (0.001, 'voltage')

    Raises
    ------
    ValueError
        If the unit is not known.
    """
    if unit in ("", "1"):
        return 1.0, "number"
    for base, dimension in BASES.items():
        if unit.endswith(base) and unit[: -len(base)] in PREFIXES:
            return PREFIXES[unit[: -len(base)]], dimension
    raise ValueError(f"unknown unit {unit!r}")


def parse(text: str, unit: str) -> float:
    """Read ``"20 ms"`` as a number in ``unit``; a bare number is taken to be in ``unit`` already.

    Raises
    ------
    ValueError
        If the text is no number with a unit of the same dimension.
    """
    match = _NUMBER.match(text)
    if match is None:
        raise ValueError(f"{text!r} is not a number with a unit")
    number, given = float(match[1]), match[2] or ""
    if not given or given == unit:
        return number
    (scale, dimension), (wanted, expected) = factor(given), factor(unit)
    if dimension != expected:
        raise ValueError(f"{given!r} is a {dimension}, a {expected} in {unit} is needed")
    return number * (scale / wanted)


def plain(value: Any, unit: str) -> Any:
    """The value as plain numbers in ``unit``: parses strings and unpacks foreign quantities."""
    if isinstance(value, str):
        return parse(value, unit)
    if unit in ("", "1"):
        return value
    if hasattr(value, "dimensionality") and hasattr(value, "rescale"):  # quantities, neo
        return value.rescale(unit).magnitude
    if hasattr(value, "dimensionality") and hasattr(value, "to"):  # pint
        return value.to(unit).magnitude
    if hasattr(value, "dim") and hasattr(value, "has_same_dimensions"):  # brian2 holds SI values
        from numpy import asarray

        scale, dimension = factor(unit)
        if dimension != _brian_dimension(value):
            raise ValueError(f"{value} has another dimension, a {dimension} in {unit} is needed")
        number = asarray(value) / scale
        return float(number) if number.ndim == 0 else number
    return value


def _brian_dimension(value: Any) -> str:
    import brian2

    names = dict(time="second", voltage="volt", current="amp", capacitance="farad")
    names |= dict(conductance="siemens", rate="hertz", resistance="ohm")
    for dimension, name in names.items():
        if value.has_same_dimensions(getattr(brian2, name)):
            return dimension
    return "number" if value.is_dimensionless else "other quantity"
