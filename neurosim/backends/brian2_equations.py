"""Equations that the Brian2 backend gives to Brian2's own integrators, by kind and integrator.

Written from the differential equations of the kinds, not from their step functions, so that the two
check each other. Time constants are numbers in ms, and all quantities numbers in the units of the
kind. ``cm`` is ``c_m`` here, since Brian2 has a unit of that name. Kinds and integrators that are
not in the table run by the text of their step function (:mod:`neurosim.backends.brian2_steps`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from neurosim import neurons

Parameters = Mapping[str, Any]
"""Numbers, or arrays with one value per neuron, by name."""


@dataclass(frozen=True)
class Model:
    """A kind as Brian2 solves it.

    Parameters
    ----------
    equations : str
        Differential equations.
    method : str
        Brian2's integrator.
    absorb : str
        What the inputs ``in_...`` of a step do after the integration.
    threshold, reset : str
        Condition and statements.
    tau_refrac : bool
        Whether there is a refractory period.
    derive : callable
        Further constants from the parameters.
    apart : tuple of (str, str, float)
        Pairs of parameters that must differ by more than a share of the larger: Brian2's exact
        solution divides by their difference (or its square) and loses digits.
    """

    equations: str
    method: str
    absorb: str
    threshold: str
    reset: str
    tau_refrac: bool = True
    derive: Callable[[Parameters], dict[str, Any]] = field(default=lambda p: {})
    apart: tuple[tuple[str, str, float], ...] = ()


LEAK = "(v_rest - v) / (tau_m*ms)"
EXPONENTIAL = """
    d{x}_exc/dt = -{x}_exc / (tau_syn_E*ms) : 1
    d{x}_inh/dt = -{x}_inh / (tau_syn_I*ms) : 1
"""
ALPHA = """
    d{x}_exc/dt = rise_exc / ms - {x}_exc / (tau_syn_E*ms) : 1
    d{x}_inh/dt = rise_inh / ms - {x}_inh / (tau_syn_I*ms) : 1
    drise_exc/dt = -rise_exc / (tau_syn_E*ms) : 1
    drise_inh/dt = -rise_inh / (tau_syn_I*ms) : 1
"""
JUMPS = "{x}_exc += in_excitatory\n{x}_inh += in_inhibitory"
RISES = (
    "rise_exc += in_excitatory * exp(1.0) / tau_syn_E\n"
    "rise_inh += in_inhibitory * exp(1.0) / tau_syn_I"
)
CURRENTS = (
    f"dv/dt = {LEAK} + (isyn_exc + isyn_inh + i_offset + injected) / (c_m*ms) : 1"
    " (unless refractory)"
)
CONDUCTANCES = (
    f"dv/dt = {LEAK} + (gsyn_exc * (e_rev_E - v) + gsyn_inh * (e_rev_I - v)"
    " + i_offset + injected) / (c_m*ms) : 1 (unless refractory)"
)
ADEX = """
    x = clip(v, -1e9, peak) : 1
    dv/dt = int(not_refractory) * (
        (v_rest - x) / (tau_m*ms) + gain * exp((x - v_thresh) / sharpness) / (tau_m*ms)
        + (gsyn_exc * (e_rev_E - x) + gsyn_inh * (e_rev_I - x) - w + i_offset + injected)
        / (c_m*ms)) : 1
    dw/dt = (0.001 * a * (x - v_rest) - w) / (tau_w*ms) : 1
"""
IZHIKEVICH = """
    dv/dt = (0.04*{v}*{v} + 5*{v} + 140 - u + 1000*(i_offset + injected)) / ms : 1
    du/dt = a * (b*{v} - u) / ms : 1
"""
LIF = ("v >= v_thresh", "v = v_reset")
"""Threshold and reset."""
FIRST = (("tau_m", "tau_syn_E", 1e-5), ("tau_m", "tau_syn_I", 1e-5))
SECOND = (("tau_m", "tau_syn_E", 1e-3), ("tau_m", "tau_syn_I", 1e-3))


def _adex(p: Parameters) -> dict[str, Any]:
    sharp = np.asarray(p["delta_T"]) == 0.0
    return {
        "gain": p["delta_T"],
        "sharpness": np.where(sharp, 1e-6, p["delta_T"]),
        "peak": np.where(sharp, p["v_thresh"], p["v_spike"]),
    }


def _conductances(text: str, jumps: str) -> Model:
    return Model(CONDUCTANCES + text.format(x="gsyn"), "rk4", jumps.format(x="gsyn"), *LIF)


def _izhikevich(method: str, v: str) -> Model:
    text = IZHIKEVICH.format(v=v) + ("x = clip(v, -1e9, 30) : 1" if v == "x" else "")
    return Model(text, method, "v += in_delta", "v >= 30", "v = c\nu += d", tau_refrac=False)


MODELS: dict[tuple[type[neurons.NeuronKind], str], Model] = {
    (neurons.IFCurrExp, "step"): Model(
        CURRENTS + EXPONENTIAL.format(x="isyn"), "exact", JUMPS.format(x="isyn"), *LIF, apart=FIRST
    ),
    (neurons.IFCurrAlpha, "step"): Model(
        CURRENTS + ALPHA.format(x="isyn"), "exact", RISES, *LIF, apart=SECOND
    ),
    (neurons.IFCurrDelta, "step"): Model(
        f"dv/dt = {LEAK} + (i_offset + injected) / (c_m*ms) : 1 (unless refractory)",
        "exact", "v += in_delta", *LIF,
    ),
    (neurons.IFCondExp, "step_rk4"): _conductances(EXPONENTIAL, JUMPS),
    (neurons.IFCondAlpha, "step_rk4"): _conductances(ALPHA, RISES),
    (neurons.AdEx, "step"): Model(
        ADEX + EXPONENTIAL.format(x="gsyn"), "rk4", JUMPS.format(x="gsyn"),
        "v >= peak", "v = v_reset\nw += b", derive=_adex,
    ),
    (neurons.Izhikevich, "step"): _izhikevich("euler", "v"),
    (neurons.Izhikevich, "step_rk4"): _izhikevich("rk4", "x"),
}  # fmt: skip
"""Models by kind and name of the step function that it takes the place of."""
