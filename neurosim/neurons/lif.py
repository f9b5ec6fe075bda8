"""Leaky integrate-and-fire neurons with current input, integrated exactly."""

from __future__ import annotations

from typing import Any

import numpy as np

from neurosim.declare import Value, brief, param
from neurosim.errors import ParameterError
from neurosim.neurons.base import NeuronKind, StateVar
from neurosim.neurons.propagators import decay, exponential_gain, steps_up

REFRACTORY = StateVar("refractory", "steps", 0.0, recordable=False)


def check_reset(kind: Any) -> None:
    """Refuse a reset potential at or above the threshold, which would fire for ever."""
    check_below(kind, "v_reset", "v_thresh")


def check_below(kind: Any, lower: str, upper: str, *, equal: bool = False) -> None:
    """Refuse a field that is not below another one (``equal``: nor level with it), unit by unit.

    Raises
    ------
    ParameterError
        Naming the field ``lower``.
    """
    low, high = getattr(kind, lower), getattr(kind, upper)
    a, b = np.asarray(low), np.asarray(high)
    if a.dtype == object or b.dtype == object:
        return  # distributions: checked when the plan is made
    owner, unit = type(kind).__name__, type(kind).declared()[lower].unit
    if a.ndim and b.ndim and a.shape != b.shape:
        raise ParameterError(
            owner, lower, f"must have {b.size} values, as many as {upper}", low,
            "Give both the same length, or one number.",
        )  # fmt: skip
    if np.any(a > b if equal else a >= b):
        sign = "<=" if equal else "<"
        raise ParameterError(
            owner, lower, f"must be {sign} {upper} ({brief(high)} {unit})", low,
            f"Lower it, or raise {upper}.",
        )  # fmt: skip


class IFCurrExp(NeuronKind):
    """Leaky integrate-and-fire neuron with exponentially decaying synaptic currents.

    ::

        cm dv/dt = cm (v_rest - v) / tau_m + isyn_exc + isyn_inh + i_offset
        disyn_x/dt = -isyn_x / tau_syn_x,   isyn_x += w at an arriving spike

    ``v >= v_thresh`` spikes, sets ``v`` to ``v_reset`` and holds it there for ``tau_refrac``
    (rounded up to steps) while the currents go on. Integrated exactly on the grid. With
    ``timing="spinnaker"`` the currents are held constant through a step, as the board does.

    References
    ----------
    Rotter & Diesmann (1999), Biol. Cybern. 81, 381-402 (exact integration). Parameters and defaults
    are those of PyNN's IF_curr_exp.
    """

    kind = "if_curr_exp"
    v_rest: Value = param(-65.0, "mV", doc="resting potential")
    cm: Value = param(1.0, "nF", above=0.0, doc="membrane capacitance")
    tau_m: Value = param(20.0, "ms", above=0.0, doc="membrane time constant")
    tau_refrac: Value = param(0.1, "ms", low=0.0, doc="refractory period")
    tau_syn_E: Value = param(5.0, "ms", above=0.0, doc="decay time of the excitatory current")
    tau_syn_I: Value = param(5.0, "ms", above=0.0, doc="decay time of the inhibitory current")
    i_offset: Value = param(0.0, "nA", doc="constant current")
    v_reset: Value = param(-65.0, "mV", doc="potential after a spike")
    v_thresh: Value = param(-50.0, "mV", doc="spike threshold")

    state = (
        StateVar("v", "mV", "v_rest"),
        StateVar("isyn_exc", "nA"),
        StateVar("isyn_inh", "nA"),
        REFRACTORY,
    )

    def check(self) -> None:
        check_reset(self)

    @staticmethod
    def derive(p: Any, dt: float) -> dict[str, Any]:
        decay_m = decay(p.tau_m, dt)
        resistance = p.tau_m / p.cm
        decay_exc, decay_inh = decay(p.tau_syn_E, dt), decay(p.tau_syn_I, dt)
        return {
            "decay_m": decay_m,
            "decay_exc": decay_exc,
            "decay_inh": decay_inh,
            "gain_exc": exponential_gain(p.tau_m, p.tau_syn_E, p.cm, dt),
            "gain_inh": exponential_gain(p.tau_m, p.tau_syn_I, p.cm, dt),
            "gain_injected": resistance * (1.0 - decay_m),
            "v_inf": p.v_rest + resistance * p.i_offset,
            "resistance": resistance,
            "charge_exc": p.tau_syn_E / dt * (1.0 - decay_exc),
            "charge_inh": p.tau_syn_I / dt * (1.0 - decay_inh),
            "refractory_steps": steps_up(p.tau_refrac, dt),
        }

    @staticmethod
    def step(
        v, isyn_exc, isyn_inh, refractory, excitatory, inhibitory, injected,
        v_inf, decay_m, gain_exc, gain_inh, gain_injected, decay_exc, decay_inh,
        v_thresh, v_reset, refractory_steps,
    ):  # fmt: skip
        free = v_inf + (v - v_inf) * decay_m
        free = free + isyn_exc * gain_exc + isyn_inh * gain_inh + injected * gain_injected
        v = v if refractory > 0.0 else free
        refractory = max(refractory - 1.0, 0.0)
        isyn_exc = isyn_exc * decay_exc + excitatory
        isyn_inh = isyn_inh * decay_inh + inhibitory
        spiked = v >= v_thresh
        v = v_reset if spiked else v
        refractory = refractory_steps if spiked else refractory
        return v, isyn_exc, isyn_inh, refractory, spiked

    @staticmethod
    def step_spinnaker(
        v, isyn_exc, isyn_inh, refractory, excitatory, inhibitory, injected,
        v_inf, decay_m, resistance, charge_exc, charge_inh, decay_exc, decay_inh,
        v_thresh, v_reset, refractory_steps,
    ):  # fmt: skip
        isyn_exc = isyn_exc + charge_exc * excitatory
        isyn_inh = isyn_inh + charge_inh * inhibitory
        target = v_inf + resistance * (isyn_exc + isyn_inh + injected)
        free = target - decay_m * (target - v)
        v = v if refractory > 0.0 else free
        refractory = max(refractory - 1.0, 0.0)
        spiked = v >= v_thresh
        v = v_reset if spiked else v
        refractory = refractory_steps if spiked else refractory
        isyn_exc = isyn_exc * decay_exc
        isyn_inh = isyn_inh * decay_inh
        return v, isyn_exc, isyn_inh, refractory, spiked
