"""Synapse blocks that share sources, delivered together.

A spike finds all its targets with one delay in one place, whatever populations they belong to.
Where delays differ much this matters: a source of the cortical microcircuit has synapses onto eight
populations with some fifty delays, a handful each.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from neurosim.backends.share import Share
from neurosim.plan.plan import Plan, SynapseBlock
from neurosim.synapses import STDP, TsodyksMarkram

NARROW = 1 << 16
"""Targets of a bundle that 16 bits can tell apart."""

PLAIN, DYNAMIC, PLASTIC = range(3)


@dataclass(frozen=True)
class Bundle:
    """Blocks of one source population onto one input of one neuron block.

    Parameters
    ----------
    blocks : list of int
        Synapse blocks of the plan.
    pre : int
        Source population.
    target : tuple of int
        Neuron block and input.
    kind : int
        ``PLAIN``, ``DYNAMIC`` or ``PLASTIC``; only plain ones hold more than one block.
    weight : float or None
        The weight that all synapses share.
    low, high : int
        Range of places in the neuron block that holds all targets.
    ascending : bool
        Whether targets are drawn in ascending order.
    """

    blocks: list[int]
    pre: int
    target: tuple[int, int]
    kind: int
    weight: float | None
    low: int
    high: int
    ascending: bool = True


def kind_of(block: SynapseBlock) -> int:
    """What a synapse does at an arriving spike."""
    if isinstance(block.synapse, STDP):
        return PLASTIC
    return DYNAMIC if isinstance(block.synapse, TsodyksMarkram) else PLAIN


def bundles(plan: Plan, shares: list[Share]) -> list[Bundle]:
    """All synapse blocks in bundles, in the order of delivery.

    The inputs of every neuron are added in the order of :attr:`Plan.delivery`: a block joins a
    bundle only if none after it reaches the same population. It does not join where that would make
    targets wider than 16 bits in some share.
    """
    made: list[Bundle] = []
    singles = [_alone(plan, i) for i in plan.delivery]
    widest = max([NARROW, *(width(b, shares) for b in singles)])
    for alone in singles:
        for bundle in reversed(made):
            joined = _joined(plan, bundle, alone)
            if joined is not None and width(joined, shares) <= widest:
                made[made.index(bundle)] = joined
                break
            if _meet(plan, bundle, alone):
                made.append(alone)
                break
        else:
            made.append(alone)
    return made


def _alone(plan: Plan, i: int) -> Bundle:
    block = plan.synapses[i]
    kind = kind_of(block)
    where = plan.populations[block.post]
    weight: Any = block.synapse.weight
    shared = isinstance(weight, float) and kind != PLASTIC
    ascending = bool((block.post_ids[1:] >= block.post_ids[:-1]).all())
    return Bundle(
        [i], block.pre, (where.block, block.input), kind, weight if shared else None,
        where.offset, where.offset + where.size, ascending,
    )  # fmt: skip


def width(bundle: Bundle, shares: list[Share]) -> int:
    """The most places that a share has between the first and the last target."""
    block = bundle.target[0]
    return max(
        min(bundle.high, share.high[block]) - max(bundle.low, share.low[block]) for share in shares
    )


def _meet(plan: Plan, bundle: Bundle, alone: Bundle) -> bool:
    """Whether a bundle reaches the population and input of a block."""
    post = plan.synapses[alone.blocks[0]].post
    return bundle.target == alone.target and any(
        plan.synapses[b].post == post for b in bundle.blocks
    )


def _joined(plan: Plan, bundle: Bundle, alone: Bundle) -> Bundle | None:
    """A bundle together with a block, where that is possible."""
    if (
        (bundle.pre, bundle.target, bundle.weight) != (alone.pre, alone.target, alone.weight)
        or not bundle.kind == alone.kind == PLAIN
        or not (bundle.ascending and alone.ascending)
        or _meet(plan, bundle, alone)
    ):
        return None
    blocks = [*bundle.blocks, *alone.blocks]
    blocks.sort(key=lambda b: plan.populations[plan.synapses[b].post].offset)
    return replace(
        bundle, blocks=blocks, low=min(bundle.low, alone.low), high=max(bundle.high, alone.high)
    )
