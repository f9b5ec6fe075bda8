"""Connection rules as pairs: chunk by chunk, in ascending order of the target.

Draws come from counter-based streams that are addressed by target and position, so they depend
neither on the size of a chunk nor on which part of the targets a block holds.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from neurosim import seeds
from neurosim.errors import LoweringError
from neurosim.network import connectors as rules
from neurosim.network.expressions import evaluate
from neurosim.philox import words
from neurosim.plan.plan import SynapseBlock

CHUNK = 1 << 20
"""Pairs drawn at a time."""

Int = NDArray[Any]


class Pairs(NamedTuple):
    """Some pairs of a rule, by position in the projection's groups, in ascending order of ``post``.

    ``number`` is the position of the pair in the rule, which addresses its random draws and, for
    ``FromList``, its weight.
    """

    pre: Int
    post: Int
    number: Int


def draw(block: SynapseBlock) -> Iterator[Pairs]:
    """All pairs of the rule over the whole groups, in chunks, in ascending order of the target."""
    rule: Any = block.rule
    match rule:
        case rules.AllToAll():
            return _all(block)
        case rules.FixedNumberPre():
            return _fixed_pre(block, rule)
        case rules.FixedProbability():
            return _probability(block, rule)
        case rules.DistanceDependent():
            return _distance(block, rule)
        case rules.OneToOne():
            ids = np.arange(block.n_pre)
            return iter([Pairs(ids, ids, ids)])
        case rules.FixedNumberPost():
            return _listed(block, *_fixed_post(block, rule))
        case rules.FixedTotalNumber():
            return _listed(block, *_fixed_total(block, rule))
        case rules.SmallWorld():
            return _listed(block, *_small_world(block, rule))
        case rules.FromList():
            return _listed(block, rule.pairs[:, 0], rule.pairs[:, 1])
        case rules.FromArray():
            return _listed(block, *np.nonzero(rule.connections))
    raise LoweringError(
        f"projection {block.name!r}: {type(rule).__name__} is no known rule. Use one of "
        f"{', '.join(rules.KINDS)}; FromList and FromArray take pairs of any origin."
    )


def _listed(block: SynapseBlock, pre: Int, post: Int) -> Iterator[Pairs]:
    order = np.argsort(post, kind="stable")
    yield Pairs(pre[order], post[order], order)


def _rows(block: SynapseBlock, per_target: int) -> Iterator[tuple[int, int]]:
    """Ranges of targets of which each has at most ``per_target`` pairs."""
    step = max(1, CHUNK // max(1, per_target))
    first, last = block.post_first, block.post_first + len(block.post_ids)
    for start in range(first, last, step):
        yield start, min(last, start + step)


def _all(block: SynapseBlock) -> Iterator[Pairs]:
    sources = np.arange(block.n_pre)
    apart = block.apart[:, 1] * block.n_pre + block.apart[:, 0]
    for first, last in _rows(block, block.n_pre):
        post = np.repeat(np.arange(first, last), block.n_pre)
        pre = np.tile(sources, last - first)
        number = post * block.n_pre + pre
        low, high = np.searchsorted(apart, (first * block.n_pre, last * block.n_pre))
        if low < high:
            keep = np.ones(len(number), dtype=np.bool_)
            keep[apart[low:high] - first * block.n_pre] = False
            pre, post, number = pre[keep], post[keep], number[keep]
        yield Pairs(pre, post, number)


def _by_unit(units: Int, partners: Int, n: int) -> tuple[Int, Int]:
    """The partners that each of ``n`` units must not get, ascending, and where they begin."""
    begins = np.zeros(n + 1, dtype=np.int64)
    np.cumsum(np.bincount(units, minlength=n), out=begins[1:])
    return begins, partners[np.lexsort((partners, units))]


def _fixed_pre(block: SynapseBlock, rule: Any) -> Iterator[Pairs]:
    from neurosim.kernels.connect import draw_distinct, draw_with_replacement

    draw = draw_with_replacement if rule.with_replacement else draw_distinct
    key = np.uint64(seeds.child(block.key, "pairs"))
    apart = _by_unit(block.apart[:, 1], block.apart[:, 0], block.n_post)
    for first, last in _rows(block, rule.n):
        size = (last - first) * rule.n
        pre, post = np.empty(size, dtype=np.int32), np.empty(size, dtype=np.int32)
        draw(key, block.n_pre, first, last, rule.n, *apart, pre, post)
        yield Pairs(pre, post, np.arange(first * rule.n, last * rule.n))


def _fixed_post(block: SynapseBlock, rule: Any) -> tuple[Int, Int]:
    from neurosim.kernels.connect import draw_distinct, draw_with_replacement

    draw = draw_with_replacement if rule.with_replacement else draw_distinct
    size = block.n_pre * rule.n
    pre, post = np.empty(size, dtype=np.int32), np.empty(size, dtype=np.int32)
    key = np.uint64(seeds.child(block.key, "pairs"))
    apart = _by_unit(block.apart[:, 0], block.apart[:, 1], block.n_pre)
    draw(key, block.n_post, 0, block.n_pre, rule.n, *apart, post, pre)
    return pre, post


def _probability(block: SynapseBlock, rule: Any) -> Iterator[Pairs]:
    from neurosim.kernels.connect import draw_probability

    if rule.p_connect == 1.0:
        yield from _all(block)
        return
    if rule.p_connect == 0.0:
        return
    key = np.uint64(seeds.child(block.key, "pairs"))
    apart = _by_unit(block.apart[:, 1], block.apart[:, 0], block.n_post)
    first, last = block.post_first, block.post_first + len(block.post_ids)
    size = max(CHUNK, block.n_pre)
    while first < last:
        pre, post = np.empty(size, dtype=np.int32), np.empty(size, dtype=np.int32)
        count, first = draw_probability(
            key, block.n_pre, first, last, rule.p_connect, *apart, pre, post
        )
        pre, post = pre[:count], post[:count]
        yield Pairs(pre, post, post.astype(np.int64) * block.n_pre + pre)


def _distance(block: SynapseBlock, rule: Any) -> Iterator[Pairs]:
    assert block.pre_positions is not None
    assert block.post_positions is not None
    key = seeds.child(block.key, "pairs")
    for pairs in _all(block):
        away = block.pre_positions[pairs.pre] - block.post_positions[pairs.post]
        share = evaluate(rule.probability, d=np.sqrt((away * away).sum(axis=1)))
        limit = np.clip(np.asarray(share, dtype=np.float64), 0.0, 1.0) * 2.0**32
        drawn = words(key, pairs.number) < limit
        yield Pairs(pairs.pre[drawn], pairs.post[drawn], pairs.number[drawn])


def _fixed_total(block: SynapseBlock, rule: Any) -> tuple[Int, Int]:
    rng = np.random.Generator(np.random.PCG64(seeds.child(block.key, "pairs")))
    apart = block.apart[:, 1] * block.n_pre + block.apart[:, 0]
    total = block.n_pre * block.n_post - len(apart)
    if rule.with_replacement:
        number = rng.integers(0, max(1, total), size=rule.n)
    else:
        number = rng.choice(total, size=rule.n, replace=False, shuffle=False)
    number += np.searchsorted(apart - np.arange(len(apart)), number, side="right")
    post, pre = np.divmod(number, block.n_pre)
    return pre, post


def _small_world(block: SynapseBlock, rule: Any) -> tuple[Int, Int]:
    rng = np.random.Generator(np.random.PCG64(seeds.child(block.key, "pairs")))
    n, half = block.n_pre, rule.degree // 2
    near = np.concatenate([np.arange(-half, 0), np.arange(1, half + 1)])
    post = np.repeat(np.arange(n), rule.degree)
    pre = (post + np.tile(near, n)) % n
    free = n - 1 - rule.degree  # units that are no source of a target, nor the target itself
    for i in np.flatnonzero(rng.random(len(pre)) < rule.rewiring) if free else ():
        taken = np.sort(np.append(pre[post[i] * rule.degree :][: rule.degree], post[i]))
        place = rng.integers(free)  # among those; each taken unit before it moves it by one
        pre[i] = place + np.searchsorted(taken - np.arange(len(taken)), place, side="right")
    return pre, post
