"""The only code that draws connections: a block's rule and seed become arrays, block by block.

Pairs are drawn target by target from counter-based streams, so every backend and every split of the
work gets the same synapses. Sorting is by counting: the rule is run twice, first to count the
segments of (source, delay), then to fill them, and no list of all pairs is kept beside the result.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from neurosim import seeds
from neurosim.distributions import Distribution
from neurosim.errors import LoweringError
from neurosim.network import connectors as rules
from neurosim.network.expressions import evaluate
from neurosim.philox import words
from neurosim.plan.plan import SynapseBlock

CHUNK = 1 << 20
"""Pairs drawn at a time."""

LONGEST = np.iinfo(np.int32).max
"""The longest delay, in steps."""

Int = NDArray[Any]


class Pairs(NamedTuple):
    """Some pairs of a rule, by position in the projection's groups, in ascending order of ``post``.

    ``number`` is the position of the pair in the rule, which addresses its random draws and, for
    ``FromList``, its weight.
    """

    pre: Int
    post: Int
    number: Int


@dataclass(frozen=True)
class Expanded:
    """Synapses of a block, ordered by (source, delay, target).

    Parameters
    ----------
    first : int
        Population id of the first source that may have synapses.
    n_sources : int
        Number of consecutive source ids.
    delays : ndarray of int32
        Delays that occur, in steps, ascending; at least one entry.
    ptr : ndarray of int64, shape (n_sources * len(delays) + 1,)
        Synapses of source ``s`` and delay ``j`` are ``ptr[i]:ptr[i + 1]``, ``i = (s - first) *
        len(delays) + j``.
    targets : ndarray of int32 or uint16
        Population ids of the targets.
    weights : ndarray or float
        One weight per synapse, or one for all.
    """

    first: int
    n_sources: int
    delays: NDArray[np.int32]
    ptr: NDArray[np.int64]
    targets: NDArray[Any]
    weights: NDArray[Any] | float

    @property
    def size(self) -> int:
        """Number of synapses."""
        return len(self.targets)


def expand(
    block: SynapseBlock, dt: float, weight_dtype: Any, target_dtype: Any = np.int32
) -> Expanded:
    """Draw the synapses of a block.

    Parameters
    ----------
    block : SynapseBlock
        Rule, seed and ids.
    dt : float
        Time step, ms.
    weight_dtype, target_dtype : dtype
        Types of the arrays.

    Returns
    -------
    Expanded

    Raises
    ------
    LoweringError
        If a delay is longer than the longest, or the rule is unknown.
    """
    from neurosim.kernels.connect import count_segments, place_synapses

    first = int(block.pre_ids.min())
    n_sources = int(block.pre_ids.max()) - first + 1
    chunks = _Chunks(block)
    delays = _occurring_delays(block, dt, chunks)
    ptr = np.zeros(n_sources * len(delays) + 1, dtype=np.int64)
    slot = np.zeros(int(delays[-1]) + 1, dtype=np.int64)
    slot[delays] = np.arange(len(delays))

    def segments(pairs: Pairs) -> Int:
        sources = block.pre_ids[pairs.pre - block.pre_first].astype(np.int64)
        at: Int = (sources - first) * len(delays)
        return at if len(delays) == 1 else at + slot[_delays(block, dt, pairs)]

    for pairs in chunks:
        count_segments(segments(pairs), ptr)
    np.cumsum(ptr, out=ptr)
    targets = np.empty(int(ptr[-1]), dtype=target_dtype)
    shared = isinstance(block.synapse.weight, float)
    weights = block.synapse.weight if shared else np.empty(len(targets), dtype=weight_dtype)
    cursor = ptr[:-1].copy()
    for pairs in chunks:
        places = np.empty(len(pairs.pre), dtype=np.int64)
        place_synapses(segments(pairs), cursor, places)
        targets[places] = block.post_ids[pairs.post - block.post_first]
        if not shared:
            weights[places] = _values(block, "weight", block.synapse.weight, pairs)
    if (np.diff(block.post_ids) < 0).any():  # a view in another order than that of its ids
        order = np.lexsort((targets, np.repeat(np.arange(len(ptr) - 1), np.diff(ptr))))
        targets = targets[order]
        weights = weights if isinstance(weights, float) else weights[order]
    return Expanded(first, n_sources, delays, ptr, targets, weights)


class _Chunks:
    """The pairs of a block's rule that belong to the block; iterated over once or several times."""

    def __init__(self, block: SynapseBlock) -> None:
        self.block = block
        self.kept: list[Pairs] | None = None

    def __iter__(self) -> Iterator[Pairs]:
        if self.kept is not None:
            yield from self.kept
            return
        kept: list[Pairs] = []
        total = 0
        for pairs in _own(self.block, _draw(self.block)):
            total += len(pairs.pre)
            if total <= 4 * CHUNK:
                kept.append(pairs)
            yield pairs
        if total <= 4 * CHUNK:
            self.kept = kept


def _own(block: SynapseBlock, chunks: Iterator[Pairs]) -> Iterator[Pairs]:
    n_pre, n_post = len(block.pre_ids), len(block.post_ids)
    whole = n_pre == block.n_pre and n_post == block.n_post
    for pairs in chunks:
        if whole:
            yield pairs
            continue
        pre, post = pairs.pre - block.pre_first, pairs.post - block.post_first
        mine = (pre >= 0) & (pre < n_pre) & (post >= 0) & (post < n_post)
        yield Pairs(pairs.pre[mine], pairs.post[mine], pairs.number[mine])


# values of single synapses


def _values(block: SynapseBlock, name: str, value: Any, pairs: Pairs) -> Any:
    if isinstance(value, Distribution):
        return value.quantile(_uniform(seeds.child(block.key, name), pairs.number))
    return value[pairs.pre, pairs.post] if value.ndim == 2 else value[pairs.number]


def _uniform(key: int, numbers: Int) -> NDArray[np.float64]:
    from neurosim.kernels.rng import fill_uniform
    from neurosim.philox import uniform

    consecutive = len(numbers) > 1 and int(numbers[-1]) - int(numbers[0]) + 1 == len(numbers)
    if not consecutive or not (np.diff(numbers) == 1).all():
        return uniform(key, numbers)
    out = np.empty(len(numbers))
    fill_uniform(np.uint64(key), np.int64(numbers[0]), out)
    return out


def _delays(block: SynapseBlock, dt: float, pairs: Pairs) -> Int:
    return _steps(block, _values(block, "delay", block.synapse.delay, pairs), dt)


def _steps(block: SynapseBlock, delays: Any, dt: float) -> Int:
    steps = np.maximum(np.floor(np.asarray(delays, dtype=np.float64) / dt + 0.5), 1.0)
    if (steps > LONGEST).any():
        raise LoweringError(
            f"projection {block.name!r}: delay {float(np.max(delays)):g} ms is above {LONGEST} "
            f"steps (dt = {dt:g} ms). Use shorter delays or a larger dt."
        )
    return steps.astype(np.int64)


def _occurring_delays(block: SynapseBlock, dt: float, chunks: _Chunks) -> NDArray[np.int32]:
    if isinstance(block.synapse.delay, float):
        return _steps(block, [block.synapse.delay], dt).astype(np.int32)
    drawn = [np.unique(_delays(block, dt, pairs)) for pairs in chunks]
    found = np.unique(np.concatenate([*drawn, np.empty(0, np.int64)]))
    return found.astype(np.int32) if len(found) else np.array([1], dtype=np.int32)


# rules


def _draw(block: SynapseBlock) -> Iterator[Pairs]:
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
