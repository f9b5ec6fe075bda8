"""The sign rule of weights (PyNN's): by receptor, and drawn weights keep to their side of zero."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from neurosim.distributions import Distribution
from neurosim.errors import ParameterError, UnsupportedError
from neurosim.neurons.base import Receptor
from neurosim.synapses import STDP, SynapseKind


def signed_synapse(
    synapse: SynapseKind, receptor: Receptor, projection: str, signed: bool
) -> SynapseKind:
    """The synapse with its random weights truncated at zero; see :func:`signed_weight`."""
    where = f"projection {projection!r}"
    if isinstance(synapse, STDP):
        if receptor.sign < 0:
            raise UnsupportedError(
                f"{where}: STDP needs a receptor with weights >= 0, got {receptor.name!r} "
                f"({receptor.unit}, <= 0). Use static synapses or a conductance-based kind."
            )
        if receptor.sign > 0 and synapse.w_min < 0.0 and not signed:
            raise ParameterError(
                "STDP", "w_min", f"must be >= 0 {receptor.unit} at receptor {receptor.name!r}",
                synapse.w_min, "Raise it, or pass signed=True to Network.project.", where,
            )  # fmt: skip
    if signed:
        return synapse
    remedy = "Change the sign (PyNN's rule), or pass signed=True to Network.project."
    weight = signed_weight(type(synapse).__name__, synapse.weight, receptor, where, remedy)
    return synapse if weight is synapse.weight else synapse.replace(weight=weight)


def signed_weight(owner: str, weight: Any, receptor: Receptor, where: str, remedy: str) -> Any:
    """The weight, if its sign fits the receptor; an unbounded distribution is truncated at zero.

    Raises
    ------
    ParameterError
        If a weight has the wrong sign, or a distribution reaches across zero.
    """
    if receptor.sign == 0:
        return weight
    side = ">= 0" if receptor.sign > 0 else "<= 0"
    rule = f"must be {side} {receptor.unit} at receptor {receptor.name!r}"
    if isinstance(weight, Distribution):
        low, high = weight.support
        if (low >= 0.0) if receptor.sign > 0 else (high <= 0.0):
            return weight
        unbounded = math.isinf(low) if receptor.sign > 0 else math.isinf(high)
        middle = float(weight.quantile(np.array([0.5]))[0])
        if not unbounded or middle * receptor.sign <= 0.0:
            raise ParameterError(owner, "weight", rule, weight, remedy, where)
        return weight.within(0.0, math.inf) if receptor.sign > 0 else weight.within(-math.inf, 0.0)
    values = np.ravel(weight)
    wrong = values[values * receptor.sign < 0.0]
    if len(wrong):
        raise ParameterError(owner, "weight", rule, float(wrong[0]), remedy, where)
    return weight
