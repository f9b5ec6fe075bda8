"""Spike-timing-dependent plasticity of pairs of spikes."""

from __future__ import annotations

from typing import ClassVar

from neurosim.declare import Value, choice, param
from neurosim.errors import ParameterError
from neurosim.synapses.base import SynapseKind, delay_field, weight_field

DEPENDENCES = (
    "additive",
    "multiplicative",
    "additive_potentiation_multiplicative_depression",
    "gutig",
)


class STDP(SynapseKind):
    """Pair rule with exponential windows and a weight dependence.

    A presynaptic spike at ``t`` and a postsynaptic one at ``p``, over a delay ``d`` of which the
    share ``f = dendritic_delay_fraction`` is dendritic, are seen at ``t + (1 - f) d`` and ``p + f
    d``, rounded to steps. With ``s`` the time from the presynaptic to the postsynaptic event, ``s >
    0`` potentiates by ``A_plus exp(-s / tau_plus)`` and ``s <= 0`` depresses by ``A_minus exp(s /
    tau_minus)``, times

    ==================================================  ====================  ====================
    dependence                                          potentiation          depression
    ==================================================  ====================  ====================
    additive                                            ``w_max``             ``w_max``
    multiplicative                                      ``w_max - w``         ``w - w_min``
    additive_potentiation_multiplicative_depression     ``w_max``             ``w - w_min``
    gutig                                               ``w_max r^mu_plus``   ``w_max q^mu_minus``
    ==================================================  ====================  ====================

    where ``q = (w - w_min) / (w_max - w_min)`` and ``r = 1 - q``; the result is clipped to
    ``[w_min, w_max]`` after every term. All pairs count, or, with ``pairing="nearest"``, each event
    with the latest event of the other side. At equal times the postsynaptic event comes first. With
    ``f > 0`` the transmitted weight is fixed when the spike is emitted, after the depression that
    the spike itself causes if ``f = 1``; with ``f = 0`` it is the weight on arrival.

    References
    ----------
    Song, Miller & Abbott (2000), Nat. Neurosci. 3, 919-926; Guetig et al. (2003), J. Neurosci. 23,
    3697-3714; Morrison, Diesmann & Gerstner (2008), Biol. Cybern. 98, 459-478. Amplitudes as in
    PyNN.
    """

    kind: ClassVar[str] = "stdp"
    weight: Value = weight_field()
    delay: Value = delay_field()
    tau_plus: float = param(20.0, "ms", above=0.0, scalar=True, doc="window of potentiation")
    tau_minus: float = param(20.0, "ms", above=0.0, scalar=True, doc="window of depression")
    A_plus: float = param(0.01, low=0.0, scalar=True, doc="amplitude of potentiation")
    A_minus: float = param(0.01, low=0.0, scalar=True, doc="amplitude of depression")
    w_min: float = param(0.0, scalar=True, doc="lower bound, in the unit of the weight")
    w_max: float = param(1.0, scalar=True, doc="upper bound, in the unit of the weight")
    dependence: str = choice("additive", options=DEPENDENCES, doc="weight dependence")
    mu_plus: float = param(0.5, low=0.0, scalar=True, doc="exponent of potentiation, gutig only")
    mu_minus: float = param(0.5, low=0.0, scalar=True, doc="exponent of depression, gutig only")
    pairing: str = choice("all_to_all", options=("all_to_all", "nearest"), doc="which pairs count")
    dendritic_delay_fraction: float = param(
        1.0, low=0.0, high=1.0, scalar=True, doc="share of the delay that is dendritic"
    )

    def check(self) -> None:
        if self.w_min >= self.w_max:
            raise ParameterError(
                "STDP", "w_min", f"must be < w_max ({self.w_max:g})", self.w_min, "Lower it."
            )
