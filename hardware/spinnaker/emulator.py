"""Backend ``"spinnaker-emulator"``: the board's arithmetic, tick by tick and bit by bit."""

from __future__ import annotations

import json
from collections.abc import Mapping as Dictionary
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from neurosim.backends.base import Capabilities, Options, Progress, Synapses, Violation
from neurosim.backends.check import require
from neurosim.backends.simulation import Simulation
from neurosim.errors import ParameterError, SimulationError, UnsupportedError
from neurosim.hardware.spinnaker import fixed_point as fp
from neurosim.hardware.spinnaker.cells import CELLS, RECEPTORS
from neurosim.hardware.spinnaker.conversion import to_board
from neurosim.hardware.spinnaker.counters import counters, total
from neurosim.hardware.spinnaker.kernels.arrays import COUNTERS, CUT, STATE
from neurosim.hardware.spinnaker.layout import Layout, lay_out, sorted_sources
from neurosim.hardware.spinnaker.lower import board_plan, map_plan
from neurosim.hardware.spinnaker.mapping import Mapping, Route, Target
from neurosim.hardware.spinnaker.rules import violations
from neurosim.hardware.spinnaker.settings import Disturbance, Settings, plain
from neurosim.hardware.spinnaker.values import FIELDS, RISES, factor, from_words
from neurosim.plan.plan import NEVER, Plan

SPIKES_HELD = 1 << 16
"""Recorded spikes that the loop holds before it hands them over, at least."""
PROFILE = "spynnaker-7.4.1"
"""The toolchain and firmware whose arithmetic is emulated."""

SYNAPSES = ("static", "stdp")


@dataclass(frozen=True)
class Emulator:
    """SpiNNaker-1 as sPyNNaker 7.4.1 drives it, in whole numbers.

    Parameters
    ----------
    settings : Settings
        Choices of the deployment.
    disturbance : Disturbance
        What goes wrong between cores; nothing by default.

    Examples
    --------
    >>> backend = Emulator(Settings(neurons_per_core=100))
    """

    settings: Settings = field(default_factory=Settings)
    disturbance: Disturbance = field(default_factory=Disturbance)

    name = "spinnaker-emulator"
    capabilities = Capabilities(
        neurons=tuple(CELLS),
        synapses=SYNAPSES,
        features=(
            "plasticity", "closed_loop", "weight_readback", "state_readback", "exact_delays",
            "save_state", "change",
        ),
        notes="whole-number arithmetic of SpiNNaker boards (sPyNNaker 7.4.1), bit by bit",
    )  # fmt: skip

    def check(self, plan: Plan) -> list[Violation]:
        """All that the board has not got."""
        return violations(plan, self.name, self.capabilities)

    def prepare(self, plan: Plan, options: Options) -> Simulation:
        """A simulation at tick 0.

        Raises
        ------
        UnsupportedError
            If :meth:`check` found something.
        """
        require(self.check(plan))

        def make(plan: Plan) -> EmulatorEngine:
            return EmulatorEngine(plan, self.settings, self.disturbance)

        return Simulation(plan, self.name, make, options, adapt=board_plan)


