# mypy: disable-error-code="no-untyped-def"
"""Neuron kinds of NIR graphs: the nodes' equations, made into steps by a convention."""

from __future__ import annotations

from typing import Any

import numpy as np

from neurosim.declare import Value, choice, param
from neurosim.errors import ParameterError
from neurosim.io.nir.convention import (
    CURRENTS,
    INTEGRATORS,
    RESET_TIMES,
    RESETS,
    THRESHOLDS,
    Convention,
)
from neurosim.neurons.base import NeuronKind, Receptor, StateVar
from neurosim.neurons.propagators import decay, exponential_gain

MEMBRANES = ("LIF", "IF", "LI", "I", "Threshold", "Output")
CURRENT_BASED = ("CubaLIF", "CubaLI")
SPIKING = frozenset({"LIF", "IF", "Threshold", "CubaLIF"})
"""Nodes that spike; the others are read-outs."""

RECEPTORS = (Receptor("excitatory", "arrived", "1"), Receptor("inhibitory", "arrived", "1"))


def remains(tau: Any, integrator: str, dt: float) -> Any:
    """Share of a decaying quantity that is left after a step of ``dt`` ms."""
    return 1.0 - dt / tau if integrator == "euler" else decay(tau, dt)


def firing(p: Any) -> dict[str, Any]:
    """Constants of threshold and reset, from the fields that all kinds of this module have."""
    size = p.v_threshold - p.v_reset
    spikes = p.node in SPIKING
    if p.node == "Threshold" or p.reset == "none":
        spikes_reset, when = 0.0, "same"
    else:
        spikes_reset, when = 1.0, p.reset_time
    subtract = spikes_reset if p.reset == "subtract" else 0.0
    value = spikes_reset - subtract
    return {
        "spiking": float(spikes),
        "inclusive": float(spikes and p.threshold == "reached"),
        "set_before": value * (when == "next"),
        "set_after": value * (when == "held"),
        "set_now": value * (when in ("same", "once")),
        "lower_after": size * (subtract * (when in ("next", "held", "once"))),
        "lower_now": size * (subtract * (when in ("same", "once"))),
        "undo": float(when == "once"),
    }


def check_firing(kind: Any) -> None:
    """Refuse a threshold at or below the reset potential, which would fire for ever."""
    if kind.node not in SPIKING or kind.node == "Threshold":
        return
    low, high = np.asarray(kind.v_reset), np.asarray(kind.v_threshold)
    if low.dtype != object and high.dtype != object and np.any(low >= high):
        raise ParameterError(
            type(kind).__name__, "v_threshold", "must be > v_reset", kind.v_threshold, "Raise it."
        )


def convention_fields(convention: Convention) -> dict[str, str]:
    """The fields that a convention decides; ``NIRMembrane`` has all of them but ``current``."""
    fields = convention.to_dict()
    del fields["propagation"]
    fields["integrator_rule"] = fields.pop("integrator")
    return fields


class NIRMembrane(NeuronKind):
    """A node LIF, IF, LI, I or Threshold of a NIR graph, or the sum that reaches an Output.

    ::

        LIF, LI            v <- a v + (1 - a) (v_leak + r x)      a = 1 - dt / tau or exp(-dt / tau)
        IF, I              v <- v + r x dt                        dt in seconds
        Threshold, Output  v <- x
        LIF, IF, Threshold spike if v > v_threshold, or v >= v_threshold

    ``x`` is the sum of what arrived in the step, injected currents (nA count as they are) and
    ``i_offset``. What a spike does to ``v``, and when, says the convention, see
    :class:`neurosim.io.nir.Convention`. ``v`` starts at ``v_leak`` (LIF, LI),
    ``v_reset`` (IF) or 0. Before the step ``latency`` nothing happens: a layer that follows others
    waits for its first input.
    """

    kind = "nir_membrane"
    node: str = choice("LIF", options=MEMBRANES, doc="type of the node")
    tau: Value = param(20.0, "ms", above=0.0, doc="time constant (LIF, LI)")
    r: Value = param(1.0, doc="resistance; of IF and I, per second")
    v_leak: Value = param(0.0, doc="potential at rest (LIF, LI)")
    v_threshold: Value = param(1.0, doc="spike threshold")
    v_reset: Value = param(0.0, doc="potential after a spike")
    i_offset: Value = param(0.0, doc="constant input")
    integrator_rule: str = choice("euler", options=INTEGRATORS, doc="how the decay is computed")
    reset: str = choice("value", options=RESETS, doc="what a spike does to the potential")
    reset_time: str = choice("same", options=RESET_TIMES, doc="when it does")
    threshold: str = choice("above", options=THRESHOLDS, doc="what of the threshold spikes")
    latency: float = param(0.0, low=0.0, scalar=True, doc="steps before the first one")

    state = (StateVar("v", "1", "v_start"), StateVar("wait", "steps", "latency", recordable=False))
    receptors = RECEPTORS

    def check(self) -> None:
        check_firing(self)

    @staticmethod
    def derive(p: Any, dt: float) -> dict[str, Any]:
        if p.node in ("LIF", "LI"):
            kept = remains(p.tau, p.integrator_rule, dt)
            gain, drift, start = p.r * (1.0 - kept), (1.0 - kept) * p.v_leak, p.v_leak
        elif p.node in ("IF", "I"):
            kept, gain, drift = 1.0, p.r * (dt / 1000.0), 0.0
            start = p.v_reset if p.node == "IF" else 0.0
        else:
            kept, gain, drift, start = 0.0, 1.0, 0.0, 0.0
        return {"kept": kept, "gain": gain, "drift": drift, "v_start": start, **firing(p)}

    @staticmethod
    def step(
        v, wait, arrived, injected, kept, gain, drift, i_offset, v_threshold, v_reset,
        spiking, inclusive, set_before, set_after, set_now, lower_after, lower_now, undo,
    ):  # fmt: skip
        old = v
        excess = spiking * (v - v_threshold)
        above = excess >= 0.0 if inclusive > 0.0 else excess > 0.0
        late = 1.0 if above else 0.0
        v = v + late * set_before * (v_reset - v)
        v = kept * v + (gain * (arrived + injected + i_offset) + drift)
        v = v - late * lower_after
        v = v + late * set_after * (v_reset - v)
        excess = spiking * (v - v_threshold)
        above = excess >= 0.0 if inclusive > 0.0 else excess > 0.0
        above = above if wait <= 0.0 else False
        now = 1.0 if above else 0.0
        v = v - (now - late * undo) * lower_now
        v = v + now * set_now * (v_reset - v)
        v = v if wait <= 0.0 else old
        wait = max(wait - 1.0, 0.0)
        return v, wait, above


