"""The ``reference`` backend: plain Python, slow, and the judge of all others.

It follows ``docs/concepts/update-order.md`` line by line, one neuron and one synapse at a time, and
runs the very text of each kind's step function on Python floats.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from neurosim.backends.base import Capabilities, Options, Progress, Synapses, Violation
from neurosim.backends.check import require, violations
from neurosim.backends.reference_neurons import Neurons
from neurosim.backends.reference_spikes import Spikes, poisson_spikes
from neurosim.backends.reference_stdp import STDPPart
from neurosim.backends.reference_synapses import Part, TsodyksMarkramPart
from neurosim.backends.simulation import Simulation
from neurosim.philox import words
from neurosim.plan.plan import Plan, PoissonInputBlock, ProbePlan

FloatArray = NDArray[np.float64]

PARTS: Final = {"static": Part, "stdp": STDPPart, "tsodyks_markram": TsodyksMarkramPart}


class Reference:
    """Plain Python on one core, for small networks and as the oracle of other backends."""

    name = "reference"
    capabilities = Capabilities(
        features=(
            "plasticity", "closed_loop", "weight_readback", "state_readback", "exact_delays",
            "save_state", "change",
        ),
        notes="Plain Python, one neuron and synapse at a time: the judge of other backends.",
    )  # fmt: skip

    def check(self, plan: Plan) -> list[Violation]:
        """All that the backend cannot run."""
        return violations(plan, self.name, self.capabilities)

    def prepare(self, plan: Plan, options: Options) -> Simulation:
        """A simulation at stamp 0.

        Raises
        ------
        UnsupportedError
            If :meth:`check` found something.
        """
        require(self.check(plan))
        return Simulation(plan, self.name, ReferenceEngine, options)


class ReferenceEngine:
    """State of a run; see :class:`neurosim.backends.base.Engine`.

    Parameters
    ----------
    plan : Plan
        What to run.
    """

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.step = 0
        self.neurons = [Neurons(block, plan.dt) for block in plan.neurons]
        self.parts = [PARTS[block.synapse.kind](block, plan) for block in plan.synapses]
        self.reach = max([0, *(delay for part in self.parts for delay in part.delays)])
        self.spikes = Spikes()
        self.coming = Spikes()
        for block in plan.arrays:
            self.feed(block.population, block.steps, block.ids)
        self.fixed: dict[int, list[FloatArray]] = {}

    # running

    def advance(self, steps: int) -> Progress:
        """Run that many steps."""
        logs = [Log(probe) for probe in self.plan.probes]
        for _ in range(steps):
            self._run_step(logs)
        return Progress([log.entry() for log in logs])

    def _run_step(self, logs: list[Log]) -> None:
        k = self.step
        arrival = k + self.plan.arrival
        for log in logs:
            if log.samples_at(k):
                log.sample(self.read(log.probe.population, log.probe.variable))
        self._emit_sources(k, logs)
        if self.plan.timing == "standard":
            self._fix_weights(k)
        sums = self._sums(arrival)
        injected = [np.zeros(block.size) for block in self.plan.neurons]
        self._add_inputs(k, sums, injected)
        self._update(arrival, sums, injected, logs)
        if self.plan.timing == "spinnaker":
            self._fix_weights(k)
        for part in self.parts:
            part.settle(arrival, self.spikes)
        self.step = k + 1
        self.coming.forget(self.step)
        self.spikes.forget(self.step - self.reach)

    def _emit_sources(self, k: int, logs: list[Log]) -> None:
        for array in self.plan.arrays:
            self._emit(array.population, k, self.coming.at(array.population, k), logs)
        for poisson in self.plan.poisson:
            self._emit(poisson.population, k, poisson_spikes(poisson, k), logs)

    def _emit(self, population: int, stamp: int, ids: list[int], logs: list[Log]) -> None:
        self.spikes.add(population, stamp, ids)
        for log in logs:
            log.spikes(population, stamp, ids)

    def _fix_weights(self, stamp: int) -> None:
        """Plasticity on emission; what is transmitted is summed by arrival."""
        for i in self.plan.delivery:
            part, block = self.parts[i], self.plan.synapses[i]
            place = self.plan.populations[block.post]
            for arrival, target, amount in part.emit(stamp, self.spikes):
                sums = self.fixed.setdefault(arrival, self._zeros())
                sums[place.block][block.input, place.offset + target] += amount

    def _zeros(self) -> list[FloatArray]:
        return [np.zeros((len(b.kind.inputs()), b.size)) for b in self.plan.neurons]

    def _sums(self, arrival: int) -> list[FloatArray]:
        """What arrives by synapses, per neuron block, shape (inputs, size)."""
        sums = self._zeros()
        for i in self.plan.delivery:
            part, block = self.parts[i], self.plan.synapses[i]
            place = self.plan.populations[block.post]
            into = sums[place.block][block.input, place.offset : place.offset + place.size]
            part.deliver(arrival, self.spikes, into)
        for total, fixed in zip(sums, self.fixed.pop(arrival, self._zeros()), strict=True):
            total += fixed
        return sums

    def _add_inputs(self, k: int, sums: list[FloatArray], injected: list[FloatArray]) -> None:
        for block in self.plan.inputs:
            if block.first <= k < block.last:
                place = self.plan.populations[block.population]
                amounts = block.weight * poisson_counts(block, k)
                sums[place.block][block.input, place.offset + block.ids] += amounts
        for current in self.plan.currents:
            place = self.plan.populations[current.population]
            value = current.source.samples(k, 1, self.plan.dt, current.key)[0]
            injected[place.block][place.offset + current.ids] += value

    def _update(
        self, stamp: int, sums: list[FloatArray], injected: list[FloatArray], logs: list[Log]
    ) -> None:
        fired = [
            neurons.advance(total, current)
            for neurons, total, current in zip(self.neurons, sums, injected, strict=True)
        ]
        for population, place in enumerate(self.plan.populations):
            if place.block >= 0:
                units = range(place.offset, place.offset + place.size)
                ids = [unit - place.offset for unit in fired[place.block] if unit in units]
                self._emit(population, stamp, ids, logs)

    # access

    def read(self, population: int, variable: str) -> FloatArray:
        """Current values of a state variable, shape (size,)."""
        place = self.plan.populations[population]
        values = self.neurons[place.block].state[variable]
        return values[place.offset : place.offset + place.size].copy()

    def write(self, population: int, variable: str, values: FloatArray) -> None:
        """Set the values of a state variable."""
        place = self.plan.populations[population]
        state = self.neurons[place.block].state[variable]
        state[place.offset : place.offset + place.size] = values

    def feed(self, population: int, stamps: NDArray[np.int64], ids: NDArray[np.int32]) -> None:
        """Add spikes (stamps >= ``step``) to a spike array population."""
        for stamp, unit in zip(stamps.tolist(), ids.tolist(), strict=True):
            self.coming.add(population, stamp, [unit])

    def synapses(self, block: int, pending: bool) -> Synapses:
        """Synapses of a block; ``pending`` applies potentiation that waits for the next spike."""
        return self.parts[block].table(pending)

    def set_weights(self, block: int, weights: NDArray[Any]) -> None:
        """Replace the weights of a block, in the order of :meth:`synapses`."""
        self.parts[block].set_weights(weights)

    def flush(self, block: int) -> None:
        """Apply the pending potentiation of a plastic block now."""
        self.parts[block].flush()

    def freeze(self, block: int, frozen: bool) -> None:
        """Stop or resume the plasticity of a block; frozen synapses do not see spikes."""
        self.parts[block].freeze(frozen)

    def changed(self, plan: Plan) -> ReferenceEngine:
        """An engine of a plan of the same structure that goes on from here."""
        made = ReferenceEngine(plan)
        made.coming.forget(self.step)
        state = {**self.state(), **_prefixed("waiting", made.coming.state())}
        made.restore(state)
        return made

    def waiting(self) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int32]]:
        """Populations, stamps and ids of the spikes of arrays that are still to come."""
        found = self.coming.state()
        return found["population"], found["stamp"], found["id"].astype(np.int32)

    def state(self) -> dict[str, NDArray[Any]]:
        """Everything that decides the future, as arrays (spikes in flight included)."""
        found: dict[str, NDArray[Any]] = {"step": np.array(self.step)}
        found |= _prefixed("spikes", self.spikes.state())
        found |= _prefixed("waiting", self.coming.state())
        for i, neurons in enumerate(self.neurons):
            found |= _prefixed(f"neurons/{i}", {n: v.copy() for n, v in neurons.state.items()})
        for i, part in enumerate(self.parts):
            found |= _prefixed(f"synapses/{i}", part.state())
        found["fixed/stamps"] = np.array(sorted(self.fixed), dtype=np.int64)
        for i, zeros in enumerate(self._zeros()):
            rows = [self.fixed[stamp][i] for stamp in sorted(self.fixed)]
            found[f"fixed/{i}"] = np.array(rows).reshape(-1, *zeros.shape)
        return found

    def restore(self, state: Mapping[str, NDArray[Any]]) -> None:
        """Go on from a state of :meth:`state`."""
        self.step = int(state["step"])
        self.spikes.restore(_under("spikes", state))
        self.coming.restore(_under("waiting", state))
        for i, neurons in enumerate(self.neurons):
            neurons.restore(_under(f"neurons/{i}", state))
        for i, part in enumerate(self.parts):
            part.restore(_under(f"synapses/{i}", state))
        self.fixed = {
            stamp: [np.array(state[f"fixed/{i}"][row]) for i in range(len(self.neurons))]
            for row, stamp in enumerate(state["fixed/stamps"].tolist())
        }

    def notes(self) -> dict[str, Any]:
        """Number of synapses."""
        return {"synapses": sum(part.drawn.size for part in self.parts)}


class Log:
    """What a probe gathers while the engine advances."""

    def __init__(self, probe: ProbePlan) -> None:
        self.probe = probe
        self.wanted = set(probe.ids.tolist())
        self.rows: list[Any] = []

    def samples_at(self, stamp: int) -> bool:
        """Whether a sample is due."""
        first = self.probe.first
        due = first <= stamp < self.probe.last and (stamp - first) % self.probe.every == 0
        return due and self.probe.variable != "spikes"

    def sample(self, values: FloatArray) -> None:
        """Keep the sample of the recorded units."""
        self.rows.append(values[self.probe.ids])

    def spikes(self, population: int, stamp: int, ids: list[int]) -> None:
        """Keep the spikes of the recorded units."""
        probe = self.probe
        mine = probe.variable == "spikes" and probe.population == population
        if mine and probe.first <= stamp < probe.last:
            self.rows += [(stamp, unit) for unit in ids if unit in self.wanted]

    def entry(self) -> Any:
        """The probe's entry of :class:`neurosim.backends.base.Progress`."""
        if self.probe.variable != "spikes":
            return np.array(self.rows, dtype=np.float64).reshape(-1, len(self.probe.ids))
        table = np.array(self.rows, dtype=np.int64).reshape(-1, 2)
        return table[:, 0].copy(), table[:, 1].astype(np.int32)


def poisson_counts(block: PoissonInputBlock, step: int) -> FloatArray:
    """Number of events of each neuron of a block in a step."""
    drawn = words(block.key, block.ids, step)
    counts = []
    for word, table in zip(drawn, block.table, strict=True):
        entries = block.tables[block.starts[table] : block.starts[table + 1]]
        counts.append(float((entries <= word).sum()))
    return np.array(counts)


def _prefixed(prefix: str, arrays: Mapping[str, NDArray[Any]]) -> dict[str, NDArray[Any]]:
    return {f"{prefix}/{name}": array for name, array in arrays.items()}


def _under(prefix: str, state: Mapping[str, NDArray[Any]]) -> dict[str, NDArray[Any]]:
    start = f"{prefix}/"
    return {k.removeprefix(start): v for k, v in state.items() if k.startswith(start)}
