"""Synapses that do not change."""

from __future__ import annotations

from typing import ClassVar

from neurosim.declare import Value
from neurosim.synapses.base import SynapseKind, delay_field, weight_field


class Static(SynapseKind):
    """A fixed weight, added to the receptor's input when a spike arrives."""

    kind: ClassVar[str] = "static"
    weight: Value = weight_field()
    delay: Value = delay_field()
