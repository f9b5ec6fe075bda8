"""Hodgkin-Huxley neurons with the channels of Traub and Miles and synaptic conductances."""

from __future__ import annotations

from typing import Any

from neurosim.declare import Value, param
from neurosim.neurons.arithmetic import exp
from neurosim.neurons.base import CONDUCTANCE_RECEPTORS, NeuronKind, StateVar
from neurosim.neurons.propagators import decay

SPIKE_HEIGHT = 30.0


def ratio(x: float, e: float) -> float:
    """``x / (e - 1)`` for ``e = exp(x)``, with its series near 0, where it would be 0 / 0."""
    near = abs(x) < 0.1
    square = x * x
    series = (
        1.0
        - 0.5 * x
        + square * (0.08333333333333333 - square * (0.001388888888888889 - square * 3.3068783e-05))
    )
    return series if near else x / (2.0 if near else e - 1.0)


def rates(u: float) -> tuple[float, float, float, float, float, float]:
    """Opening and closing rates (1/ms) of m, of h and of n.

    ``u`` is the potential above ``v_offset`` in mV and counts as within 300 of 0. Five of the six
    exponentials are powers of one, since a product costs a fraction of an exponential.
    """
    u = min(max(u, -300.0), 300.0)
    rise = exp(0.025 * (u - 40.0))
    fall = 1.0 / rise
    rise2, fall2 = rise * rise, fall * fall
    rise4, fall4 = rise2 * rise2, fall2 * fall2
    rise8, fall8 = rise4 * rise4, fall4 * fall4
    m_opening = 1.28 * ratio(0.25 * (13.0 - u), 0.0011708796207911744 * (fall8 * fall2))
    m_closing = 1.4 * ratio(0.2 * (u - 40.0), rise8)
    h_opening = 0.128 * exp(0.05555555555555555 * (17.0 - u))
    h_closing = 4.0 / (1.0 + fall8)
    n_opening = 0.16 * ratio(0.2 * (15.0 - u), 0.006737946999085467 * fall8)
    n_closing = 0.23618327637050734 * fall
    return m_opening, m_closing, h_opening, h_closing, n_opening, n_closing


def gated(x: float, opening: float, closing: float, dt: float) -> float:
    """A gating variable after ``dt`` ms with constant rates."""
    total = opening + closing
    x_inf = opening / total
    return x_inf + (x - x_inf) * exp(-dt * total)


def charged(
    v: float,
    m: float,
    h: float,
    n: float,
    gsyn_exc: float,
    gsyn_inh: float,
    steady: float,
    g_leak: float,
    gbar_Na: float,
    gbar_K: float,
    e_rev_Na: float,
    e_rev_K: float,
    e_rev_E: float,
    e_rev_I: float,
    dt_per_cm: float,
) -> float:
    """The potential after a time ``dt_per_cm cm`` with constant conductances."""
    g_Na = gbar_Na * m * m * m * h
    g_K = gbar_K * n * n * n * n
    total = g_leak + g_Na + g_K + gsyn_exc + gsyn_inh
    drive = steady + g_Na * e_rev_Na + g_K * e_rev_K + gsyn_exc * e_rev_E + gsyn_inh * e_rev_I
    v_inf = drive / total
    return v_inf + (v - v_inf) * exp(-dt_per_cm * total)


