"""Leaky integrate-and-fire neurons with alpha-shaped currents, integrated exactly."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from neurosim.declare import Value, param
from neurosim.neurons.base import NeuronKind, StateVar
from neurosim.neurons.lif import REFRACTORY, check_reset
from neurosim.neurons.propagators import decay, exponential_gain, phi, steps_up

SERIES = tuple(1.0 / (math.factorial(k) * (k + 2)) for k in range(20))


def psi(x: Any) -> Any:
    """The integral of ``u exp(x u)`` over ``u`` in [0, 1], for floats and arrays ``x <= 0``.

    Its closed form ``(exp(x) (x - 1) + 1) / x**2`` loses digits near 0; a series replaces it there.

    Examples
    --------
    >>> psi(0.0), round(psi(-1.0), 12) == round(1.0 - 2.0 / math.e, 12)
    (0.5, True)
    """
    x = np.asarray(x, dtype=np.float64)
    small = x > -1.0
    near = np.where(small, x, 0.0)
    series = np.zeros_like(near)
    for coefficient in reversed(SERIES):
        series = series * near + coefficient
    far = np.where(small, -1.0, x)
    value = np.where(small, series, (np.exp(far) * (far - 1.0) + 1.0) / (far * far))
    return float(value) if value.ndim == 0 else value


def alpha_gain(tau_m: Any, tau_syn: Any, cm: Any, dt: float) -> Any:
    """mV that a rise of 1 nA/ms at the start of a step adds to ``v`` by its end.

    Exact solution of ``dv/dt = -v / tau_m + I / cm``, ``dI/dt = x - I / tau_syn``,
    ``dx/dt = -x / tau_syn`` from ``v = I = 0``, ``x = 1``; stable where the two time constants meet
    and where one of them is very short.
    """
    a = dt / np.asarray(tau_m, dtype=np.float64)
    b = dt / np.asarray(tau_syn, dtype=np.float64)
    gap = -np.abs(a - b)
    shape = np.where(a > b, phi(gap) - psi(gap), psi(gap))
    gain = dt * dt / np.asarray(cm) * np.exp(-np.minimum(a, b)) * shape
    return float(gain) if np.ndim(gain) == 0 else gain


class IFCurrAlpha(NeuronKind):
    """Leaky integrate-and-fire neuron with alpha-shaped synaptic currents.

    ::

        cm dv/dt = cm (v_rest - v) / tau_m + isyn_exc + isyn_inh + i_offset
        disyn_x/dt = rise_x - isyn_x / tau_syn_x
        drise_x/dt = -rise_x / tau_syn_x,   rise_x += w e / tau_syn_x at an arriving spike

    so that a spike of weight ``w`` causes the current ``w (t / tau_syn) exp(1 - t / tau_syn)``,
    which peaks with ``w`` at ``t = tau_syn``. ``v >= v_thresh`` spikes, sets ``v`` to ``v_reset``
    and holds it there for ``tau_refrac`` (rounded up to steps) while the currents go on. Integrated
    exactly on the grid, for any ratio of ``tau_m`` and ``tau_syn``.

    References
    ----------
    Rotter & Diesmann (1999), Biol. Cybern. 81, 381-402 (exact integration). Parameters and defaults
    are those of PyNN's IF_curr_alpha, the scale of the current is that of NEST's iaf_psc_alpha.
    """

    kind = "if_curr_alpha"
    v_rest: Value = param(-65.0, "mV", doc="resting potential")
    cm: Value = param(1.0, "nF", above=0.0, doc="membrane capacitance")
    tau_m: Value = param(20.0, "ms", above=0.0, doc="membrane time constant")
    tau_refrac: Value = param(0.1, "ms", low=0.0, doc="refractory period")
    tau_syn_E: Value = param(0.5, "ms", above=0.0, doc="rise time of the excitatory current")
    tau_syn_I: Value = param(0.5, "ms", above=0.0, doc="rise time of the inhibitory current")
    i_offset: Value = param(0.0, "nA", doc="constant current")
    v_reset: Value = param(-65.0, "mV", doc="potential after a spike")
    v_thresh: Value = param(-50.0, "mV", doc="spike threshold")

    state = (
        StateVar("v", "mV", "v_rest"),
        StateVar("isyn_exc", "nA"),
        StateVar("isyn_inh", "nA"),
        StateVar("rise_exc", "nA/ms", recordable=False),
        StateVar("rise_inh", "nA/ms", recordable=False),
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
            "v_inf": p.v_rest + resistance * p.i_offset,
            "decay_m": decay_m,
            "decay_exc": decay_exc,
            "decay_inh": decay_inh,
            "carry_exc": dt * decay_exc,
            "carry_inh": dt * decay_inh,
            "gain_exc": exponential_gain(p.tau_m, p.tau_syn_E, p.cm, dt),
            "gain_inh": exponential_gain(p.tau_m, p.tau_syn_I, p.cm, dt),
            "rise_gain_exc": alpha_gain(p.tau_m, p.tau_syn_E, p.cm, dt),
            "rise_gain_inh": alpha_gain(p.tau_m, p.tau_syn_I, p.cm, dt),
            "gain_injected": resistance * (1.0 - decay_m),
            "jump_exc": math.e / p.tau_syn_E,
            "jump_inh": math.e / p.tau_syn_I,
            "refractory_steps": steps_up(p.tau_refrac, dt),
        }

    @staticmethod
    def step(
        v, isyn_exc, isyn_inh, rise_exc, rise_inh, refractory, excitatory, inhibitory, injected,
        v_inf, decay_m, gain_exc, gain_inh, rise_gain_exc, rise_gain_inh, gain_injected,
        decay_exc, decay_inh, carry_exc, carry_inh, jump_exc, jump_inh,
        v_thresh, v_reset, refractory_steps,
    ):  # fmt: skip
        free = v_inf + (v - v_inf) * decay_m
        free = free + isyn_exc * gain_exc + isyn_inh * gain_inh + injected * gain_injected
        free = free + rise_exc * rise_gain_exc + rise_inh * rise_gain_inh
        v = v if refractory > 0.0 else free
        refractory = max(refractory - 1.0, 0.0)
        isyn_exc = isyn_exc * decay_exc + rise_exc * carry_exc
        isyn_inh = isyn_inh * decay_inh + rise_inh * carry_inh
        rise_exc = rise_exc * decay_exc + excitatory * jump_exc
        rise_inh = rise_inh * decay_inh + inhibitory * jump_inh
        spiked = v >= v_thresh
        v = v_reset if spiked else v
        refractory = refractory_steps if spiked else refractory
        return v, isyn_exc, isyn_inh, rise_exc, rise_inh, refractory, spiked
