"""Network -> records in PyNN's terms; everything that has no counterpart is listed in one error."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from neurosim.errors import ParameterError, UnsupportedError, WiringError, close_matches
from neurosim.io.pynn_backends import BOARD, BOARD_VARIABLES, NEST, cell_problem
from neurosim.io.pynn_cells import RECORDABLE, Cell, Given, NoCell, cell_of
from neurosim.io.pynn_records import (
    Call,
    Cells,
    Electrode,
    Recorded,
    Trains,
    Translation,
    Wires,
)
from neurosim.io.pynn_rules import ruled_wires
from neurosim.io.pynn_wires import Ends, Listed, drawn_wires, grid, part_of
from neurosim.network.network import Network
from neurosim.network.population import Population
from neurosim.network.projection import Injection, Input
from neurosim.neurons.currents import ACSource, DCSource, NoisySource, StepSource
from neurosim.neurons.sources import SpikeSourceArray
from neurosim.plan.batch import given_spikes
from neurosim.plan.lower import lower
from neurosim.plan.lower_neurons import drawn
from neurosim.plan.plan import Plan

EARLY = 1e-4
"""Steps by which spikes reach pyNN.nest earlier: it subtracts its smallest delay and rounds up, so
that the last bit of a difference would move some of them by a step."""

CONNECTIONS = ("drawn", "rules")
ELECTRODES = {
    DCSource: "DCSource",
    StepSource: "StepCurrentSource",
    ACSource: "ACSource",
    NoisySource: "NoisyCurrentSource",
}


def translate(
    network: Network,
    backend: str,
    dt: float,
    seed: int,
    connections: str = "drawn",
    spikes: Mapping[str, Any] | None = None,
    earliest: float | None = None,
) -> Translation:
    """A network in PyNN's terms.

    Parameters
    ----------
    network : Network
        The network.
    backend : str
        PyNN's name of the back end.
    dt : float
        Time step, ms.
    seed : int
        Root seed of what is drawn here.
    connections : {"drawn", "rules"}
        Explicit lists of the synapses that neurosim draws, or PyNN's connectors.
    spikes : mapping, optional
        Spikes of spike arrays by population, in place of the network's own.
    earliest : float, optional
        Smallest delay of the back end in ms, by default ``dt``.

    Raises
    ------
    UnsupportedError
        If parts have no counterpart; the message lists them all.
    """
    if connections not in CONNECTIONS:
        raise ParameterError(
            "to_pynn", "connections", f"must be one of {CONNECTIONS}", connections, "Choose one."
        )
    plan = lower(network, dt, seed, weights="double")
    if spikes is not None:
        plan = _fed(plan, spikes)
    return _Translator(network, plan, backend, connections, earliest or plan.dt).translation()


def _fed(plan: Plan, spikes: Any) -> Plan:
    """The plan with these spikes in place of the network's own."""
    names = [plan.populations[a.population].name for a in plan.arrays]
    for name in spikes if isinstance(spikes, Mapping) else ():
        if name not in names:
            raise WiringError(
                f"to_pynn.spikes: {name!r} is no SpikeSourceArray population. "
                f"{close_matches(name, names)}"
            )
    try:
        given = given_spikes(plan, spikes, 0)
    except ParameterError as error:
        where = error.where.partition(", ")[2]
        raise ParameterError(
            "to_pynn", "spikes", error.rule, error.value, error.remedy, where
        ) from error
    notes = plan.notes
    if given.rounded:
        notes += (f"spikes: {given.rounded} times rounded to steps of {plan.dt:g} ms",)
    return replace(plan, arrays=given.arrays, notes=notes)


