"""Rates that a network is planned for: given, measured, known of its sources, or assumed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from neurosim.declare import Bounds, number
from neurosim.errors import ParameterError, close_matches
from neurosim.hardware.spinnaker.findings import Finding
from neurosim.hardware.spinnaker.settings import Settings
from neurosim.plan.plan import Plan
from neurosim.recording.recording import Recording

HERTZ = Bounds("Hz", low=0.0)


@dataclass(frozen=True)
class Rate:
    """How much the units of a population spike.

    Parameters
    ----------
    hz : float
        Mean rate of a unit.
    spread : float
        Variance of the population's spikes in a tick over their mean: 1 for independent Poisson
        units, as many as the units for those that all spike together.
    origin : {"given", "measured", "source", "assumed"}
        Where it comes from; ``source``: the spikes or rates of a spike source are known.
    """

    hz: float
    spread: float
    origin: str


def rates_of(
    plan: Plan, settings: Settings, rates: Any = None, duration: float | None = None
) -> tuple[Rate, ...]:
    """Rates of all populations of a plan, in its order.

    Parameters
    ----------
    plan : Plan
        The plan.
    settings : Settings
        ``spikes_per_second`` is what is assumed where nothing is known.
    rates : float, mapping of str to float, Recording or None
        Rates in Hz: one for all cells, by population, or measured by a run that recorded spikes.
    duration : float, optional
        Length of the run in ms, for the rates of spike arrays; until their last spike by default.

    Raises
    ------
    ParameterError
        If a rate or a name is not allowed.
    """
    found = [
        Rate(settings.spikes_per_second, 1.0, "assumed")
        if p.block >= 0
        else Rate(0.0, 1.0, "source")
        for p in plan.populations
    ]
    for array in plan.arrays:
        ticks = None if duration is None else max(1, round(duration / plan.dt))
        found[array.population] = _counted(
            array.steps, plan.populations[array.population].size, ticks, plan.dt, "source"
        )
    for source in plan.poisson:
        found[source.population] = Rate(float(source.rates.mean()), 1.0, "source")
    names = [p.name for p in plan.populations]
    if isinstance(rates, Recording):
        for name, trains in rates.spikes.items():
            index = names.index(_known(name, names))
            last = min(trains.stop, rates.duration)
            ticks = max(1, round((last - trains.start) / plan.dt))
            steps = np.round((trains.times - trains.start) / plan.dt).astype(np.int64)
            found[index] = _counted(steps, len(trains.recorded), ticks, plan.dt, "measured")
    elif isinstance(rates, Mapping):
        for name, value in rates.items():
            hz = number("preflight", "rates", value, HERTZ, scalar=True)
            found[names.index(_known(name, names))] = Rate(float(hz), 1.0, "given")
    elif rates is not None:
        hz = number("preflight", "rates", rates, HERTZ, scalar=True)
        cells = [i for i, p in enumerate(plan.populations) if p.block >= 0]
        for index in cells:
            found[index] = Rate(float(hz), 1.0, "given")
    return tuple(found)


def _known(name: Any, names: list[str]) -> str:
    if name not in names:
        raise ParameterError(
            "preflight", "rates", "must name populations of the network", name,
            close_matches(name, names),
        )  # fmt: skip
    return str(name)


def _counted(
    steps: NDArray[np.int64], units: int, ticks: int | None, dt: float, origin: str
) -> Rate:
    """The rate of spikes in the first ``ticks`` ticks, and how bundled they are."""
    length = int(steps.max(initial=0)) + 1 if ticks is None else ticks
    steps = steps[(steps >= 0) & (steps < length)]
    if not len(steps):
        return Rate(0.0, 1.0, origin)
    _, counts = np.unique(steps, return_counts=True)
    mean = len(steps) / length
    variance = float((counts.astype(np.float64) ** 2).sum()) / length - mean * mean
    return Rate(1000.0 * mean / (units * dt), variance / mean, origin)


def assumed_rates(plan: Plan, settings: Settings, rates: tuple[Rate, ...]) -> list[Finding]:
    """A note on the populations whose rates are assumed, if there are any."""
    names = [p.name for p, r in zip(plan.populations, rates, strict=True) if r.origin == "assumed"]
    if not names:
        return []
    return [
        Finding(
            "note", "rates", "rates",
            f"those of {', '.join(map(repr, names))} are not known: {settings.spikes_per_second:g} "
            "Hz are assumed",
            "Give or measure them.",
        )
    ]  # fmt: skip