class HHCondExp(NeuronKind):
    """Hodgkin-Huxley neuron with Traub-Miles channels and decaying synaptic conductances.

    ::

        cm dv/dt = g_leak (e_rev_leak - v) + gbar_Na m^3 h (e_rev_Na - v) + gbar_K n^4 (e_rev_K - v)
                   + gsyn_exc (e_rev_E - v) + gsyn_inh (e_rev_I - v) + i_offset
        dx/dt = opening_x(u) (1 - x) - closing_x(u) x     for x = m, h, n;   u = v - v_offset
        dgsyn_x/dt = -gsyn_x / tau_syn_x,   gsyn_x += w at an arriving spike

        m: 0.32 (13 - u) / (exp((13 - u) / 4) - 1),    0.28 (u - 40) / (exp((u - 40) / 5) - 1)
        h: 0.128 exp((17 - u) / 18),                   4 / (1 + exp((40 - u) / 5))
        n: 0.032 (15 - u) / (exp((15 - u) / 5) - 1),   0.5 exp((10 - u) / 40)

    A spike is the first maximum after ``v`` has come up through ``v_offset + 30 mV`` (-33 mV by
    default): it belongs to the step in which ``v`` falls again, as in NEST, about 0.17 ms after the
    crossing itself; ``v`` must be below that level again before the next one. Nothing is reset.
    Weights are in uS, positive for both receptors. The gates m, h, n start at 0, 1, 0 as in PyNN,
    which is near their equilibrium at rest (0.01, 1.00, 0.03).

    Notes
    -----
    Integrated by symmetric (Strang) splitting: the potential with fixed conductances and the gates
    with a fixed potential are both solved exactly, in turns of a quarter, a half and a quarter of a
    step for ``v`` with half steps of the gates between. Error of second order in ``dt`` and stable
    for any ``dt``, where explicit methods diverge (Runge-Kutta 4 at ``dt = 0.1 ms``). Under
    constant current the interval between spikes is 0.2 to 0.6 percent too long at ``dt = 0.1 ms``
    and a quarter of that at 0.05 ms.

    References
    ----------
    Traub & Miles (1991), Neuronal Networks of the Hippocampus. Brette et al. (2007), J. Comput.
    Neurosci. 23, 349-398, whose form of the rates PyNN's HH_cond_exp and NEST's hh_cond_exp_traub
    share. Parameters and defaults are PyNN's. Strang (1968), SIAM J. Numer. Anal. 5, 506-517.
    """

    kind = "hh_cond_exp"
    gbar_Na: Value = param(20.0, "uS", low=0.0, doc="largest conductance of sodium")
    gbar_K: Value = param(6.0, "uS", low=0.0, doc="largest conductance of potassium")
    g_leak: Value = param(0.01, "uS", above=0.0, doc="leak conductance")
    cm: Value = param(0.2, "nF", above=0.0, doc="membrane capacitance")
    v_offset: Value = param(-63.0, "mV", doc="potential from which the rates count")
    e_rev_Na: Value = param(50.0, "mV", doc="reversal potential of sodium")
    e_rev_K: Value = param(-90.0, "mV", doc="reversal potential of potassium")
    e_rev_leak: Value = param(-65.0, "mV", doc="reversal potential of the leak")
    e_rev_E: Value = param(0.0, "mV", doc="reversal potential of excitation")
    e_rev_I: Value = param(-80.0, "mV", doc="reversal potential of inhibition")
    tau_syn_E: Value = param(0.2, "ms", above=0.0, doc="decay time of the excitatory conductance")
    tau_syn_I: Value = param(2.0, "ms", above=0.0, doc="decay time of the inhibitory conductance")
    i_offset: Value = param(0.0, "nA", doc="constant current")

    state = (
        StateVar("v", "mV", "e_rev_leak"),
        StateVar("m", "1", 0.0),
        StateVar("h", "1", 1.0),
        StateVar("n", "1", 0.0),
        StateVar("gsyn_exc", "uS"),
        StateVar("gsyn_inh", "uS"),
        StateVar("armed", "1", 0.0, recordable=False),
    )
    receptors = CONDUCTANCE_RECEPTORS
    helpers = (ratio, rates, gated, charged)

    @staticmethod
    def derive(p: Any, dt: float) -> dict[str, Any]:
        return {
            "leak_drive": p.g_leak * p.e_rev_leak + p.i_offset,
            "level": p.v_offset + SPIKE_HEIGHT,
            "half": 0.5 * dt,
            "quarter_per_cm": 0.25 * dt / p.cm,
            "half_per_cm": 0.5 * dt / p.cm,
            "half_exc": decay(p.tau_syn_E, 0.5 * dt),
            "half_inh": decay(p.tau_syn_I, 0.5 * dt),
        }

    @staticmethod
    def step(
        v, m, h, n, gsyn_exc, gsyn_inh, armed, excitatory, inhibitory, injected,
        leak_drive, level, half, quarter_per_cm, half_per_cm, half_exc, half_inh,
        gbar_Na, gbar_K, g_leak, v_offset, e_rev_Na, e_rev_K, e_rev_E, e_rev_I,
    ):  # fmt: skip
        old = v
        steady = leak_drive + injected
        v = charged(
            v, m, h, n, gsyn_exc, gsyn_inh, steady, g_leak, gbar_Na, gbar_K,
            e_rev_Na, e_rev_K, e_rev_E, e_rev_I, quarter_per_cm,
        )  # fmt: skip
        u = v - v_offset
        m_up, m_down, h_up, h_down, n_up, n_down = rates(u)
        m = gated(m, m_up, m_down, half)
        h = gated(h, h_up, h_down, half)
        n = gated(n, n_up, n_down, half)
        gsyn_exc = gsyn_exc * half_exc
        gsyn_inh = gsyn_inh * half_inh
        v = charged(
            v, m, h, n, gsyn_exc, gsyn_inh, steady, g_leak, gbar_Na, gbar_K,
            e_rev_Na, e_rev_K, e_rev_E, e_rev_I, half_per_cm,
        )  # fmt: skip
        u = v - v_offset
        m_up, m_down, h_up, h_down, n_up, n_down = rates(u)
        m = gated(m, m_up, m_down, half)
        h = gated(h, h_up, h_down, half)
        n = gated(n, n_up, n_down, half)
        gsyn_exc = gsyn_exc * half_exc
        gsyn_inh = gsyn_inh * half_inh
        v = charged(
            v, m, h, n, gsyn_exc, gsyn_inh, steady, g_leak, gbar_Na, gbar_K,
            e_rev_Na, e_rev_K, e_rev_E, e_rev_I, quarter_per_cm,
        )  # fmt: skip
        gsyn_exc = gsyn_exc + excitatory
        gsyn_inh = gsyn_inh + inhibitory
        ready = armed if v < old else 0.0
        ready = ready if old >= level else 0.0
        spiked = ready > 0.0
        armed = 0.0 if spiked else armed
        armed = 1.0 if v < level else armed
        return v, m, h, n, gsyn_exc, gsyn_inh, armed, spiked
