"""What a batch recorded: one recording per sample, and arrays over all samples."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from neurosim.errors import ParameterError, WiringError, close_matches
from neurosim.recording.recording import Recording, Signal, SpikeTrains

Array = NDArray[Any]


@dataclass(frozen=True, eq=False)
class BatchSpikes:
    """Spikes of one population in all samples, sample after sample.

    Parameters
    ----------
    times : ndarray of float64, ms
        Times of all spikes; within a sample ascending, at equal times by id.
    ids : ndarray of int32
        Ids of the units that spiked, of the same length.
    starts : ndarray of int64, shape (samples + 1,)
        Spikes of sample ``i`` are ``starts[i]:starts[i + 1]``.
    recorded : ndarray of int32
        Ids of the units that were recorded, also those that never spiked.
    start, stop : float, ms
        Window of time that was recorded; a run may end before ``stop``.
    """

    times: NDArray[np.float64]
    ids: NDArray[np.int32]
    starts: NDArray[np.int64]
    recorded: NDArray[np.int32]
    start: float = 0.0
    stop: float = math.inf

    def __len__(self) -> int:
        return len(self.starts) - 1

    def __getitem__(self, sample: int) -> SpikeTrains:
        """Spikes of one sample."""
        part = slice(self.starts[sample], self.starts[sample + 1])
        return SpikeTrains(self.times[part], self.ids[part], self.recorded, self.start, self.stop)

    def counts(self) -> NDArray[np.int64]:
        """Number of spikes, shape (samples, units); units in the order of ``recorded``."""
        units = len(self.recorded)
        places = np.repeat(units * np.arange(len(self)), np.diff(self.starts))
        whole = units and self.recorded[-1] == units - 1  # then ids are columns
        places += self.ids if whole else np.searchsorted(self.recorded, self.ids)
        return np.bincount(places, minlength=len(self) * units).reshape(len(self), units)

    def __repr__(self) -> str:
        return (
            f"BatchSpikes({len(self.times)} spikes of {len(self.recorded)} units in {len(self)} "
            "samples)"
        )


@dataclass(frozen=True, eq=False)
class BatchSignal:
    """Samples of one state variable in all samples of a batch.

    Parameters
    ----------
    values : ndarray, shape (samples, times, units)
        The values.
    times : ndarray of float64, shape (times,), ms
        When they were taken.
    dt : float
        Sampling interval, ms.
    ids : ndarray of int32, shape (units,)
        Ids of the units.
    unit : str
        Unit of the values.
    """

    values: Array
    times: NDArray[np.float64]
    dt: float
    ids: NDArray[np.int32]
    unit: str

    @property
    def shape(self) -> tuple[int, ...]:
        """(samples, times, units)."""
        return self.values.shape

    def __len__(self) -> int:
        return len(self.values)

    def __getitem__(self, sample: int) -> Signal:
        """The signal of one sample."""
        return Signal(self.values[sample], self.times, self.dt, self.ids, self.unit)

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Array:
        if copy:
            return np.array(self.values, dtype=dtype)
        return np.asarray(self.values, dtype=dtype)

    def __repr__(self) -> str:
        n, times, units = self.values.shape
        return f"BatchSignal({n} samples, {times} times, {units} units, in {self.unit})"


@dataclass(frozen=True, eq=False)
class BatchRecording(Sequence[Recording]):
    """What the probes recorded in every sample of a batch.

    ``batch[i]`` is the :class:`Recording` of sample ``i``; ``len(batch)`` and iteration work as for
    a list.

    Parameters
    ----------
    spikes : mapping of str to BatchSpikes
        By population.
    signals : mapping of (str, str) to BatchSignal
        By population and variable.
    n_samples : int
        Number of samples.
    duration : float
        Biological time of each sample, ms.
    first : int
        Number of the first sample; it names the random streams of the samples.
    info : mapping
        Provenance of the network without the samples' own spikes, plain data.
    """

    spikes: Mapping[str, BatchSpikes]
    signals: Mapping[tuple[str, str], BatchSignal]
    n_samples: int
    duration: float
    first: int = 0
    info: Mapping[str, Any] = field(default_factory=dict)

    def __len__(self) -> int:
        return self.n_samples

    def __getitem__(self, index: Any) -> Any:
        """The recording of a sample; with a slice, a list of them."""
        if isinstance(index, slice):
            return [self[i] for i in range(*index.indices(self.n_samples))]
        if isinstance(index, bool) or not isinstance(index, (int, np.integer)):
            raise ParameterError(
                "BatchRecording", "index", "must be a whole number or a slice", index, "Give such."
            )
        if not -self.n_samples <= index < self.n_samples:
            raise IndexError(f"BatchRecording: sample {index} of {self.n_samples}")
        i = int(index) % self.n_samples
        return Recording(
            {name: spikes[i] for name, spikes in self.spikes.items()},
            {key: signal[i] for key, signal in self.signals.items()},
            self.duration,
            {**self.info, "sample": self.first + i},
        )

    def __iter__(self) -> Iterator[Recording]:
        return (self[i] for i in range(self.n_samples))

    def counts(self, population: str) -> NDArray[np.int64]:
        """Number of spikes of each recorded unit in each sample, shape (samples, units).

        Raises
        ------
        WiringError
            If the population's spikes were not recorded.
        """
        return self._spikes(population).counts()

    def rates(self, population: str) -> NDArray[np.float64]:
        """Rate of each recorded unit in each sample, Hz, shape (samples, units).

        NaN if no time has passed.

        Raises
        ------
        WiringError
            If the population's spikes were not recorded.
        """
        spikes = self._spikes(population)
        time = min(spikes.stop, self.duration) - spikes.start
        factor = np.float64(1000.0 / time if time > 0.0 else math.nan)
        return spikes.counts().astype(np.float64) * factor

    def signal(self, population: str, variable: str) -> BatchSignal:
        """Samples of a variable, with values of shape (samples, times, units).

        Raises
        ------
        WiringError
            If it was not recorded.
        """
        if (population, variable) not in self.signals:
            known = [f"{p}.{v}" for p, v in self.signals]
            raise WiringError(
                f"BatchRecording: {population}.{variable} was not recorded. "
                f"{close_matches(f'{population}.{variable}', known)}"
            )
        return self.signals[population, variable]

    def to_neo(self, population: str | None = None) -> Any:
        """A ``neo.Block`` with one segment per sample; see :mod:`neurosim.io.neo`."""
        from neurosim.io.neo import to_neo

        return to_neo(self, population)

    def __repr__(self) -> str:
        what = [*self.spikes, *(f"{p}.{v}" for p, v in self.signals)]
        return (
            f"BatchRecording({self.n_samples} samples of {self.duration:g} ms: "
            f"{', '.join(what) or 'nothing recorded'})"
        )

    def _spikes(self, population: str) -> BatchSpikes:
        if population not in self.spikes:
            raise WiringError(
                f"BatchRecording: spikes of {population!r} were not recorded. "
                f"{close_matches(population, self.spikes)} "
                f"Add Network.record({population!r}, 'spikes')."
            )
        return self.spikes[population]
