"""A tiny engine for tests of buffers, files and displays: it counts, and spikes by a rule."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from neurosim.backends.base import Capabilities, Options, Progress, Synapses
from neurosim.backends.simulation import Simulation
from neurosim.plan.plan import Plan


class CountingEngine:
    """Variables of unit ``i`` are ``10 step + i``; unit ``step % size`` spikes in each step."""

    def __init__(self, plan: Plan) -> None:
        self.plan, self.step, self.fed = plan, 0, 0

    def advance(self, steps: int) -> Progress:
        first, last = self.step, self.step + steps
        entries: list[Any] = []
        for probe in self.plan.probes:
            size = self.plan.populations[probe.population].size
            stamps = np.arange(max(first, probe.first), max(first, min(last, probe.last)))
            if probe.variable == "spikes":
                ids = (stamps % size).astype(np.int32)
                kept = np.isin(ids, probe.ids)
                entries.append((stamps[kept].astype(np.int64), ids[kept]))
            else:
                due = stamps[(stamps - probe.first) % probe.every == 0]
                rows = 10.0 * due[:, np.newaxis] + probe.ids
                entries.append(rows.astype(self.plan.dtype))
        self.step = last
        return Progress(entries)

    def read(self, population: int, variable: str) -> Any:
        return 10.0 * self.step + np.arange(self.plan.populations[population].size)

    def feed(self, population: int, stamps: Any, ids: Any) -> None:
        self.fed += len(ids)

    def synapses(self, block: int, pending: bool) -> Synapses:
        empty = np.empty(0, np.int32)
        return Synapses(empty, empty, np.empty(0), np.empty(0))

    def set_weights(self, block: int, weights: Any) -> None:
        assert len(weights) == 0

    def flush(self, block: int) -> None:
        pass

    def freeze(self, block: int, frozen: bool) -> None:
        pass

    def state(self) -> dict[str, Any]:
        return {"step": np.array(self.step), "fed": np.array(self.fed)}

    def restore(self, state: Mapping[str, Any]) -> None:
        self.step, self.fed = int(state["step"]), int(state["fed"])

    def notes(self) -> dict[str, Any]:
        return {"fake": True}


class Counting:
    """The backend of :class:`CountingEngine`."""

    name = "counting"
    capabilities = Capabilities()

    def check(self, plan: Plan) -> list[Any]:
        return []

    def prepare(self, plan: Plan, options: Options) -> Simulation:
        return Simulation(plan, self.name, CountingEngine, options)
