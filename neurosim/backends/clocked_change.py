"""The state of a compiled run in the arrays of a plan with other parameters."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from neurosim.backends.layout import Layout, Shard, working_space
from neurosim.kernels.layout import STRIP
from neurosim.kernels.stdp_rule import A_MINUS, ROW


def take_over(old: Layout, new: Layout, step: int) -> None:
    """Bring the arrays of ``new``, laid out like ``old``, to the state of ``old`` at a step.

    Constants, sources, inputs, currents and probes stay those of ``new``.
    """
    history = old.shards[0].history
    missing = new.shards[0].history.ids.shape[2] - history.ids.shape[2]
    ids = np.pad(history.ids, ((0, 0), (0, 0), (0, max(0, missing))))
    for before, after in zip(old.shards, new.shards, strict=True):
        after.history = after.history._replace(
            ids=ids, count=history.count, low=history.low, high=history.high,
            queue=working_space(ids.shape[2]),
        )  # fmt: skip
        after.arrays.next[0] = np.searchsorted(after.arrays.stamp, step)
        after.lanes = after.lanes._replace(shared=before.lanes.shared, weight=before.lanes.weight)
        after.posts = after.posts._replace(
            **{
                name: getattr(before.posts, name)
                for name in ("stamp", "trace", "count", "recent", "pairs", "fall", "frozen", "full")
            }
        )
        _set_fall(after)
        _copy_state(old, new, before, after)
        _copy_ring(new, before, after)


def _set_fall(shard: Shard) -> None:
    """What the newest spike of each row counts for depression, by the rules as they are now."""
    posts = shard.posts
    firsts = shard.synapses.whole[posts.block, ROW]
    ends = np.append(firsts, len(posts.count))[1:]
    for block, first, end in zip(posts.block, firsts, ends, strict=True):
        mine = first + np.flatnonzero(posts.count[first:end])
        newest = posts.trace[mine, posts.count[mine] - 1]
        posts.fall[mine] = shard.synapses.real[block, A_MINUS] * newest


def strips_of(layout: Layout, shard: Shard, block: int) -> NDArray[Any]:
    """State and varying constants of a neuron block in a shard, shape (strips, rows, STRIP)."""
    start, size = int(shard.neurons.start[block]), int(shard.neurons.size[block])
    rows = layout.code[block].rows
    count = -(-size // STRIP) * STRIP * rows
    strips: NDArray[Any] = shard.neurons.state[start : start + count].reshape(-1, rows, STRIP)
    return strips


def _copy_state(old: Layout, new: Layout, before: Shard, after: Shard) -> None:
    for block, code in enumerate(new.code):
        variables = len(code.state)
        strips_of(new, after, block)[:, :variables] = strips_of(old, before, block)[:, :variables]


def _copy_ring(new: Layout, before: Shard, after: Shard) -> None:
    """What is fixed to arrive; accumulators lie elsewhere where currents came or went."""
    if not after.posts.ring.size:
        return
    for block, code in enumerate(new.code):
        size = -(-int(after.neurons.size[block]) // STRIP) * STRIP
        for i in range(len(code.inputs)):
            here = int(after.neurons.input_start[block, i])
            there = int(before.neurons.input_start[block, i])
            after.posts.ring[:, here : here + size] = before.posts.ring[:, there : there + size]
