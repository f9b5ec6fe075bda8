"""What a run recorded: spikes and signals by population, and where they come from."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from os import PathLike
from typing import Any

import numpy as np
from numpy.typing import NDArray

from neurosim.errors import MissingDependency, WiringError, close_matches


@dataclass(frozen=True, eq=False)
class SpikeTrains:
    """Spikes of one population.

    Parameters
    ----------
    times : ndarray of float64, ms
        Times of all spikes, ascending; at equal times by id.
    ids : ndarray of int32
        Ids of the units that spiked, of the same length.
    recorded : ndarray of int32
        Ids of the units that were recorded, also those that never spiked.
    start, stop : float, ms
        Window of time that was recorded; a run may end before ``stop``.
    """

    times: NDArray[np.float64]
    ids: NDArray[np.int32]
    recorded: NDArray[np.int32]
    start: float = 0.0
    stop: float = math.inf

    def __len__(self) -> int:
        return len(self.times)

    def __repr__(self) -> str:
        return f"SpikeTrains({len(self.times)} spikes of {len(self.recorded)} units)"

    def of(self, unit: int) -> NDArray[np.float64]:
        """Spike times (ms) of one unit."""
        if unit not in self.recorded:
            raise WiringError(
                f"SpikeTrains: unit {unit} was not recorded. Recorded are "
                f"{len(self.recorded)} units, from {self.recorded.min()} to {self.recorded.max()}."
            )
        times: NDArray[np.float64] = self.times[self.ids == unit]
        return times


@dataclass(frozen=True, eq=False)
class Signal:
    """Samples of one state variable.

    Parameters
    ----------
    values : ndarray, shape (samples, units)
        The samples.
    times : ndarray of float64, shape (samples,), ms
        When they were taken.
    dt : float
        Sampling interval, ms.
    ids : ndarray of int32, shape (units,)
        Ids of the units.
    unit : str
        Unit of the values.
    """

    values: NDArray[Any]
    times: NDArray[np.float64]
    dt: float
    ids: NDArray[np.int32]
    unit: str

    @property
    def shape(self) -> tuple[int, ...]:
        """(samples, units)."""
        return self.values.shape

    def __len__(self) -> int:
        return len(self.values)

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> NDArray[Any]:
        if copy:
            return np.array(self.values, dtype=dtype)
        return np.asarray(self.values, dtype=dtype)

    def __getitem__(self, index: Any) -> Any:
        return self.values[index]

    def __repr__(self) -> str:
        n, units = self.values.shape
        return f"Signal({n} samples of {units} units, every {self.dt:g} ms, in {self.unit})"


class ByPopulation(dict[str, SpikeTrains]):
    """Spike trains by population; a population without recorded spikes is a clear error."""

    def __missing__(self, population: str) -> SpikeTrains:
        raise WiringError(
            f"Recording: spikes of {population!r} were not recorded. "
            f"{close_matches(population, self)} Add Network.record({population!r}, 'spikes')."
        )


@dataclass(frozen=True, eq=False)
class Recording:
    """Spikes and signals of a run, with provenance.

    Parameters
    ----------
    spikes : mapping of str to SpikeTrains
        By population.
    signals : mapping of (str, str) to Signal
        By population and variable; see :meth:`signal`.
    duration : float
        Biological time that was simulated, ms.
    info : mapping
        Provenance: ``seed, dt, timing, backend, plan_hash, versions, network, notes, ...``; plain
        data.
    """

    spikes: Mapping[str, SpikeTrains]
    signals: Mapping[tuple[str, str], Signal]
    duration: float
    info: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        object.__setattr__(self, "spikes", ByPopulation(self.spikes))

    def signal(self, population: str, variable: str) -> Signal:
        """Samples of a variable.

        Raises
        ------
        WiringError
            If it was not recorded.
        """
        try:
            return self.signals[population, variable]
        except KeyError:
            known = [f"{p}.{v}" for p, v in self.signals]
            raise WiringError(
                f"Recording: {population}.{variable} was not recorded. "
                f"{close_matches(f'{population}.{variable}', known)}"
            ) from None

    def rate(self, population: str) -> float:
        """Mean rate of the recorded units in the recorded time, Hz; NaN if no time has passed.

        Raises
        ------
        WiringError
            If the population's spikes were not recorded.
        """
        trains = self.spikes[population]
        time = min(trains.stop, self.duration) - trains.start
        if time <= 0.0:
            return math.nan
        return 1000.0 * len(trains) / (len(trains.recorded) * time)

    def save(self, path: str | PathLike[str]) -> None:
        """Write the recording to one ``.npz`` file; see :mod:`neurosim.io.npz`."""
        from neurosim.io.npz import save_recording

        save_recording(self, path)

    def to_dict(self) -> dict[str, Any]:
        """Spikes, signals and provenance as plain dictionaries of arrays."""
        return {
            "spikes": {
                name: {
                    "times": s.times, "ids": s.ids, "recorded": s.recorded,
                    "start": s.start, "stop": s.stop,
                }
                for name, s in self.spikes.items()
            },
            "signals": {
                f"{p}/{v}": {
                    "values": s.values, "times": s.times, "dt": s.dt, "ids": s.ids, "unit": s.unit,
                }
                for (p, v), s in self.signals.items()
            },
            "duration": self.duration,
            "info": dict(self.info),
        }  # fmt: skip

    def to_pandas(self) -> Any:
        """All spikes as a data frame with the columns ``population``, ``id`` and ``time`` (ms).

        Raises
        ------
        MissingDependency
            If pandas is not installed.
        """
        try:
            import pandas
        except ImportError as error:
            raise MissingDependency("Recording.to_pandas", "pandas", "pandas") from error
        names = list(self.spikes)
        codes = np.repeat(np.arange(len(names)), [len(s) for s in self.spikes.values()])
        columns = {
            "population": pandas.Categorical.from_codes(codes, names),
            "id": np.concatenate([np.empty(0, np.int32), *(s.ids for s in self.spikes.values())]),
            "time": np.concatenate([np.empty(0), *(s.times for s in self.spikes.values())]),
        }
        return pandas.DataFrame(columns)

    def to_xarray(self, population: str, variable: str) -> Any:
        """Samples of a variable as an ``xarray.DataArray``.

        Returns
        -------
        xarray.DataArray
            Dimensions ``time`` (ms) and ``id``; ``attrs`` hold ``units``, ``dt`` (ms) and
            ``population``.

        Raises
        ------
        WiringError
            If it was not recorded.
        MissingDependency
            If xarray is not installed.
        """
        from neurosim.io.tables import to_xarray

        return to_xarray(self, population, variable)

    def to_neo(self, population: str | None = None) -> Any:
        """A ``neo.Block``, of one population if it is named; see :mod:`neurosim.io.neo`."""
        from neurosim.io.neo import to_neo

        return to_neo(self, population)

    def to_hdf5(self, path: str | PathLike[str]) -> None:
        """Write the recording to one HDF5 file, laid out as in SONATA; see
        :mod:`neurosim.io.hdf5`."""
        from neurosim.io.hdf5 import save_hdf5

        save_hdf5(self, path)

    @classmethod
    def from_hdf5(cls, path: str | PathLike[str]) -> Recording:
        """Read a recording that :meth:`to_hdf5` wrote, equal to the bit.

        Raises
        ------
        StoreError
            If the file is missing, damaged, foreign or of a newer version.
        MissingDependency
            If h5py is not installed.
        """
        from neurosim.io.hdf5 import load_hdf5

        return load_hdf5(path)

    def to_parquet(self, path: str | PathLike[str]) -> None:
        """Write all spikes to a Parquet table; see :mod:`neurosim.io.tables`."""
        from neurosim.io.tables import to_parquet

        to_parquet(self, path)

    def to_csv(self, path: str | PathLike[str]) -> None:
        """Write all spikes to a text table; see :mod:`neurosim.io.tables`."""
        from neurosim.io.tables import to_csv

        to_csv(self, path)

    def __repr__(self) -> str:
        from neurosim.recording.show import text

        return text(self)

    def _repr_html_(self) -> str:
        from neurosim.recording.show import html

        return html(self)