class EmulatorEngine:
    """State of a run; see :class:`neurosim.backends.base.Engine`.

    Parameters
    ----------
    plan : Plan
        What to run, as :func:`~neurosim.hardware.spinnaker.lower.board_plan` gives it.
    settings : Settings
        Choices of the deployment.
    disturbance : Disturbance
        What goes wrong.
    """

    def __init__(
        self, plan: Plan, settings: Settings | None = None, disturbance: Disturbance | None = None
    ) -> None:
        self.plan, self.step = plan, 0
        self._set(settings or Settings(), disturbance or Disturbance())

    def _set(self, settings: Settings, disturbance: Disturbance) -> None:
        self.settings, self.disturbance = settings, disturbance
        self.mapping: Mapping = map_plan(self.plan, settings)
        self.arrays: Layout = lay_out(self.mapping, disturbance)

    # running

    def advance(self, steps: int) -> Progress:
        """Run that many ticks."""
        from neurosim.hardware.spinnaker.kernels.tick import run

        a = self.arrays
        counts = self._open_samples(steps)
        wave = [c.source.samples(self.step, steps, self.plan.dt, c.key) for c in self.plan.currents]
        ticks = [fp.to_k_array(w, steps) for w in wave]
        a.net = a.net._replace(wave=np.array(ticks, dtype=np.int32).reshape(len(wave), steps))
        room, done = self._room(), 0
        none = np.empty(0, np.int64), np.empty(0, np.int32), np.empty(0, np.int32)
        spikes: list[tuple[Any, ...]] = [none]
        while done < steps:
            done = run(
                self.step, done, steps, room, a.stages, a.cells, a.targets, a.routes, a.rings,
                a.sources, a.packets, a.net, a.probes,
            )  # fmt: skip
            p, n = a.probes, int(a.probes.count[0])
            spikes.append((p.stamp[:n].copy(), a.order[p.population[:n]], p.id[:n].copy()))
            p.count[0] = 0
        self.step += steps
        return Progress(self._entries(spikes, counts))

    def _room(self) -> int:
        """The most spikes that are recorded in a tick, with buffers that hold some ticks."""
        a = self.arrays
        if not a.net.wanted.any():
            return 0
        given = a.sources.stamp[int(a.sources.next[0]) :]
        together = int(np.unique(given, return_counts=True)[1].max(initial=0))
        poisson = int(np.sum(64 + 4 * (a.sources.rate >> 15)))
        room = sum(t.size for t in self.mapping.targets) + together + poisson
        if len(a.probes.stamp) < 2 * room:
            size = max(SPIKES_HELD, 2 * room)
            a.probes = a.probes._replace(
                stamp=np.empty(size, dtype=np.int64), population=np.empty(size, dtype=np.int32),
                id=np.empty(size, dtype=np.int32),
            )  # fmt: skip
        return room

    def _open_samples(self, steps: int) -> list[int]:
        """Room for the samples of the coming ticks; number of samples of each sampled probe."""
        counts = []
        for probe in self.plan.probes:
            if probe.variable != "spikes":
                low, high = max(self.step, probe.first), min(self.step + steps, probe.last)
                before = -(-(low - probe.first) // probe.every)
                counts.append(max(0, -(-(high - probe.first) // probe.every) - before))
        p = self.arrays.probes
        sizes = np.array(counts, dtype=np.int64) * np.diff(p.id_ptr)
        p.next[:] = np.cumsum(sizes) - sizes
        self.arrays.probes = p._replace(out=np.empty(int(sizes.sum()), dtype=np.int32))
        return counts

    def _entries(self, spikes: list[tuple[Any, ...]], counts: list[int]) -> list[Any]:
        stamps, populations, ids = (np.concatenate(column) for column in zip(*spikes, strict=True))
        entries: list[Any] = []
        number = 0
        for probe in self.plan.probes:
            if probe.variable != "spikes":
                width = len(probe.ids)
                stop = int(self.arrays.probes.next[number])
                raw = self.arrays.probes.out[stop - counts[number] * width : stop]
                target = self.mapping.target(probe.population)
                entries.append(from_words(raw, probe.variable, target).reshape(-1, width))
                number += 1
                continue
            mine = populations == probe.population
            if len(probe.ids) < self.plan.populations[probe.population].size:
                mine &= np.isin(ids, probe.ids)
            if probe.first > 0 or probe.last < NEVER:
                mine &= (stamps >= probe.first) & (stamps < probe.last)
            entries.append((stamps[mine], ids[mine]))
        return entries

    # looking and changing

    def words(self, population: int, name: str) -> NDArray[Any]:
        """A field of :class:`~neurosim.hardware.spinnaker.kernels.arrays.Cells` of a population,
        a view."""
        number = next(i for i, t in enumerate(self.mapping.targets) if t.population == population)
        first = int(self.arrays.targets.first[number])
        column: NDArray[Any] = getattr(self.arrays.cells, name)
        return column[first : first + self.mapping.targets[number].size]

    def read(self, population: int, variable: str) -> NDArray[np.float64]:
        """Current values of a state variable."""
        target = self.mapping.target(population)
        if variable == "refractory":
            return np.asarray(np.maximum(self.words(population, variable), 0.0))
        if variable == "stretch":
            tick = fp.to_k(self.plan.dt)
            return np.asarray(self.words(population, "h") / tick, dtype=np.float64)
        if variable in RISES:
            return self._rise(population, RISES[variable])
        if variable not in FIELDS:
            raise SimulationError(
                f"spinnaker: the board has no variable {variable!r}. Read one of "
                f"{', '.join(target.cell.recordables)}."
            )
        return from_words(self.words(population, FIELDS[variable]), variable, target)

    def _rise(self, population: int, side: str) -> NDArray[np.float64]:
        """Rise of an alpha current, nA/ms: the board keeps it as a product of three numbers."""
        words = (self.words(population, f"{n}_{side}") for n in ("waiting", "rise", "factor"))
        product = np.prod([w / fp.ONE for w in words], axis=0) / self.plan.dt
        return np.asarray(product if side == "exc" else -product)

    def write(self, population: int, variable: str, values: NDArray[np.float64]) -> None:
        """Set the values of a state variable."""
        target = self.mapping.target(population)
        if variable == "refractory":
            self.words(population, variable)[:] = values
            return
        alpha = target.cell.synapse == "alpha" and variable != "v"
        if variable not in FIELDS or alpha:
            raise UnsupportedError(
                f"spinnaker: {variable!r} of population {target.name!r} cannot be set; the board "
                "keeps it in another form. Set 'v', or the synapses of another kind of cell."
            )
        words = values * factor(variable, target) ** -1
        self.words(population, FIELDS[variable])[:] = fp.to_k_array(words / fp.ONE, target.size)

    def feed(self, population: int, stamps: NDArray[np.int64], ids: NDArray[np.int32]) -> None:
        """Add spikes to a spike array population."""
        s = self.arrays.sources
        left = slice(int(s.next[0]), None)
        merged = sorted_sources(
            np.concatenate([s.stamp[left], stamps]),
            np.concatenate([s.unit[left], self.arrays.units[population] + ids]),
        )
        self.arrays.sources = s._replace(stamp=merged.stamp, unit=merged.unit, next=merged.next)

    def waiting(self) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int32]]:
        """Populations, stamps and ids of the spikes of arrays that are still to come."""
        s = self.arrays.sources
        left = slice(int(s.next[0]), None)
        places = np.searchsorted(self.arrays.net.unit, s.unit[left], side="right") - 1
        populations = self.arrays.order[places]
        ids = s.unit[left] - self.arrays.units[populations]
        return populations, s.stamp[left].copy(), ids.astype(np.int32)

    def _routes(self, block: int) -> list[tuple[int, Route, slice]]:
        """Routes of a block, with their numbers and where their synapses are."""
        found, start = [], 0
        for i, route in enumerate(self.mapping.routes):
            if route.block == block:
                found.append((i, route, slice(start, start + route.size)))
            start += route.size
        return found

    def synapses(self, block: int, pending: bool) -> Synapses:
        """Synapses of a block; ``pending`` applies potentiation that waits for the next spike."""
        routes = self._routes(block)
        n = sum(route.size for _, route, _ in routes)
        made = Synapses(
            np.empty(n, np.int32), np.empty(n, np.int32), np.empty(n), np.empty(n, np.float64)
        )
        for i, route, at in routes:
            target = self.mapping.target(route.post)
            words = self.arrays.routes.word[at].astype(np.int64)
            if pending and route.rule is not None and self.step > 0:
                words = self._pending(i, route.size)
            made.pre[route.places] = route.sources()
            made.post[route.places] = route.targets
            made.delay[route.places] = route.delays * self.plan.dt
            made.weight[route.places] = self._weights(route, target, words)
        return made

    def _pending(self, number: int, size: int) -> NDArray[np.int64]:
        from neurosim.hardware.spinnaker.kernels.rows import pending

        words, a = np.empty(size, dtype=np.int64), self.arrays
        pending(a.routes, number, a.targets, a.rings, self.step - 1, words)
        return words

    def _weights(self, route: Route, target: Target, words: NDArray[Any]) -> NDArray[np.float64]:
        """Weights in the plan's unit and with its sign."""
        one = to_board(self.plan, target, route.receptor, route.targets, np.ones(route.size))
        negative = route.receptor == 1 and target.cell.gain == 1
        return words / (target.scale(route.receptor) * one) * (-1.0 if negative else 1.0)

    def set_weights(self, block: int, weights: NDArray[Any]) -> None:
        """Replace the weights of a block, rounded to the words that the board would store."""
        new = []
        for _, route, at in self._routes(block):
            target = self.mapping.target(route.post)
            given = np.asarray(weights, dtype=np.float64)[route.places]
            wrong = given > 0 if route.receptor == 1 and target.cell.gain == 1 else given < 0
            board = to_board(self.plan, target, route.receptor, route.targets, given)
            words = np.rint(board * target.scale(route.receptor))
            if wrong.any() or (words > 65535).any():
                worst = float(given[wrong][0] if wrong.any() else given[np.argmax(words)])
                raise ParameterError(
                    "Simulation.set_weights", "weights",
                    f"must be {RECEPTORS[route.receptor]} and below "
                    f"{65536 / target.scale(route.receptor):g} in magnitude", worst,
                    "The receptor of a synapse and the scale of weights are fixed at the start.",
                    f"projection {route.name!r}",
                )  # fmt: skip
            new.append((at, words))
        for at, words in new:
            self.arrays.routes.word[at] = words

    def flush(self, block: int) -> None:
        """Nothing: a board changes weights at presynaptic spikes alone, by the rule of then."""

    def freeze(self, block: int, frozen: bool) -> None:
        """A board cannot do so."""
        raise UnsupportedError(
            "spinnaker: a board changes weights at presynaptic spikes only, and plasticity cannot "
            "be stopped. Read them with weights(), or use another backend."
        )

    def changed(self, plan: Plan) -> EmulatorEngine:
        """An engine of a plan of the same structure that goes on from here, as boards do between
        runs: parameters are loaded anew, state, weights and what is on its way stay."""
        made = EmulatorEngine(plan, self.settings, self.disturbance)
        if [t.shifts for t in self.mapping.targets] != [t.shifts for t in made.mapping.targets]:
            raise UnsupportedError(
                "spinnaker: the scale of weights cannot change in a run. Make a new simulation."
            )
        before, after = (e.arrays.sources._asdict() for e in (self, made))
        if not all(np.array_equal(before[name], after[name]) for name in ("rate", "begin", "end")):
            raise UnsupportedError(
                "spinnaker: Poisson sources cannot change during a run. Make a new simulation."
            )
        made.step, kept = self.step, self._changing()
        for name, array in made._changing().items():
            group, _, field = name.partition("/")
            if group != "cells" or field in STATE:
                array[...] = kept[name]
        s = made.arrays.sources
        left = s.stamp >= self.step
        made.arrays.sources = s._replace(stamp=s.stamp[left], unit=s.unit[left])
        return made

    # state

    def _changing(self) -> dict[str, NDArray[Any]]:
        a = self.arrays
        found = {f"cells/{n}": c for n, c in a.cells._asdict().items()}
        found |= {
            f"routes/{n}": getattr(a.routes, n) for n in ("word", "last", "trace", "received")
        }
        found |= {f"rings/{n}": c for n, c in a.rings._asdict().items() if n != "tables"}
        found |= {f"sources/{n}": getattr(a.sources, n) for n in ("counter", "seed")}
        return found | {f"packets/{n}": c for n, c in a.packets._asdict().items()}

    def state(self) -> dict[str, NDArray[Any]]:
        """Everything that decides the future."""
        choices = json.dumps([plain(self.settings), plain(self.disturbance)])
        populations, stamps, ids = self.waiting()
        return {
            "step": np.array(self.step),
            "choices": np.frombuffer(choices.encode(), dtype=np.uint8),
            "waiting/population": populations, "waiting/stamp": stamps, "waiting/id": ids,
            **{name: array.copy() for name, array in self._changing().items()},
        }  # fmt: skip

    def restore(self, state: Dictionary[str, NDArray[Any]]) -> None:
        """Go on from a state of :meth:`state`, with its settings."""
        settings, disturbance = json.loads(bytes(state["choices"]).decode())
        self._set(Settings(**settings), Disturbance(**disturbance))
        self.step = int(state["step"])
        units = self.arrays.units[state["waiting/population"]] + state["waiting/id"]
        s = sorted_sources(state["waiting/stamp"], units)
        self.arrays.sources = self.arrays.sources._replace(stamp=s.stamp, unit=s.unit, next=s.next)
        for name, array in self._changing().items():
            array[...] = state[name]

    def notes(self) -> dict[str, Any]:
        """Facts for the recording's provenance."""
        found = counters(self.mapping, self.arrays, self.step)
        return {
            "engine": "spinnaker-emulator",
            "profile": PROFILE,
            "settings": plain(self.settings),
            "disturbance": plain(self.disturbance),
            "synapses": sum(r.size for r in self.mapping.routes),
            "cores": sum(t.cores for t in self.mapping.targets),
            "shifts": {t.name: list(t.shifts) for t in self.mapping.targets},
            "saturations": total(found, "n_saturations") + total(found, "n_plastic_saturations"),
            "cut_histories": int(self.arrays.rings.counters[CUT::COUNTERS].sum()),
            "lost_packets": int(self.arrays.packets.lost[0]),
            "provenance": found,
        }
