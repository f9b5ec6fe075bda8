"""Synapse kinds."""

from neurosim.synapses.base import SynapseKind
from neurosim.synapses.static import Static
from neurosim.synapses.stdp import STDP
from neurosim.synapses.tsodyks_markram import TsodyksMarkram

KINDS: dict[str, type[SynapseKind]] = {kind.kind: kind for kind in (Static, STDP, TsodyksMarkram)}

__all__ = ["KINDS", "STDP", "Static", "SynapseKind", "TsodyksMarkram"]
