"""Leaky integrate-and-fire neurons with synaptic conductances."""

from __future__ import annotations

import math
from typing import Any

from neurosim.declare import Value, choice, param
from neurosim.neurons.arithmetic import exp
from neurosim.neurons.base import CONDUCTANCE_RECEPTORS, NeuronKind, StateVar
from neurosim.neurons.lif import REFRACTORY, check_reset
from neurosim.neurons.lif_alpha import psi
from neurosim.neurons.propagators import decay, phi, steps_up


def relaxed(v: float, total: float, drive: float, dt_per_cm: float) -> float:
    """Potential after a step with a constant conductance (uS) and drive (nA)."""
    v_inf = drive / total
    return v_inf + (v - v_inf) * exp(-dt_per_cm * total)


def relaxed_pade(v: float, total: float, drive: float, dt_per_cm: float) -> float:
    """As :func:`relaxed`, with ``1 / (1 + x + x**2 / 2 + x**3 / 6)`` for ``exp(-x)``."""
    x = dt_per_cm * total
    q = 1.0 + x * (0.5 + x * 0.16666666666666666)
    return v + (drive - total * v) * dt_per_cm * q / (1.0 + x * q)


def runge_kutta(
    v: float,
    total: float,
    drive: float,
    total_half: float,
    drive_half: float,
    total_end: float,
    drive_end: float,
    dt_per_cm: float,
) -> float:
    """Potential after a step, from conductance and drive at its start, middle and end."""
    k1 = dt_per_cm * (drive - total * v)
    k2 = dt_per_cm * (drive_half - total_half * (v + 0.5 * k1))
    k3 = dt_per_cm * (drive_half - total_half * (v + 0.5 * k2))
    k4 = dt_per_cm * (drive_end - total_end * (v + k3))
    return v + (k1 + 2.0 * (k2 + k3) + k4) * 0.16666666666666666


class _Conductance(NeuronKind):
    """Parameters and constants that both kinds of this file share."""

    v_rest: Value = param(-65.0, "mV", doc="resting potential")
    cm: Value = param(1.0, "nF", above=0.0, doc="membrane capacitance")
    tau_m: Value = param(20.0, "ms", above=0.0, doc="membrane time constant")
    tau_refrac: Value = param(0.1, "ms", low=0.0, doc="refractory period")
    tau_syn_E: Value = param(5.0, "ms", above=0.0, doc="decay time of the excitatory conductance")
    tau_syn_I: Value = param(5.0, "ms", above=0.0, doc="decay time of the inhibitory conductance")
    e_rev_E: Value = param(0.0, "mV", doc="reversal potential of excitation")
    e_rev_I: Value = param(-70.0, "mV", doc="reversal potential of inhibition")
    v_thresh: Value = param(-50.0, "mV", doc="spike threshold")
    v_reset: Value = param(-65.0, "mV", doc="potential after a spike")
    i_offset: Value = param(0.0, "nA", doc="constant current")
    integrator: str = choice(
        "exponential_euler", options=("exponential_euler", "pade", "rk4"), kw_only=True,
        doc="how the potential is moved",
    )  # fmt: skip

    receptors = CONDUCTANCE_RECEPTORS

    def check(self) -> None:
        check_reset(self)


def _shared(p: Any, dt: float) -> dict[str, Any]:
    g_leak = p.cm / p.tau_m
    return {
        "g_leak": g_leak,
        "leak_drive": g_leak * p.v_rest + p.i_offset,
        "dt_per_cm": dt / p.cm,
        "decay_exc": decay(p.tau_syn_E, dt),
        "decay_inh": decay(p.tau_syn_I, dt),
        "half_exc": decay(p.tau_syn_E, 0.5 * dt),
        "half_inh": decay(p.tau_syn_I, 0.5 * dt),
        "mean_exc": phi(-dt / p.tau_syn_E),
        "mean_inh": phi(-dt / p.tau_syn_I),
        "refractory_steps": steps_up(p.tau_refrac, dt),
    }


