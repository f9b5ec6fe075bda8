"""Reading and changing the synapses of the compiled step loop: from plan blocks to shards."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from neurosim.backends.base import Synapses
from neurosim.backends.bundles import PLASTIC
from neurosim.backends.layout import Layout, Shard
from neurosim.kernels import stdp
from neurosim.kernels.stdp_rule import GUTIG, QUICK
from neurosim.plan.plan import Plan

Int = NDArray[Any]


class Found(NamedTuple):
    """Synapses of a plan block in a shard: their places in its bundle, segments and targets."""

    shard: Shard
    at: Any  # slice or int64[:], places in the bundle's arrays
    segments: Int  # int64[:]
    targets: NDArray[np.int32]  # population ids


class SynapseAccess:
    """The synapses of a run, by synapse block of the plan.

    Parameters
    ----------
    plan : Plan
        The plan.
    layout : Layout
        Its arrays.
    """

    def __init__(self, plan: Plan, layout: Layout) -> None:
        self.plan, self.layout = plan, layout
        self.bundle = {b: i for i, bundle in enumerate(layout.bundles) for b in bundle.blocks}

    def is_plastic(self, block: int) -> bool:
        """Whether a block learns."""
        return self.layout.bundles[self.bundle[block]].kind == PLASTIC

    def _find(self, block: int) -> tuple[list[Found], Int]:
        """The synapses of a block in each shard, and the places of all of them, end to end, in
        the order of (source, delay, target)."""
        found = []
        for shard in self.layout.shards:
            part = shard.segments[self.bundle[block]]
            mine = shard.share.part(self.plan, self.plan.synapses[block].post)
            shift = mine.place - part.base
            numbers = np.repeat(np.arange(len(part.ptr) - 1), np.diff(part.ptr))
            at: Any = slice(None)
            if len(self.layout.bundles[self.bundle[block]].blocks) > 1:
                low, high = mine.low + shift, mine.high + shift
                at = np.flatnonzero((part.targets >= low) & (part.targets < high))
            targets = part.targets[at].astype(np.int32) - np.int32(shift)
            found.append(Found(shard, at, numbers[at], targets))
        if len(found) == 1:
            return found, np.arange(len(found[0].targets))
        return found, np.argsort(np.concatenate([f.segments for f in found]), kind="stable")

    def table(self, block: int, pending: bool, now: int) -> Synapses:
        """Synapses of a block; see :class:`neurosim.backends.base.Engine`."""
        found, order = self._find(block)
        parts = [self._weights(block, f, pending, now) for f in found]
        segments = np.concatenate([f.segments for f in found])[order]
        first = found[0].shard.segments[self.bundle[block]]
        source, slot = np.divmod(segments, len(first.delays))
        return Synapses(
            (first.first + source).astype(np.int32),
            np.concatenate([f.targets for f in found])[order],
            np.concatenate(parts)[order],
            first.delays[slot] * np.float64(self.plan.dt),
        )

    def _weights(self, block: int, found: Found, pending: bool, now: int) -> NDArray[Any]:
        """Weights of a block in a shard, one for each synapse."""
        bundle, shard = self.bundle[block], found.shard
        if pending and self.is_plastic(block):
            own = self._own(bundle, shard)
            kept = own.copy(), shard.synapses.applied.copy()
            self._flush(bundle, shard, now)
            weights: NDArray[Any] = own[found.at].copy()
            own[:], shard.synapses.applied[:] = kept
            return weights
        lanes = np.flatnonzero((shard.lanes.block == bundle) & shard.lanes.shared)
        if len(lanes):
            return np.full(len(found.targets), shard.lanes.weight[lanes[0]])
        mine: NDArray[Any] = self._own(bundle, shard)[found.at].copy()
        return mine

    @staticmethod
    def _own(bundle: int, shard: Shard) -> NDArray[Any]:
        start = int(shard.synapses.weight_start[bundle])
        own: NDArray[Any] = shard.synapses.weights[start : start + shard.segments[bundle].size]
        return own

    def set_weights(self, block: int, weights: NDArray[Any], now: int) -> None:
        """Replace the weights of a block; shared weights become one a synapse where needed."""
        bundle = self.bundle[block]
        self.flush(block, now)
        self.forget_quick()
        found, order = self._find(block)
        given = np.empty(len(weights))
        given[order] = weights
        whole = len(self.layout.bundles[bundle].blocks) == 1
        alike = whole and len(weights) > 0 and bool((weights == weights[:1]).all())
        ends = np.cumsum([len(f.targets) for f in found])[:-1]
        for f, values in zip(found, np.split(given, ends), strict=True):
            shard = f.shard
            shared = (shard.lanes.block == bundle) & shard.lanes.shared
            if shared.any() and alike:
                shard.lanes.weight[shared] = weights[:1]
                continue
            if shared.any():
                self._unshare(bundle, shard, shared)
            self._own(bundle, shard)[f.at] = values

    def _unshare(self, bundle: int, shard: Shard, shared: Int) -> None:
        """Give each synapse of a bundle a weight of its own."""
        old = shard.synapses.weights
        shard.synapses.weight_start[bundle] = len(old)
        weight = shard.lanes.weight[shared][0]
        more = np.full(shard.segments[bundle].size, weight, dtype=self.plan.weight_dtype)
        shard.synapses = shard.synapses._replace(weights=np.concatenate([old, more]))
        shard.lanes.shared[shared] = False

    # plasticity

    def flush(self, block: int, now: int) -> None:
        """Apply the pending potentiation of a plastic block."""
        if self.is_plastic(block):
            for shard in self.layout.shards:
                self._flush(self.bundle[block], shard, now)

    def _flush(self, bundle: int, shard: Shard, now: int) -> None:
        last = now - 1
        stdp.flush(
            bundle, last, last + self.plan.arrival, self.plan.dt, shard.plastic, shard.synapses,
            shard.posts,
        )  # fmt: skip

    def make_room(self, now: int) -> None:
        """Apply what waits in the postsynaptic histories, and drop spikes that no event needs."""
        for shard in self.layout.shards:
            posts = shard.posts
            if not posts.full[0]:
                continue
            for j, bundle in enumerate(posts.block):
                if posts.frozen[bundle]:
                    continue
                self._flush(int(bundle), shard, now)
                mine = shard.plastic.block == bundle
                longest = int(shard.plastic.dendritic[mine].max(initial=0))
                block = self.layout.bundles[bundle].blocks[0]
                part = shard.share.part(self.plan, self.plan.synapses[block].post)
                first = int(posts.row[j]) + part.low
                stdp.forget_posts(now - 1 - longest, first, first + part.high - part.low, posts)
            posts.full[0] = 0

    def find_quick(self) -> None:
        """Find plastic bundles whose weights lie within their bounds, where they stay.

        Only there may the rule clip weights at events that do not count.
        """
        for shard in self.layout.shards:
            whole, plastic = shard.synapses.whole, shard.posts.block
            for bundle in plastic[(whole[plastic, QUICK] == 0) & (whole[plastic, GUTIG] == 0)]:
                rule: Any = self.plan.synapses[self.layout.bundles[bundle].blocks[0]].synapse
                weights = self._own(int(bundle), shard)
                low, high = weights.dtype.type(rule.w_min), weights.dtype.type(rule.w_max)
                whole[bundle, QUICK] = ((weights >= low) & (weights <= high)).all()

    def forget_quick(self) -> None:
        """Weights have changed from outside."""
        for shard in self.layout.shards:
            shard.synapses.whole[shard.posts.block, QUICK] = 0

    def freeze(self, block: int, frozen: bool) -> None:
        """Stop or resume the plasticity of a block."""
        for shard in self.layout.shards:
            shard.posts.frozen[self.bundle[block]] = frozen
