"""Leaky integrate-and-fire neurons whose potential jumps at each input, integrated exactly."""

from __future__ import annotations

from typing import Any

from neurosim.declare import Value, param
from neurosim.neurons.base import VOLTAGE_RECEPTORS, NeuronKind, StateVar
from neurosim.neurons.lif import REFRACTORY, check_reset
from neurosim.neurons.propagators import decay, steps_up


class IFCurrDelta(NeuronKind):
    """Leaky integrate-and-fire neuron whose potential jumps by the weight at an arriving spike.

    ::

        cm dv/dt = cm (v_rest - v) / tau_m + i_offset,   v += w at an arriving spike

    Weights are in mV; both receptors act on the potential directly, inhibitory weights are
    negative. In each step ``v`` is moved exactly, then jumps, then ``v >= v_thresh`` spikes, sets
    ``v`` to ``v_reset`` and holds it there for ``tau_refrac`` (rounded up to steps). What arrives
    while ``v`` is held is lost. Jumps of one step are summed before the threshold is tested.

    References
    ----------
    Rotter & Diesmann (1999), Biol. Cybern. 81, 381-402 (exact integration). Parameters and defaults
    are those of PyNN's IF_curr_delta; the order of operations is that of NEST's iaf_psc_delta.
    """

    kind = "if_curr_delta"
    v_rest: Value = param(-65.0, "mV", doc="resting potential")
    cm: Value = param(1.0, "nF", above=0.0, doc="membrane capacitance")
    tau_m: Value = param(20.0, "ms", above=0.0, doc="membrane time constant")
    tau_refrac: Value = param(0.1, "ms", low=0.0, doc="refractory period")
    i_offset: Value = param(0.0, "nA", doc="constant current")
    v_reset: Value = param(-65.0, "mV", doc="potential after a spike")
    v_thresh: Value = param(-50.0, "mV", doc="spike threshold")

    state = (StateVar("v", "mV", "v_rest"), REFRACTORY)
    receptors = VOLTAGE_RECEPTORS

    def check(self) -> None:
        check_reset(self)

    @staticmethod
    def derive(p: Any, dt: float) -> dict[str, Any]:
        decay_m = decay(p.tau_m, dt)
        resistance = p.tau_m / p.cm
        return {
            "v_inf": p.v_rest + resistance * p.i_offset,
            "decay_m": decay_m,
            "gain_injected": resistance * (1.0 - decay_m),
            "refractory_steps": steps_up(p.tau_refrac, dt),
        }

    @staticmethod
    def step(
        v, refractory, delta, injected,
        v_inf, decay_m, gain_injected, v_thresh, v_reset, refractory_steps,
    ):  # fmt: skip
        free = v_inf + (v - v_inf) * decay_m + injected * gain_injected + delta
        v = v if refractory > 0.0 else free
        refractory = max(refractory - 1.0, 0.0)
        spiked = v >= v_thresh
        v = v_reset if spiked else v
        refractory = refractory_steps if spiked else refractory
        return v, refractory, spiked
