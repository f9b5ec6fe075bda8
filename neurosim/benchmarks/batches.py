"""Benchmarks that are a batch of samples through one network, timed by the batch."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from neurosim.benchmarks.cases import Case, Settings
from neurosim.benchmarks.definition import Range
from neurosim.benchmarks.machine import calibrate
from neurosim.errors import SpecError
from neurosim.facade import DEFAULT_BACKEND


@dataclass(frozen=True)
class BatchBenchmark:
    """A batch of samples; fits :class:`~neurosim.benchmarks.registry.Benchmark`.

    Parameters
    ----------
    name : str
        Its name.
    time_batches : callable
        Called with ``repeats``, ``precision`` and ``seed``; returns a report as plain data, with at
        least ``wall_s``, ``cpu_s`` and their medians (of a batch), ``rate`` (spikes of a unit and
        step), ``rates_ok``, ``precision`` and ``threads``.
    numbers : mapping
        All numbers of the network, for a peer: ``inputs, hidden, batch, steps, probability, beta,
        threshold, input_sd, recurrent_sd``.
    accepted : (float, float)
        Lowest and highest rate (spikes of a unit and step) that counts.
    peers : tuple of str
        Names of the peers that can run it.
    """

    name: str
    time_batches: Callable[..., dict[str, Any]]
    numbers: Mapping[str, float]
    accepted: Range
    peers: tuple[str, ...] = ("snntorch",)

    option = ""
    small = None
    threaded = False

    @property
    def cases(self) -> tuple[Case, ...]:
        """The published size."""
        return (Case(self.name),)

    def checked(self, case: Case) -> Case:
        """The case, if it is the published one."""
        if case != Case(self.name):
            raise SpecError(f"{self.name}: has one size and no variants, got {case.label!r}.")
        return case

    def measure(self, case: Case, settings: Settings) -> dict[str, Any]:
        """Run and time batches in this process; spans of time do not matter here."""
        if settings.backend != DEFAULT_BACKEND:
            raise SpecError(
                f"{self.name}: batches run on {DEFAULT_BACKEND!r}, got backend "
                f"{settings.backend!r}. Leave it out."
            )
        calibration = calibrate()
        found = self.time_batches(
            repeats=settings.repeats, precision=settings.precision, seed=settings.seed
        )
        calibration = min(calibration, calibrate())
        return {
            "bench": self.name, "scale": 1.0, "variant": "", "backend": settings.backend, **found,
            "calibration_s": calibration,
        }  # fmt: skip

    def step(self, case: Case, settings: Settings) -> None:
        """Run a batch; first steps are not timed."""
        self.time_batches(repeats=1, precision=settings.precision, seed=settings.seed)

    def task(self, case: Case, settings: Settings) -> dict[str, Any]:
        """The same work as plain data."""
        return {
            **self.numbers, "seed": settings.seed, "threads": settings.threads,
            "repeats": settings.repeats, "backward": False,
        }  # fmt: skip

    def judge(self, case: Case, answer: Mapping[str, Any], duration: float) -> dict[str, Any]:
        """The rate of a peer's answer, and whether it counts."""
        rate = float(answer["rate_per_step"])
        return {"rate": rate, "rates_ok": self.accepted[0] <= rate <= self.accepted[1]}
