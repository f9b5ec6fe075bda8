"""A running network: stepwise, closed loop, saved and continued. Shared by all backends."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from os import PathLike
from time import perf_counter
from typing import Any, Self

import numpy as np

from neurosim.backends.base import Engine, Options, Synapses
from neurosim.backends.feeding import fed
from neurosim.backends.interrupt import noted
from neurosim.backends.progress import bar
from neurosim.declare import Bounds, number
from neurosim.errors import (
    Interrupted,
    ParameterError,
    SimulationError,
    StoreError,
    WiringError,
    close_matches,
)
from neurosim.network.network import Network
from neurosim.plan.changes import fed_spikes, require_same_structure
from neurosim.plan.lower import lower
from neurosim.plan.overflow import require_fit
from neurosim.plan.plan import Plan
from neurosim.recording.buffers import Buffers
from neurosim.recording.provenance import provenance
from neurosim.recording.recording import Recording

CHUNK_S = 0.1
"""Wall time that one call into an engine should take: how often progress shows and Ctrl-C works."""

MakeEngine = Callable[[Plan], Engine]
Adapt = Callable[[Plan], Plan]


class Simulation:
    """A network in the middle of a run. Make it with :func:`neurosim.prepare`.

    Use it as a context manager, or call :meth:`close`.

    Parameters
    ----------
    plan : Plan
        What to run.
    backend : str
        Name of the backend.
    make : callable
        Makes the engine of a plan.
    options : Options
        Of the run.
    adapt : callable, optional
        Applied to every plan first, for backends that run networks by rules of their own.
    whole : bool
        Whether the engine makes each run in one call; progress and Ctrl-C are then its own matter.
    """

    def __init__(
        self,
        plan: Plan,
        backend: str,
        make: MakeEngine,
        options: Options,
        *,
        adapt: Adapt | None = None,
        whole: bool = False,
    ) -> None:
        self._adapt: Adapt = _unchanged if adapt is None else adapt
        self.plan, self.backend, self.options = self._adapt(plan), backend, options
        self._make, self._whole = make, whole
        plan = self.plan
        self._engine: Engine | None = make(plan)
        self._buffers = Buffers(plan)
        self._interrupted = False
        self.notes: dict[str, Any] = {}
        """Facts for the provenance of recordings, beside those of the engine; plain data."""

    # running

    @property
    def t(self) -> float:
        """Current time, ms."""
        return self._open().step * self.plan.dt

    def run(self, duration: float) -> Self:
        """Go on for ``duration`` ms (rounded to whole steps).

        Raises
        ------
        Interrupted
            If Ctrl-C was pressed. The run stops between chunks, what ran until then stays valid,
            and the simulation can go on. (A second Ctrl-C stops at once and closes it.)
        ParameterError
            If the duration is not a number >= 0.
        SimulationError
            If the recording would not fit into memory, or the simulation is closed.
        """
        bounds = Bounds("ms", low=0.0)
        duration = number("Simulation.run", "duration", duration, bounds, scalar=True)
        return self._advance(int(np.floor(duration / self.plan.dt + 0.5)))

    def run_until(self, time: float) -> Self:
        """Go on until the time ``time`` ms.

        Raises
        ------
        ParameterError
            If the time has passed.
        """
        bounds = Bounds("ms", low=self.t * (1.0 - 1e-12))
        time = number("Simulation.run_until", "time", time, bounds, scalar=True)
        return self._advance(int(np.floor(time / self.plan.dt + 0.5)) - self._open().step)

    def _advance(self, steps: int) -> Self:
        engine = self._open()
        self._buffers.reserve(engine.step, steps, self.options.memory_limit)
        self._buffers.start_run()
        chunk, done = steps if self._whole else min(steps, 64), 0
        with bar(steps, self.options.progress, self.plan.name) as shown, noted() as stopped:
            while done < steps and not stopped():
                began, first = perf_counter(), engine.step
                try:
                    self._buffers.append(first, engine.advance(chunk))
                except BaseException:
                    self.close()  # the engine may have stopped in the middle of a step
                    raise
                done += chunk
                shown.update(done)
                spent = perf_counter() - began
                grow = min(8.0, CHUNK_S / spent) if spent > 0 else 8.0
                chunk = min(max(1, int(chunk * grow)), steps - done)
            pressed = stopped()
        if pressed:
            self._interrupted = self._interrupted or done < steps
            raise Interrupted(self.t, self.recording())
        return self

    def feed(self, population: str, spikes: Iterable[tuple[int, float]]) -> None:
        """Add spikes to a spike array population.

        Parameters
        ----------
        population : str
            Name of a ``SpikeSourceArray`` population.
        spikes : iterable of (id, time)
            Unit and time in ms; times must not lie before :attr:`t`.
        """
        engine, index = self._open(), self._population(population)
        if index not in {block.population for block in self.plan.arrays}:
            raise WiringError(
                f"Simulation.feed: {population!r} is no SpikeSourceArray population and cannot be "
                "fed. Add one that projects to it."
            )
        size = self.plan.populations[index].size
        stamps, ids = fed(spikes, population, size, engine.step, self.plan.dt)
        engine.feed(index, stamps, ids)

    # looking

    def read(self, population: str, variable: str = "spikes") -> Any:
        """Current values of a state variable, shape (size,); or the spikes of the last ``run``.

        Spikes come as (times, ids) and need a probe.
        """
        index = self._population(population)
        if variable == "spikes":
            return self._buffers.recent(index)
        self._require_variable(index, population, variable, "Simulation.read", ["spikes"])
        return self._open().read(index, variable)

    def write(self, population: str, variable: str, values: Any) -> None:
        """Set a state variable of a population, to one number or one for each unit.

        Raises
        ------
        ParameterError, WiringError
            If the values or names do not fit.
        UnsupportedError
            If the backend cannot do so.
        """
        index, where = self._population(population), f"population {population!r}"
        self._require_variable(index, population, variable, "Simulation.write", [])
        try:
            given = np.array(values, dtype=np.float64)
            given = np.broadcast_to(given, self.plan.populations[index].size)
        except (TypeError, ValueError) as error:
            raise ParameterError(
                "Simulation.write", variable,
                f"must be a number or {self.plan.populations[index].size} numbers", values,
                "Give one for each unit.", where,
            ) from error  # fmt: skip
        if not np.isfinite(given).all():
            raise ParameterError(
                "Simulation.write", variable, "must be finite", values, "Correct it.", where
            )
        self._open().write(index, variable, given)

    def change(self, network: Network) -> Self:
        """Go on with a changed network.

        Parameters of neurons, sources and plasticity rules, spike times, inputs, injected currents
        and probes may differ from those until now; what holds from now on is what the new network
        says. Populations and projections must be the same (for weights there is
        :meth:`set_weights`), and state, weights and spikes in flight stay; potentiation that is
        pending is applied first. Spikes that were fed
        and are still to come stay as well; of the spike times of the new network those that lie
        before :attr:`t` do not count. Probes that are the same keep what they have recorded; new
        ones must begin at :attr:`t` or later.

        Raises
        ------
        LoweringError, ParameterError, WiringError
            If the network does not fit; nothing has changed then.
        UnsupportedError
            If the backend cannot do so.
        """
        engine, old = self._open(), self.plan
        plan = self._adapt(lower(network, old.dt, old.seed, old.precision, old.weights))
        require_same_structure(old, plan)
        buffers = self._buffers.changed(plan, engine.step)
        for block in range(len(old.synapses)):
            engine.flush(block)  # by the rules until now
        waiting = fed_spikes(engine.waiting(), old)
        self._engine = engine.changed(plan)
        for population, stamps, ids in waiting:
            self._engine.feed(population, stamps, ids)
        self.plan, self._buffers = plan, buffers
        return self

    def weights(self, projection: str, pending: bool = True) -> Synapses:
        """Synapses of a projection with their present weights.

        Parameters
        ----------
        projection : str
            Its name.
        pending : bool
            For plastic synapses: whether potentiation that is applied only at the next presynaptic
            spike counts. ``False`` gives what a SpiNNaker board would report.
        """
        parts = [self._open().synapses(b, pending) for b in self._blocks(projection)]
        if len(parts) == 1:
            return parts[0]
        return Synapses(*(np.concatenate(column) for column in zip(*parts, strict=True)))

    def set_weights(self, projection: str, weights: Any) -> None:
        """Replace the weights of a projection, one number or in the order of :meth:`weights`."""
        blocks = self._blocks(projection)
        counts = [len(self._open().synapses(b, False).pre) for b in blocks]
        try:
            values = np.array(weights, dtype=np.float64)
            values = np.broadcast_to(values, sum(counts))
        except (TypeError, ValueError) as error:
            raise ParameterError(
                "Simulation.set_weights", "weights", f"must be a number or {sum(counts)} numbers",
                weights, "Use the order of weights().", f"projection {projection!r}",
            ) from error  # fmt: skip
        if not np.isfinite(values).all():
            raise ParameterError(
                "Simulation.set_weights", "weights", "must be finite", weights, "Correct them."
            )
        rule = self.plan.synapses[blocks[0]].synapse
        alike = values[0] if len(values) and (values == values[0]).all() else values
        require_fit(projection, rule, alike, self.plan.precision, self.plan.weights)
        for block, part in zip(blocks, np.split(values, np.cumsum(counts)[:-1]), strict=True):
            self._open().set_weights(block, part)

    def freeze(self, projection: str, frozen: bool = True) -> None:
        """Stop (or resume) the plasticity of a projection.

        Potentiation that is pending is applied first. Frozen synapses transmit, and their rule does
        not see the spikes of that time. Postsynaptic spikes from before still count, so
        :meth:`weights` can move for up to the dendritic delay; what is transmitted does not.
        """
        for block in self._blocks(projection):
            self._open().flush(block)
            self._open().freeze(block, frozen)

    def recording(self) -> Recording:
        """All that was recorded until now."""
        engine = self._open()
        notes = {**engine.notes(), **self.notes, "interrupted": self._interrupted}
        return self._buffers.recording(
            engine.step, engine.read, provenance(self.plan, self.backend, notes)
        )

    # state

    def save(self, path: str | PathLike[str]) -> None:
        """Write the state and what was recorded, so that :meth:`load` goes on bit for bit."""
        from neurosim.io.state import save_state

        save_state(path, self.plan, self.backend, self._open().state(), self._buffers)

    def load(self, path: str | PathLike[str]) -> Self:
        """Go on from a saved state of the same network, seed, time step and backend.

        Raises
        ------
        StoreError
            If the file is damaged, foreign, or of another network.
        """
        from neurosim.io.state import load_state

        engine = self._open()
        state, buffers = load_state(path, self.plan, self.backend)
        try:
            engine.restore(state)
        except (IndexError, KeyError, TypeError, ValueError) as error:
            self.close()
            raise StoreError(
                f"file {str(path)!r}: does not hold the state of this engine ({error!r}). Use the "
                "version of neurosim that wrote it, and prepare a new simulation."
            ) from error
        self._buffers = buffers
        return self

    def reset(self, seed: int | None = None) -> Self:
        """Back to stamp 0 with nothing recorded; a new seed draws everything anew."""
        self._open()
        plan = self.plan
        if seed is not None and seed != plan.seed:
            network = Network.from_dict(plan.network)
            plan = self._adapt(lower(network, plan.dt, seed, plan.precision, plan.weights))
        self._engine = self._make(plan)
        self.plan, self._buffers = plan, Buffers(plan)
        self._interrupted = False
        return self

    def close(self) -> None:
        """Free the state; the simulation cannot be used afterwards."""
        self._engine = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def __repr__(self) -> str:
        when = "closed" if self._engine is None else f"at {self.t:g} ms"
        units = sum(p.size for p in self.plan.populations)
        return f"Simulation({self.plan.name!r}, {units} units, backend={self.backend!r}, {when})"

    # helpers

    def _open(self) -> Engine:
        if self._engine is None:
            raise SimulationError("Simulation: is closed. Prepare a new one.")
        return self._engine

    def _population(self, name: str) -> int:
        names = [p.name for p in self.plan.populations]
        if name not in names:
            raise WiringError(f"Simulation: no population {name!r}. {close_matches(name, names)}")
        return names.index(name)

    def _require_variable(
        self, index: int, population: str, variable: str, owner: str, more: list[str]
    ) -> None:
        block = self.plan.populations[index].block
        known = [s.name for s in self.plan.neurons[block].kind.state] if block >= 0 else []
        if variable not in known:
            raise WiringError(
                f"{owner}: {population!r} has no variable {variable!r}. "
                f"{close_matches(variable, [*more, *known])}"
            )

    def _blocks(self, projection: str) -> list[int]:
        blocks = [i for i, b in enumerate(self.plan.synapses) if b.name == projection]
        if not blocks:
            known = {b.name for b in self.plan.synapses}
            raise WiringError(
                f"Simulation: no projection {projection!r}. {close_matches(projection, known)}"
            )
        return blocks


def _unchanged(plan: Plan) -> Plan:
    return plan
