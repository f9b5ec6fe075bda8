"""Izhikevich's quadratic neuron with a recovery variable."""

from __future__ import annotations

from typing import Any

from neurosim.declare import Value, choice, param
from neurosim.neurons.base import VOLTAGE_RECEPTORS, NeuronKind, StateVar

PEAK = 30.0
MODEL_UNITS = 1000.0


def slope(v: float, u: float, current: float) -> float:
    """dv/dt in mV/ms."""
    return 0.04 * v * v + 5.0 * v + 140.0 - u + current


class Izhikevich(NeuronKind):
    """Quadratic neuron of Izhikevich (2003).

    ::

        dv/dt = 0.04 v^2 + 5 v + 140 - u + I,   v += w at an arriving spike
        du/dt = a (b v - u)

    ``v >= 30 mV`` spikes, sets ``v`` to ``c`` and adds ``d`` to ``u``; there is no refractory
    period. Weights are in mV: synapses are jumps of ``v``, inhibitory weights are negative. The
    equation's ``I`` (mV/ms) is 1000 times the currents in nA, as in all back ends of PyNN, which
    give the cell a capacitance of 1 pF: ``i_offset=0.01`` is Izhikevich's ``I = 10``.

    Notes
    -----
    In each step ``v`` and ``u`` are moved together, then ``v`` jumps, then the threshold is tested.
    ``integrator="euler"`` (default) is forward Euler, error of first order in ``dt``: the model is
    commonly defined by it, and NEST's results, so PyNN's on NEST, are reproduced step by step. It
    swings where ``dt (0.08 v + 5) < -2``, at ``dt = 1 ms`` below -87 mV. ``"rk4"`` is the classical
    Runge-Kutta method, of fourth order between spikes; within a step ``v`` counts as at most 30 mV.
    With both a spike resets at the end of its step, up to one step late.

    References
    ----------
    Izhikevich (2003), IEEE Trans. Neural Networks 14, 1569-1572. Unlike there, ``v`` is not moved
    in two half steps and ``u`` uses the old ``v``. Parameters and defaults are those of PyNN's
    Izhikevich.
    """

    kind = "izhikevich"
    a: Value = param(0.02, "/ms", doc="rate of recovery")
    b: Value = param(0.2, "/ms", doc="sensitivity of recovery to the potential")
    c: Value = param(-65.0, "mV", below=PEAK, doc="potential after a spike")
    d: Value = param(2.0, "mV/ms", doc="step of recovery after a spike")
    i_offset: Value = param(0.0, "nA", doc="constant current")
    integrator: str = choice(
        "euler", options=("euler", "rk4"), kw_only=True, doc="how the state is moved"
    )

    state = (StateVar("v", "mV", -70.0), StateVar("u", "mV/ms", -14.0))
    receptors = VOLTAGE_RECEPTORS
    integrators = {"euler": "step", "rk4": "step_rk4"}  # noqa: RUF012
    helpers = (slope,)

    @staticmethod
    def derive(p: Any, dt: float) -> dict[str, Any]:
        return {"offset": MODEL_UNITS * p.i_offset, "scale": MODEL_UNITS, "peak": PEAK}

    @staticmethod
    def step(v, u, delta, injected, a, b, c, d, offset, scale, peak, dt):
        moved = v + dt * slope(v, u, offset + scale * injected) + delta
        u = u + dt * a * (b * v - u)
        spiked = moved >= peak
        v = c if spiked else moved
        u = u + d if spiked else u
        return v, u, spiked

    @staticmethod
    def step_rk4(v, u, delta, injected, a, b, c, d, offset, scale, peak, dt):
        current = offset + scale * injected
        k1 = dt * slope(v, u, current)
        l1 = dt * a * (b * v - u)
        x = min(v + 0.5 * k1, peak)
        k2 = dt * slope(x, u + 0.5 * l1, current)
        l2 = dt * a * (b * x - (u + 0.5 * l1))
        x = min(v + 0.5 * k2, peak)
        k3 = dt * slope(x, u + 0.5 * l2, current)
        l3 = dt * a * (b * x - (u + 0.5 * l2))
        x = min(v + k3, peak)
        k4 = dt * slope(x, u + l3, current)
        l4 = dt * a * (b * x - (u + l3))
        moved = v + (k1 + 2.0 * (k2 + k3) + k4) * 0.16666666666666666 + delta
        u = u + (l1 + 2.0 * (l2 + l3) + l4) * 0.16666666666666666
        spiked = moved >= peak
        v = c if spiked else moved
        u = u + d if spiked else u
        return v, u, spiked
