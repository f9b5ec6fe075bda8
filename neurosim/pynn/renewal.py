"""Spike trains with independent intervals, for sources that the core does not draw."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from neurosim import seeds
from neurosim.errors import ParameterError

FloatArray = NDArray[np.float64]


class Trains:
    """The trains of a population, drawn as far as they are needed.

    Parameters
    ----------
    number : int
        Number of the population; with the seed of the run it decides the trains.
    """

    def __init__(self, number: int) -> None:
        self.number = number
        self.restart()

    def restart(self) -> None:
        """Draw the same trains again."""
        self._rngs: list[np.random.Generator] = []
        self._next: FloatArray = np.empty(0)

    def until(
        self, time: float, dt: float, seed: int, parameters: dict[str, FloatArray]
    ) -> list[tuple[int, float]]:
        """Unit and time (ms) of the spikes from where the last call ended.

        Parameters
        ----------
        time : float
            End, ms, exclusive.
        dt : float
            Time step, ms; spikes are put on its grid, and at most one into a step.
        seed : int
            Seed of the run.
        parameters : mapping
            Values by name, one for each unit.
        """
        self.check(parameters)
        start, stop = parameters["start"], parameters["start"] + parameters["duration"]
        if not self._rngs:
            streams = (seeds.child(seed, f"pynn/{self.number}/{i}") for i in range(len(start)))
            self._rngs = [np.random.default_rng(stream) for stream in streams]
            self._next = np.full(len(start), -1.0)
        spikes = []
        for unit, rng in enumerate(self._rngs):
            own = {name: float(values[unit]) for name, values in parameters.items()}
            if self._next[unit] < 0.0:
                self._next[unit] = start[unit] + self.interval(rng, own)
            end = min(time, float(stop[unit]))
            while self._next[unit] < end - 0.5 * dt:
                spikes.append((unit, float(self._next[unit])))
                self._next[unit] += max(dt, self.interval(rng, own))
        return spikes

    def check(self, parameters: dict[str, FloatArray]) -> None:
        """Refuse values for which there is no train."""
        raise NotImplementedError

    def interval(self, rng: np.random.Generator, own: dict[str, float]) -> float:
        """One interval, ms."""
        raise NotImplementedError


class GammaTrains(Trains):
    """Intervals from a gamma distribution of shape ``alpha`` and rate ``beta`` (Hz)."""

    def check(self, parameters: dict[str, FloatArray]) -> None:
        for name in ("alpha", "beta"):
            _require("SpikeSourceGamma", name, "must be > 0", parameters[name] > 0.0, parameters)

    def interval(self, rng: np.random.Generator, own: dict[str, float]) -> float:
        return float(rng.gamma(own["alpha"], 1000.0 / own["beta"]))


class RefractoryTrains(Trains):
    """A dead time ``tau_refrac`` (ms) and an exponential interval, at ``rate`` (Hz) in all."""

    def check(self, parameters: dict[str, FloatArray]) -> None:
        rate, dead = parameters["rate"], parameters["tau_refrac"]
        for name in ("rate", "tau_refrac"):
            rule = "must be >= 0"
            good = parameters[name] >= 0.0
            _require("SpikeSourcePoissonRefractory", name, rule, good, parameters)
        good = rate * dead < 1000.0
        rule = "must be below 1000 / tau_refrac"
        _require("SpikeSourcePoissonRefractory", "rate", rule, good, parameters)

    def interval(self, rng: np.random.Generator, own: dict[str, float]) -> float:
        if own["rate"] == 0.0:
            return float("inf")
        mean = 1000.0 / own["rate"] - own["tau_refrac"]
        return own["tau_refrac"] + float(rng.exponential(mean))


def _require(
    owner: str, field: str, rule: str, good: NDArray[np.bool_], parameters: dict[str, Any]
) -> None:
    if not good.all():
        bad = parameters[field][~good][0]
        raise ParameterError(owner, field, rule, float(bad), "Correct it.")
