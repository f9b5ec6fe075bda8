"""How many synapses a block will have, from its rule alone."""

from __future__ import annotations

from typing import Any

import numpy as np

from neurosim.network import connectors as rules
from neurosim.plan.pairs import distance_shares
from neurosim.plan.plan import SynapseBlock

SAMPLED = 20_000
"""Pairs of which the mean probability of a distance-dependent rule is taken."""


def expected(block: SynapseBlock) -> float:
    """Expected number of synapses, without drawing any.

    Exact where the rule fixes the number and the block holds the rule's whole groups, and for pairs
    that the user lists. That of ``DistanceDependent`` is an estimate from some pairs.
    """
    rule: Any = block.rule
    n_pre, n_post = len(block.pre_ids), len(block.post_ids)
    possible = n_pre * n_post - _inside(block, block.apart[:, 0], block.apart[:, 1])
    match rule:
        case rules.FixedProbability():
            return float(rule.p_connect * possible)
        case rules.DistanceDependent():
            return _mean_share(block, rule) * possible
        case rules.OneToOne():
            first = max(block.pre_first, block.post_first)
            last = min(block.pre_first + n_pre, block.post_first + n_post)
            return float(max(0, last - first))
        case rules.FromList():
            return float(_inside(block, rule.pairs[:, 0], rule.pairs[:, 1]))
        case rules.FromArray():
            pre = slice(block.pre_first, block.pre_first + n_pre)
            post = slice(block.post_first, block.post_first + n_post)
            return float(np.count_nonzero(rule.connections[pre, post]))
    wanted = {
        rules.FixedNumberPre: lambda: rule.n * block.n_post,
        rules.FixedNumberPost: lambda: rule.n * block.n_pre,
        rules.FixedTotalNumber: lambda: rule.n,
        rules.SmallWorld: lambda: rule.degree * block.n_post,
    }.get(type(rule))
    if wanted is None:
        return float(possible)
    return float(wanted()) * n_pre / block.n_pre * n_post / block.n_post


def _inside(block: SynapseBlock, pre: Any, post: Any) -> int:
    """How many pairs of places in the groups belong to the block."""
    pre, post = pre - block.pre_first, post - block.post_first
    own = (pre >= 0) & (pre < len(block.pre_ids)) & (post >= 0) & (post < len(block.post_ids))
    return int(np.count_nonzero(own))


def _mean_share(block: SynapseBlock, rule: Any) -> float:
    rng = np.random.Generator(np.random.PCG64(0))
    pre = block.pre_first + rng.integers(0, len(block.pre_ids), SAMPLED)
    post = block.post_first + rng.integers(0, len(block.post_ids), SAMPLED)
    return float(np.clip(distance_shares(block, rule, pre, post), 0.0, 1.0).mean())
