"""Synapse kinds: what a projection's synapses do with a presynaptic spike."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from neurosim.declare import Bounds, Declared, Value, given, number
from neurosim.distributions import Distribution
from neurosim.errors import ParameterError


def _weights(owner: str, field: str, value: Any) -> Any:
    return _values(owner, field, value, Bounds())


def _delays(owner: str, field: str, value: Any) -> Any:
    return None if value is None else _values(owner, field, value, Bounds("ms", above=0.0))


def _values(owner: str, field: str, value: Any, bounds: Bounds) -> Any:
    try:
        ndim = 0 if isinstance(value, (str, Distribution)) else np.ndim(value)
        array = np.array(value, dtype=np.float64) if ndim == 2 else None
    except (TypeError, ValueError) as error:
        raise ParameterError(owner, field, bounds.rule, value, "Give numbers.") from error
    if array is None:
        return number(owner, field, value, bounds)
    if not bounds.holds(array).all():
        raise ParameterError(owner, field, bounds.rule, value, "Correct these entries.")
    array.setflags(write=False)
    return array


def weight_field() -> Any:
    """Declare the weight of a synapse kind."""
    return given(
        convert=_weights,
        rule="must be a number, an array or a distribution",
        unit="nA, uS or mV",
        doc="weight, in the unit of the receptor",
    )


def delay_field() -> Any:
    """Declare the delay of a synapse kind."""
    return given(
        None,
        convert=_delays,
        rule="must be > 0 ms",
        unit="ms",
        doc="delay, None for one time step",
    )


class SynapseKind(Declared):
    """Base of synapse kinds; every kind has a ``weight`` and a ``delay``.

    Both may be a number, a distribution, an array of shape (n_pre, n_post), or a flat array with
    one value per pair of a ``FromList`` connector.
    """

    kind: ClassVar[str]
    if TYPE_CHECKING:  # declared by each kind, in its order of fields
        weight: Value
        delay: Value
