"""Models of PyNN that neurosim has not got, each with the reason."""

from __future__ import annotations

from typing import Any

from neurosim.errors import UnsupportedError

REASONS = {
    "IF_facets_hardware1": "a model of one chip; use IF_cond_exp with its parameters",
    "IF_cond_exp_gsfa_grr": "no conductance-based adaptation; use EIF_cond_exp_isfa_ista",
    "GIF_cond_exp": "no stochastic threshold; use a kind of your own with neurosim.Network",
    "EIF_cond_alpha_isfa_ista": "no alpha-shaped conductances here; use EIF_cond_exp_isfa_ista",
    "PointNeuron": "no neurons composed of parts, with more than two receptors",
    "LIF": "a part of PointNeuron, which is absent; use IF_curr_exp or IF_cond_exp",
    "AdExp": "a part of PointNeuron, which is absent; use EIF_cond_exp_isfa_ista",
    "AlphaPSR": "a part of PointNeuron, which is absent; use IF_cond_alpha",
    "ExpPSR": "a part of PointNeuron, which is absent; use IF_cond_exp",
    "CurrExpPostSynapticResponse": "a part of PointNeuron, which is absent; use IF_curr_exp",
    "MultiCompartmentNeuron": "no neurons with compartments",
    "SpikeSourceInhGamma": "no inhomogeneous renewal process; use SpikeSourceArray",
    "ElectricalSynapse": "no gap junctions",
    "SimpleStochasticSynapse": "no stochastic release; use StaticSynapse",
    "StochasticTsodyksMarkramSynapse": "no stochastic release; use TsodyksMarkramSynapse",
    "MultiQuantalSynapse": "no stochastic release; use TsodyksMarkramSynapse",
    "Vogels2011Rule": "no inhibitory homeostatic plasticity; use SpikePairRule",
}
"""Why, and what to use instead."""


class _Absent:
    reason: str

    def __init__(self, *args: Any, **named: Any) -> None:
        raise UnsupportedError(
            f"neurosim.pynn: {type(self).__name__} is not available: {self.reason}."
        )


for _name, _reason in REASONS.items():
    globals()[_name] = type(_name, (_Absent,), {"reason": _reason, "__module__": __name__})

__all__ = list(REASONS)