class IFCondExp(_Conductance):
    """Leaky integrate-and-fire neuron with exponentially decaying synaptic conductances.

    ::

        cm dv/dt = cm (v_rest - v) / tau_m + i_offset
                   + gsyn_exc (e_rev_E - v) + gsyn_inh (e_rev_I - v)
        dgsyn_x/dt = -gsyn_x / tau_syn_x,   gsyn_x += w at an arriving spike

    ``v >= v_thresh`` spikes, sets ``v`` to ``v_reset`` and holds it there for ``tau_refrac``
    (rounded up to steps) while the conductances go on. Weights are in uS, positive for both
    receptors.

    Notes
    -----
    Conductances are exact on the grid. ``integrator="exponential_euler"`` solves the membrane
    equation exactly for the mean of each conductance over the step: error of second order in ``dt``
    (with the conductance of the start of the step, the usual choice, it would be of first), and
    stable for any conductance. ``"pade"`` is the same with ``1 / (1 + x + x**2 / 2 + x**3 / 6)`` in
    place of ``exp(-x)``, where ``x`` is ``dt`` times the total conductance over ``cm``: two thirds
    of the time, also of second order, stable for any conductance and never beyond a reversal
    potential. The factor's relative error is below ``x**4 / 24``, so that results differ where
    ``x`` comes near 1. ``"rk4"`` is the classical Runge-Kutta method with the exact conductances at
    start, middle and end: fourth order, unstable where ``x`` exceeds 2.8. Spike times lie on the
    grid.

    References
    ----------
    Parameters and defaults are those of PyNN's IF_cond_exp.
    """

    kind = "if_cond_exp"
    state = (
        StateVar("v", "mV", "v_rest"),
        StateVar("gsyn_exc", "uS"),
        StateVar("gsyn_inh", "uS"),
        REFRACTORY,
    )
    integrators = {  # noqa: RUF012
        "exponential_euler": "step", "pade": "step_pade", "rk4": "step_rk4",
    }  # fmt: skip
    helpers = (relaxed, relaxed_pade, runge_kutta)

    @staticmethod
    def derive(p: Any, dt: float) -> dict[str, Any]:
        return _shared(p, dt)

    @staticmethod
    def step(
        v, gsyn_exc, gsyn_inh, refractory, excitatory, inhibitory, injected,
        g_leak, leak_drive, dt_per_cm, mean_exc, mean_inh, decay_exc, decay_inh,
        e_rev_E, e_rev_I, v_thresh, v_reset, refractory_steps,
    ):  # fmt: skip
        g_exc = gsyn_exc * mean_exc
        g_inh = gsyn_inh * mean_inh
        total = g_leak + g_exc + g_inh
        drive = leak_drive + injected + g_exc * e_rev_E + g_inh * e_rev_I
        free = relaxed(v, total, drive, dt_per_cm)
        v = v if refractory > 0.0 else free
        refractory = max(refractory - 1.0, 0.0)
        gsyn_exc = gsyn_exc * decay_exc + excitatory
        gsyn_inh = gsyn_inh * decay_inh + inhibitory
        spiked = v >= v_thresh
        v = v_reset if spiked else v
        refractory = refractory_steps if spiked else refractory
        return v, gsyn_exc, gsyn_inh, refractory, spiked

    @staticmethod
    def step_pade(
        v, gsyn_exc, gsyn_inh, refractory, excitatory, inhibitory, injected,
        g_leak, leak_drive, dt_per_cm, mean_exc, mean_inh, decay_exc, decay_inh,
        e_rev_E, e_rev_I, v_thresh, v_reset, refractory_steps,
    ):  # fmt: skip
        g_exc = gsyn_exc * mean_exc
        g_inh = gsyn_inh * mean_inh
        total = g_leak + g_exc + g_inh
        drive = leak_drive + injected + g_exc * e_rev_E + g_inh * e_rev_I
        free = relaxed_pade(v, total, drive, dt_per_cm)
        v = v if refractory > 0.0 else free
        refractory = max(refractory - 1.0, 0.0)
        gsyn_exc = gsyn_exc * decay_exc + excitatory
        gsyn_inh = gsyn_inh * decay_inh + inhibitory
        spiked = v >= v_thresh
        v = v_reset if spiked else v
        refractory = refractory_steps if spiked else refractory
        return v, gsyn_exc, gsyn_inh, refractory, spiked

    @staticmethod
    def step_rk4(
        v, gsyn_exc, gsyn_inh, refractory, excitatory, inhibitory, injected,
        g_leak, leak_drive, dt_per_cm, half_exc, half_inh, decay_exc, decay_inh,
        e_rev_E, e_rev_I, v_thresh, v_reset, refractory_steps,
    ):  # fmt: skip
        steady = leak_drive + injected
        total = g_leak + gsyn_exc + gsyn_inh
        drive = steady + gsyn_exc * e_rev_E + gsyn_inh * e_rev_I
        g_exc = gsyn_exc * half_exc
        g_inh = gsyn_inh * half_inh
        total_half = g_leak + g_exc + g_inh
        drive_half = steady + g_exc * e_rev_E + g_inh * e_rev_I
        gsyn_exc = gsyn_exc * decay_exc
        gsyn_inh = gsyn_inh * decay_inh
        total_end = g_leak + gsyn_exc + gsyn_inh
        drive_end = steady + gsyn_exc * e_rev_E + gsyn_inh * e_rev_I
        free = runge_kutta(v, total, drive, total_half, drive_half, total_end, drive_end, dt_per_cm)
        v = v if refractory > 0.0 else free
        refractory = max(refractory - 1.0, 0.0)
        gsyn_exc = gsyn_exc + excitatory
        gsyn_inh = gsyn_inh + inhibitory
        spiked = v >= v_thresh
        v = v_reset if spiked else v
        refractory = refractory_steps if spiked else refractory
        return v, gsyn_exc, gsyn_inh, refractory, spiked


