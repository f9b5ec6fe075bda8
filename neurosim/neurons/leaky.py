"""The leaky integrator of machine learning: discrete time, weights without a unit."""

from __future__ import annotations

from typing import Any

from neurosim.declare import Value, choice, param
from neurosim.neurons.base import NeuronKind, Receptor, StateVar

RESETS = ("subtract", "zero")


class Leaky(NeuronKind):
    """Leaky integrator in discrete time whose potential is reset in the step after a spike.

    ::

        s = v > threshold                                    (the spikes of the step before)
        v <- beta v + x - s threshold                        reset="subtract"
        v <- beta (1 - s) v + x                              reset="zero"
        spike if v > threshold

    ``x`` is the sum of what arrived in the step, injected currents (nA count as they are) and
    ``i_offset``. Weights and ``v`` have no unit, and both receptors take weights of either sign.
    Nothing depends on ``dt``. ``v`` is not reset when the neuron spikes but one step later, so
    recordings show values above the threshold.

    A synapse with a delay of one step carries a spike into the next step: among neurons of one
    layer that is ``W s`` with the spikes ``s`` of the step before. Layers that follow each other
    are one step apart each.

    References
    ----------
    Eshraghian et al. (2023), Proc. IEEE 111, 1016-1054. Order of operations as in snnTorch's Leaky
    and RLeaky with their defaults (reset after a step, strict threshold); there, layers that follow
    each other work in the same step.
    """

    kind = "leaky"
    beta: Value = param(0.5, low=0.0, high=1.0, doc="share of the potential kept in a step")
    threshold: Value = param(1.0, above=0.0, doc="spike threshold")
    i_offset: Value = param(0.0, "nA", doc="constant input")
    reset: str = choice("subtract", options=RESETS, doc="what a spike does to the potential")

    state = (StateVar("v"),)
    receptors = (Receptor("excitatory", "arrived", "1"), Receptor("inhibitory", "arrived", "1"))

    @staticmethod
    def derive(p: Any, dt: float) -> dict[str, Any]:
        subtract = 1.0 if p.reset == "subtract" else 0.0
        return {"kept": subtract, "drop": p.threshold * subtract}

    @staticmethod
    def step(v, arrived, injected, beta, threshold, i_offset, kept, drop):
        above = v > threshold
        v = v * kept if above else v
        v = beta * v + (arrived + injected + i_offset)
        v = v - drop if above else v
        return v, v > threshold
