"""Many samples through one network: independent states, shared weights."""

from __future__ import annotations

import math
import os
import warnings
from collections.abc import Callable, Sequence
from time import perf_counter
from typing import Any

import numpy as np
from numpy.typing import NDArray

from neurosim.backends import layout as lay
from neurosim.backends.base import Options, Violation
from neurosim.backends.check import require
from neurosim.backends.interrupt import noted
from neurosim.backends.layout import Layout
from neurosim.backends.layout_batch import lay_out_shared, place_lanes
from neurosim.backends.progress import RichBar, Silent, bar
from neurosim.backends.simulation import CHUNK_S
from neurosim.declare import Bounds, number
from neurosim.errors import Interrupted, ParameterError, RoundingWarning
from neurosim.kernels import batch as kernels
from neurosim.kernels import driver
from neurosim.kernels.layout import STRIP, Arrays
from neurosim.plan.batch import OWNER, Given, given_spikes, side_by_side
from neurosim.plan.plan import Plan, ProbePlan, SpikeArrayBlock
from neurosim.recording.batch import BatchRecording
from neurosim.recording.batch_buffers import BatchBuffers, sampled
from neurosim.recording.provenance import provenance

Array = NDArray[Any]

TOGETHER = 8 << 20
"""Bytes of state of the samples that run side by side.

The more samples share a pass over the weights the better, until their state leaves the caches. B6
in single precision (2 MiB of second-level cache): 0.87 ms a sample at 1 MiB, 0.68 at 4, 0.59 at 8,
0.57 at 16.
"""

SPIKES_HELD = 1 << 16
"""Recorded spikes that the step loop holds before it hands them over, at least."""

Bar = Silent | RichBar
Spikes = tuple[SpikeArrayBlock, ...]


