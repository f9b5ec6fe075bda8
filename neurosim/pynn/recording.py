"""Recorders of the PyNN front end: from recordings to what PyNN hands over as Neo objects."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from pyNN import recording

from neurosim.backends.simulation import Simulation
from neurosim.pynn import simulator

FloatArray = NDArray[np.float64]


class Probe(NamedTuple):
    """What is recorded of a variable, and since when (ms)."""

    indices: NDArray[np.int64]
    every: float
    start: float


class Piece(NamedTuple):
    """What a probe has recorded: times (ms) and ids of spikes, or times and samples."""

    indices: NDArray[Any]
    times: FloatArray
    values: NDArray[Any]


class Recorder(recording.Recorder):
    """Encapsulates what is recorded of a population.

    A probe that changes in a run ends, and what it has recorded is kept as a piece.
    """

    _simulator = simulator

    def __init__(self, population: Any, file: Any = None) -> None:
        super().__init__(population, file)
        self.probes: dict[str, Probe] = {}
        self._pieces: dict[str, list[Piece]] = {}

    def _record(self, variable: Any, new_ids: Any, sampling_interval: float | None = None) -> None:
        if sampling_interval is not None:
            self.sampling_interval = sampling_interval
        simulator.state.changed = True

    def _reset(self) -> None:
        simulator.state.changed = True

    def _clear_simulator(self) -> None:
        """Nothing to do: what lies before the last clearing is left out when data is asked for."""

    # the core's side

    def _wanted(self) -> dict[str, tuple[NDArray[np.int64], float]]:
        found = {}
        for variable, ids in self.recorded.items():
            if ids:
                indices = np.sort(self.population.index(ids))
                found[variable.name] = (indices, float(self.sampling_interval))
        return found

    def keep(self, simulation: Simulation) -> None:
        """Keep what those probes have recorded that will change."""
        wanted = self._wanted()
        for name, probe in self.probes.items():
            if name not in wanted:
                self._pieces.pop(name, None)
            elif not _equal(probe, *wanted[name]):
                self._pieces.setdefault(name, []).append(self._piece(name, simulation))

    def begin(self, now: float) -> None:
        """Set the probes for what comes."""
        self.probes = {
            name: self.probes[name]
            if name in self.probes and _equal(self.probes[name], indices, every)
            else Probe(indices, every, now)
            for name, (indices, every) in self._wanted().items()
        }

    def forget_run(self) -> None:
        """Begin anew at time 0."""
        self.probes, self._pieces = {}, {}

    def memory(self) -> Any:
        """What :meth:`recall` needs to undo what follows."""
        return dict(self.probes), {name: list(pieces) for name, pieces in self._pieces.items()}

    def recall(self, memory: Any) -> None:
        """Back to a memory."""
        self.probes, self._pieces = memory

    def _piece(self, name: str, simulation: Simulation) -> Piece:
        found, population = simulation.recording(), self.population.name
        if name == "spikes":
            trains = found.spikes[population]
            return Piece(trains.recorded, trains.times, trains.ids)
        native, factor = self.population.celltype.native_variable(name)
        signal = found.signal(population, native)
        return Piece(signal.ids, signal.times, signal.values * factor)

    def _content(self, name: str) -> list[Piece]:
        simulation = simulator.state.simulation
        pieces = list(self._pieces.get(name, []))
        if simulation is not None and name in self.probes:
            pieces.append(self._piece(name, simulation))
        return pieces

    # PyNN's side

    @property
    def _since(self) -> float:
        return float(self._recording_start_time)

    def _spikes(self, ids: Any) -> tuple[NDArray[np.int64], FloatArray]:
        """Cell numbers and times of the spikes since the last clearing."""
        wanted = self.population.index(ids)
        units, times = [np.empty(0, np.int64)], [np.empty(0)]
        for piece in self._content("spikes"):
            mine = np.isin(piece.values, wanted)
            mine &= simulator.state.personality.since(piece.times, self._since)
            units.append(piece.values[mine].astype(np.int64))
            times.append(piece.times[mine])
        return np.concatenate(units) + int(self.population.first_id), np.concatenate(times)

    def _get_spiketimes(self, id: Any, clear: bool = False) -> Any:
        if np.ndim(id) == 0:
            return self._spikes([id])[1]
        cells, times = self._spikes(id)
        return {int(one): times[cells == int(one)] for one in id}

    def _local_count(self, variable: Any, filter_ids: Any = None) -> dict[int, int]:
        ids = sorted(self.filter_recorded(variable, filter_ids))
        cells, _ = self._spikes(ids)
        numbers, counts = np.unique(cells, return_counts=True)
        found = dict(zip(numbers.tolist(), counts.tolist(), strict=True))
        return {int(i): int(found.get(int(i), 0)) for i in ids}

    def _get_all_signals(self, variable: Any, ids: Any, clear: bool = False) -> tuple[Any, None]:
        """Samples since the last clearing, one column for each cell; NaN before its recording."""
        pieces = self._content(variable.name)
        if not pieces:
            return np.empty((0, 0)), None
        wanted = self.population.index(ids)
        every = float(self.sampling_interval)
        until = max(piece.times[-1] if len(piece.times) else 0.0 for piece in pieces)
        rows = round((until - self._since) / every) + 1
        out = np.full((max(0, rows), len(wanted)), np.nan)
        for piece in pieces:
            place = np.rint((piece.times - self._since) / every).astype(np.int64)
            on_grid = np.abs(self._since + place * every - piece.times) < 1e-6 * every
            good = (place >= 0) & on_grid
            columns = np.searchsorted(piece.indices, wanted)
            columns = np.minimum(columns, len(piece.indices) - 1)
            held = piece.indices[columns] == wanted
            out[np.ix_(place[good], held)] = piece.values[np.ix_(good, columns[held])]
        return out, None


def _equal(probe: Probe, indices: NDArray[np.int64], every: float) -> bool:
    return probe.every == every and np.array_equal(probe.indices, indices)
