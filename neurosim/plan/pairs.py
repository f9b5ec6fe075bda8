"""Connection rules as pairs: chunk by chunk, in ascending order of the target.

Draws come from counter-based streams that are addressed by target and position, so they depend
neither on the size of a chunk nor on which targets are asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from neurosim import seeds
from neurosim.errors import LoweringError
from neurosim.network import connectors as rules
from neurosim.network.expressions import evaluate
from neurosim.philox import words
from neurosim.plan.plan import SynapseBlock

CHUNK = 1 << 15
"""Pairs drawn at a time: their arrays stay in the cache of a core."""

COUNTED = 10**9
"""Pairs up to which NumPy draws hypergeometric numbers."""

Int = NDArray[Any]


class Pairs(NamedTuple):
    """Some pairs of a rule, by position in the projection's groups, in ascending order of ``post``.

    ``pre`` and ``post`` are arrays of int32. ``number`` is the position of each pair in the rule,
    which addresses its random draws and, for ``FromList``, its weight: an array of int64, or the
    first of numbers that follow one another.
    """

    pre: NDArray[np.int32]
    post: NDArray[np.int32]
    number: Int | int


Draw = Callable[[int, int], Iterator[Pairs]]
"""All pairs whose targets lie in a range of positions in the group (first, last), in chunks."""


def prepare(block: SynapseBlock) -> Draw:
    """What draws the pairs of a block's rule, over the whole groups.

    Pairs of rules that cannot be drawn target by target (``FixedNumberPost``, ``SmallWorld`` and
    the lists; ``FixedTotalNumber`` without replacement out of more than ``COUNTED`` pairs) are
    drawn here and kept.

    Raises
    ------
    LoweringError
        If the rule is unknown.
    """
    rule: Any = block.rule
    match rule:
        case rules.AllToAll():
            return partial(_all, block)
        case rules.FixedNumberPre():
            starts = np.arange(block.n_post + 1) * rule.n
            return partial(_numbered, block, starts, rule.with_replacement, _refused(block))
        case rules.FixedProbability() if 0.0 < rule.p_connect < 1.0:
            return partial(_probability, block, rule, _refused(block))
        case rules.FixedProbability():
            return partial(_all, block) if rule.p_connect else _none
        case rules.DistanceDependent():
            return partial(_distance, block, rule)
        case rules.OneToOne():
            return _one
        case rules.FixedNumberPost():
            return _listed(*_fixed_post(block, rule))
        case rules.FixedTotalNumber():
            return _fixed_total(block, rule)
        case rules.SmallWorld():
            return _listed(*_small_world(block, rule))
        case rules.FromList():
            return _listed(rule.pairs[:, 0], rule.pairs[:, 1])
        case rules.FromArray():
            return _listed(*np.nonzero(rule.connections))
    raise LoweringError(
        f"projection {block.name!r}: {type(rule).__name__} is no known rule. Use one of "
        f"{', '.join(rules.KINDS)}; FromList and FromArray take pairs of any origin."
    )


def _none(first: int, last: int) -> Iterator[Pairs]:
    return iter(())


def _one(first: int, last: int) -> Iterator[Pairs]:
    for start in range(first, last, CHUNK):
        ids = np.arange(start, min(last, start + CHUNK), dtype=np.int32)
        yield Pairs(ids, ids, start)


def _listed(pre: Int, post: Int) -> Draw:
    """Pairs that are known, in the order of their numbers."""
    order = np.argsort(post, kind="stable")
    return partial(_kept, Pairs(pre[order].astype(np.int32), post[order].astype(np.int32), order))


def _kept(pairs: Pairs, first: int, last: int) -> Iterator[Pairs]:
    pre, post, number = pairs
    assert not isinstance(number, int)
    begin, end = np.searchsorted(post, (first, last)).tolist()
    for start in range(begin, end, CHUNK):
        part = slice(start, min(end, start + CHUNK))
        yield Pairs(pre[part], post[part], number[part])


def _all(block: SynapseBlock, first: int, last: int) -> Iterator[Pairs]:
    n_pre = block.n_pre
    sources = np.arange(n_pre, dtype=np.int32)
    apart = block.apart[:, 1] * n_pre + block.apart[:, 0]
    rows = max(1, CHUNK // n_pre)
    for start in range(first, last, rows):
        stop = min(last, start + rows)
        post = np.repeat(np.arange(start, stop, dtype=np.int32), n_pre)
        pre = np.tile(sources, stop - start)
        low, high = np.searchsorted(apart, (start * n_pre, stop * n_pre))
        if low == high:
            yield Pairs(pre, post, start * n_pre)
            continue
        keep = np.ones(len(pre), dtype=np.bool_)
        keep[apart[low:high] - start * n_pre] = False
        yield Pairs(pre[keep], post[keep], start * n_pre + np.flatnonzero(keep))


def _by_unit(units: Int, partners: Int, n: int) -> tuple[Int, Int]:
    """The partners that each of ``n`` units must not get, ascending, and where they begin."""
    begins = np.zeros(n + 1, dtype=np.int64)
    np.cumsum(np.bincount(units, minlength=n), out=begins[1:])
    return begins, partners[np.lexsort((partners, units))]


def _refused(block: SynapseBlock) -> tuple[Int, Int]:
    """The sources that each target must not get."""
    return _by_unit(block.apart[:, 1], block.apart[:, 0], block.n_post)


def _words(key: int, first: int, n: int) -> NDArray[np.uint32]:
    """``n`` words of a stream, from position ``first`` on."""
    from neurosim.kernels.rng import fill_words

    skipped = first & 3
    out = np.empty((skipped + n + 3) // 4 * 4, dtype=np.uint32)
    fill_words(np.uint64(key), np.uint64(0), np.uint64(first >> 2), out)
    return out[skipped : skipped + n]


def _chosen(
    key: int, n_from: int, starts: Int, again: bool, refused: tuple[Int, Int], first: int, last: int
) -> Iterator[tuple[Int, Int, int]]:
    """Partners for the units from ``first`` to ``last``, the units and the first pair's number.

    Unit ``u`` gets ``starts[u + 1] - starts[u]`` partners.
    """
    while first < last:
        begin = int(starts[first])
        stop = int(np.searchsorted(starts[: last + 1], begin + CHUNK, side="right")) - 1
        stop = max(first + 1, stop)
        size = int(starts[stop]) - begin
        if again:
            numbers = np.diff(starts[first : stop + 1])
            units = np.arange(first, stop, dtype=np.int32)
            drawn = _words(key, begin, size).astype(np.uint64)
            yield _among(drawn, n_from, units, numbers, refused), units.repeat(numbers), begin
        else:
            yield *_distinct(key, n_from, starts, refused, first, stop), begin
        first = stop


def _among(
    drawn: Int, n_from: int, units: Int, numbers: Int, refused: tuple[Int, Int]
) -> NDArray[np.int32]:
    """Partners from words of 32 bits, ``numbers`` of them for each unit, none that it refuses."""
    begins, apart = refused
    first, last = begins[units], begins[units + 1]
    most = int((last - first).max(initial=0))
    if most:
        drawn *= (n_from - (last - first)).astype(np.uint64).repeat(numbers)
    else:
        drawn *= np.uint64(n_from)
    drawn >>= np.uint64(32)
    partners = drawn.astype(np.int32)
    for k in range(most):  # ascending, so each that is passed moves the draw on by one
        out = np.full(len(units), n_from, dtype=np.int32)
        has = first + k < last
        out[has] = apart[first[has] + k]
        partners += partners >= out.repeat(numbers)
    return partners


def _distinct(
    key: int, n_from: int, starts: Int, refused: tuple[Int, Int], first: int, last: int
) -> tuple[Int, Int]:
    from neurosim.kernels.connect import draw_distinct

    size = int(starts[last] - starts[first])
    other, own = np.empty(size, dtype=np.int32), np.empty(size, dtype=np.int32)
    mark = np.full(n_from, -1, dtype=np.int64)
    draw_distinct(np.uint64(key), n_from, first, last, starts, *refused, mark, other, own)
    return other, own


def _numbered(
    block: SynapseBlock, starts: Int, again: bool, refused: tuple[Int, Int], first: int, last: int
) -> Iterator[Pairs]:
    key = seeds.child(block.key, "pairs")
    for pre, post, number in _chosen(key, block.n_pre, starts, again, refused, first, last):
        yield Pairs(pre, post, number)


def _fixed_post(block: SynapseBlock, rule: Any) -> tuple[Int, Int]:
    starts = np.arange(block.n_pre + 1) * rule.n
    pre, post = np.empty(starts[-1], dtype=np.int32), np.empty(starts[-1], dtype=np.int32)
    key = seeds.child(block.key, "pairs")
    refused = _by_unit(block.apart[:, 0], block.apart[:, 1], block.n_pre)
    chosen = _chosen(key, block.n_post, starts, rule.with_replacement, refused, 0, block.n_pre)
    for targets, sources, begin in chosen:
        post[begin : begin + len(targets)] = targets
        pre[begin : begin + len(targets)] = sources
    return pre, post


def _probability(
    block: SynapseBlock, rule: Any, refused: tuple[Int, Int], first: int, last: int
) -> Iterator[Pairs]:
    from neurosim.kernels.connect import draw_probability

    key = np.uint64(seeds.child(block.key, "pairs"))
    size = max(CHUNK, block.n_pre)
    while first < last:
        pre, post = np.empty(size, dtype=np.int32), np.empty(size, dtype=np.int32)
        count, first = draw_probability(
            key, block.n_pre, first, last, rule.p_connect, *refused, pre, post
        )
        pre, post = pre[:count], post[:count]
        yield Pairs(pre, post, post.astype(np.int64) * block.n_pre + pre)


def _distance(block: SynapseBlock, rule: Any, first: int, last: int) -> Iterator[Pairs]:
    key = seeds.child(block.key, "pairs")
    for pairs in _all(block, first, last):
        limit = np.clip(distance_shares(block, rule, pairs.pre, pairs.post), 0.0, 1.0) * 2.0**32
        if isinstance(pairs.number, int):
            drawn = _words(key, pairs.number, len(pairs.pre)) < limit
            numbers = pairs.number + np.flatnonzero(drawn)
        else:
            drawn = words(key, pairs.number) < limit
            numbers = pairs.number[drawn]
        yield Pairs(pairs.pre[drawn], pairs.post[drawn], numbers)


def distance_shares(block: SynapseBlock, rule: Any, pre: Int, post: Int) -> NDArray[np.float64]:
    """The expression of a distance-dependent rule for pairs."""
    assert block.pre_positions is not None
    assert block.post_positions is not None
    away = block.pre_positions[pre] - block.post_positions[post]
    shares = evaluate(rule.probability, d=np.sqrt((away * away).sum(axis=1)))
    return np.broadcast_to(np.asarray(shares, dtype=np.float64), len(pre))


def _fixed_total(block: SynapseBlock, rule: Any) -> Draw:
    """Numbers of pairs by target first, then the sources of each target.

    The numbers of a uniform draw of pairs are multinomial (with replacement) or hypergeometric.
    Given them, the sources of a target are a uniform draw of their own, so the result is
    distributed as if pair after pair had been drawn.
    """
    refused = _refused(block)
    possible = block.n_pre - np.diff(refused[0])
    total = int(possible.sum())
    if not rule.with_replacement and total >= COUNTED:
        return _listed(*_distinct_pairs(block, rule.n, total))
    rng = seeds.generator(block.key, "numbers")
    numbers = _split(rng, rule.n, possible, rule.with_replacement)
    starts = np.append(0, np.cumsum(numbers))
    return partial(_numbered, block, starts, rule.with_replacement, refused)


def _split(rng: np.random.Generator, n: int, sizes: Int, again: bool) -> Int:
    """How many of ``n`` draws fall into each of some groups of things, by halving.

    ``sizes`` are the numbers of things; halves that hold nothing get nothing.
    """
    groups = len(sizes)
    levels = [np.pad(sizes, (0, (1 << (groups - 1).bit_length()) - groups))]
    while len(levels[-1]) > 1:
        levels.append(levels[-1][0::2] + levels[-1][1::2])
    counts = np.array([n], dtype=np.int64)
    for level in levels[-2::-1]:
        left, both = level[0::2], level[0::2] + level[1::2]
        if again:
            to_left = rng.binomial(counts, left / np.maximum(both, 1))
        else:
            to_left = rng.hypergeometric(left, both - left, counts)
        counts = np.stack([to_left, counts - to_left], axis=1).ravel()
    return counts[:groups]


def _distinct_pairs(block: SynapseBlock, n: int, total: int) -> tuple[Int, Int]:
    apart = block.apart[:, 1] * block.n_pre + block.apart[:, 0]
    rng = np.random.Generator(np.random.PCG64(seeds.child(block.key, "pairs")))
    number = rng.choice(total, size=n, replace=False, shuffle=False)
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