class BatchSimulation:
    """A network prepared for many samples. Make it with :func:`neurosim.prepare_batch`.

    Connections, weights and start values are made once; every call of :meth:`run` starts all its
    samples anew.
    """

    def __init__(self, plan: Plan, options: Options) -> None:
        require(violations(plan))
        self.plan, self.options = plan, options
        self.shared = lay_out_shared(plan)
        self._code: Any = None

    def run(self, samples: Sequence[Any], duration: float, *, first: int = 0) -> BatchRecording:
        """Run every sample from the start for ``duration`` ms.

        Parameters
        ----------
        samples : sequence of mappings
            One entry per sample: the spikes by name of a ``SpikeSourceArray`` population, as
            (id, time in ms) pairs or as a boolean array of shape (steps, size), whose row ``k`` is
            the time ``k * dt``. Populations that are not named keep the network's spikes.
        duration : float
            Biological time, ms (rounded to whole steps).
        first : int
            Number of the first sample; sample ``i`` of the call has the random streams of number
            ``first + i``, so that a batch can be run in parts.

        Raises
        ------
        Interrupted
            If Ctrl-C was pressed; its ``recording`` holds the samples that were complete.
        ParameterError, WiringError
            If samples, duration or ``first`` are not allowed.
        SimulationError
            If the recording would not fit into memory.
        """
        bounds = Bounds("ms", low=0.0)
        duration = number(OWNER, "duration", duration, bounds, scalar=True)
        steps = int(np.floor(duration / self.plan.dt + 0.5))
        if isinstance(first, bool) or not isinstance(first, (int, np.integer)) or first < 0:
            raise ParameterError(OWNER, "first", "must be a whole number >= 0", first, "Give such.")
        given = self._given(samples)
        buffers = BatchBuffers(self.plan, len(given), steps)
        buffers.reserve(self.options.memory_limit)
        together = max(1, TOGETHER // bytes_of_sample(self.plan, self.shared.longest))
        groups = math.ceil(len(given) / together)
        with (
            bar(groups * steps, self.options.progress, self.plan.name) as shown,
            noted() as stopped,
        ):
            for g in range(groups):
                if stopped():
                    break
                low, high = g * len(given) // groups, (g + 1) * len(given) // groups
                spikes = [sample.arrays for sample in given[low:high]]
                copies = _Copies(self, spikes, int(first) + low, buffers, low)
                copies.run(steps, shown, g * steps, stopped)
                if copies.step == steps:
                    copies.finish()
            pressed = stopped()
        recording = buffers.recording(int(first), self._info())
        if pressed:
            raise Interrupted(recording.duration, recording)
        return recording

    def code(self, arrays: Layout) -> Any:
        """The compiled loop, which is the same for any number of samples."""
        if self._code is None:
            text = kernels.source(arrays.code, arrays.features)
            self._code = driver.load(text).run_batch
        return self._code

    def _given(self, samples: Any) -> list[Given]:
        try:
            listed = list(samples)
        except TypeError as error:
            raise ParameterError(
                OWNER, "samples", "must be a sequence with one entry per sample", samples,
                "Give for example [{'in': [(0, 1.0)]}].",
            ) from error  # fmt: skip
        given = [given_spikes(self.plan, sample, i) for i, sample in enumerate(listed)]
        rounded = sum(g.rounded for g in given)
        if rounded:
            warnings.warn(
                f"{OWNER}: {rounded} spike times of samples rounded to steps of {self.plan.dt:g} "
                "ms",
                RoundingWarning,
                stacklevel=3,
            )
        return given

    def _info(self) -> dict[str, Any]:
        notes = {"threads": 1, "engine": "batch", "processors": os.cpu_count() or 1}
        return provenance(self.plan, "numba", notes)

    def __repr__(self) -> str:
        units = sum(p.size for p in self.plan.populations)
        return f"BatchSimulation({self.plan.name!r}, {units} units)"


def violations(plan: Plan) -> list[Violation]:
    """All that a batch cannot run."""
    return [
        Violation(
            f"{OWNER} cannot run projection {block.name!r}",
            f"synapse {block.synapse.kind!r} has a state, and weights are shared by all samples",
            "Use Static synapses, or run the samples one by one with simulate.",
        )
        for block in plan.synapses
        if block.synapse.kind != "static"
    ]


def bytes_of_sample(plan: Plan, longest: int) -> int:
    """Memory of a sample's state, input accumulators and spikes in flight."""
    total = 4 * (longest + 2) * sum(p.size for p in plan.populations)
    for block in plan.neurons:
        varied = sum(not isinstance(value, float) for value in block.constants.values())
        rows = len(block.state) + varied + len(block.kind.inputs()) + bool(plan.currents)
        total += rows * block.size * plan.dtype.itemsize
    return total


class _Copies:
    """Some samples side by side, as one large network without synapses of its own."""

    def __init__(
        self, of: BatchSimulation, spikes: list[Spikes], first: int, buffers: BatchBuffers, low: int
    ) -> None:
        plan, shared, n = of.plan, of.shared, len(spikes)
        self.plan, self.buffers, self.low, self.n, self.step = plan, buffers, low, n, 0
        self.copies = side_by_side(plan, range(first, first + n))
        self.layout = lay.lay_out(self.copies)
        (a,) = self.layout.shards
        self.shard = a
        a.arrays = _merged(spikes, self.layout.order, len(plan.populations))
        most = int(np.diff(_runs(a.arrays.stamp)).max(initial=0))
        units, depth = sum(p.size for p in self.copies.populations), shared.longest + 2
        shape = (1, depth, len(self.copies.populations))
        a.history = a.history._replace(
            ids=np.zeros((1, depth, units + most), dtype=np.int32),
            count=np.zeros((1, depth), dtype=np.int64),
            low=np.zeros(shape, dtype=np.int64),
            high=np.zeros(shape, dtype=np.int64),
        )
        self.lanes = place_lanes(shared, self.copies, self.layout, n)
        self.spikes: list[tuple[Array, ...]] = []
        self._run = of.code(self.layout)

    def run(self, steps: int, shown: Bar, before: int, stopped: Callable[[], bool]) -> None:
        """Make the steps, in chunks between which Ctrl-C is looked for."""
        chunk = min(steps, 64)
        while self.step < steps and not stopped():
            began = perf_counter()
            self._advance(chunk)
            shown.update(before + self.step)
            spent = perf_counter() - began
            grow = min(8.0, CHUNK_S / spent) if spent > 0 else 8.0
            chunk = min(max(1, int(chunk * grow)), steps - self.step)

    def _advance(self, steps: int) -> None:
        a, done, first = self.shard, 0, self.step
        probes = [(q, p) for q, p in enumerate(self.plan.probes) if p.variable != "spikes"]
        spans = [sampled(p, first, first + steps) for _, p in probes]
        sizes = [(t - s) * len(p.ids) for (s, t), (_, p) in zip(spans, probes, strict=True)]
        starts = np.cumsum([0, *(self.n * size for size in sizes)]).tolist()
        a.probes.out_next[:] = [
            start + i * size
            for start, size in zip(starts, sizes, strict=False)
            for i in range(self.n)
        ]
        room = a.history.ids.shape[2] if a.probes.wanted.any() else 0
        most = max(SPIKES_HELD, 2 * room)
        a.probes = a.probes._replace(out=np.empty(starts[-1], dtype=self.plan.dtype))
        if len(a.probes.stamp) < most:
            a.probes = a.probes._replace(
                stamp=np.empty(most, dtype=np.int64),
                population=np.empty(most, dtype=np.int32),
                id=np.empty(most, dtype=np.int32),
            )
        dt, currents = self.plan.dt, self.copies.currents
        waves = [c.source.samples(first, steps, dt, c.key) for c in currents]
        wave = np.array(waves, dtype=self.plan.dtype).reshape(len(waves), steps)
        while done < steps:
            a.currents = a.currents._replace(wave=np.ascontiguousarray(wave[:, done:]))
            own = {"lanes": self.lanes, "rows": self.layout.rows}
            groups = (
                own[name] if name in own else getattr(a, name)
                for name in kernels.arguments(self.layout.features)
            )
            done += self._run(first + done, steps - done, room, self.layout.split, *groups)
            held, n = a.probes, int(a.probes.count[0])
            columns = held.stamp, held.population, held.id
            self.spikes.append(tuple(column[:n].copy() for column in columns))
            held.count[0] = 0
        self.step += steps
        for (q, p), (begin, end), start, stop in zip(
            probes, spans, starts, starts[1:], strict=False
        ):
            chunk = a.probes.out[start:stop].reshape(self.n, end - begin, len(p.ids))
            self.buffers.add_samples(q, self.low, begin, chunk)

    def finish(self) -> None:
        """Hand over the last samples and all spikes."""
        order, wide = self.layout.order, len(self.plan.populations)
        none = (np.empty(0, np.int64), np.empty(0, np.int32), np.empty(0, np.int32))
        stamps, ranks, ids = (
            np.concatenate(column) for column in zip(none, *self.spikes, strict=True)
        )
        by, ends = _grouped(ranks, len(order))
        stamps, ids = stamps[by], ids[by]
        for q, probe in enumerate(self.plan.probes):
            if probe.variable == "spikes":
                own = [order[i * wide + probe.population] for i in range(self.n)]
                parts = [slice(ends[r - 1] if r else 0, ends[r]) for r in own]
                self.buffers.add_spikes(q, [(stamps[s], ids[s]) for s in parts])
            elif self.plan.arrival == 1:
                begin, end = sampled(probe, self.step, self.step + 1)
                if end > begin:
                    self.buffers.add_samples(q, self.low, begin, self._read(probe)[:, None, :])
        self.buffers.complete += self.n

    def _read(self, probe: ProbePlan) -> Array:
        """Current values of a probe's variable, shape (samples, units)."""
        a, where = self.shard, self.plan.populations[probe.population]
        code, block = self.layout.code[where.block], self.plan.neurons[where.block]
        start = int(a.neurons.start[where.block])
        count = -(-block.size * self.n // STRIP) * STRIP * code.rows
        strips = a.neurons.state[start : start + count].reshape(-1, code.rows, STRIP)
        values = strips[:, code.state.index(probe.variable), :].ravel()
        offsets = where.offset + block.size * np.arange(self.n)
        found: Array = values[offsets[:, None] + probe.ids[None, :]]
        return found


def _merged(spikes: list[Spikes], order: list[int], wide: int) -> Arrays:
    """The given spikes of all samples, sorted by stamp, population and id."""
    blocks = [(order[i * wide + b.population], b) for i, own in enumerate(spikes) for b in own]
    blocks.sort(key=lambda item: item[0])
    stamps = np.concatenate([*(b.steps for _, b in blocks), np.empty(0, np.int64)])
    ids = np.concatenate([*(b.ids for _, b in blocks), np.empty(0, np.int32)])
    ranks = np.array([rank for rank, _ in blocks], dtype=np.int64)
    ranks = np.repeat(ranks, [len(b.steps) for _, b in blocks])
    short = len(stamps) and int(stamps.max()) < 1 << 16  # short keys are sorted fastest
    by = np.argsort(stamps.astype(np.uint16) if short else stamps, kind="stable")
    return Arrays(stamps[by], ranks[by], ids[by], np.zeros(1, dtype=np.int64))


def _runs(values: Array) -> Array:
    """Where the runs of equal neighbours begin, and the length of the array."""
    changes = np.flatnonzero(values[1:] != values[:-1]) + 1
    return np.concatenate([[0], changes, [len(values)]]) if len(values) else np.zeros(1, np.int64)


def _grouped(ranks: Array, n: int) -> tuple[Array, Array]:
    """Places that bring equal values from 0 to ``n - 1`` together, and where each of them ends.

    Order is kept otherwise. Whole runs are moved, of which there is one a step and population.
    """
    begins = _runs(ranks)
    lengths, own = np.diff(begins), ranks[begins[:-1]]
    by = np.argsort(own, kind="stable")
    lengths = lengths[by]
    stops = np.cumsum(lengths)
    places = np.repeat(begins[:-1][by] - stops + lengths, lengths) + np.arange(len(ranks))
    return places, np.concatenate([[0], stops])[np.searchsorted(own[by], np.arange(n), "right")]