class IFCondAlpha(_Conductance):
    """Leaky integrate-and-fire neuron with alpha-shaped synaptic conductances.

    ::

        cm dv/dt = cm (v_rest - v) / tau_m + i_offset
                   + gsyn_exc (e_rev_E - v) + gsyn_inh (e_rev_I - v)
        dgsyn_x/dt = rise_x - gsyn_x / tau_syn_x
        drise_x/dt = -rise_x / tau_syn_x,   rise_x += w e / tau_syn_x at an arriving spike

    so that the conductance peaks with the weight at ``tau_syn`` after the spike arrives. Threshold,
    reset, refractoriness, integrators and their orders are those of :class:`IFCondExp`.

    References
    ----------
    Parameters and defaults are those of PyNN's IF_cond_alpha, the scale of the conductance is that
    of NEST's iaf_cond_alpha.
    """

    kind = "if_cond_alpha"
    tau_syn_E: Value = param(0.3, "ms", above=0.0, doc="rise time of the excitatory conductance")
    tau_syn_I: Value = param(0.5, "ms", above=0.0, doc="rise time of the inhibitory conductance")

    state = (
        StateVar("v", "mV", "v_rest"),
        StateVar("gsyn_exc", "uS"),
        StateVar("gsyn_inh", "uS"),
        StateVar("rise_exc", "uS/ms", recordable=False),
        StateVar("rise_inh", "uS/ms", recordable=False),
        REFRACTORY,
    )
    integrators = {  # noqa: RUF012
        "exponential_euler": "step", "pade": "step_pade", "rk4": "step_rk4",
    }  # fmt: skip
    helpers = (relaxed, relaxed_pade, runge_kutta)

    @staticmethod
    def derive(p: Any, dt: float) -> dict[str, Any]:
        shared = _shared(p, dt)
        return {
            **shared,
            "carry_exc": dt * shared["decay_exc"],
            "carry_inh": dt * shared["decay_inh"],
            "carry_half_exc": 0.5 * dt * shared["half_exc"],
            "carry_half_inh": 0.5 * dt * shared["half_inh"],
            "carry_mean_exc": dt * psi(-dt / p.tau_syn_E),
            "carry_mean_inh": dt * psi(-dt / p.tau_syn_I),
            "jump_exc": math.e / p.tau_syn_E,
            "jump_inh": math.e / p.tau_syn_I,
        }

    @staticmethod
    def step(
        v, gsyn_exc, gsyn_inh, rise_exc, rise_inh, refractory, excitatory, inhibitory, injected,
        g_leak, leak_drive, dt_per_cm, mean_exc, mean_inh, carry_mean_exc, carry_mean_inh,
        decay_exc, decay_inh, carry_exc, carry_inh, jump_exc, jump_inh,
        e_rev_E, e_rev_I, v_thresh, v_reset, refractory_steps,
    ):  # fmt: skip
        g_exc = gsyn_exc * mean_exc + rise_exc * carry_mean_exc
        g_inh = gsyn_inh * mean_inh + rise_inh * carry_mean_inh
        total = g_leak + g_exc + g_inh
        drive = leak_drive + injected + g_exc * e_rev_E + g_inh * e_rev_I
        free = relaxed(v, total, drive, dt_per_cm)
        v = v if refractory > 0.0 else free
        refractory = max(refractory - 1.0, 0.0)
        gsyn_exc = gsyn_exc * decay_exc + rise_exc * carry_exc
        gsyn_inh = gsyn_inh * decay_inh + rise_inh * carry_inh
        rise_exc = rise_exc * decay_exc + excitatory * jump_exc
        rise_inh = rise_inh * decay_inh + inhibitory * jump_inh
        spiked = v >= v_thresh
        v = v_reset if spiked else v
        refractory = refractory_steps if spiked else refractory
        return v, gsyn_exc, gsyn_inh, rise_exc, rise_inh, refractory, spiked

    @staticmethod
    def step_pade(
        v, gsyn_exc, gsyn_inh, rise_exc, rise_inh, refractory, excitatory, inhibitory, injected,
        g_leak, leak_drive, dt_per_cm, mean_exc, mean_inh, carry_mean_exc, carry_mean_inh,
        decay_exc, decay_inh, carry_exc, carry_inh, jump_exc, jump_inh,
        e_rev_E, e_rev_I, v_thresh, v_reset, refractory_steps,
    ):  # fmt: skip
        g_exc = gsyn_exc * mean_exc + rise_exc * carry_mean_exc
        g_inh = gsyn_inh * mean_inh + rise_inh * carry_mean_inh
        total = g_leak + g_exc + g_inh
        drive = leak_drive + injected + g_exc * e_rev_E + g_inh * e_rev_I
        free = relaxed_pade(v, total, drive, dt_per_cm)
        v = v if refractory > 0.0 else free
        refractory = max(refractory - 1.0, 0.0)
        gsyn_exc = gsyn_exc * decay_exc + rise_exc * carry_exc
        gsyn_inh = gsyn_inh * decay_inh + rise_inh * carry_inh
        rise_exc = rise_exc * decay_exc + excitatory * jump_exc
        rise_inh = rise_inh * decay_inh + inhibitory * jump_inh
        spiked = v >= v_thresh
        v = v_reset if spiked else v
        refractory = refractory_steps if spiked else refractory
        return v, gsyn_exc, gsyn_inh, rise_exc, rise_inh, refractory, spiked

    @staticmethod
    def step_rk4(
        v, gsyn_exc, gsyn_inh, rise_exc, rise_inh, refractory, excitatory, inhibitory, injected,
        g_leak, leak_drive, dt_per_cm, half_exc, half_inh, carry_half_exc, carry_half_inh,
        decay_exc, decay_inh, carry_exc, carry_inh, jump_exc, jump_inh,
        e_rev_E, e_rev_I, v_thresh, v_reset, refractory_steps,
    ):  # fmt: skip
        steady = leak_drive + injected
        total = g_leak + gsyn_exc + gsyn_inh
        drive = steady + gsyn_exc * e_rev_E + gsyn_inh * e_rev_I
        g_exc = gsyn_exc * half_exc + rise_exc * carry_half_exc
        g_inh = gsyn_inh * half_inh + rise_inh * carry_half_inh
        total_half = g_leak + g_exc + g_inh
        drive_half = steady + g_exc * e_rev_E + g_inh * e_rev_I
        gsyn_exc = gsyn_exc * decay_exc + rise_exc * carry_exc
        gsyn_inh = gsyn_inh * decay_inh + rise_inh * carry_inh
        total_end = g_leak + gsyn_exc + gsyn_inh
        drive_end = steady + gsyn_exc * e_rev_E + gsyn_inh * e_rev_I
        free = runge_kutta(v, total, drive, total_half, drive_half, total_end, drive_end, dt_per_cm)
        v = v if refractory > 0.0 else free
        refractory = max(refractory - 1.0, 0.0)
        rise_exc = rise_exc * decay_exc + excitatory * jump_exc
        rise_inh = rise_inh * decay_inh + inhibitory * jump_inh
        spiked = v >= v_thresh
        v = v_reset if spiked else v
        refractory = refractory_steps if spiked else refractory
        return v, gsyn_exc, gsyn_inh, rise_exc, rise_inh, refractory, spiked
