"""Izhikevich's neuron with exponentially decaying currents, as SpiNNaker boards have it."""

from __future__ import annotations

from typing import Any

from neurosim.declare import Value, param
from neurosim.neurons.base import NeuronKind, StateVar
from neurosim.neurons.izhikevich import PEAK, slope
from neurosim.neurons.propagators import decay

STRETCH = 1.85
"""Length of the step after a spike, in steps, with ``timing="spinnaker"``."""


class IzhikevichCurrExp(NeuronKind):
    """Quadratic neuron of Izhikevich (2003) with exponentially decaying synaptic currents.

    ::

        dv/dt = 0.04 v^2 + 5 v + 140 - u + (isyn_exc + isyn_inh + i_offset) / (1 nF)
        du/dt = a (b v - u)
        disyn_x/dt = -isyn_x / tau_syn_x,   isyn_x += w at an arriving spike

    ``v >= 30 mV`` spikes, sets ``v`` to ``c`` and adds ``d`` to ``u``; there is no refractory
    period. Weights and currents are in nA for a capacitance of 1 nF: ``i_offset=10`` is
    Izhikevich's ``I = 10``. (:class:`~neurosim.neurons.izhikevich.Izhikevich` has 1 pF and jumps of
    ``v``, as PyNN's other back ends do.)

    Notes
    -----
    In each step ``v`` and ``u`` are moved together by the midpoint rule, error of second order in
    ``dt``; the currents are exact. With ``timing="spinnaker"`` the currents are held
    at their mean over the step, and the step after a spike counts 1.85 times, as on a board, which
    makes up for the time that the reset at the end of a step loses.

    References
    ----------
    Izhikevich (2003), IEEE Trans. Neural Networks 14, 1569-1572; Hopkins & Furber (2015), Neural
    Computation 27, 2148-2182 (solvers on SpiNNaker). Parameters and defaults are those of
    sPyNNaker's Izhikevich.
    """

    kind = "izhikevich_curr_exp"
    a: Value = param(0.02, "/ms", doc="rate of recovery")
    b: Value = param(0.2, "/ms", doc="sensitivity of recovery to the potential")
    c: Value = param(-65.0, "mV", below=PEAK, doc="potential after a spike")
    d: Value = param(2.0, "mV/ms", doc="step of recovery after a spike")
    i_offset: Value = param(0.0, "nA", doc="constant current")
    tau_syn_E: Value = param(5.0, "ms", above=0.0, doc="decay time of the excitatory current")
    tau_syn_I: Value = param(5.0, "ms", above=0.0, doc="decay time of the inhibitory current")

    state = (
        StateVar("v", "mV", -70.0),
        StateVar("u", "mV/ms", -14.0),
        StateVar("isyn_exc", "nA"),
        StateVar("isyn_inh", "nA"),
        StateVar("stretch", "steps", 1.0, recordable=False),
    )
    helpers = (slope,)

    @staticmethod
    def derive(p: Any, dt: float) -> dict[str, Any]:
        decay_exc, decay_inh = decay(p.tau_syn_E, dt), decay(p.tau_syn_I, dt)
        return {
            "peak": PEAK,
            "half_exc": decay(p.tau_syn_E, 0.5 * dt),
            "half_inh": decay(p.tau_syn_I, 0.5 * dt),
            "decay_exc": decay_exc,
            "decay_inh": decay_inh,
            "charge_exc": p.tau_syn_E / dt * (1.0 - decay_exc),
            "charge_inh": p.tau_syn_I / dt * (1.0 - decay_inh),
            "after_spike": STRETCH,
        }

    @staticmethod
    def step(
        v, u, isyn_exc, isyn_inh, stretch, excitatory, inhibitory, injected,
        a, b, c, d, i_offset, half_exc, half_inh, decay_exc, decay_inh, peak, dt,
    ):  # fmt: skip
        constant = i_offset + injected
        x = v + 0.5 * dt * slope(v, u, isyn_exc + isyn_inh + constant)
        y = u + 0.5 * dt * a * (b * v - u)
        moved = v + dt * slope(x, y, isyn_exc * half_exc + isyn_inh * half_inh + constant)
        u = u + dt * a * (b * x - y)
        isyn_exc = isyn_exc * decay_exc + excitatory
        isyn_inh = isyn_inh * decay_inh + inhibitory
        spiked = moved >= peak
        v = c if spiked else moved
        u = u + d if spiked else u
        return v, u, isyn_exc, isyn_inh, stretch, spiked

    @staticmethod
    def step_spinnaker(
        v, u, isyn_exc, isyn_inh, stretch, excitatory, inhibitory, injected,
        a, b, c, d, i_offset, charge_exc, charge_inh, decay_exc, decay_inh, peak, after_spike, dt,
    ):  # fmt: skip
        isyn_exc = isyn_exc + charge_exc * excitatory
        isyn_inh = isyn_inh + charge_inh * inhibitory
        current = isyn_exc + isyn_inh + i_offset + injected
        h = stretch * dt
        x = v + 0.5 * h * slope(v, u, current)
        y = u + 0.5 * h * a * (b * v - u)
        moved = v + h * slope(x, y, current)
        u = u + h * a * (b * x - y)
        isyn_exc = isyn_exc * decay_exc
        isyn_inh = isyn_inh * decay_inh
        spiked = moved >= peak
        v = c if spiked else moved
        u = u + d if spiked else u
        stretch = after_spike if spiked else 1.0
        return v, u, isyn_exc, isyn_inh, stretch, spiked
