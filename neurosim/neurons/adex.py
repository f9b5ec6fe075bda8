"""Adaptive exponential integrate-and-fire neurons with synaptic conductances."""

from __future__ import annotations

from typing import Any

import numpy as np

from neurosim.declare import Value, choice, param
from neurosim.neurons.arithmetic import exp
from neurosim.neurons.base import CONDUCTANCE_RECEPTORS, NeuronKind, StateVar
from neurosim.neurons.lif import REFRACTORY, check_below
from neurosim.neurons.propagators import decay, phi, steps_up

NANO_TO_MICRO = 1e-3


def membrane(
    v: float,
    w: float,
    total: float,
    drive: float,
    spike_gain: float,
    per_delta_T: float,
    v_thresh: float,
) -> float:
    """Current into the capacitance in nA."""
    return drive - total * v + spike_gain * exp((v - v_thresh) * per_delta_T) - w


class AdEx(NeuronKind):
    """Adaptive exponential integrate-and-fire neuron with decaying synaptic conductances.

    ::

        cm dv/dt = g (v_rest - v) + g delta_T exp((v - v_thresh) / delta_T) - w + i_offset
                   + gsyn_exc (e_rev_E - v) + gsyn_inh (e_rev_I - v),     g = cm / tau_m
        tau_w dw/dt = a (v - v_rest) - w
        dgsyn_x/dt = -gsyn_x / tau_syn_x,   gsyn_x += weight at an arriving spike

    ``v >= v_spike`` spikes, sets ``v`` to ``v_reset``, adds ``b`` to ``w`` and holds ``v`` for
    ``tau_refrac`` (rounded up to steps) while ``w`` and the conductances go on. ``v_thresh`` is
    where the exponential takes over, no threshold; only with ``delta_T = 0`` the exponential is
    absent and the neuron spikes at ``v_thresh``. Weights are in uS, positive for both receptors.

    Notes
    -----
    Within a step ``v`` counts as at most ``v_spike``, so that the exponential cannot overflow.
    ``integrator="rk4"`` (default) is the classical Runge-Kutta method, of fourth order in ``dt``
    between spikes, with exact conductances; it is unstable where ``dt`` times the total conductance
    over ``cm`` exceeds 2.8. ``"exponential_euler"`` solves the linear part exactly with the mean
    conductances and takes ``w`` and the exponential from the start of the step: first order, half
    as expensive, stable for any conductance. A spike is found at the end of its step and resets
    there; an adaptive integrator such as NEST's resets within the step, so that later spikes can
    differ by a step.

    References
    ----------
    Brette & Gerstner (2005), J. Neurophysiol. 94, 3637-3642. Parameters and defaults are those of
    PyNN's EIF_cond_exp_isfa_ista.
    """

    kind = "adex"
    cm: Value = param(0.281, "nF", above=0.0, doc="membrane capacitance")
    tau_refrac: Value = param(0.1, "ms", low=0.0, doc="refractory period")
    v_spike: Value = param(-40.0, "mV", doc="potential at which a spike is detected")
    v_reset: Value = param(-70.6, "mV", doc="potential after a spike")
    v_rest: Value = param(-70.6, "mV", doc="resting potential")
    tau_m: Value = param(9.3667, "ms", above=0.0, doc="membrane time constant")
    i_offset: Value = param(0.0, "nA", doc="constant current")
    a: Value = param(4.0, "nS", doc="adaptation to the potential")
    b: Value = param(0.0805, "nA", doc="adaptation to each spike")
    delta_T: Value = param(2.0, "mV", low=0.0, doc="sharpness of the spike's onset")
    tau_w: Value = param(144.0, "ms", above=0.0, doc="time constant of adaptation")
    v_thresh: Value = param(-50.4, "mV", doc="potential at which the spike sets in")
    e_rev_E: Value = param(0.0, "mV", doc="reversal potential of excitation")
    tau_syn_E: Value = param(5.0, "ms", above=0.0, doc="decay time of the excitatory conductance")
    e_rev_I: Value = param(-80.0, "mV", doc="reversal potential of inhibition")
    tau_syn_I: Value = param(5.0, "ms", above=0.0, doc="decay time of the inhibitory conductance")
    integrator: str = choice(
        "rk4", options=("rk4", "exponential_euler"), kw_only=True, doc="how the state is moved"
    )

    state = (
        StateVar("v", "mV", "v_rest"),
        StateVar("w", "nA"),
        StateVar("gsyn_exc", "uS"),
        StateVar("gsyn_inh", "uS"),
        REFRACTORY,
    )
    receptors = CONDUCTANCE_RECEPTORS
    integrators = {"rk4": "step", "exponential_euler": "step_exponential"}  # noqa: RUF012
    helpers = (membrane,)

    def check(self) -> None:
        check_below(self, "v_thresh", "v_spike", equal=True)
        check_below(self, "v_reset", "v_spike")

    @staticmethod
    def derive(p: Any, dt: float) -> dict[str, Any]:
        g_leak = p.cm / p.tau_m
        sharp = np.asarray(p.delta_T) == 0.0
        peak = np.where(sharp, p.v_thresh, p.v_spike)
        per_delta_T = 1.0 / np.where(sharp, 1e-6, p.delta_T)
        return {
            "g_leak": g_leak,
            "leak_drive": g_leak * p.v_rest + p.i_offset,
            "spike_gain": g_leak * p.delta_T,
            "per_delta_T": float(per_delta_T) if per_delta_T.ndim == 0 else per_delta_T,
            "peak": float(peak) if peak.ndim == 0 else peak,
            "dt_per_cm": dt / p.cm,
            "coupling": NANO_TO_MICRO * p.a,
            "dt_per_tau_w": dt / p.tau_w,
            "decay_w": decay(p.tau_w, dt),
            "decay_exc": decay(p.tau_syn_E, dt),
            "decay_inh": decay(p.tau_syn_I, dt),
            "half_exc": decay(p.tau_syn_E, 0.5 * dt),
            "half_inh": decay(p.tau_syn_I, 0.5 * dt),
            "mean_exc": phi(-dt / p.tau_syn_E),
            "mean_inh": phi(-dt / p.tau_syn_I),
            "refractory_steps": steps_up(p.tau_refrac, dt),
        }

    @staticmethod
    def step(
        v, w, gsyn_exc, gsyn_inh, refractory, excitatory, inhibitory, injected,
        g_leak, leak_drive, spike_gain, per_delta_T, peak, dt_per_cm, coupling, dt_per_tau_w,
        half_exc, half_inh, decay_exc, decay_inh,
        b, e_rev_E, e_rev_I, v_rest, v_thresh, v_reset, refractory_steps,
    ):  # fmt: skip
        rate = 0.0 if refractory > 0.0 else dt_per_cm
        steady = leak_drive + injected
        total = g_leak + gsyn_exc + gsyn_inh
        drive = steady + gsyn_exc * e_rev_E + gsyn_inh * e_rev_I
        x = min(v, peak)
        k1 = rate * membrane(x, w, total, drive, spike_gain, per_delta_T, v_thresh)
        l1 = dt_per_tau_w * (coupling * (x - v_rest) - w)
        g_exc = gsyn_exc * half_exc
        g_inh = gsyn_inh * half_inh
        total = g_leak + g_exc + g_inh
        drive = steady + g_exc * e_rev_E + g_inh * e_rev_I
        x = min(v + 0.5 * k1, peak)
        y = w + 0.5 * l1
        k2 = rate * membrane(x, y, total, drive, spike_gain, per_delta_T, v_thresh)
        l2 = dt_per_tau_w * (coupling * (x - v_rest) - y)
        x = min(v + 0.5 * k2, peak)
        y = w + 0.5 * l2
        k3 = rate * membrane(x, y, total, drive, spike_gain, per_delta_T, v_thresh)
        l3 = dt_per_tau_w * (coupling * (x - v_rest) - y)
        gsyn_exc = gsyn_exc * decay_exc
        gsyn_inh = gsyn_inh * decay_inh
        total = g_leak + gsyn_exc + gsyn_inh
        drive = steady + gsyn_exc * e_rev_E + gsyn_inh * e_rev_I
        x = min(v + k3, peak)
        y = w + l3
        k4 = rate * membrane(x, y, total, drive, spike_gain, per_delta_T, v_thresh)
        l4 = dt_per_tau_w * (coupling * (x - v_rest) - y)
        v = v + (k1 + 2.0 * (k2 + k3) + k4) * 0.16666666666666666
        w = w + (l1 + 2.0 * (l2 + l3) + l4) * 0.16666666666666666
        refractory = max(refractory - 1.0, 0.0)
        gsyn_exc = gsyn_exc + excitatory
        gsyn_inh = gsyn_inh + inhibitory
        spiked = v >= peak
        v = v_reset if spiked else v
        w = w + b if spiked else w
        refractory = refractory_steps if spiked else refractory
        return v, w, gsyn_exc, gsyn_inh, refractory, spiked

    @staticmethod
    def step_exponential(
        v, w, gsyn_exc, gsyn_inh, refractory, excitatory, inhibitory, injected,
        g_leak, leak_drive, spike_gain, per_delta_T, peak, dt_per_cm, coupling, decay_w,
        mean_exc, mean_inh, decay_exc, decay_inh,
        b, e_rev_E, e_rev_I, v_rest, v_thresh, v_reset, refractory_steps,
    ):  # fmt: skip
        x = min(v, peak)
        g_exc = gsyn_exc * mean_exc
        g_inh = gsyn_inh * mean_inh
        total = g_leak + g_exc + g_inh
        drive = leak_drive + injected + g_exc * e_rev_E + g_inh * e_rev_I
        v_inf = membrane(x, w, 0.0, drive, spike_gain, per_delta_T, v_thresh) / total
        free = v_inf + (x - v_inf) * exp(-dt_per_cm * total)
        w_inf = coupling * (x - v_rest)
        w = w_inf + (w - w_inf) * decay_w
        v = v if refractory > 0.0 else free
        refractory = max(refractory - 1.0, 0.0)
        gsyn_exc = gsyn_exc * decay_exc + excitatory
        gsyn_inh = gsyn_inh * decay_inh + inhibitory
        spiked = v >= peak
        v = v_reset if spiked else v
        w = w + b if spiked else w
        refractory = refractory_steps if spiked else refractory
        return v, w, gsyn_exc, gsyn_inh, refractory, spiked
