"""Bundles of synapse blocks -> segments of the compiled step loop, drawn straight into its arrays.

The rules are run twice, first to count the segments of (source, delay), then to fill them; no list
of all pairs exists beside the result. Shares, and halves of them, are drawn side by side by
threads.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from neurosim.backends.bundles import NARROW, PLAIN, Bundle
from neurosim.backends.layout_stdp import constants
from neurosim.backends.progress import bar
from neurosim.backends.share import Share
from neurosim.kernels.layout import Synapses
from neurosim.plan.connect import Drawer
from neurosim.plan.plan import Plan
from neurosim.synapses import STDP, TsodyksMarkram

Int = NDArray[Any]

ALONE = 2_000_000
"""Networks with fewer synapses are drawn by one thread."""

PORTION = 2_000_000
"""Synapses drawn before a look at whether to stop."""


@dataclass(frozen=True)
class Segments:
    """The synapses of a bundle in a share, ordered by source, delay and target.

    Parameters
    ----------
    first : int
        Population id of the first source.
    n_sources : int
        Number of consecutive source ids.
    delays : ndarray of int32
        Delays in steps, ascending; at least one.
    base : int
        Place in the share's part of the neuron block that target 0 stands for.
    ptr : ndarray of int64, shape (n_sources * len(delays) + 1,)
        Synapses of source ``s`` and delay ``j`` are ``ptr[i]:ptr[i + 1]``, ``i = (s - first) *
        len(delays) + j``.
    targets : ndarray of int32 or uint16
        Places of the targets, from ``base`` on.
    """

    first: int
    n_sources: int
    delays: NDArray[np.int32]
    base: int
    ptr: NDArray[np.int64]
    targets: NDArray[Any]

    @property
    def size(self) -> int:
        """Number of synapses."""
        return len(self.targets)


@dataclass(frozen=True)
class _Counts:
    """Synapses of a bundle by piece (part of a share), source and delay."""

    first: int
    delays: NDArray[np.int32]
    columns: list[Int]  # by block, column of each delay that it can have
    counts: NDArray[np.int32]  # (pieces, sources, delays)


class Builder:
    """Draws the synapses of a plan for some shares.

    Parameters
    ----------
    plan : Plan
        The plan.
    drawers : list of Drawer
        One for each synapse block.
    shares : list of Share
        What each thread of the step loop works on.
    progress : bool or None
        Whether to show a bar.
    """

    def __init__(
        self, plan: Plan, drawers: list[Drawer], shares: list[Share], progress: bool | None
    ) -> None:
        self.plan, self.drawers, self.shares, self.progress = plan, drawers, shares, progress
        self.expected = sum(drawer.expected() for drawer in drawers)
        self.workers = 1 if self.expected < ALONE else min(os.cpu_count() or 1, 8)
        split = self.workers > len(shares)
        self.pieces = [half for s in shares for half in (s.halves() if split else [s])]
        self.per_share = 2 if split else 1

    def build(self, bundles: list[Bundle]) -> list[tuple[Synapses, list[Segments], Int]]:
        """For each share the arrays, the segments of each bundle, and where they begin in
        ``ptr``."""
        with bar(2 * max(1, int(self.expected)), self.progress, "drawing synapses") as shown:
            self._shown, self._done = shown, 0.0
            counted = [self._count(bundle) for bundle in bundles]
            made = [self._allocate(bundles, counted, i) for i in range(len(self.shares))]
            for b, (bundle, counts) in enumerate(zip(bundles, counted, strict=True)):
                self._fill(b, bundle, counts, made)
                counted[b] = None  # type: ignore[call-overload]
        return made

    # both passes

    def _ranges(self, piece: Share, block: int) -> Iterable[tuple[int, int]]:
        """Target ids of a piece, in portions."""
        synapses = self.plan.synapses[block]
        part = piece.part(self.plan, synapses.post)
        size = self.plan.populations[synapses.post].size
        step = max(1, int(PORTION * size / max(1.0, self.drawers[block].expected())))
        for low in range(part.low, part.high, step):
            yield low, min(low + step, part.high)

    def _run(self, work: Callable[[int, Share], None], bundle: Bundle) -> None:
        """Do something for each piece, with all threads; Ctrl-C and errors stop all of them."""
        share = sum(self.drawers[b].expected() for b in bundle.blocks) / len(self.pieces)
        if self.workers == 1:
            for i, piece in enumerate(self.pieces):
                work(i, piece)
                self._note(share)
            return
        self._stopped = False
        with ThreadPoolExecutor(self.workers) as pool:
            jobs = [pool.submit(work, i, piece) for i, piece in enumerate(self.pieces)]
            try:
                for job in as_completed(jobs):
                    job.result()
                    self._note(share)
            except BaseException:
                self._stopped = True
                raise

    def _note(self, synapses: float) -> None:
        self._done += synapses
        self._shown.update(int(self._done))

    # counting

    def _count(self, bundle: Bundle) -> _Counts:
        drawers = [self.drawers[b] for b in bundle.blocks]
        first = min(d.first for d in drawers)
        last = max(d.first + d.n_sources for d in drawers)
        delays = np.unique(np.concatenate([d.delays for d in drawers])).astype(np.int32)
        columns = [np.searchsorted(delays, d.delays) for d in drawers]
        counts = np.zeros((len(self.pieces), last - first, len(delays)), dtype=np.int32)

        def work(i: int, piece: Share) -> None:
            for block, drawer, column in zip(bundle.blocks, drawers, columns, strict=True):
                at = drawer.first - first
                found = np.zeros((drawer.n_sources, len(drawer.delays)), dtype=np.int32)
                for low, high in self._ranges(piece, block):
                    if self._stopped:
                        return
                    drawer.count(low, high, found)
                counts[i, at : at + drawer.n_sources, column] += found.T

        self._stopped = False
        self._run(work, bundle)
        occurs: Int = np.asarray(counts.any(axis=(0, 1)))
        if not occurs.any():
            occurs[0] = True
        place = np.cumsum(occurs) - 1
        return _Counts(
            first, delays[occurs], [place[c] for c in columns],
            counts if occurs.all() else np.ascontiguousarray(counts[:, :, occurs]),
        )  # fmt: skip

    # allocating

    def _allocate(
        self, bundles: list[Bundle], counted: list[_Counts], share: int
    ) -> tuple[Synapses, list[Segments], Int]:
        """Arrays of a share, with ``ptr`` filled."""
        pieces = slice(share * self.per_share, (share + 1) * self.per_share)
        totals = [c.counts[pieces].sum(axis=0, dtype=np.int64).ravel() for c in counted]
        sizes = [int(t.sum()) for t in totals]
        by = sorted(range(len(bundles)), key=lambda i: bundles[i].kind == PLAIN)
        ptr_start, n_ptr = _starts(by, [len(t) + 1 for t in totals])
        target_start, n_targets = _starts(by, sizes)
        own = [s if b.weight is None else 0 for b, s in zip(bundles, sizes, strict=True)]
        weight_start, n_weights = _starts(by, own)
        n_state = sum(len(totals[i]) + 1 for i in by if bundles[i].kind != PLAIN)
        bases = [max(b.low - self.shares[share].low[b.target[0]], 0) for b in bundles]
        widest = max((_width(b, self.shares[share]) for b in bundles), default=0)
        synapses = Synapses(
            ptr=np.zeros(n_ptr, dtype=np.int64),
            targets=np.empty(n_targets, dtype=np.uint16 if widest <= NARROW else np.int32),
            weights=np.empty(n_weights, dtype=self.plan.weight_dtype),
            target_start=target_start,
            weight_start=weight_start,
            trace=np.zeros(n_state),
            use=np.zeros(n_state),
            last=np.full(n_state, -1, dtype=np.int64),
            applied=np.full(n_state, -1, dtype=np.int64),
            real=np.zeros((max(1, len(bundles)), 12)),
            whole=np.zeros((max(1, len(bundles)), 8), dtype=np.int64),
        )
        segments = []
        for i, (counts, total) in enumerate(zip(counted, totals, strict=True)):
            ptr = synapses.ptr[ptr_start[i] : ptr_start[i] + len(total) + 1]
            np.cumsum(total, out=ptr[1:])
            targets = synapses.targets[target_start[i] : target_start[i] + sizes[i]]
            n_sources = counts.counts.shape[1]
            segments.append(
                Segments(counts.first, n_sources, counts.delays, bases[i], ptr, targets)
            )
        set_constants(self.plan, bundles, synapses)
        return synapses, segments, ptr_start

    # filling

    def _fill(
        self,
        b: int,
        bundle: Bundle,
        counts: _Counts,
        made: list[tuple[Synapses, list[Segments], Int]],
    ) -> None:
        drawers = [self.drawers[i] for i in bundle.blocks]

        def work(i: int, piece: Share) -> None:
            share, half = divmod(i, self.per_share)
            synapses, segments, _ = made[share]
            found = segments[b]
            start = int(synapses.weight_start[b])
            weights = synapses.weights[start : start + found.size]
            cursor = found.ptr[:-1].reshape(found.n_sources, -1).copy()
            for before in range(half):
                cursor += counts.counts[i - half + before]
            for block, drawer, columns in zip(bundle.blocks, drawers, counts.columns, strict=True):
                at = drawer.first - counts.first
                post = self.plan.synapses[block].post
                shift = self.shares[share].part(self.plan, post).place - found.base
                own = None if bundle.weight is not None else weights
                for low, high in self._ranges(piece, block):
                    if self._stopped:
                        return
                    rows = cursor[at : at + drawer.n_sources]
                    into = None if drawer.shared else own
                    drawer.fill(low, high, columns, rows, shift, found.targets, into)
                if drawer.shared and own is not None:
                    own[:] = self.plan.synapses[block].synapse.weight

        self._stopped = False
        self._run(work, bundle)
        if not bundle.ascending:
            for synapses, segments, _ in made:
                start = int(synapses.weight_start[b])
                size = segments[b].size if bundle.weight is None else 0
                _sort(segments[b], synapses.weights[start : start + size])


def set_constants(plan: Plan, bundles: list[Bundle], synapses: Synapses) -> None:
    """Put in the constants of short-term and pair plasticity."""
    for i, bundle in enumerate(bundles):
        kind = plan.synapses[bundle.blocks[0]].synapse
        if isinstance(kind, TsodyksMarkram):
            synapses.real[i, :3] = kind.U, kind.tau_rec, kind.tau_facil
        elif isinstance(kind, STDP):
            constants(kind, synapses.real[i], synapses.whole[i])


def _sort(segments: Segments, weights: NDArray[Any]) -> None:
    """Put the targets of each segment in ascending order."""
    numbers = np.repeat(np.arange(len(segments.ptr) - 1), np.diff(segments.ptr))
    order = np.lexsort((segments.targets, numbers))
    segments.targets[:] = segments.targets[order]
    if len(weights):
        weights[:] = weights[order]


def _width(bundle: Bundle, share: Share) -> int:
    block = bundle.target[0]
    return min(bundle.high, share.high[block]) - max(bundle.low, share.low[block])


def _starts(order: list[int], sizes: list[int]) -> tuple[Int, int]:
    """Where each bundle begins when they lie end to end in an order, and the size in all."""
    starts = np.zeros(len(sizes), dtype=np.int64)
    total = 0
    for i in order:
        starts[i] = total
        total += sizes[i]
    return starts, total
