"""Populations -> NIR nodes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from neurosim.io.nir.convention import CONVENTIONS
from neurosim.io.nir.kinds import NIRCurrent, NIRMembrane, convention_fields
from neurosim.io.nir.reader import FIELDS
from neurosim.network import Network, Population
from neurosim.neurons import IFCurrDelta, IFCurrExp, Leaky
from neurosim.neurons.propagators import decay

Float = NDArray[np.float64]
Values = Mapping[str, Float]
"""Parameters of a population, shape (size,) each."""


class Node(NamedTuple):
    """A node to be.

    Parameters
    ----------
    type : str
        Its type in NIR.
    fields : dict
        Its parameters, times in ms, shape (size,).
    convention : dict
        How it makes steps.
    constant : ndarray, shape (size,)
        Constant input, for the bias of an Affine node.
    start : ndarray, shape (size,)
        Potential at the start unless it is told otherwise.
    """

    type: str
    fields: dict[str, Float]
    convention: dict[str, str]
    constant: Float
    start: Float


def node_of(population: Population, values: Values, dt: float) -> Node:
    """The node of a population whose kind is one of :data:`KINDS`."""
    return KINDS[type(population.kind)](population.kind, values, dt)


def _nir(kind: Any, values: Values, dt: float) -> Node:
    fields = {name: values[name] for name in FIELDS[kind.node]}
    if kind.node == "Threshold":
        fields["threshold"] = values["v_threshold"]
    names = set(convention_fields(CONVENTIONS["nir"])) & set(kind.values())
    convention = {name: getattr(kind, name) for name in names}
    convention["integrator"] = convention.pop("integrator_rule")
    constant = values["i_offset"]
    starts = {"LIF": "v_leak", "LI": "v_leak", "CubaLIF": "v_leak", "CubaLI": "v_leak"}
    starts["IF"] = "v_reset"
    start = values[starts[kind.node]] if kind.node in starts else np.zeros_like(constant)
    return Node(kind.node, fields, convention, constant, start)


def _leaky(kind: Any, values: Values, dt: float) -> Node:
    beta, zero = values["beta"], np.zeros_like(values["beta"])
    threshold = {"v_threshold": values["threshold"], "v_reset": zero}
    convention = {
        "reset": "subtract" if kind.reset == "subtract" else "value", "reset_time": "next",
        "integrator": "euler", "threshold": "above",
    }  # fmt: skip
    if (beta >= 1.0).all():
        fields = {"r": zero + 1000.0 / dt, **threshold}
        return Node("IF", fields, convention, values["i_offset"], zero)
    fields = {"tau": dt / (1.0 - beta), "r": 1.0 / (1.0 - beta), "v_leak": zero, **threshold}
    return Node("LIF", fields, convention, values["i_offset"], zero)


def _exponential(kind: Any, values: Values, dt: float) -> Node:
    fields = {
        "tau_syn": values["tau_syn_E"],
        "tau_mem": values["tau_m"],
        "r": values["tau_m"] / values["cm"],
        "w_in": 1.0 / (1.0 - np.asarray(decay(values["tau_syn_E"], dt))),
    }
    return _physical("CubaLIF", fields, values)


def _delta(kind: Any, values: Values, dt: float) -> Node:
    fields = {"tau": values["tau_m"], "r": 1.0 / (1.0 - np.asarray(decay(values["tau_m"], dt)))}
    return _physical("LIF", fields, values)


def _physical(what: str, fields: dict[str, Float], values: Values) -> Node:
    """What the two kinds in mV and nA have in common; the offset current moves the rest."""
    leak = values["v_rest"] + values["tau_m"] / values["cm"] * values["i_offset"]
    fields |= {
        "v_leak": leak, "v_threshold": values["v_thresh"], "v_reset": values["v_reset"],
    }  # fmt: skip
    convention = CONVENTIONS["neurosim"].to_dict()
    del convention["propagation"]
    return Node(what, fields, convention, np.zeros_like(leak), leak)


KINDS: dict[type, Callable[[Any, Values, float], Node]] = {
    NIRMembrane: _nir,
    NIRCurrent: _nir,
    Leaky: _leaky,
    IFCurrExp: _exponential,
    IFCurrDelta: _delta,
}
"""Kinds that NIR can express."""


def spiking(network: Network, name: str) -> bool:
    """Whether a population can spike."""
    kind = network[name].kind
    readouts = ("LI", "I", "CubaLI", "Output")
    return not isinstance(kind, (NIRMembrane, NIRCurrent)) or kind.node not in readouts
