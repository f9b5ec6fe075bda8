"""Growing buffers for what a run records."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from neurosim.declare import same
from neurosim.errors import SimulationError, StoreError, WiringError
from neurosim.plan.plan import NEVER, Plan, ProbePlan
from neurosim.recording.memory import available, size
from neurosim.recording.recording import Recording, Signal, SpikeTrains

Array = NDArray[Any]
Read = Callable[[int, str], Array]

SHARE = 0.8
"""Share of the free memory that a recording may take when no limit is given."""


class Buffers:
    """All that the probes of a plan have recorded until now.

    Parameters
    ----------
    plan : Plan
        The plan; each of its probes has a buffer.
    started : str, optional
        When the run began (ISO 8601, UTC); now by default.
    """

    def __init__(self, plan: Plan, started: str | None = None) -> None:
        self.started = started or datetime.now(UTC).isoformat(timespec="seconds")
        self._plan = plan
        self._stores = [
            _Spikes(p) if p.variable == "spikes" else _Samples(p, plan.dtype) for p in plan.probes
        ]

    def reserve(self, step: int, steps: int, memory_limit: float | None) -> None:
        """Make room for the samples of the coming steps.

        Parameters
        ----------
        step, steps : int
            First step and number of steps.
        memory_limit : float or None
            Largest recording in bytes; None takes most of what is free.

        Raises
        ------
        SimulationError
            If the recording would not fit; nothing has changed then.
        """
        coming = [store.coming(step, steps) for store in self._stores]
        held = sum(store.nbytes for store in self._stores)
        limit = memory_limit
        if limit is None:
            free = available()
            limit = np.inf if free is None else SHARE * free + held
        needed = held + sum(coming)
        if needed > limit:
            most = max(range(len(coming)), key=coming.__getitem__)
            probe = self._plan.probes[most]
            raise SimulationError(
                f"Simulation.run: the recording must fit into {size(limit)}, it would take "
                f"{size(needed)}. Most is {probe.variable!r} of population "
                f"{self._plan.populations[probe.population].name!r}: {len(probe.ids)} units every "
                f"{probe.every * self._plan.dt:g} ms, {size(coming[most])}. Record fewer units, "
                "sample less often (every=), or record a window (start=, stop=)."
            )
        for store in self._stores:
            store.reserve(step, steps)

    def start_run(self) -> None:
        """Let :meth:`recent` count from here."""
        for store in self._stores:
            store.start_run()

    def append(self, first_step: int, progress: Any) -> None:
        """Add what an engine recorded from ``first_step`` on (a ``Progress``).

        Raises
        ------
        SimulationError
            If an engine has left out samples.
        """
        for store, entry in zip(self._stores, progress.entries, strict=True):
            store.append(first_step, entry)

    def recent(self, population: int) -> tuple[NDArray[np.float64], NDArray[np.int32]]:
        """Times (ms) and ids of the spikes of a population since :meth:`start_run`.

        Raises
        ------
        WiringError
            If its spikes are not recorded.
        """
        for store in self._stores:
            if isinstance(store, _Spikes) and store.probe.population == population:
                stamps, ids = store.recent()
                return stamps * self._plan.dt, ids
        name = self._plan.populations[population].name
        raise WiringError(
            f"Simulation.read: spikes of {name!r} are not recorded. Add "
            f"Network.record({name!r}, 'spikes')."
        )

    def recording(self, step: int, read: Read, info: Mapping[str, Any]) -> Recording:
        """Everything recorded until stamp ``step``; the buffers stay as they are.

        Parameters
        ----------
        step : int
            Current stamp.
        read : callable
            ``read(population, variable)``, the current values; used for the sample at the current
            stamp, which the standard timing has and engines take in the next step only.
        info : mapping
            Provenance.
        """
        dt, populations = self._plan.dt, self._plan.populations
        spikes: dict[str, SpikeTrains] = {}
        signals: dict[tuple[str, str], Signal] = {}
        for store in self._stores:
            probe = store.probe
            name = populations[probe.population].name
            if isinstance(store, _Spikes):
                stamps, ids = store.arrays()
                stop = np.inf if probe.last == NEVER else probe.last * dt
                spikes[name] = SpikeTrains(stamps * dt, ids, probe.ids, probe.first * dt, stop)
                continue
            last = None
            if self._plan.arrival == 1 and store.due(step):
                last = read(probe.population, probe.variable)[probe.ids]
            values = store.values(last)
            stamps = probe.first + probe.every * np.arange(len(values), dtype=np.int64)
            times = stamps.astype(np.float64) * dt
            signals[name, probe.variable] = Signal(
                values, times, probe.every * dt, probe.ids, self._unit(probe)
            )
        return Recording(spikes, signals, step * dt, {**info, "started": self.started})

    def changed(self, plan: Plan, step: int) -> Buffers:
        """Buffers of a plan with which the run goes on at a step; equal probes keep their content.

        Raises
        ------
        WiringError
            If a probe that is new would have begun before.
        """
        made = Buffers(plan, self.started)
        for i, probe in enumerate(plan.probes):
            held = [s for s in self._stores if _same_probe(s.probe, probe)]
            if held:
                made._stores[i] = held[0]
            elif probe.first < step:
                name = plan.populations[probe.population].name
                raise WiringError(
                    f"Simulation.change: the new recording of {probe.variable!r} of {name!r} must "
                    f"begin now or later, it begins at {probe.first * plan.dt:g} ms. Give "
                    f"Network.record(..., start={step * plan.dt:g})."
                )
        return made

    def state(self) -> dict[str, Array]:
        """The content as arrays, for a file."""
        return {
            f"{index}/{name}": array
            for index, store in enumerate(self._stores)
            for name, array in store.state().items()
        }

    def restore(self, state: Mapping[str, Array]) -> None:
        """Take the content of :meth:`state` of buffers of an equal plan.

        Raises
        ------
        StoreError
            If the arrays are not those of this plan's probes.
        """
        try:
            for index, store in enumerate(self._stores):
                store.restore({name: state[f"{index}/{name}"] for name in store.state()})
        except (KeyError, TypeError, ValueError) as error:
            raise StoreError(
                f"state: what was recorded does not fit the probes ({error}). The file is damaged; "
                "use another."
            ) from error

    def _unit(self, probe: ProbePlan) -> str:
        block = self._plan.neurons[self._plan.populations[probe.population].block]
        return str(next(s.unit for s in block.kind.state if s.name == probe.variable))


def _same_probe(a: ProbePlan, b: ProbePlan) -> bool:
    facts = ("population", "variable", "every", "first", "last")
    return all(getattr(a, f) == getattr(b, f) for f in facts) and same(a.ids, b.ids)


class _Rows:
    """A growing array. Rows that were handed out are not written again with other values."""

    def __init__(self, shape: tuple[int, ...], dtype: Any) -> None:
        self._data: Array = np.empty((0, *shape), dtype)
        self.count = 0

    @property
    def nbytes(self) -> int:
        return self.count * self.row

    @property
    def row(self) -> int:
        return int(self._data.dtype.itemsize * np.prod(self._data.shape[1:], dtype=np.int64))

    def reserve(self, rows: int) -> None:
        if rows > len(self._data):
            room = max(rows, 3 * len(self._data) // 2)  # so that many short runs copy seldom
            data = np.empty((room, *self._data.shape[1:]), self._data.dtype)
            data[: self.count] = self._data[: self.count]
            self._data = data

    def extend(self, rows: Array) -> None:
        end = self.count + len(rows)
        self.reserve(end)
        self._data[self.count : end] = rows
        self.count = end

    def array(self, last: Array | None = None) -> Array:
        """The rows, read-only and without copying; ``last`` is added but not kept."""
        end = self.count
        if last is not None:
            self.reserve(end + 1)
            self._data[end] = last  # the next row to come is the same
            end += 1
        rows = self._data[:end]
        rows.setflags(write=False)
        return rows


class _Spikes:
    """Spikes of one probe as (stamp, id); stamps have the type in which the engine gives them."""

    def __init__(self, probe: ProbePlan) -> None:
        self.probe = probe
        self._stamps, self._ids = _Rows((), np.int64), _Rows((), np.int32)
        self._mark = 0

    @property
    def nbytes(self) -> int:
        return self._stamps.nbytes + self._ids.nbytes

    def coming(self, step: int, steps: int) -> int:
        return 0  # not known beforehand

    def reserve(self, step: int, steps: int) -> None:
        pass

    def start_run(self) -> None:
        self._mark = self._stamps.count

    def append(self, first_step: int, entry: Any) -> None:
        stamps, ids = entry
        if not self._stamps.count:
            self._stamps = _Rows((), stamps.dtype)
        self._stamps.extend(stamps)
        self._ids.extend(ids)

    def arrays(self) -> tuple[Array, Array]:
        return self._stamps.array(), self._ids.array()

    def recent(self) -> tuple[Array, Array]:
        stamps, ids = self.arrays()
        return stamps[self._mark :], ids[self._mark :]

    def state(self) -> dict[str, Array]:
        stamps, ids = self.arrays()
        return {"stamps": stamps, "ids": ids, "mark": np.array(self._mark)}

    def restore(self, state: Mapping[str, Array]) -> None:
        if len(state["stamps"]) != len(state["ids"]):
            raise ValueError("stamps and ids differ in length")
        self.append(0, (state["stamps"], state["ids"]))
        self._mark = int(state["mark"])


class _Samples:
    """Samples of one probe, at the stamps ``first, first + every, ...`` below ``last``."""

    def __init__(self, probe: ProbePlan, dtype: Any) -> None:
        self.probe = probe
        self._rows = _Rows((len(probe.ids),), dtype)

    @property
    def nbytes(self) -> int:
        return self._rows.nbytes

    def before(self, stamp: int) -> int:
        """Number of samples with stamps below ``stamp``."""
        end = max(0, min(stamp, self.probe.last) - self.probe.first)
        return -(-end // self.probe.every)

    def due(self, stamp: int) -> bool:
        return self.before(stamp + 1) > self.before(stamp)

    def coming(self, step: int, steps: int) -> int:
        return (self.before(step + steps + 1) - self.before(step)) * self._rows.row

    def reserve(self, step: int, steps: int) -> None:
        self._rows.reserve(self.before(step + steps + 1))

    def start_run(self) -> None:
        pass

    def append(self, first_step: int, entry: Any) -> None:
        if self._rows.count != self.before(first_step):
            raise SimulationError(
                f"engine: must have sampled {self.probe.variable!r} {self.before(first_step)} "
                f"times before step {first_step}, got {self._rows.count}. Report this backend."
            )
        self._rows.extend(entry)

    def values(self, last: Array | None) -> Array:
        return self._rows.array(last)

    def state(self) -> dict[str, Array]:
        return {"values": self._rows.array()}

    def restore(self, state: Mapping[str, Array]) -> None:
        self._rows.extend(state["values"])
