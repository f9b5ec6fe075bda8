"""Backend ``"auto"``: the clocked or the event-driven engine, whichever will be faster."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from neurosim.backends.base import Options, Violation
from neurosim.backends.clocked import Clocked
from neurosim.backends.event import Event, EventEngine
from neurosim.backends.simulation import Simulation
from neurosim.plan.plan import Plan

UPDATE_NS = {"if_curr_exp": 0.87, "if_curr_alpha": 1.3, "if_curr_delta": 0.44}
"""Cost of a neuron and step in the clocked engine, by kind.

These and the costs below are those of ``python -m neurosim.benchmarks.event_costs`` on one core of
a 2-core virtual machine with a load of 4. The choice depends on their ratios only.
"""

DELIVERY_NS = 4.0
"""Cost of a synaptic event in the clocked engine."""

EVENT_NS = {
    "synaptic_events": 31.0, "poisson_events": 48.0, "neuron_spikes": 375.0, "look_aheads": 450.0,
    "searches": 0.0,
}  # fmt: skip
"""Costs in the event-driven engine, by what it counts. (Searches go along with spikes and looks
ahead, and their cost is in those.)"""

DRAW_NS = 4.0
"""Cost of a Poisson draw (a unit and step) in either engine; it limits the pilot run only."""

PILOT_MS = 1000.0
"""Longest biological time of the pilot run."""

PILOT_NS = 50e6
"""Estimated cost after which the pilot run ends. It is computed from counts, not from a clock, so
that the same network and seed make the same choice."""


class Auto:
    """Chooses between ``"numba"`` and ``"numba-event"``.

    A pilot run of the event-driven engine counts what happens; stated costs of both engines turn
    the counts into two estimates. Both engines put spikes on the grid, so that the choice decides
    rounding and speed only. The result is that of the chosen backend, whose name it bears; the
    recording's ``backend_notes["auto"]`` hold the estimates.
    """

    name = "auto"
    capabilities = replace(
        Clocked.capabilities,
        features=tuple(f for f in Clocked.capabilities.features if f != "change"),
        notes="runs numba or numba-event, by estimates of their costs from a short pilot run",
    )

    def check(self, plan: Plan) -> list[Violation]:
        """All that the clocked backend cannot run: it takes what the other one refuses."""
        return Clocked().check(plan)

    def prepare(self, plan: Plan, options: Options) -> Simulation:
        """A simulation at stamp 0 in the backend that is expected to be faster."""
        refused = Event().check(plan)
        if refused:
            simulation = Clocked().prepare(plan, options)
            simulation.notes["auto"] = {"chosen": simulation.backend, "reason": str(refused[0])}
            return simulation
        engine = EventEngine(plan)
        estimates = estimate(engine)
        if estimates["clocked_s"] <= estimates["event_s"]:
            simulation = Clocked().prepare(plan, options)
        else:
            simulation = Simulation(plan, Event().name, _First(engine), options)
        simulation.notes["auto"] = {"chosen": simulation.backend, **estimates}
        return simulation


class _First:
    """Makes engines; the first is one that exists."""

    def __init__(self, engine: EventEngine) -> None:
        self._engine: EventEngine | None = engine

    def __call__(self, plan: Plan) -> EventEngine:
        engine, self._engine = self._engine, None
        return engine or EventEngine(plan)


def estimate(engine: EventEngine) -> dict[str, float]:
    """Run a pilot, go back to the start, and estimate what a second of biological time costs.

    Returns
    -------
    dict
        ``clocked_s`` and ``event_s``, seconds of one thread per second of biological time without
        what both engines do alike (Poisson draws); ``pilot_ms``, the length of the pilot run; and
        ``synaptic_events_per_s``.
    """
    plan, start = engine.plan, engine.state()
    last, most = max(1, round(PILOT_MS / plan.dt)), max(1, round(1.0 / plan.dt))
    while engine.step < last and _cost(engine.counts()) + _draws(engine) < PILOT_NS:
        engine.advance(min(most, last - engine.step))
        most *= 2
    pilot, counts = engine.step * plan.dt, engine.counts()
    engine.restore(start)
    steps = 1000.0 / plan.dt
    updates = sum(block.size * steps * UPDATE_NS[block.kind.kind] for block in plan.neurons)
    per_second = 1000.0 / pilot
    return {
        "clocked_s": 1e-9 * (updates + counts["synaptic_events"] * per_second * DELIVERY_NS),
        "event_s": 1e-9 * _cost(counts) * per_second,
        "pilot_ms": pilot,
        "synaptic_events_per_s": counts["synaptic_events"] * per_second,
    }


def _cost(counts: Mapping[str, int]) -> float:
    return sum(EVENT_NS[name] * count for name, count in counts.items())


def _draws(engine: EventEngine) -> float:
    units: Any = sum(len(b.first) for b in engine.plan.poisson)
    units += sum(len(b.ids) for b in engine.plan.inputs)
    return float(engine.step * units * DRAW_NS)
