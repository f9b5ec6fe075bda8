"""Event-driven backends: exact solutions of integrate-and-fire neurons between events."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from neurosim.backends import event_layout as lay
from neurosim.backends.base import Capabilities, Options, Progress, Synapses, Violation
from neurosim.backends.check import require, violations
from neurosim.backends.simulation import Simulation
from neurosim.errors import SimulationError, UnsupportedError
from neurosim.kernels import event
from neurosim.kernels import event_layout as columns
from neurosim.plan.plan import NEVER, Plan

MOST_SPIKES = 1000
"""Spikes of a unit and step beyond which a run is given up (off the grid only)."""


class Event:
    """Backend ``"numba-event"``: each neuron is brought up to date when something happens to it.

    Parameters
    ----------
    on_grid : bool
        Whether neurons spike at stamps only, as in the clocked backend, or at any time.
    """

    def __init__(self, on_grid: bool = True) -> None:
        self.on_grid = on_grid
        self.name = "numba-event" if on_grid else "numba-event-precise"
        spikes = "on the grid, as the clocked engine has them" if on_grid else "at any time"
        self.capabilities = Capabilities(
            neurons=tuple(kind.kind for kind in lay.COLUMNS),
            currents=("DCSource", "StepSource"),
            synapses=("static",),
            timings=("standard",),
            features=(
                "closed_loop", "weight_readback", "state_readback", "exact_delays", "save_state",
            ),
            notes=f"exact and event-driven, for low activity; spikes {spikes}",
        )  # fmt: skip

    def check(self, plan: Plan) -> list[Violation]:
        """All that the backend cannot run."""
        found = violations(plan, self.name, self.capabilities)
        for block in plan.neurons:
            if block.kind.kind in self.capabilities.neurons and block.kind not in lay.COLUMNS:
                found += [
                    Violation(
                        f"backend {self.name!r} cannot run population {population!r}",
                        f"its kind {block.kind.kind!r} is one of your own, whose equations have no "
                        "known solution",
                        "Use 'numba'.",
                    )
                    for population in block.slices
                ]
        return found

    def prepare(self, plan: Plan, options: Options) -> Simulation:
        """A simulation at stamp 0."""
        require(self.check(plan))
        return Simulation(plan, self.name, partial(EventEngine, on_grid=self.on_grid), options)


def precise() -> Event:
    """Backend ``"numba-event-precise"``: spikes at any time, not only at stamps."""
    return Event(on_grid=False)


class EventEngine:
    """State of a run; see :class:`neurosim.backends.base.Engine` and
    :mod:`neurosim.kernels.event`."""

    def __init__(self, plan: Plan, on_grid: bool = True) -> None:
        self.plan, self.on_grid, self.step = plan, on_grid, 0
        self.arrays = lay.lay_out(plan, on_grid)
        self.amplitude = np.zeros(len(plan.currents))
        self._taken = 0

    # running

    def advance(self, steps: int) -> Progress:
        """Run that many steps; see :class:`neurosim.backends.base.Engine`."""
        a = self.arrays
        shapes = self._open_samples(steps)
        self._open_currents(steps)
        room = sum(p.size for p in self.plan.populations) + lay.most_at_once(a.sources)
        self._make_room(room)
        found, until = [], float(self.step + steps)
        while steps:
            done = event.run(
                until, self.on_grid, room, a.cells, a.heap, a.log, a.delays, a.queue, a.lanes,
                a.synapses, a.sources, a.inputs, a.currents, a.probes, a.clock,
            )  # fmt: skip
            found.append(self._take())
            if done:
                break
            _check_rates(*found[-1])
            self._make_room(room)
        self.step += steps
        return Progress(self._entries(found, shapes))

    def _open_samples(self, steps: int) -> list[tuple[int, int]]:
        """Room for the samples of the coming steps; (samples, units) of each sampled probe."""
        shapes = []
        for probe in self.plan.probes:
            if probe.variable == "spikes":
                continue
            low, high = max(self.step, probe.first), min(self.step + steps, probe.last)
            before = -(-(low - probe.first) // probe.every)
            until = -(-(high - probe.first) // probe.every)
            shapes.append((max(0, until - before), len(probe.ids)))
        ends = np.cumsum([0, *(samples * units for samples, units in shapes)])
        p = self.arrays.probes
        p.groups[:, columns.OUT] = ends[:-1]
        self.arrays.probes = p._replace(out=np.empty(int(ends[-1])))
        return shapes

    def _open_currents(self, steps: int) -> None:
        """Find the steps in which a current changes."""
        stamps, sources, changes = [], [], []
        for s, current in enumerate(self.plan.currents):
            wave = current.source.samples(self.step, steps, self.plan.dt, current.key)
            jumps = np.diff(wave, prepend=self.amplitude[s])
            at = np.flatnonzero(jumps)
            stamps.append(self.step + at)
            sources.append(np.full(len(at), s))
            changes.append(jumps[at])
            self.amplitude[s] = wave[-1] if steps else self.amplitude[s]
        stamp = np.concatenate([*stamps, np.empty(0, np.int64)])
        source = np.concatenate([*sources, np.empty(0, np.int64)])
        by = np.argsort(stamp, kind="stable")
        self.arrays.currents = self.arrays.currents._replace(
            change=np.stack([stamp[by], source[by]], axis=1).astype(np.int64),
            amount=np.concatenate([*changes, np.empty(0)])[by],
        )
        self.arrays.clock[columns.CHANGE] = 0

    def _make_room(self, room: int) -> None:
        """Drop spikes that are delivered and handed over; make the log longer where needed."""
        a, count = self.arrays, int(self.arrays.log.count[0])
        drop = int(min(self._taken, a.delays.whole[:, columns.CURSOR].min(initial=count)))
        kept = count - drop
        size = len(a.log.time)
        log = a.log
        if kept + 2 * room > size:
            log = lay.empty_log(2 * (kept + room))
        for old, new in zip(a.log[:2], log[:2], strict=True):
            new[:kept] = old[drop:count].copy()
        log.count[0] = kept
        a.log = log
        a.delays.whole[:, columns.CURSOR] -= drop
        self._taken -= drop

    def _take(self) -> tuple[NDArray[Any], ...]:
        """Spikes of the log that were not handed over yet."""
        log, mine = self.arrays.log, slice(self._taken, int(self.arrays.log.count[0]))
        self._taken = mine.stop
        return log.time[mine].copy(), log.who[mine].copy()

    def _entries(self, found: list[Any], shapes: list[tuple[int, int]]) -> list[Any]:
        times = np.concatenate([*(times for times, _ in found), np.empty(0)])
        who = np.concatenate([*(who for _, who in found), np.empty((0, 2), np.int32)])
        populations, ids = who.T
        if self.on_grid:
            times = times.astype(np.int64)
        entries: list[Any] = []
        start, left = 0, iter(shapes)
        for probe in self.plan.probes:
            if probe.variable != "spikes":
                samples, units = next(left)
                stop = start + samples * units
                entries.append(self.arrays.probes.out[start:stop].reshape(samples, units))
                start = stop
                continue
            mine = populations == probe.population
            if len(probe.ids) < self.plan.populations[probe.population].size:
                mine &= np.isin(ids, probe.ids)
            if probe.first > 0 or probe.last < NEVER:
                mine &= (times >= probe.first) & (times < probe.last)
            by = np.lexsort((ids[mine], times[mine]))
            entries.append((times[mine][by], ids[mine][by]))
        return entries

    # looking and changing

    def read(self, population: int, variable: str) -> NDArray[Any]:
        """Current values of a state variable."""
        out = np.empty(self.plan.populations[population].size)
        first = self.arrays.cells.first[population]
        event.look_at(first, lay.VARIABLES[variable], float(self.step), self.arrays.cells, out)
        return out

    def write(self, population: int, variable: str, values: NDArray[np.float64]) -> None:
        """Refused: the times of coming spikes would be wrong."""
        raise _fixed("Simulation.write")

    def changed(self, plan: Plan) -> EventEngine:
        """Refused: the times of coming spikes would be wrong."""
        raise _fixed("Simulation.change")

    def waiting(self) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int32]]:
        """Populations, stamps and ids of the spikes of arrays that are still to come."""
        stamp, group, unit = self.arrays.sources.given[int(self.arrays.clock[columns.GIVEN]) :].T
        return group.copy(), stamp.copy(), unit.astype(np.int32)

    def feed(self, population: int, stamps: NDArray[np.int64], ids: NDArray[np.int32]) -> None:
        """Add spikes to a spike array population."""
        a = self.arrays
        left = a.sources.given[int(a.clock[columns.GIVEN]) :]
        more = np.stack([stamps, np.full(len(stamps), population), ids], axis=1)
        stamp, group, unit = np.concatenate([left, more]).T
        a.sources = a.sources._replace(given=lay.given_spikes(stamp, group, unit))
        a.clock[columns.GIVEN] = 0

    def synapses(self, block: int, pending: bool) -> Synapses:
        """Synapses of a block."""
        part = self.arrays.parts[block]
        segments = np.repeat(np.arange(len(part.ptr) - 1), np.diff(part.ptr))
        source, slot = np.divmod(segments, len(part.delays))
        return Synapses(
            (part.first + source).astype(np.int32), part.targets.astype(np.int32),
            self._weights(block).copy(), part.delays[slot] * np.float64(self.plan.dt),
        )  # fmt: skip

    def _weights(self, block: int) -> NDArray[Any]:
        """The weights of a block; those that share one are spread out."""
        a, part = self.arrays, self.arrays.parts[block]
        if isinstance(part.weights, float):
            return np.full(part.size, part.weights)
        lane = np.flatnonzero(a.lanes.whole[:, columns.BLOCK] == block)[:1]
        start = int(a.lanes.whole[lane, columns.WEIGHTS_AT].sum())  # 0 if there is no synapse
        own: NDArray[Any] = a.synapses.weights[start : start + part.size]
        return own

    def set_weights(self, block: int, weights: NDArray[Any]) -> None:
        """Replace the weights of a block; one shared weight becomes one a synapse where needed."""
        a, part = self.arrays, self.arrays.parts[block]
        lanes = a.lanes.whole[:, columns.BLOCK] == block
        if not isinstance(part.weights, float):
            self._weights(block)[:] = weights
        elif len(weights) and (weights == weights[0]).all():
            a.lanes.weight[lanes] = weights[0]
        else:
            a.lanes.whole[lanes, columns.SHARED] = 0
            a.lanes.whole[lanes, columns.WEIGHTS_AT] = len(a.synapses.weights)
            more = weights.astype(self.plan.weight_dtype)
            a.synapses = a.synapses._replace(weights=np.concatenate([a.synapses.weights, more]))
        self._note_weights()

    def _note_weights(self) -> None:
        """Bring the parts into line with the lanes."""
        a = self.arrays
        for whole, weight in zip(a.lanes.whole, a.lanes.weight, strict=True):
            value = float(weight) if whole[columns.SHARED] else np.empty(0)
            i = int(whole[columns.BLOCK])
            a.parts[i] = replace(a.parts[i], weights=value)

    def flush(self, block: int) -> None:
        """Nothing is pending: all synapses are static."""

    def freeze(self, block: int, frozen: bool) -> None:
        """Nothing moves: all synapses are static."""

    # state

    def _changing(self) -> dict[str, NDArray[Any]]:
        """Arrays that change in place, by name."""
        a = self.arrays
        count = int(a.log.count[0])
        return {
            "cells": a.cells.state, "searched": a.cells.searched, "key": a.heap.key,
            "slot": a.heap.slot, "place": a.heap.place, "count": a.heap.count,
            "delays": a.delays.whole,
            "queue_key": a.queue.key, "queue_slot": a.queue.slot, "queue_place": a.queue.place,
            "queue_count": a.queue.count, "lanes": a.lanes.whole, "lane_weight": a.lanes.weight,
            "weights": a.synapses.weights, "amplitude": self.amplitude, "given": a.sources.given,
            "log_time": a.log.time[:count], "log_who": a.log.who[:count], "clock": a.clock,
        }  # fmt: skip

    def state(self) -> dict[str, NDArray[Any]]:
        """Everything that decides the future."""
        own = {"step": np.array(self.step), "taken": np.array(self._taken)}
        return own | {name: array.copy() for name, array in self._changing().items()}

    def restore(self, state: Mapping[str, NDArray[Any]]) -> None:
        """Go on from a state of :meth:`state`."""
        a = self.arrays
        self.step, self._taken = int(state["step"]), int(state["taken"])
        a.sources = a.sources._replace(given=state["given"].copy())
        a.synapses = a.synapses._replace(weights=state["weights"].copy())
        a.log = lay.empty_log(max(len(a.log.time), 2 * len(state["log_time"])))
        a.log.count[0] = len(state["log_time"])
        for name, array in self._changing().items():
            array[...] = state[name]
        self._note_weights()

    def counts(self) -> dict[str, int]:
        """What the loop has done since the start: events, spikes of neurons, looks ahead (bounds)
        and searches for a crossing."""
        names = ("synaptic_events", "poisson_events", "neuron_spikes", "look_aheads", "searches")
        return dict(zip(names, self.arrays.clock[columns.SYNAPTIC :].tolist(), strict=True))

    def notes(self) -> dict[str, Any]:
        """Facts for the recording's provenance."""
        spikes = "on the grid" if self.on_grid else "at any time"
        return {"threads": 1, "engine": "event", "spike_times": spikes, **self.counts()}


def _fixed(owner: str) -> UnsupportedError:
    return UnsupportedError(
        f"{owner}: backend 'numba-event' knows spikes ahead of time and cannot change neurons "
        "during a run. Use 'numba'."
    )


def _check_rates(times: NDArray[Any], who: NDArray[Any]) -> None:
    """Raise if a unit spikes so often that a run would not end."""
    counts = np.unique(who, axis=0, return_counts=True)[1]
    if len(times) and counts.max() > MOST_SPIKES * (times[-1] - times[0] + 1.0):
        raise SimulationError(
            f"backend 'numba-event-precise': a unit must spike at most {MOST_SPIKES} times a step, "
            "some do more often. Give neurons a refractory period, or less input."
        )
