"""State of a run of the Brian2 backend.

All objects belong to one explicit network of Brian2, which prepares them; the steps are gone
through here, object by object, in the order of ``docs/concepts/update-order.md``. Nothing of
Brian2's global state is touched.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from neurosim.backends.base import Progress, Synapses, Violation
from neurosim.backends.brian2_load import load, quiet
from neurosim.backends.brian2_neurons import Cells, Sources
from neurosim.backends.brian2_stdp import Learning
from neurosim.backends.brian2_synapses import Depressing, Part, Pathway
from neurosim.backends.reference import Log
from neurosim.backends.reference_spikes import Spikes, poisson_spikes
from neurosim.errors import SimulationError, UnsupportedError
from neurosim.philox import words
from neurosim.plan.connect import expand
from neurosim.plan.plan import Plan, PoissonInputBlock

PARTS: Final = {"static": Part, "stdp": Learning, "tsodyks_markram": Depressing}
CURRENT_CHUNK = 1024
"""Steps for which injected currents are computed at once."""
FORGET_EVERY = 64
"""Steps after which spikes that are over are dropped."""


class BrianEngine:
    """State of a run; see :class:`neurosim.backends.base.Engine`.

    Parameters
    ----------
    plan : Plan
        What to run.
    target : str
        Brian2's code generation target, ``"numpy"`` or ``"cython"``.
    """

    def __init__(self, plan: Plan, target: str) -> None:
        brian2 = load("backend 'brian2'")
        self.plan, self.target, self.step = plan, target, 0
        self.version = str(brian2.__version__)
        self.past, self.coming = Spikes(), Spikes()
        for array in plan.arrays:
            self._come(array.population, array.steps, array.ids)
        self._doubles = {array.population for array in plan.arrays}
        self._currents = [(0, np.empty(0))] * len(plan.currents)
        with quiet():
            self._build(brian2)

    def _build(self, brian2: Any) -> None:
        """Make all objects of Brian2 and their code."""
        plan = self.plan
        self.clock = brian2.Clock(dt=plan.dt * brian2.ms)
        make = {"clock": self.clock, "codeobj_class": code_class(self.target)}
        self.groups = [
            (Sources if place.block < 0 else Cells)(brian2, plan, place, make)
            for place in plan.populations
        ]
        self.cells = [group for group in self.groups if isinstance(group, Cells)]
        self.drawn = [expand(block, plan.dt, plan.weight_dtype) for block in plan.synapses]
        self.parts: list[Part | None] = [
            PARTS[block.synapse.kind](brian2, plan, block, drawn, self.groups, make)
            if drawn.size else None
            for block, drawn in zip(plan.synapses, self.drawn, strict=True)
        ]  # fmt: skip
        self.active = [part for i in plan.delivery if (part := self.parts[i]) is not None]
        pathways = [path for part in self.active for path in part.pathways]
        self.reach = max([0, *(path.longest + 2 for path in pathways)])
        self.network = brian2.Network(
            *(group.group for group in self.groups),
            *(item for part in self.active for item in part.items),
        )
        self.network.run(0 * brian2.ms, namespace={})  # makes the code of all objects

    def _come(self, population: int, stamps: NDArray[np.int64], ids: NDArray[np.int32]) -> None:
        """Spikes that a spike array will emit."""
        for stamp in np.unique(stamps).tolist():
            self.coming.add(population, stamp, ids[stamps == stamp].tolist())

    # running

    def advance(self, steps: int) -> Progress:
        """Run that many steps.

        Raises
        ------
        SimulationError
            If a state variable is no longer a finite number.
        """
        logs = [Log(probe) for probe in self.plan.probes]
        with np.errstate(all="ignore"):  # branches that are not taken may have any value
            for _ in range(steps):
                self._run_step(logs)
        self._require_finite()
        return Progress([log.entry() for log in logs])

    def _run_step(self, logs: list[Log]) -> None:
        k, standard = self.step, self.plan.timing == "standard"
        arrival = k + self.plan.arrival
        for log in logs:
            if log.samples_at(k):
                log.sample(self.read(log.probe.population, log.probe.variable))
        self._emit_sources(k, logs)
        if standard:
            self._learn_on_emission(k)
        for part in self.active:
            for path in part.delivery:
                path.run(self._more(path.population, k + path.offset))
            part.due(arrival)
        self._add_inputs(k)
        for cells in self.cells:
            cells.advance()
        self._note_spikes(arrival, logs)
        if not standard:
            self._learn_on_emission(k)
        for part in self.active:
            if isinstance(part, Learning):
                part.remember(arrival)
                self._learn(part, part.late, arrival, fixed=False)
        self._tick(k + 1)

    def _tick(self, step: int) -> None:
        self.step = step
        self.clock.variables["timestep"].get_value()[0] = step
        self.clock.variables["t"].get_value()[0] = step * (self.plan.dt * 1e-3)
        if step % FORGET_EVERY == 0:
            self._forget()

    def _forget(self) -> None:
        """Drop the spikes that are over."""
        self.coming.forget(self.step)
        self.past.forget(self.step - self.reach)

    def _emit_sources(self, k: int, logs: list[Log]) -> None:
        for array in self.plan.arrays:
            self._emit(array.population, k, self.coming.at(array.population, k), logs)
        for poisson in self.plan.poisson:
            self._emit(poisson.population, k, poisson_spikes(poisson, k), logs)

    def _emit(self, population: int, stamp: int, ids: list[int], logs: list[Log]) -> None:
        self.groups[population].emit(sorted(set(ids)))
        self._remember(population, stamp, ids, logs)

    def _remember(self, population: int, stamp: int, ids: list[int], logs: list[Log]) -> None:
        if ids:
            self.past.add(population, stamp, ids)
            for log in logs:
                log.spikes(population, stamp, ids)

    def _note_spikes(self, stamp: int, logs: list[Log]) -> None:
        for population, group in enumerate(self.groups):
            if isinstance(group, Cells):
                self._remember(population, stamp, np.sort(group.spikes()).tolist(), logs)

    def _more(self, population: int, stamp: int) -> NDArray[np.int32]:
        """Second and further spikes of units that spike more than once in a step."""
        if population not in self._doubles:
            return np.empty(0, dtype=np.int32)
        ids, counts = np.unique(
            np.array(self.past.at(population, stamp), dtype=np.int32), return_counts=True
        )
        return np.repeat(ids, counts - 1)

    def _learn_on_emission(self, stamp: int) -> None:
        for part in self.active:
            if isinstance(part, Learning):
                self._learn(part, part.early, stamp, fixed=True)
            part.fix(stamp)

    def _learn(self, part: Learning, pathways: list[Pathway], stamp: int, fixed: bool) -> None:
        part.note(stamp, fixed)
        for path in pathways:
            path.run(np.empty(0, dtype=np.int32))

    def _add_inputs(self, k: int) -> None:
        for block in self.plan.inputs:
            if block.first <= k < block.last:
                cells = self.groups[block.population]
                assert isinstance(cells, Cells)
                into = cells.array(f"in_{cells.inputs[block.input]}")
                into[block.ids] += block.weight * poisson_counts(block, k)
        if self.plan.currents:
            for cells in self.cells:
                cells.array("injected")[:] = 0.0
        for i, current in enumerate(self.plan.currents):
            cells = self.groups[current.population]
            assert isinstance(cells, Cells)
            cells.array("injected")[current.ids] += self._current(i, k)

    def _current(self, number: int, k: int) -> float:
        first, values = self._currents[number]
        if not first <= k < first + len(values):
            block = self.plan.currents[number]
            values = block.source.samples(k, CURRENT_CHUNK, self.plan.dt, block.key)
            self._currents[number] = first, values = k, values
        return float(values[k - first])

    def _require_finite(self) -> None:
        for cells in self.cells:
            for state in cells.block.kind.state:
                if not np.isfinite(cells.read(state.name, self.step)).all():
                    raise SimulationError(
                        f"{cells.block.kind.__name__}.step: must give finite numbers, "
                        f"{state.name!r} is not finite at {self.step * self.plan.dt:g} ms "
                        f"(population {cells.place.name!r}). Use a smaller dt or check weights."
                    )

    # access

    def read(self, population: int, variable: str) -> NDArray[np.float64]:
        """Current values of a state variable, shape (size,)."""
        cells = self.groups[population]
        assert isinstance(cells, Cells)
        return cells.read(variable, self.step)

    def write(self, population: int, variable: str, values: NDArray[np.float64]) -> None:
        """Set the values of a state variable, shape (size,)."""
        cells = self.groups[population]
        assert isinstance(cells, Cells)
        cells.write(variable, values, self.step)

    def feed(self, population: int, stamps: NDArray[np.int64], ids: NDArray[np.int32]) -> None:
        """Add spikes (stamps >= ``step``) to a spike array population.

        Raises
        ------
        UnsupportedError
            If a unit with plastic synapses would spike twice in a step.
        """
        if population in plastic_sources(self.plan):
            there = [
                (s, i) for s in np.unique(stamps).tolist() for i in self.coming.at(population, s)
            ]
            pairs = [*there, *zip(stamps.tolist(), ids.tolist(), strict=True)]
            if len(set(pairs)) < len(pairs):
                raise UnsupportedError(str(twice(self.plan.populations[population].name)))
        self._come(population, stamps, ids)

    def waiting(self) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int32]]:
        """Populations, stamps and ids of the spikes of arrays that are still to come."""
        self._forget()
        found = self.coming.state()
        return found["population"], found["stamp"], found["id"].astype(np.int32)

    def synapses(self, block: int, pending: bool) -> Synapses:
        """Synapses of a block; ``pending`` applies potentiation that waits for the next spike."""
        part = self.parts[block]
        if part is None:
            none = np.empty(0, dtype=np.int32)
            weights = np.empty(0, dtype=np.asarray(self.drawn[block].weights).dtype)
            return Synapses(none, none.copy(), weights, np.empty(0))
        return part.table(pending)

    def set_weights(self, block: int, weights: NDArray[Any]) -> None:
        """Replace the weights of a block, in the order of :meth:`synapses`."""
        part = self.parts[block]
        if part is not None:
            part.set_weights(weights)

    def flush(self, block: int) -> None:
        """Apply the pending potentiation of a plastic block now."""
        part = self.parts[block]
        if part is not None:
            part.flush()

    def freeze(self, block: int, frozen: bool) -> None:
        """Stop or resume the plasticity of a block; frozen synapses do not see spikes."""
        part = self.parts[block]
        if part is not None:
            part.freeze(frozen)

    def state(self) -> dict[str, NDArray[Any]]:
        """Everything that decides the future, as arrays (spikes in flight included)."""
        self._forget()
        found: dict[str, NDArray[Any]] = {"step": np.array(self.step)}
        for name, spikes in (("past", self.past), ("coming", self.coming)):
            found |= {f"{name}/{field}": values for field, values in spikes.state().items()}
        for i, group in enumerate(self.groups):
            if isinstance(group, Cells):
                for state in group.block.kind.state:
                    found[f"cells/{i}/{state.name}"] = group.read(state.name, self.step)
        for i, part in enumerate(self.parts):
            if part is not None:
                found |= {f"synapses/{i}/{n}": values for n, values in part.state().items()}
        return found

    def restore(self, state: Mapping[str, NDArray[Any]]) -> None:
        """Go on from a state of :meth:`state`."""
        for name, spikes in (("past", self.past), ("coming", self.coming)):
            fields = ("population", "stamp", "id")
            spikes.restore({field: state[f"{name}/{field}"] for field in fields})
        self._tick(int(state["step"]))
        for i, group in enumerate(self.groups):
            if isinstance(group, Cells):
                for variable in group.block.kind.state:
                    values = state[f"cells/{i}/{variable.name}"]
                    group.write(variable.name, values, self.step)
                group.emit(self.past.at(i, self.step + self.plan.arrival - 1))
        for i, part in enumerate(self.parts):
            if part is not None:
                start = f"synapses/{i}/"
                part.restore(
                    {n.removeprefix(start): v for n, v in state.items() if n.startswith(start)}
                )
                for path in part.pathways:
                    path.replay(self.past, self.step)

    def changed(self, plan: Plan) -> BrianEngine:
        """An engine of a plan of the same structure that goes on from here."""
        made = BrianEngine(plan, self.target)
        coming = made.coming
        made.restore(self.state())
        made.coming = coming
        coming.forget(self.step)
        return made

    def notes(self) -> dict[str, Any]:
        """Number of synapses, and which Brian2 ran them."""
        return {
            "synapses": sum(drawn.size for drawn in self.drawn),
            "brian2": self.version,
            "codegen_target": self.target,
        }


def poisson_counts(block: PoissonInputBlock, step: int) -> NDArray[np.float64]:
    """Number of events of each neuron of a Poisson input in a step."""
    drawn = words(block.key, block.ids, step)
    counts = np.empty(len(drawn))
    for table in np.unique(block.table):
        entries, mine = block.tables[slice(*block.starts[table : table + 2])], block.table == table
        counts[mine] = np.searchsorted(entries, drawn[mine], side="right")
    return counts


def code_class(target: str) -> Any:
    """What runs the code of Brian2's objects."""
    if target == "cython":
        from brian2.codegen.runtime.cython_rt import CythonCodeObject

        return CythonCodeObject
    from brian2.codegen.runtime.numpy_rt import NumpyCodeObject

    return NumpyCodeObject


def plastic_sources(plan: Plan) -> set[int]:
    """Populations whose synapses follow their spikes one by one."""
    return {block.pre for block in plan.synapses if block.synapse.kind != "static"}


def twice(population: str) -> Violation:
    """A unit with plastic synapses that spikes twice in a step."""
    return Violation(
        f"backend 'brian2' cannot run population {population!r}",
        "a unit spikes twice in a step and has plastic synapses, which Brian2 would serve once",
        "Use 'numba' or other spike times.",
    )
