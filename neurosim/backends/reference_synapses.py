"""Static and short-term plastic synapses of the reference backend."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from neurosim.backends.base import Synapses
from neurosim.backends.reference_spikes import Spikes
from neurosim.neurons.arithmetic import exp
from neurosim.plan.connect import Expanded, expand
from neurosim.plan.plan import Plan, SynapseBlock
from neurosim.synapses import TsodyksMarkram

FloatArray = NDArray[np.float64]

NONE = -1
"""Stamp of an event that has not happened."""


class Part:
    """The synapses of one block; static ones, and what all others share.

    Parameters
    ----------
    block : SynapseBlock
        The block.
    plan : Plan
        Its plan.
    """

    def __init__(self, block: SynapseBlock, plan: Plan) -> None:
        self.block, self.plan = block, plan
        self.drawn: Expanded = expand(block, plan.dt, plan.weight_dtype)
        self.delays: list[int] = self.drawn.delays.tolist()
        self.targets: list[int] = self.drawn.targets.tolist()
        self.weights: NDArray[Any] = np.array(self.drawn.weights)

    def segment(self, source: int, slot: int) -> tuple[int, range]:
        """Number of the segment of a source and a delay, and its synapses."""
        at = (source - self.drawn.first) * len(self.delays) + slot
        if not 0 <= source - self.drawn.first < self.drawn.n_sources:
            return NONE, range(0)
        return at, range(int(self.drawn.ptr[at]), int(self.drawn.ptr[at + 1]))

    def weight(self, synapse: int) -> float:
        """Present weight of a synapse."""
        return float(self.weights[synapse] if self.weights.ndim else self.weights)

    def deliver(self, stamp: int, spikes: Spikes, into: FloatArray) -> None:
        """Add what arrives at a stamp to the inputs of the target population, shape (size,)."""
        for slot, delay in enumerate(self.delays):
            for source in spikes.at(self.block.pre, stamp - delay):
                segment, synapses = self.segment(source, slot)
                if synapses:
                    factor = self.factor(segment, stamp)
                    for synapse in synapses:
                        into[self.targets[synapse]] += factor * self.weight(synapse)

    def factor(self, segment: int, stamp: int) -> float:
        """What a spike that arrives multiplies the weights of its segment by."""
        return 1.0

    def emit(self, stamp: int, spikes: Spikes) -> list[tuple[int, int, float]]:
        """Plasticity on emission: (arrival, target, amount) of all that is fixed at a stamp."""
        return []

    def settle(self, stamp: int, spikes: Spikes) -> None:
        """Plasticity on arrival."""

    def flush(self) -> None:
        """Apply what waits for the next presynaptic spike."""

    def freeze(self, frozen: bool) -> None:
        """Stop or resume plasticity."""

    def present(self, pending: bool) -> NDArray[Any]:
        """Weights of all synapses."""
        return np.array(np.broadcast_to(self.weights, self.drawn.size))

    def set_weights(self, weights: NDArray[Any]) -> None:
        """Replace the weights of all synapses; one for all stays one if the new ones are equal."""
        one = self.weights.ndim == 0 and len(np.unique(weights)) == 1
        self.weights = np.array(weights[0] if one else weights.astype(self.plan.weight_dtype))

    def table(self, pending: bool) -> Synapses:
        """All synapses."""
        counts = np.diff(self.drawn.ptr)
        segments = np.repeat(np.arange(len(counts)), counts)
        source, slot = np.divmod(segments, len(self.delays))
        return Synapses(
            (self.drawn.first + source).astype(np.int32),
            self.drawn.targets.astype(np.int32),
            self.present(pending),
            self.drawn.delays[slot].astype(np.float64) * self.plan.dt,
        )

    def state(self) -> dict[str, NDArray[Any]]:
        """All that changes, as arrays."""
        return {"weights": self.weights.copy()}

    def restore(self, state: Mapping[str, NDArray[Any]]) -> None:
        """Take over a state."""
        for name in self.state():
            setattr(self, name, np.array(state[name]))


class TsodyksMarkramPart(Part):
    """Short-term plasticity: resources ``x`` and their use ``u`` of every source and delay."""

    def __init__(self, block: SynapseBlock, plan: Plan) -> None:
        super().__init__(block, plan)
        rule = block.synapse
        assert isinstance(rule, TsodyksMarkram)
        self.rule = rule
        segments = len(self.drawn.ptr) - 1
        self.x, self.u = np.ones(segments), np.full(segments, rule.U)
        self.last = np.full(segments, NONE, dtype=np.int64)

    def factor(self, segment: int, stamp: int) -> float:
        rule, last = self.rule, int(self.last[segment])
        x, u = float(self.x[segment]), float(self.u[segment])
        if last != NONE:
            h = float(stamp - last) * self.plan.dt
            x = 1.0 + (x - x * u - 1.0) * exp(-h / rule.tau_rec)
            facilitated = rule.tau_facil > 0.0
            u = rule.U + u * (1.0 - rule.U) * exp(-h / rule.tau_facil) if facilitated else rule.U
        self.x[segment], self.u[segment], self.last[segment] = x, u, stamp
        return x * u

    def state(self) -> dict[str, NDArray[Any]]:
        own = {"x": self.x.copy(), "u": self.u.copy(), "last": self.last.copy()}
        return {**super().state(), **own}
