"""The default backend: a compiled step loop on the CPU."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from neurosim.backends import layout as lay
from neurosim.backends.base import Capabilities, Options, Progress, Synapses, Violation
from neurosim.backends.check import require, violations
from neurosim.backends.simulation import Simulation
from neurosim.kernels import driver, stdp
from neurosim.kernels.layout import STRIP
from neurosim.kernels.stdp_rule import GUTIG, QUICK
from neurosim.plan.plan import NEVER, Plan
from neurosim.synapses import STDP

SPIKES_HELD = 1 << 16
"""Recorded spikes that the step loop holds before it hands them over, at least."""


class Clocked:
    """Backend ``"numba"``: every neuron is updated in every step, spikes are delivered on
    arrival."""

    name = "numba"
    capabilities = Capabilities(
        precisions=("double", "single"),
        features=(
            "plasticity", "closed_loop", "weight_readback", "state_readback", "exact_delays",
            "save_state",
        ),
        notes="compiled step loop on one CPU thread; the default",
    )  # fmt: skip

    def check(self, plan: Plan) -> list[Violation]:
        """All that the backend cannot run."""
        return violations(plan, self.name, self.capabilities)

    def prepare(self, plan: Plan, options: Options) -> Simulation:
        """A simulation at stamp 0."""
        require(self.check(plan))
        return Simulation(plan, self.name, ClockedEngine, options)


class ClockedEngine:
    """State of a run as flat arrays; :mod:`neurosim.kernels.driver` makes the loop that works on
    them."""

    def __init__(self, plan: Plan) -> None:
        self.plan, self.step = plan, 0
        self.arrays = lay.lay_out(plan)
        self._run = driver.load(driver.source(self.arrays.code, self.arrays.features)).run

    # running

    def advance(self, steps: int) -> Progress:
        """Run that many steps; see :class:`neurosim.backends.base.Engine`."""
        a, done = self.arrays, 0
        self._find_quick()
        sampled = self._open_samples(steps)
        wave = self._wave(steps)
        none = np.empty(0, np.int64), np.empty(0, np.int32), np.empty(0, np.int32)
        spikes: list[tuple[Any, ...]] = [none]
        room = a.history.ids.shape[1] if a.probes.wanted.any() else 0
        if len(a.probes.stamp) < 2 * room:
            size = max(SPIKES_HELD, 2 * room)
            a.probes = a.probes._replace(
                stamp=np.empty(size, dtype=np.int64),
                population=np.empty(size, dtype=np.int32),
                id=np.empty(size, dtype=np.int32),
            )
        while done < steps:
            a.currents = a.currents._replace(wave=np.ascontiguousarray(wave[:, done:]))
            groups = (getattr(a, name) for name in a.features.arguments)
            done += self._run(self.step + done, steps - done, self.plan.dt, room, a.split, *groups)
            n = int(a.probes.count[0])
            p = a.probes
            spikes.append((p.stamp[:n].copy(), p.population[:n].copy(), p.id[:n].copy()))
            a.probes.count[0] = 0
            if a.posts.full[0]:
                self._make_room(self.step + done)
        self.step += steps
        return Progress(self._entries(spikes, sampled))

    def _open_samples(self, steps: int) -> list[tuple[int, int]]:
        """Room for the samples of the coming steps; (samples, units) of each sampled probe."""
        shapes, starts, total = [], [], 0
        for probe in self.plan.probes:
            if probe.variable == "spikes":
                continue
            low, high = max(self.step, probe.first), min(self.step + steps, probe.last)
            before = -(-(low - probe.first) // probe.every)
            until = -(-(high - probe.first) // probe.every)
            shapes.append((max(0, until - before), len(probe.ids)))
            starts.append(total)
            total += shapes[-1][0] * shapes[-1][1]
        p = self.arrays.probes
        p.out_next[:] = starts
        self.arrays.probes = p._replace(out=np.empty(total, dtype=self.plan.dtype))
        return shapes

    def _wave(self, steps: int) -> NDArray[Any]:
        rows = [c.source.samples(self.step, steps, self.plan.dt, c.key) for c in self.plan.currents]
        return np.array(rows, dtype=self.plan.dtype).reshape(len(rows), steps)

    def _entries(self, spikes: list[tuple[Any, ...]], sampled: list[tuple[int, int]]) -> list[Any]:
        stamps, populations, ids = (np.concatenate(column) for column in zip(*spikes, strict=True))
        entries: list[Any] = []
        start, shapes = 0, iter(sampled)
        for probe in self.plan.probes:
            if probe.variable != "spikes":
                samples, units = next(shapes)
                stop = start + samples * units
                entries.append(self.arrays.probes.out[start:stop].reshape(samples, units))
                start = stop
                continue
            mine = populations == self.arrays.order[probe.population]
            if len(probe.ids) < self.plan.populations[probe.population].size:
                mine &= np.isin(ids, probe.ids)
            if probe.first > 0 or probe.last < NEVER:
                mine &= (stamps >= probe.first) & (stamps < probe.last)
            entries.append((stamps[mine], ids[mine]))
        return entries

    # looking and changing

    def _rows(self, population: int) -> tuple[Any, slice, int]:
        """Strips of a population's block (strips, rows, STRIP), its places, and the block."""
        where, a = self.plan.populations[population], self.arrays
        rows = a.code[where.block].rows
        start, size = int(a.neurons.start[where.block]), int(a.neurons.size[where.block])
        count = -(-size // STRIP) * STRIP * rows
        strips = a.neurons.state[start : start + count].reshape(-1, rows, STRIP)
        return strips, slice(where.offset, where.offset + where.size), where.block

    def read(self, population: int, variable: str) -> NDArray[Any]:
        """Current values of a state variable."""
        strips, places, block = self._rows(population)
        row = self.arrays.code[block].state.index(variable)
        values: NDArray[Any] = strips[:, row, :].ravel()[places].copy()
        return values

    def feed(self, population: int, stamps: NDArray[np.int64], ids: NDArray[np.int32]) -> None:
        """Add spikes to a spike array population."""
        a = self.arrays
        left = slice(int(a.arrays.next[0]), None)
        a.arrays = lay.sorted_arrays(
            np.concatenate([a.arrays.stamp[left], stamps]),
            np.concatenate([a.arrays.population[left],
                            np.full(len(stamps), a.order[population], dtype=np.int64)]),
            np.concatenate([a.arrays.id[left], ids]),
        )  # fmt: skip
        self._fit_history()

    def _fit_history(self) -> None:
        a = self.arrays
        missing = lay.capacity(self.plan, a.arrays) - a.history.ids.shape[1]
        if missing > 0:
            a.history = a.history._replace(ids=np.pad(a.history.ids, ((0, 0), (0, missing))))

    def synapses(self, block: int, pending: bool) -> Synapses:
        """Synapses of a block; see :class:`neurosim.backends.base.Engine`."""
        a, part = self.arrays, self.arrays.expanded[block]
        weights = self._weights(block).copy()
        if pending and isinstance(self.plan.synapses[block].synapse, STDP):
            kept = a.synapses.applied.copy()
            self.flush(block)
            a.synapses.applied[:] = kept
            now = self._weights(block)
            weights, now[:] = now.copy(), weights
        segments = np.repeat(np.arange(len(part.ptr) - 1), np.diff(part.ptr))
        source, slot = np.divmod(segments, len(part.delays))
        return Synapses(
            (part.first + source).astype(np.int32), part.targets.astype(np.int32), weights,
            part.delays[slot] * np.float64(self.plan.dt),
        )  # fmt: skip

    def _weights(self, block: int) -> NDArray[Any]:
        """The weights of a block; those that share one are spread out."""
        a, part = self.arrays, self.arrays.expanded[block]
        lanes = np.flatnonzero((a.lanes.block == block) & a.lanes.shared)
        if len(lanes):
            return np.full(part.size, a.lanes.weight[lanes[0]])
        start = int(a.synapses.weight_start[block])
        own: NDArray[Any] = a.synapses.weights[start : start + part.size]
        return own

    def set_weights(self, block: int, weights: NDArray[Any]) -> None:
        """Replace the weights of a block; one shared weight becomes one a synapse where needed."""
        a = self.arrays
        self.flush(block)
        a.synapses.whole[block, QUICK] = 0
        shared = (a.lanes.block == block) & a.lanes.shared
        if not shared.any():
            self._weights(block)[:] = weights
        elif len(weights) and (weights == weights[0]).all():
            a.lanes.weight[shared] = weights[0]
        else:
            a.lanes.shared[shared] = False
            a.synapses.weight_start[block] = len(a.synapses.weights)
            more = weights.astype(self.plan.weight_dtype)
            a.synapses = a.synapses._replace(weights=np.concatenate([a.synapses.weights, more]))

    def flush(self, block: int) -> None:
        """Apply the pending potentiation of a plastic block."""
        if isinstance(self.plan.synapses[block].synapse, STDP):
            self._apply_pending(block, self.step)

    def _apply_pending(self, block: int, step: int) -> None:
        a, now = self.arrays, step - 1
        stdp.flush(
            block, now, now + self.plan.arrival, self.plan.dt, a.plastic, a.synapses, a.posts
        )

    def _make_room(self, step: int) -> None:
        """Apply what waits in the postsynaptic histories, and drop spikes that no event needs."""
        a = self.arrays
        for j, block in enumerate(a.posts.block):
            if a.posts.frozen[block]:
                continue
            self._apply_pending(int(block), step)
            longest = int(a.plastic.dendritic[a.plastic.block == block].max(initial=0))
            first = int(a.posts.row[j])
            size = self.plan.populations[self.plan.synapses[block].post].size
            stdp.forget_posts(step - 1 - longest, first, first + size, a.posts)
        a.posts.full[0] = 0

    def _find_quick(self) -> None:
        """Find plastic blocks whose weights lie within their bounds, where they stay.

        Only there may the rule clip weights at events that do not count.
        """
        whole, posts = self.arrays.synapses.whole, self.arrays.posts
        for block in posts.block[
            (whole[posts.block, QUICK] == 0) & (whole[posts.block, GUTIG] == 0)
        ]:
            rule, weights = self.plan.synapses[block].synapse, self._weights(block)
            low, high = weights.dtype.type(rule.w_min), weights.dtype.type(rule.w_max)
            whole[block, QUICK] = ((weights >= low) & (weights <= high)).all()

    def freeze(self, block: int, frozen: bool) -> None:
        """Stop or resume the plasticity of a block."""
        self.arrays.posts.frozen[block] = frozen

    # state

    def _changing(self) -> dict[str, NDArray[Any]]:
        a = self.arrays
        return {
            "neurons": a.neurons.state, "history_ids": a.history.ids,
            "history_count": a.history.count, "history_low": a.history.low,
            "history_high": a.history.high, "arrays_stamp": a.arrays.stamp,
            "arrays_population": a.arrays.population, "arrays_id": a.arrays.id,
            "arrays_next": a.arrays.next, "weights": a.synapses.weights,
            "weight_start": a.synapses.weight_start, "shared": a.lanes.shared,
            "shared_weight": a.lanes.weight, "trace": a.synapses.trace, "use": a.synapses.use,
            "last": a.synapses.last, "applied": a.synapses.applied, "posts_stamp": a.posts.stamp,
            "posts_trace": a.posts.trace, "posts_count": a.posts.count,
            "posts_recent": a.posts.recent, "posts_fall": a.posts.fall, "frozen": a.posts.frozen,
            "ring": a.posts.ring,
        }  # fmt: skip

    def state(self) -> dict[str, NDArray[Any]]:
        """Everything that decides the future."""
        return {"step": np.array([self.step]), **{k: v.copy() for k, v in self._changing().items()}}

    def restore(self, state: Mapping[str, NDArray[Any]]) -> None:
        """Go on from a state of :meth:`state`."""
        a = self.arrays
        self.step = int(state["step"][0])
        a.history = a.history._replace(ids=state["history_ids"].copy())
        a.arrays = type(a.arrays)(
            *(state[f"arrays_{f}"].copy() for f in ("stamp", "population", "id", "next"))
        )
        a.synapses = a.synapses._replace(weights=state["weights"].copy())
        for name, array in self._changing().items():
            array[...] = state[name]
        a.synapses.whole[a.posts.block, QUICK] = 0

    def notes(self) -> dict[str, Any]:
        """Facts for the recording's provenance."""
        return {"threads": 1, "engine": "clocked", "processors": os.cpu_count() or 1}
