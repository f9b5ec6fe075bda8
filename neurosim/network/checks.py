"""Checks of what the methods of a network are given."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from neurosim.declare import Bounds, number
from neurosim.errors import ParameterError, WiringError, close_matches
from neurosim.network.connectors import Connector
from neurosim.network.projection import Probe
from neurosim.neurons.base import INJECTED, NeuronKind
from neurosim.neurons.sources import SpikeSource, SpikeSourceArray
from neurosim.synapses import SynapseKind


def check_injectable(kind: NeuronKind | SpikeSource, where: str, population: str) -> None:
    """Refuse currents into units whose step function takes none."""
    if isinstance(kind, NeuronKind):
        step = kind.steps("standard", getattr(kind, "integrator", None))[-1]
        if INJECTED in step.args:
            return
    raise WiringError(
        f"{where}: {population!r} ({type(kind).__name__}) takes no injected current. Inject into "
        "neurons whose step takes 'injected'."
    )


def check_name(owner: str, field: str, name: Any) -> str:
    """The name, if it is one; ``/`` separates the parts of stream and file entry names."""
    if not isinstance(name, str) or not name.strip() or "/" in name:
        raise ParameterError(
            owner, field, "must be a non-empty text without '/'", name, "Give a name."
        )
    return name


def check_length(value: Any, size: int, owner: str, field: str, where: str) -> None:
    """Refuse an array that has not one value per unit."""
    if isinstance(value, np.ndarray) and value.shape != (size,):
        raise ParameterError(
            owner, field, f"must be a number or {size} values, one per unit",
            f"{value.size} values", "Give an array of that length.", where,
        )  # fmt: skip


def check_sizes(kind: NeuronKind | SpikeSource, size: int, where: str) -> None:
    """Refuse parameters and spike times that do not fit the number of units."""
    for field, value in kind.values().items():
        check_length(value, size, type(kind).__name__, field, where)
    if isinstance(kind, SpikeSourceArray) and len(kind.spike_times) not in (0, 1, size):
        raise ParameterError(
            "SpikeSourceArray", "spike_times", f"must hold one list or {size} lists, one per unit",
            f"{len(kind.spike_times)} lists", "Give one list per unit.", where,
        )  # fmt: skip


def checked_initial(
    kind: NeuronKind | SpikeSource, size: int, initial: Any, where: str
) -> dict[str, Any]:
    """Start values of state variables, each a number, an array or a distribution."""
    if not isinstance(initial, Mapping):
        raise ParameterError(
            "Population", "initial", "must map state variables to values", initial,
            "Give for example {'v': -65.0}.", where,
        )  # fmt: skip
    known = [s.name for s in kind.state if s.recordable] if isinstance(kind, NeuronKind) else []
    checked: dict[str, Any] = {}
    for variable, value in initial.items():
        if variable not in known:
            raise ParameterError(
                "Population", "initial", f"must name state variables of {type(kind).__name__}",
                variable, close_matches(variable, known), where,
            )  # fmt: skip
        unit = next(s.unit for s in kind.state if s.name == variable)  # type: ignore[union-attr]
        bounds = Bounds(unit if unit in ("mV", "nA", "uS", "ms") else "1")
        checked[variable] = number("Population", f"initial[{variable!r}]", value, bounds)
        check_length(checked[variable], size, "Population", f"initial[{variable!r}]", where)
    return checked


def checked_positions(positions: Any, size: int, where: str) -> Any:
    """Positions as a read-only array of shape (size, 1 to 3)."""
    rule = f"must be an array of shape ({size}, 1 to 3) of finite numbers"
    try:
        place = np.array(positions, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise ParameterError(
            "Population", "positions", rule, positions, "Correct it.", where
        ) from error
    place = place[:, np.newaxis] if place.ndim == 1 else place
    good = place.ndim == 2 and place.shape[0] == size and 1 <= place.shape[1] <= 3
    if not good or not np.isfinite(place).all():
        raise ParameterError("Population", "positions", rule, positions, "Correct it.", where)
    place.setflags(write=False)
    return place


def check_shapes(
    synapse: SynapseKind, connector: Connector, n_pre: int, n_post: int, label: str
) -> None:
    """Refuse arrays of weights or delays whose shape does not fit the connector."""
    for field in ("weight", "delay"):
        value = getattr(synapse, field)
        if not isinstance(value, np.ndarray):
            continue
        listed = connector.n_listed
        if value.ndim == 2 and value.shape != (n_pre, n_post):
            rule = f"must have shape ({n_pre}, {n_post})"
        elif value.ndim == 1 and listed is None:
            rule = "must be a number, a distribution or a matrix unless the connector is FromList"
        elif value.ndim == 1 and len(value) != listed:
            rule = f"must have {listed} values, one per pair"
        else:
            continue
        raise ParameterError(
            type(synapse).__name__, field, rule, f"shape {value.shape}", "Reshape it.",
            f"projection {label!r}",
        )  # fmt: skip


def checked_variables(variables: Any) -> tuple[str, ...]:
    """Names of variables to record."""
    try:
        names = (variables,) if isinstance(variables, str) else tuple(variables)
    except TypeError:
        names = ()
    if not names or not all(isinstance(name, str) for name in names):
        raise ParameterError(
            "Network.record", "variables", "must be a name or several", variables,
            "Give for example ['spikes', 'v'].",
        )  # fmt: skip
    return names


def check_same_window(earlier: Probe, probe: Probe) -> None:
    """Refuse a second interval or window for a variable of a population."""
    if earlier.target.name != probe.target.name:
        return
    for variable in set(earlier.variables) & set(probe.variables):
        fields = ("start", "stop") if variable == "spikes" else ("every", "start", "stop")
        for field in fields:
            first, second = getattr(earlier, field), getattr(probe, field)
            if first != second:
                raise WiringError(
                    f"Network.record: {field} of {variable!r} of {probe.target.name!r} must be "
                    f"{first} as in an earlier call, got {second}. A recording holds one interval "
                    "and one window for each variable of a population."
                )