class _Translator:
    """Working state of one translation."""

    def __init__(
        self, network: Network, plan: Plan, backend: str, connections: str, earliest: float
    ) -> None:
        self.network, self.plan, self.backend = network, plan, backend
        self.connections, self.earliest = connections, earliest
        self.notes: list[str] = list(plan.notes)
        self.problems: list[str] = []
        self.found: dict[str, Cell] = {}

    def translation(self) -> Translation:
        net = self.network
        cells = [c for p in net.populations.values() for c in self.cells(p)]
        ends = Ends(self.backend, self.found)
        wires: list[Wires] = []
        for projection in net.projections.values():
            if all(view.name in self.found for view in (*projection.pre, *projection.post)):
                rules = self.connections == "rules"
                made = ruled_wires if rules else drawn_wires
                wires += made(projection, self.plan, ends)
        self.problems += ends.problems
        self.notes += ends.notes
        if self.connections == "rules" and self.backend == BOARD:
            self.notes.append("projections: the board draws with seeds of its own")
        for item in net.inputs.values():
            if item.target.name in self.found:
                self.poisson_input(item, cells, wires)
        electrodes = tuple(e for i in net.injections.values() for e in self.electrode(i))
        recorded = tuple(self.recorded())
        self.timing()
        if self.problems:
            raise UnsupportedError(
                f"network {net.name!r} cannot be handed to pyNN.{self.backend}: "
                + "; ".join(dict.fromkeys(self.problems))
                + ". Change these parts."
            )
        return Translation(
            net.name, self.backend, self.plan.dt, tuple(cells), tuple(wires), electrodes, recorded,
            tuple(dict.fromkeys(self.notes)),
        )  # fmt: skip

    def timing(self) -> None:
        """Say whose order of events a run will have."""
        own = "spinnaker" if self.backend == BOARD else "standard"
        if self.network.timing != own:
            self.notes.append(
                f"network: made for timing {self.network.timing!r}, but pyNN.{self.backend} has "
                f"the order of events of timing {own!r}, so that spikes move by a step a hop"
            )

    # populations

    def cells(self, population: Population) -> list[Cells]:
        name, size = population.name, population.size
        where = f"population {name!r}"
        try:
            cell = self.source(population) if population.is_source else self.neurons(population)
        except NoCell as reason:
            self.problems.append(f"{where}: {reason}")
            return []
        self.found[name] = cell
        problem = cell_problem(self.backend, cell.call, cell.initial, self.earliest)
        if problem:
            self.problems.append(f"{where}: {problem}")
        self.notes += [f"{where}: {note}" for note in cell.notes]
        places = population.positions
        if places is not None:
            places = np.pad(places, ((0, 0), (0, 3 - places.shape[1]))).T
        return [Cells(name, size, cell.call, cell.initial, places)]

    def neurons(self, population: Population) -> Cell:
        kind: Any = population.kind
        block = next(b for b in self.plan.neurons if population.name in b.slices)
        where = block.slices[population.name]

        def part(values: Mapping[str, Any]) -> dict[str, Any]:
            return {
                k: _brief(v[where.start : where.stop]) if isinstance(v, np.ndarray) else v
                for k, v in values.items()
            }

        words = {k: v for k, v in kind.values().items() if isinstance(v, str)}
        state = {s.name: block.state[s.name] for s in kind.state if s.recordable}
        return cell_of(Given(kind, part(block.parameters), part(state), self.plan.dt, words))

    def source(self, population: Population) -> Cell:
        name, size = population.name, population.size
        if isinstance(population.kind, SpikeSourceArray):
            index = self.plan.population(name)
            block = next(b for b in self.plan.arrays if b.population == index)
            order = np.argsort(block.ids, kind="stable")
            ends = np.cumsum(np.bincount(block.ids, minlength=size))
            times = grid(block.steps[order], self.plan.dt)
            if self.backend == NEST:
                times = times - EARLY * self.plan.dt
            trains = Trains(times, ends)
            return Cell(Call("SpikeSourceArray", {"spike_times": trains}), {})
        values = {
            k: drawn(v, size, self.plan.seed, f"population/{name}/parameter/{k}")
            for k, v in population.kind.values().items()
        }
        note = "spikes of PyNN's Poisson sources differ, and may come more than once in a step"
        return Cell(Call("SpikeSourcePoisson", values), {}, notes=(note,))

    # inputs

    def poisson_input(self, item: Input, cells: list[Cells], wires: list[Wires]) -> None:
        """A source of its own for every neuron, connected one to one over one step."""
        view, source, where = item.target, item.source, f"input {item.name!r}"
        rate = drawn(source.rate, view.size, self.plan.seed, f"input/{item.name}/rate")
        stop = 1e10 if source.stop is None else source.stop
        values = {"rate": rate, "start": source.start, "duration": stop - source.start}
        name = item.name
        while name in {c.name for c in cells} or name in {w.name for w in wires}:
            name += " (poisson)"
        cells.append(Cells(name, view.size, Call("SpikeSourcePoisson", values)))
        self.notes.append(f"{where}: is a population of Poisson sources, connected one to one")
        gain = np.asarray(self.found[view.name].gain)
        weights = source.weight * np.broadcast_to(gain, view.population.size)
        ends = Ends(self.backend, self.found)
        pairs = np.stack([np.arange(view.size), view.array()], axis=1)
        listed = Listed(name, name, view.name, source.receptor, pairs, Call("StaticSynapse"))
        wires += ends.wires(listed, weights[view.array()], self.plan.dt, where)
        self.problems += ends.problems

    def electrode(self, item: Injection) -> list[Electrode]:
        cell = self.found.get(item.target.name)
        where = f"injection {item.name!r}"
        if cell is None:
            return []
        if not cell.injectable:
            self.problems.append(
                f"{where}: currents into population {item.target.name!r} have no PyNN counterpart"
            )
        values = {
            k: v.tolist() if isinstance(v, np.ndarray) else v  # the board wants lists
            for k, v in item.source.values().items()
            if v is not None
        }
        if isinstance(item.source, NoisySource):
            values.setdefault("dt", self.plan.dt)
            self.notes.append(f"{where}: the back end draws noise of its own, maybe for each unit")
        start = values.get("start", np.min(values.get("times", 0.0), initial=np.inf))
        if self.backend == NEST and start < self.earliest:
            self.notes.append(f"{where}: pyNN.nest starts it at {self.earliest:g} ms")
        call = Call(ELECTRODES[type(item.source)], values)
        return [Electrode(item.name, call, part_of(item.target))]

    # probes

    def recorded(self) -> list[Recorded]:
        found, intervals = [], dict[str, float]()
        chosen = {
            p.target.name: p.every
            for p in self.network.probes
            if p.every is not None and set(p.variables) != {"spikes"}
        }
        for probe in self.network.probes:
            name = probe.target.name
            if name not in self.found:
                continue
            where = f"probe of {name!r}"
            sampled = tuple(v for v in probe.variables if v != "spikes")
            every = self.plan.dt if probe.every is None else probe.every
            if sampled and intervals.setdefault(name, every) != every:
                self.problems.append(
                    f"{where}: PyNN samples all variables of a population at one interval, got "
                    f"{intervals[name]:g} and {every:g} ms"
                )
            if probe.start > 0.0 or probe.stop is not None:
                self.notes.append(f"{where}: PyNN records from start to end, not in a window")
            variables = tuple(self.variable(v, name, where) for v in probe.variables)
            # PyNN fixes the interval with the first variable of a population, spikes included
            found.append(Recorded(part_of(probe.target), variables, chosen.get(name)))
        return found

    def variable(self, variable: str, population: str, where: str) -> str:
        cell = self.found[population].call.name
        name, known = variable, RECORDABLE[cell]
        if self.backend == BOARD:
            name = {"isyn_exc": "gsyn_exc", "isyn_inh": "gsyn_inh"}.get(variable, variable)
            known = BOARD_VARIABLES if cell.startswith("I") else known & BOARD_VARIABLES
        if name not in known:
            self.problems.append(
                f"{where}: PyNN's {cell} cannot record {variable!r} ({', '.join(sorted(known))})"
            )
        elif name != variable:
            self.notes.append(f"{where}: {variable} is called {name} there, in nA")
        return name


def _brief(values: NDArray[Any]) -> Any:
    """One float if all values are the same."""
    return float(values[0]) if (values == values[0]).all() else values