class NIRCurrent(NeuronKind):
    """A node CubaLIF or CubaLI of a NIR graph: a synaptic current in front of a membrane.

    ::

        i <- b i + (1 - b) w_in x              b = 1 - dt / tau_syn or exp(-dt / tau_syn)
        v <- a v + (1 - a) (v_leak + r i)      a = 1 - dt / tau_mem or exp(-dt / tau_mem)
        CubaLIF: spike if v > v_threshold, or v >= v_threshold

    With ``current="new"`` ``v`` is moved by the ``i`` of this line, with ``"old"`` by that of the
    step before; in the latter case and with the exact rule, the decay of ``i`` within the step is
    taken into account. Everything else is as in :class:`NIRMembrane`.
    """

    kind = "nir_current"
    node: str = choice("CubaLIF", options=CURRENT_BASED, doc="type of the node")
    tau_syn: Value = param(5.0, "ms", above=0.0, doc="time constant of the current")
    tau_mem: Value = param(20.0, "ms", above=0.0, doc="time constant of the membrane")
    r: Value = param(1.0, doc="resistance")
    v_leak: Value = param(0.0, doc="potential at rest")
    v_threshold: Value = param(1.0, doc="spike threshold (CubaLIF)")
    v_reset: Value = param(0.0, doc="potential after a spike (CubaLIF)")
    w_in: Value = param(1.0, doc="factor of the input")
    i_offset: Value = param(0.0, doc="constant input")
    integrator_rule: str = choice("euler", options=INTEGRATORS, doc="how the decay is computed")
    reset: str = choice("value", options=RESETS, doc="what a spike does to the potential")
    reset_time: str = choice("same", options=RESET_TIMES, doc="when it does")
    threshold: str = choice("above", options=THRESHOLDS, doc="what of the threshold spikes")
    current: str = choice("new", options=CURRENTS, doc="the current that moves the potential")
    latency: float = param(0.0, low=0.0, scalar=True, doc="steps before the first one")

    state = (
        StateVar("v", "1", "v_leak"),
        StateVar("i", "1"),
        StateVar("wait", "steps", "latency", recordable=False),
    )
    receptors = RECEPTORS

    def check(self) -> None:
        check_firing(self)

    @staticmethod
    def derive(p: Any, dt: float) -> dict[str, Any]:
        kept_i = remains(p.tau_syn, p.integrator_rule, dt)
        kept = remains(p.tau_mem, p.integrator_rule, dt)
        new = p.current == "new"
        if new or p.integrator_rule == "euler":
            gain = p.r * (1.0 - kept)
        else:
            gain = p.r / p.tau_mem * exponential_gain(p.tau_mem, p.tau_syn, 1.0, dt)
        return {
            "kept": kept,
            "kept_i": kept_i,
            "gain_in": p.w_in * (1.0 - kept_i),
            "gain_new": gain * float(new),
            "gain_old": gain * float(not new),
            "drift": (1.0 - kept) * p.v_leak,
            **firing(p),
        }

    @staticmethod
    def step(
        v, i, wait, arrived, injected, kept, kept_i, gain_in, gain_new, gain_old, drift, i_offset,
        v_threshold, v_reset,
        spiking, inclusive, set_before, set_after, set_now, lower_after, lower_now, undo,
    ):  # fmt: skip
        old, old_i = v, i
        excess = spiking * (v - v_threshold)
        above = excess >= 0.0 if inclusive > 0.0 else excess > 0.0
        late = 1.0 if above else 0.0
        i = kept_i * i + gain_in * (arrived + injected + i_offset)
        v = v + late * set_before * (v_reset - v)
        v = kept * v + (gain_new * i + gain_old * old_i + drift)
        v = v - late * lower_after
        v = v + late * set_after * (v_reset - v)
        excess = spiking * (v - v_threshold)
        above = excess >= 0.0 if inclusive > 0.0 else excess > 0.0
        above = above if wait <= 0.0 else False
        now = 1.0 if above else 0.0
        v = v - (now - late * undo) * lower_now
        v = v + now * set_now * (v_reset - v)
        v = v if wait <= 0.0 else old
        i = i if wait <= 0.0 else old_i
        wait = max(wait - 1.0, 0.0)
        return v, i, wait, above
