"""The default backend: a compiled step loop on the CPU."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from neurosim.backends.base import Capabilities, Options, Progress, Synapses, Violation
from neurosim.backends.check import require, violations
from neurosim.backends.clocked_change import strips_of, take_over
from neurosim.backends.clocked_synapses import SynapseAccess
from neurosim.backends.layout import LONGEST_WINDOW, Layout, Shard, capacity, lay_out, working_space
from neurosim.backends.layout_inputs import sorted_arrays
from neurosim.backends.share import step_cost
from neurosim.backends.simulation import Simulation
from neurosim.backends.team import Team
from neurosim.kernels import driver
from neurosim.kernels.layout import STRIP
from neurosim.plan.connect import Drawer
from neurosim.plan.plan import NEVER, Plan
from neurosim.synapses import STDP

SMALLEST_WORK_S = 40e-6
"""Work between two meetings, on one thread, that is worth sharing out."""

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
            "save_state", "change",
        ),
        notes="compiled step loop on CPU threads; the default",
    )  # fmt: skip

    def check(self, plan: Plan) -> list[Violation]:
        """All that the backend cannot run."""
        return violations(plan, self.name, self.capabilities)

    def prepare(self, plan: Plan, options: Options) -> Simulation:
        """A simulation at stamp 0."""
        require(self.check(plan))

        def make(plan: Plan) -> ClockedEngine:
            return ClockedEngine(plan, options.threads, options.progress)

        return Simulation(plan, self.name, make, options)


class ClockedEngine:
    """State of a run as flat arrays; :mod:`neurosim.kernels.driver` makes the loop that works on
    them.

    Parameters
    ----------
    plan : Plan
        What to run.
    threads : int
        Threads to use at most; small networks stay on one.
    progress : bool or None
        Whether to show a bar while synapses are drawn.
    small_too : bool
        Whether to use several threads where it does not pay, to have their code compiled.
    like : ClockedEngine, optional
        Engine of a plan of the same structure, whose synapses and state are taken over; it cannot
        be used afterwards.
    """

    def __init__(
        self,
        plan: Plan,
        threads: int = 1,
        progress: bool | None = False,
        *,
        small_too: bool = False,
        like: ClockedEngine | None = None,
    ) -> None:
        self.plan, self.step, self.progress, self.threads = plan, 0, progress, threads
        self.drawers = [Drawer(block, plan.dt) for block in plan.synapses]
        if like is not None:
            self.step = like.step
            self._lay_out(len(like.shards), like.arrays)
            take_over(like.arrays, self.arrays, self.step)
        elif small_too:
            self._lay_out(threads if can_share(plan) else 1)
        else:
            self._lay_out(useful_threads(plan, self.drawers, threads))

    def _lay_out(self, shards: int, like: Layout | None = None) -> None:
        self.arrays = lay_out(self.plan, self.drawers, shards, self.progress, like)
        text = driver.source(self.arrays.code, self.arrays.features, len(self.arrays.shards))
        self.team = Team(self.arrays, driver.load(text), self.plan.dt, self.threads)
        self.access = SynapseAccess(self.plan, self.arrays)

    @property
    def shards(self) -> list[Shard]:
        """The arrays of each thread."""
        return self.arrays.shards

    # running

    def advance(self, steps: int) -> Progress:
        """Run that many steps; see :class:`neurosim.backends.base.Engine`."""
        done = 0
        self.access.find_quick()
        sampled = self._open_samples(steps)
        wave = self._wave(steps)
        for shard in self.shards:
            shard.currents = shard.currents._replace(wave=wave)
        none = np.empty(0, np.int64), np.empty(0, np.int32), np.empty(0, np.int32)
        spikes: list[tuple[Any, ...]] = [none]
        room = self._room()
        while done < steps:
            done = self.team.advance(self.step, done, steps, room)
            for shard in self.shards:
                p, n = shard.probes, int(shard.probes.count[0])
                spikes.append((p.stamp[:n].copy(), p.population[:n].copy(), p.id[:n].copy()))
                p.count[0] = 0
            self.access.make_room(self.step + done)
        self.step += steps
        return Progress(self._entries(spikes, sampled))

    def _room(self) -> int:
        """The most spikes that a shard records in a step, with buffers that hold two windows."""
        room = int(self.shards[0].history.ids.shape[2])
        if not any(shard.probes.wanted.any() for shard in self.shards):
            return 0
        for shard in self.shards:
            if len(shard.probes.stamp) < 2 * room * self.arrays.window:
                size = max(SPIKES_HELD, 2 * room * self.arrays.window)
                shard.probes = shard.probes._replace(
                    stamp=np.empty(size, dtype=np.int64),
                    population=np.empty(size, dtype=np.int32),
                    id=np.empty(size, dtype=np.int32),
                )
        return room

    def _open_samples(self, steps: int) -> list[int]:
        """Room for the samples of the coming steps; number of samples of each sampled probe."""
        counts = []
        for probe in self.plan.probes:
            if probe.variable != "spikes":
                low, high = max(self.step, probe.first), min(self.step + steps, probe.last)
                before = -(-(low - probe.first) // probe.every)
                until = -(-(high - probe.first) // probe.every)
                counts.append(max(0, until - before))
        for shard in self.shards:
            p = shard.probes
            sizes = np.array(counts, dtype=np.int64) * np.diff(p.id_start)
            p.out_next[:] = np.cumsum(sizes) - sizes
            shard.probes = p._replace(out=np.empty(int(sizes.sum()), dtype=self.plan.dtype))
        return counts

    def _wave(self, steps: int) -> NDArray[Any]:
        rows = [c.source.samples(self.step, steps, self.plan.dt, c.key) for c in self.plan.currents]
        return np.array(rows, dtype=self.plan.dtype).reshape(len(rows), steps)

    def _entries(self, spikes: list[tuple[Any, ...]], counts: list[int]) -> list[Any]:
        stamps, populations, ids = (np.concatenate(column) for column in zip(*spikes, strict=True))
        if len(self.shards) > 1:  # ids of a population ascend with the shard
            by = np.argsort(stamps, kind="stable")
            stamps, populations, ids = stamps[by], populations[by], ids[by]
        entries: list[Any] = []
        number = 0
        for probe in self.plan.probes:
            if probe.variable != "spikes":
                entries.append(self._samples(number, counts[number]))
                number += 1
                continue
            mine = populations == self.arrays.order[probe.population]
            if len(probe.ids) < self.plan.populations[probe.population].size:
                mine &= np.isin(ids, probe.ids)
            if probe.first > 0 or probe.last < NEVER:
                mine &= (stamps >= probe.first) & (stamps < probe.last)
            entries.append((stamps[mine], ids[mine]))
        return entries

    def _samples(self, number: int, count: int) -> NDArray[Any]:
        """What a sampled probe got, shape (samples, ids)."""
        parts = []
        for shard in self.shards:
            ids = int(np.diff(shard.probes.id_start)[number])
            stop = int(shard.probes.out_next[number])
            parts.append(shard.probes.out[stop - count * ids : stop].reshape(count, ids))
        return np.concatenate(parts, axis=1) if len(parts) > 1 else parts[0]

    # looking and changing

    def read(self, population: int, variable: str) -> NDArray[Any]:
        """Current values of a state variable."""
        return np.concatenate([strips[at] for strips, at, _ in self._values(population, variable)])

    def write(self, population: int, variable: str, values: NDArray[np.float64]) -> None:
        """Set the values of a state variable."""
        for strips, at, ids in self._values(population, variable):
            strips[at] = values[ids]

    def _values(self, population: int, variable: str) -> Iterator[tuple[Any, Any, slice]]:
        """By shard: strips, the places in them of a population's values, and the ids."""
        block = self.plan.populations[population].block
        row = self.arrays.code[block].state.index(variable)
        for shard in self.shards:
            part = shard.share.part(self.plan, population)
            places = np.arange(part.place + part.low, part.place + part.high)
            strips = strips_of(self.arrays, shard, block)
            yield strips, (places // STRIP, row, places % STRIP), slice(part.low, part.high)

    def feed(self, population: int, stamps: NDArray[np.int64], ids: NDArray[np.int32]) -> None:
        """Add spikes to a spike array population."""
        given = self.shards[0].arrays
        left = slice(int(given.next[0]), None)
        mine = np.full(len(stamps), self.arrays.order[population], dtype=np.int64)
        merged = sorted_arrays(
            np.concatenate([given.stamp[left], stamps]),
            np.concatenate([given.population[left], mine]),
            np.concatenate([given.id[left], ids]),
        )
        for shard in self.shards:
            shard.arrays = merged._replace(next=np.zeros(1, dtype=np.int64))
        self._fit_history()

    def _fit_history(self) -> None:
        ids = self.shards[0].history.ids
        missing = capacity(self.plan, self.shards[0].arrays) - ids.shape[2]
        if missing > 0:
            self._set_history(np.pad(ids, ((0, 0), (0, 0), (0, missing))))

    def _set_history(self, ids: NDArray[np.int32]) -> None:
        for shard in self.shards:
            queue = working_space(ids.shape[2])
            shard.history = shard.history._replace(ids=ids, queue=queue)

    def synapses(self, block: int, pending: bool) -> Synapses:
        """Synapses of a block; see :class:`neurosim.backends.base.Engine`."""
        return self.access.table(block, pending, self.step)

    def set_weights(self, block: int, weights: NDArray[Any]) -> None:
        """Replace the weights of a block; one shared weight becomes one a synapse where needed."""
        self.access.set_weights(block, weights, self.step)

    def flush(self, block: int) -> None:
        """Apply the pending potentiation of a plastic block."""
        self.access.flush(block, self.step)

    def freeze(self, block: int, frozen: bool) -> None:
        """Stop or resume the plasticity of a block."""
        self.access.freeze(block, frozen)

    # state

    def changed(self, plan: Plan) -> ClockedEngine:
        """An engine of a plan of the same structure that goes on from here."""
        return ClockedEngine(plan, self.threads, self.progress, like=self)

    def waiting(self) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int32]]:
        """Populations, stamps and ids of the spikes of arrays that are still to come."""
        given = self.shards[0].arrays
        left = slice(int(given.next[0]), None)
        populations = np.argsort(self.arrays.order)[given.population[left]]
        return populations, given.stamp[left].copy(), given.id[left].copy()

    def _changing(self) -> dict[str, NDArray[Any]]:
        """Everything that changes, except arrays that :meth:`restore` replaces."""
        history = self.shards[0].history
        found: dict[str, NDArray[Any]] = {
            "history/ids": history.ids, "history/count": history.count, "history/low": history.low,
            "history/high": history.high,
        }  # fmt: skip
        for i, a in enumerate(self.shards):
            mine = {
                "neurons": a.neurons.state, "arrays_stamp": a.arrays.stamp,
                "arrays_population": a.arrays.population, "arrays_id": a.arrays.id,
                "arrays_next": a.arrays.next, "weights": a.synapses.weights,
                "weight_start": a.synapses.weight_start, "shared": a.lanes.shared,
                "shared_weight": a.lanes.weight, "trace": a.synapses.trace, "use": a.synapses.use,
                "last": a.synapses.last, "applied": a.synapses.applied,
                "posts_stamp": a.posts.stamp, "posts_trace": a.posts.trace,
                "posts_count": a.posts.count, "posts_recent": a.posts.recent,
                "posts_fall": a.posts.fall, "frozen": a.posts.frozen, "ring": a.posts.ring,
            }  # fmt: skip
            found |= {f"{i}/{name}": array for name, array in mine.items()}
        return found

    def state(self) -> dict[str, NDArray[Any]]:
        """Everything that decides the future."""
        facts = {"step": np.array([self.step]), "shards": np.array([len(self.shards)])}
        return {**facts, **{k: v.copy() for k, v in self._changing().items()}}

    def restore(self, state: Mapping[str, NDArray[Any]]) -> None:
        """Go on from a state of :meth:`state`; the shards are those of the state."""
        shards = int(state["shards"][0])
        if shards != len(self.shards):
            self._lay_out(shards)
        self.step = int(state["step"][0])
        self._set_history(state["history/ids"].copy())
        for i, shard in enumerate(self.shards):
            names = ("stamp", "population", "id", "next")
            shard.arrays = type(shard.arrays)(*(state[f"{i}/arrays_{n}"].copy() for n in names))
            shard.synapses = shard.synapses._replace(weights=state[f"{i}/weights"].copy())
        for name, array in self._changing().items():
            array[...] = state[name]
        self.access.forget_quick()

    def notes(self) -> dict[str, Any]:
        """Facts for the recording's provenance."""
        return {**self.team.notes(), "engine": "clocked", "processors": os.cpu_count() or 1}


def can_share(plan: Plan) -> bool:
    """Whether threads can share a network: it has neurons, and need not meet inside a step."""
    return bool(plan.neurons) and not (plan.timing == "spinnaker" and _on_emission(plan))


def _on_emission(plan: Plan) -> bool:
    return any(
        isinstance(b.synapse, STDP) and b.synapse.dendritic_delay_fraction > 0
        for b in plan.synapses
    )


def useful_threads(plan: Plan, drawers: list[Drawer], threads: int) -> int:
    """Threads that pay: one for small networks, and where threads would meet inside a step."""
    if threads == 1 or not can_share(plan):
        return 1
    window = min((int(d.delays[0]) for d in drawers), default=1)
    longest = 1 if _on_emission(plan) else LONGEST_WINDOW
    work = step_cost(plan, drawers) * min(window, longest)
    strips = max(-(-block.size // STRIP) for block in plan.neurons)
    return min(threads, strips) if work >= SMALLEST_WORK_S else 1
