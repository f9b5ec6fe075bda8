"""Values of a network description as plain JSON data, and back.

=====================  ============================================================================
value                  plain form
=====================  ============================================================================
number, word, None     itself
array                  ``{"array": rows, "dtype": "float64"}``; above 64 values
                       ``{"array": base64 of the bytes, "dtype": ..., "shape": [...]}``,
                       little-endian
distribution           ``{"distribution": "Normal", "parameters": {...}}``
spike times            ``{"trains": {"times": array, "counts": array}}``, end to end
=====================  ============================================================================
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from neurosim import distributions
from neurosim.declare import Declared
from neurosim.distributions import Distribution
from neurosim.errors import StoreError, shown

LISTED = 64
"""Arrays up to this size are written as lists, for people to read."""

T = TypeVar("T")

DTYPES = ("bool", "float64", "int64")


def encode(value: Any) -> Any:
    """The plain form of a value."""
    if isinstance(value, np.ndarray):
        return _array(value)
    if isinstance(value, Distribution):
        return {"distribution": type(value).__name__, "parameters": parameters(value)}
    if isinstance(value, tuple):
        counts = np.array([len(train) for train in value], dtype=np.int64)
        times = np.concatenate([*value, np.empty(0)])
        return {"trains": {"times": _array(times), "counts": _array(counts)}}
    return value


def decode(data: Any) -> Any:
    """The value of a plain form; arrays are checked for type and size only."""
    if not isinstance(data, Mapping):
        return data
    if "array" in data:
        return _from_array(data)
    if "distribution" in data:
        kind = lookup(distributions.KINDS, data["distribution"], "distribution")
        return kind(**decoded(data["parameters"]))
    trains = data["trains"]
    times, counts = decode(trains["times"]), decode(trains["counts"])
    if counts.sum() != len(times):
        raise ValueError("numbers of spike times do not add up")
    return np.split(times, np.cumsum(counts)[:-1]) if len(counts) else []


def parameters(declared: Declared) -> dict[str, Any]:
    """The plain forms of all fields."""
    return {name: encode(value) for name, value in declared.values().items()}


def decoded(data: Mapping[str, Any]) -> dict[str, Any]:
    """The values of all fields."""
    return {name: decode(value) for name, value in data.items()}


def lookup(known: Mapping[str, type[T]], name: Any, what: str) -> type[T]:
    """The class of that name.

    Raises
    ------
    StoreError
        If there is none.
    """
    if not isinstance(name, str) or name not in known:
        raise StoreError(
            f"network data: {what} must be one of {', '.join(sorted(known))}, got {shown(name)}. "
            "The data is damaged, or of another version of neurosim."
        )
    return known[name]


def _array(array: NDArray[Any]) -> dict[str, Any]:
    dtype = array.dtype.name
    if array.size <= LISTED and array.size:
        return {"array": array.tolist(), "dtype": dtype}
    little = np.ascontiguousarray(array, dtype=array.dtype.newbyteorder("<"))
    text = base64.b64encode(little.data).decode("ascii")
    return {"array": text, "dtype": dtype, "shape": list(array.shape)}


def _from_array(data: Mapping[str, Any]) -> NDArray[Any]:
    content, name = data["array"], data["dtype"]
    if name not in DTYPES:
        raise ValueError(f"unknown type of array {shown(name)}")
    if isinstance(content, str):
        little = np.frombuffer(
            base64.b64decode(content, validate=True), np.dtype(name).newbyteorder("<")
        )
        return little.astype(name).reshape(data["shape"])
    return np.array(content, dtype=name)
