"""Current sources: DC, steps, sine and noise, injected into the neurons of a population.

A current is constant through a step and takes the value that its waveform has at the step's start.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from neurosim.declare import Declared, given, param
from neurosim.distributions import normal_quantile
from neurosim.errors import ParameterError

FloatArray = NDArray[np.float64]


class CurrentSource(Declared):
    """Base of current sources."""

    def samples(self, first: int, count: int, dt: float, key: int) -> FloatArray:
        """Current (nA) in each of ``count`` steps from step ``first``.

        Parameters
        ----------
        first, count : int
            Range of steps.
        dt : float
            Time step in ms.
        key : int
            Random stream, used by noisy sources only.
        """
        raise NotImplementedError


def _window(first: int, count: int, dt: float, start: float, stop: float | None) -> FloatArray:
    steps = np.arange(first, first + count)
    begin = math.ceil(start / dt - 1e-6)
    end = math.inf if stop is None else math.ceil(stop / dt - 1e-6)
    return ((steps >= begin) & (steps < end)).astype(np.float64)


def _check_window(source: Any) -> None:
    if source.stop is not None and source.stop < source.start:
        raise ParameterError(
            type(source).__name__, "stop", f"must be >= start ({source.start} ms)", source.stop,
            "Exchange the two.",
        )  # fmt: skip


class DCSource(CurrentSource):
    """A constant current between ``start`` and ``stop``."""

    amplitude: float = param(1.0, "nA", scalar=True, doc="current")
    start: float = param(0.0, "ms", low=0.0, scalar=True, doc="first time")
    stop: float | None = param(None, "ms", low=0.0, scalar=True, optional=True, doc="end")

    def check(self) -> None:
        _check_window(self)

    def samples(self, first: int, count: int, dt: float, key: int) -> FloatArray:
        return self.amplitude * _window(first, count, dt, self.start, self.stop)


def _series(owner: str, field: str, value: Any) -> FloatArray:
    try:
        array = np.array(value, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise ParameterError(
            owner, field, "must be a list of numbers", value, "Give such."
        ) from error
    if array.ndim != 1 or not np.isfinite(array).all() or array.dtype == object:
        raise ParameterError(
            owner, field, "must be a flat list of finite numbers", value, "Fix it."
        )
    array.setflags(write=False)
    return array


class StepSource(CurrentSource):
    """A current that takes the value ``amplitudes[i]`` from ``times[i]`` on; 0 before the first."""

    times: Any = given(convert=_series, rule="must be sorted times", unit="ms", doc="changes")
    amplitudes: Any = given(
        convert=_series, rule="must be one current per time", unit="nA", doc="currents"
    )

    def check(self) -> None:
        if (self.times < 0).any() or (np.diff(self.times) <= 0).any():
            raise ParameterError(
                "StepSource", "times", "must be >= 0 ms and strictly increasing", self.times,
                "Sort the times.",
            )  # fmt: skip
        if len(self.amplitudes) != len(self.times):
            raise ParameterError(
                "StepSource", "amplitudes", f"must have {len(self.times)} values, one per time",
                self.amplitudes, "Give as many amplitudes as times.",
            )  # fmt: skip

    def samples(self, first: int, count: int, dt: float, key: int) -> FloatArray:
        changes = np.ceil(self.times / dt - 1e-6)
        place = np.searchsorted(changes, np.arange(first, first + count), side="right")
        wave: FloatArray = np.concatenate([[0.0], self.amplitudes])[place]
        return wave


class ACSource(CurrentSource):
    """A sine ``offset + amplitude sin(2 pi frequency (t - start) + phase)``."""

    amplitude: float = param(1.0, "nA", scalar=True, doc="amplitude of the sine")
    offset: float = param(0.0, "nA", scalar=True, doc="constant part")
    frequency: float = param(10.0, "Hz", low=0.0, scalar=True, doc="frequency")
    phase: float = param(0.0, "1", scalar=True, doc="phase at start, in degrees")
    start: float = param(0.0, "ms", low=0.0, scalar=True, doc="first time")
    stop: float | None = param(None, "ms", low=0.0, scalar=True, optional=True, doc="end")

    def check(self) -> None:
        _check_window(self)

    def samples(self, first: int, count: int, dt: float, key: int) -> FloatArray:
        times = np.arange(first, first + count) * dt - self.start
        angle = 2e-3 * np.pi * self.frequency * times + np.deg2rad(self.phase)
        wave: FloatArray = self.offset + self.amplitude * np.sin(angle)
        return wave * _window(first, count, dt, self.start, self.stop)


class NoisySource(CurrentSource):
    """Gaussian white noise, redrawn every ``dt`` ms (every time step by default)."""

    mean: float = param(0.0, "nA", scalar=True, doc="mean current")
    stdev: float = param(1.0, "nA", low=0.0, scalar=True, doc="standard deviation")
    dt: float | None = param(None, "ms", above=0.0, scalar=True, optional=True, doc="interval")
    start: float = param(0.0, "ms", low=0.0, scalar=True, doc="first time")
    stop: float | None = param(None, "ms", low=0.0, scalar=True, optional=True, doc="end")

    def check(self) -> None:
        _check_window(self)

    def samples(self, first: int, count: int, dt: float, key: int) -> FloatArray:
        from neurosim.philox import uniform

        every = 1 if self.dt is None else max(1, round(self.dt / dt))
        draws = np.arange(first, first + count, dtype=np.int64) // every
        noise = self.mean + self.stdev * normal_quantile(uniform(key, draws))
        return noise * _window(first, count, dt, self.start, self.stop)


CURRENTS: dict[str, type[CurrentSource]] = {
    c.__name__: c for c in (DCSource, StepSource, ACSource, NoisySource)
}
