"""Short-term plasticity."""

from __future__ import annotations

from typing import ClassVar

from neurosim.declare import Value, param
from neurosim.synapses.base import SynapseKind, delay_field, weight_field


class TsodyksMarkram(SynapseKind):
    """Short-term depression and facilitation that depend on the presynaptic spikes only.

    At the n-th spike, ``h`` after the one before::

        x <- 1 + (x - x u - 1) exp(-h / tau_rec)
        u <- U + u (1 - U) exp(-h / tau_facil)      (u = U when tau_facil = 0)

    and ``weight * x * u`` is transmitted; at the first spike ``x = 1`` and ``u = U``.

    References
    ----------
    Tsodyks, Pawelzik & Markram (1998), Neural Computation 10, 821-835; Maass & Markram (2002),
    Neural Networks 15, 155-161 (the recursion above).
    """

    kind: ClassVar[str] = "tsodyks_markram"
    weight: Value = weight_field()
    delay: Value = delay_field()
    U: float = param(0.5, low=0.0, high=1.0, scalar=True, doc="use of resources per spike")
    tau_rec: float = param(100.0, "ms", above=0.0, scalar=True, doc="recovery time")
    tau_facil: float = param(0.0, "ms", low=0.0, scalar=True, doc="facilitation time")
