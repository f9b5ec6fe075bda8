"""Pair STDP of the reference backend: every synapse follows its two spike trains event by event."""

from __future__ import annotations

import math
from collections import defaultdict
from typing import Any

import numpy as np
from numpy.typing import NDArray

from neurosim.backends.reference_spikes import Spikes
from neurosim.backends.reference_synapses import NONE, FloatArray, Part
from neurosim.neurons.arithmetic import exp, log
from neurosim.plan.plan import Plan, SynapseBlock
from neurosim.synapses import STDP


class STDPPart(Part):
    """Synapses with pair STDP; see :class:`neurosim.synapses.STDP` for the rule.

    A postsynaptic spike at ``p`` is an event of the synapse at ``p + dendritic``, a presynaptic one
    at ``t`` an event at ``t + axonal``, where the two shares make up the delay. ``raw`` holds the
    weight as it was when it was last transmitted or changed by a presynaptic event.
    """

    def __init__(self, block: SynapseBlock, plan: Plan) -> None:
        super().__init__(block, plan)
        rule = block.synapse
        assert isinstance(rule, STDP)
        self.rule = rule
        share = rule.dendritic_delay_fraction
        self.dendritic = [math.floor(share * delay + 0.5) for delay in self.delays]
        self.axonal = [
            d - dendritic for d, dendritic in zip(self.delays, self.dendritic, strict=True)
        ]
        self.starting: dict[tuple[int, int], list[int]] = defaultdict(list)
        self.ending: dict[tuple[int, int], list[int]] = defaultdict(list)
        for source in range(self.drawn.first, self.drawn.first + self.drawn.n_sources):
            for slot in range(len(self.delays)):
                for synapse in self.segment(source, slot)[1]:
                    self.starting[slot, source].append(synapse)
                    self.ending[slot, self.targets[synapse]].append(synapse)
        size = self.drawn.size
        self.weights = np.array(np.broadcast_to(self.weights, size), dtype=plan.weight_dtype)
        self.number = plan.weight_dtype.type
        self.raw = self.weights.copy()
        self.pre_trace, self.post_trace = np.zeros(size), np.zeros(size)
        self.pre_last = np.full(size, NONE, dtype=np.int64)
        self.post_last = np.full(size, NONE, dtype=np.int64)
        self.frozen = np.array(False)
        self.unseen = np.empty(0, dtype=np.int64)

    # order of events in a step

    def deliver(self, stamp: int, spikes: Spikes, into: FloatArray) -> None:
        for slot, delay in enumerate(self.delays):
            if self.dendritic[slot] == 0:
                for source in spikes.at(self.block.pre, stamp - delay):
                    for synapse in self.starting[slot, source]:
                        into[self.targets[synapse]] += self.transmitted(synapse)

    def emit(self, stamp: int, spikes: Spikes) -> list[tuple[int, int, float]]:
        slots = [slot for slot, share in enumerate(self.dendritic) if share > 0]
        self.learn(stamp, spikes, slots)
        return [
            (stamp + self.delays[slot], self.targets[synapse], self.transmitted(synapse))
            for source in spikes.at(self.block.pre, stamp)
            for slot in slots
            for synapse in self.starting[slot, source]
        ]

    def settle(self, stamp: int, spikes: Spikes) -> None:
        if self.frozen:
            self.unseen = np.append(self.unseen, stamp)
        self.unseen = self.unseen[self.unseen >= stamp - max(self.delays)]
        self.learn(stamp, spikes, [slot for slot, share in enumerate(self.dendritic) if share == 0])

    def learn(self, stamp: int, spikes: Spikes, slots: list[int]) -> None:
        """Let the synapses with some of the delays see their events at a stamp, post before pre."""
        for slot in slots:
            emitted = stamp - self.dendritic[slot]
            if emitted not in self.unseen:
                for target in spikes.at(self.block.post, emitted):
                    for synapse in self.ending[slot, target]:
                        self.on_post(synapse, stamp)
            if not self.frozen:
                for source in spikes.at(self.block.pre, stamp - self.axonal[slot]):
                    for synapse in self.starting[slot, source]:
                        self.on_pre(synapse, stamp)

    def transmitted(self, synapse: int) -> float:
        """Transmit the present weight and keep it in ``raw``; when frozen, transmit ``raw``."""
        if not self.frozen:
            self.raw[synapse] = self.weights[synapse]
        return float(self.raw[synapse])

    # the rule

    def on_post(self, synapse: int, stamp: int) -> None:
        """Potentiate a synapse by the presynaptic events before a postsynaptic one."""
        rule = self.rule
        if self.pre_last[synapse] != NONE:
            gap = float(stamp - self.pre_last[synapse])
            k = self.amount(rule.A_plus * self.pre_trace[synapse], gap, rule.tau_plus)
            self.weights[synapse] = self.potentiated(self.weights[synapse], k)
        self.mark(self.post_trace, self.post_last, synapse, stamp, rule.tau_minus)

    def on_pre(self, synapse: int, stamp: int) -> None:
        """Depress a synapse by the postsynaptic events up to a presynaptic one."""
        rule = self.rule
        if self.post_last[synapse] != NONE:
            gap = float(stamp - self.post_last[synapse])
            k = self.amount(rule.A_minus * self.post_trace[synapse], gap, rule.tau_minus)
            self.weights[synapse] = self.depressed(self.weights[synapse], k)
        self.raw[synapse] = self.weights[synapse]
        self.mark(self.pre_trace, self.pre_last, synapse, stamp, rule.tau_plus)

    def mark(
        self, trace: FloatArray, last: NDArray[np.int64], synapse: int, stamp: int, tau: float
    ) -> None:
        """Let a trace see an event."""
        value = 1.0
        if last[synapse] != NONE and self.rule.pairing == "all_to_all":
            value += float(trace[synapse]) * self.decay(float(stamp - last[synapse]), tau)
        trace[synapse], last[synapse] = value, stamp

    def decay(self, gap: float, tau: float) -> float:
        """What remains of a trace after ``gap`` steps."""
        return exp(-(gap * self.plan.dt) / tau)

    def amount(self, step: float, gap: float, tau: float) -> Any:
        """How much an event counts, in the precision of the weights."""
        return self.number(step) * self.number(self.decay(gap, tau))

    def potentiated(self, w: Any, k: Any) -> Any:
        """The weight after potentiation by the share ``k``."""
        rule, number = self.rule, self.number
        if rule.dependence == "multiplicative":
            return self.clipped(w + k * (number(rule.w_max) - w))
        change = k * number(rule.w_max)
        if rule.dependence == "gutig":
            change *= number(power(1.0 - self.share(w), rule.mu_plus))
        return self.clipped(w + change)

    def depressed(self, w: Any, k: Any) -> Any:
        """The weight after depression by the share ``k``."""
        rule, number = self.rule, self.number
        if rule.dependence not in ("additive", "gutig"):
            return self.clipped(w - k * (w - number(rule.w_min)))
        change = k * number(rule.w_max)
        if rule.dependence == "gutig":
            change *= number(power(self.share(w), rule.mu_minus))
        return self.clipped(w - change)

    def share(self, w: Any) -> float:
        """Where a weight is between its bounds, 0 to 1."""
        rule = self.rule
        return (float(w) - rule.w_min) / (rule.w_max - rule.w_min)

    def clipped(self, w: Any) -> Any:
        """The weight within its bounds."""
        return max(self.number(self.rule.w_min), min(self.number(self.rule.w_max), w))

    # access

    def flush(self) -> None:
        self.raw = self.weights.copy()

    def freeze(self, frozen: bool) -> None:
        self.frozen = np.array(frozen)

    def present(self, pending: bool) -> NDArray[Any]:
        return (self.weights if pending else self.raw).copy()

    def set_weights(self, weights: NDArray[Any]) -> None:
        super().set_weights(weights)
        self.flush()

    def state(self) -> dict[str, NDArray[Any]]:
        own = ("raw", "pre_trace", "post_trace", "pre_last", "post_last", "frozen", "unseen")
        return {**super().state(), **{name: getattr(self, name).copy() for name in own}}


def power(base: float, exponent: float) -> float:
    """``base`` to the ``exponent`` >= 0, where a base below 0 counts as 0."""
    if exponent == 0.0:
        return 1.0
    return exp(exponent * log(base)) if base > 0.0 else 0.0
