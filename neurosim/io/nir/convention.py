"""Conventions: how the equations of a NIR graph become operations of a time step.

NIR states differential equations. Frameworks turn them into steps in ways of their own, which a
file does not tell; a :class:`Convention` does.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from neurosim.errors import ParameterError, close_matches

INTEGRATORS = ("euler", "exact")
RESETS = ("value", "subtract", "none")
RESET_TIMES = ("same", "next", "held", "once")
THRESHOLDS = ("above", "reached")
CURRENTS = ("new", "old")
PROPAGATIONS = ("same", "next")

OPTIONS: Mapping[str, tuple[str, ...]] = {
    "integrator": INTEGRATORS,
    "reset": RESETS,
    "reset_time": RESET_TIMES,
    "threshold": THRESHOLDS,
    "current": CURRENTS,
    "propagation": PROPAGATIONS,
}
"""What each field of a convention may be."""


@dataclass(frozen=True)
class Convention:
    """How a node of a graph makes a time step, and when the next layer sees its spikes.

    Parameters
    ----------
    integrator : {"euler", "exact"}
        What is left of a potential or current after a step: ``1 - dt / tau`` or
        ``exp(-dt / tau)``. A step's input is not decayed in that step.
    reset : {"value", "subtract", "none"}
        A spike sets the potential to ``v_reset``, or subtracts ``v_threshold - v_reset``, or does
        nothing.
    reset_time : {"same", "next", "held", "once"}
        When. ``"same"``: in the step of the spike, after the test of the threshold. ``"next"``: in
        the following step; a value is set before the decay, a subtraction is made after it.
        ``"held"``: in the following step, after decay and input, so that the potential is
        ``v_reset`` through that step. ``"once"``: subtraction in the step of the spike, but where
        the potential stays above the threshold, the test of the following step sees it lowered
        once more, and only one of two subtractions in a row stays; a value is set as with
        ``"same"``.
    threshold : {"above", "reached"}
        A neuron spikes at ``v > v_threshold``, or at ``v >= v_threshold``.
    current : {"new", "old"}
        Which synaptic current moves the potential of CubaLIF and CubaLI: that with this step's
        input, or that of the step before.
    propagation : {"same", "next"}
        A neuron's spikes reach the next layer in the same step or in the following one. A neuron
        or layer that feeds itself gets its spikes in the following step either way.

    Raises
    ------
    ParameterError
        If a field is none of its options.
    """

    integrator: str = "euler"
    reset: str = "value"
    reset_time: str = "same"
    threshold: str = "above"
    current: str = "new"
    propagation: str = "next"

    def __post_init__(self) -> None:
        for field, options in OPTIONS.items():
            value = getattr(self, field)
            if not isinstance(value, str) or value not in options:
                raise ParameterError(
                    "Convention", field, f"must be one of {', '.join(map(repr, options))}", value,
                    close_matches(value, options),
                )  # fmt: skip

    def to_dict(self) -> dict[str, str]:
        """The fields by name."""
        return asdict(self)


CONVENTIONS: Mapping[str, Convention] = {
    "nir": Convention(),
    "snntorch": Convention(reset="subtract", reset_time="next", propagation="same"),
    "norse": Convention(propagation="same"),
    "neurosim": Convention(integrator="exact", threshold="reached", current="old"),
}
"""Conventions by name. ``"neurosim"`` is that of ``IFCurrExp`` and ``IFCurrDelta``."""


def convention_of(value: Any) -> Convention:
    """A convention from its name, from a mapping of fields, or as it is.

    Raises
    ------
    ParameterError
        If it is nothing of the kind.
    """
    if isinstance(value, Convention):
        return value
    if isinstance(value, str) and value in CONVENTIONS:
        return CONVENTIONS[value]
    if isinstance(value, Mapping):
        unknown = sorted(set(map(str, value)) - set(OPTIONS))
        if unknown:
            raise ParameterError(
                "Convention",
                unknown[0],
                "is not a field",
                value,
                close_matches(unknown[0], OPTIONS),
            )
        return Convention(**value)
    raise ParameterError(
        "nir", "convention", f"must be a Convention or one of {', '.join(map(repr, CONVENTIONS))}",
        value, close_matches(value, CONVENTIONS),
    )  # fmt: skip
