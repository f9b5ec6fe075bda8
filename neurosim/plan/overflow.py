"""Weights that the chosen precision cannot hold are refused."""

from __future__ import annotations

from typing import Any

import numpy as np

from neurosim.distributions import Distribution
from neurosim.errors import LoweringError
from neurosim.synapses import STDP

ENDS = np.array([2.0**-53, 1.0 - 2.0**-53])
"""The smallest and the largest uniform number that is drawn."""


def largest(weight: Any) -> float:
    """The largest amount that a number, an array or a distribution of weights can give."""
    values = weight.quantile(ENDS) if isinstance(weight, Distribution) else weight
    return float(np.abs(values).max(initial=0.0))


def require_fit(projection: str, synapse: Any, weight: Any, precision: str, weights: str) -> None:
    """Refuse weights that are too large.

    Parameters
    ----------
    projection : str
        Name, for the message.
    synapse : SynapseKind
        What the weights are of: one weight for all static synapses is kept in the precision of the
        state.
    weight : float, ndarray or Distribution
        The weights.
    precision, weights : {"double", "single"}
        Of the state, and of weights that differ.

    Raises
    ------
    LoweringError
        If a weight would be infinite.
    """
    one = isinstance(synapse.weight, float) and not isinstance(synapse, STDP)
    kept, field = (precision, "precision") if one and np.ndim(weight) == 0 else (weights, "weights")
    limit = float(np.finfo(np.float32).max)
    if kept == "single" and largest(weight) > limit:
        raise LoweringError(
            f"projection {projection!r}: weight {largest(weight):g} is above {limit:.3g}, the "
            f"largest in single precision. Use smaller weights or {field}='double'."
        )
