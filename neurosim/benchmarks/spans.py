"""Benchmarks that are a network and a span of biological time."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from statistics import median
from time import perf_counter
from typing import Any

import numpy as np
from numpy.typing import NDArray

from neurosim.backends.simulation import Simulation
from neurosim.benchmarks.cases import Case, Settings
from neurosim.benchmarks.definition import DT, MEAN, Bench, Range
from neurosim.benchmarks.machine import Seconds, calibrate, now, peak_mb, since
from neurosim.benchmarks.tasks import network_task
from neurosim.errors import SpecError
from neurosim.facade import prepare

INTERPRETER_MB = 150.0
"""What the interpreter and the compiled code may take beside the synapses."""


@dataclass(frozen=True)
class NetworkBenchmark:
    """A network whose speed is measured over spans of biological time.

    Parameters
    ----------
    name : str
        Its name.
    build : callable
        Makes the :class:`~neurosim.benchmarks.definition.Bench` from ``scale``, from the value of
        ``option`` and, if ``seeded``, from ``seed``.
    option : str
        Name of its own option.
    values : tuple of str
        Usual values of the option, the default first.
    cases, peers, small
        See :class:`~neurosim.benchmarks.registry.Benchmark`.
    seeded : bool
        Whether the description of the network depends on the seed.
    """

    name: str
    build: Callable[..., Bench]
    option: str = ""
    values: tuple[str, ...] = ()
    cases: tuple[Case, ...] = ()
    peers: tuple[str, ...] = ()
    small: float | None = None
    seeded: bool = False

    threaded = True

    def checked(self, case: Case) -> Case:
        """The case with its variant filled in."""
        if not self.option:
            if case.variant:
                raise SpecError(f"{self.name}: has no variants, got {case.variant!r}. Name none.")
            return case
        wanted = Case(self.name, 1e-3, case.variant or self.values[0])
        return Case(self.name, case.scale, self.made(wanted, 0).variant)

    def made(self, case: Case, seed: int) -> Bench:
        """The network."""
        options: dict[str, Any] = {self.option: case.variant} if self.option else {}
        if self.seeded:
            options["seed"] = seed
        return self.build(case.scale, **options)

    def measure(self, case: Case, settings: Settings) -> dict[str, Any]:
        """See :func:`measure`."""
        return measure(self.made(case, settings.seed), settings)

    def step(self, case: Case, settings: Settings) -> None:
        """Build it and make one step."""
        network = self.made(case, settings.seed).network
        with prepare(network, **settings.simulation_options()) as simulation:
            simulation.run(DT)

    def task(self, case: Case, settings: Settings) -> dict[str, Any]:
        """The same work as plain data."""
        return network_task(self.made(case, settings.seed), settings)

    def judge(self, case: Case, answer: Mapping[str, Any], duration: float) -> dict[str, Any]:
        """Rates of a peer's answer, and whether they count."""
        chosen = self.made(case, 0)
        found = judged(chosen, answer["spikes"], duration / 1000.0)
        if answer.get("mean_weight") is not None:
            found |= _weight_judged(chosen, float(answer["mean_weight"]), duration)
        return found


def measure(chosen: Bench, settings: Settings) -> dict[str, Any]:
    """Build a network and time spans of it, in this process.

    Parameters
    ----------
    chosen : Bench
        The network.
    settings : Settings
        How to measure.

    Returns
    -------
    dict
        Plain data. ``wall_s`` and ``cpu_s`` are the smallest times of a span, ``wall_median_s`` and
        ``cpu_median_s`` the medians; on a machine that is not quiet, compare CPU times. ``events``
        are synaptic events of a span (mean over the spans): the sum over its spikes of the sender's
        out-degree. ``ns_per_event`` and ``rtf`` (wall time by biological time) go with ``wall_s``.
        ``rates_ok`` is whether all rates are accepted, ``None`` where none are published for the
        size. ``peak_mb`` is the largest memory of the process until the end of the first spans, and
        ``bytes_per_synapse`` what of it lies above 150 MB. ``calibration_s`` is how long a fixed
        piece of work took here (:func:`~neurosim.benchmarks.machine.calibrate`), ``engine`` what
        the backend notes about the run (how many threads worked, for example).

    Raises
    ------
    NeurosimError
        If the backend is unknown or cannot run the network.
    """
    load = os.getloadavg()[0]
    calibration = calibrate()
    builds: list[float] = []
    spans: list[Seconds] = []
    ids: dict[str, list[NDArray[Any]]] = {p: [] for p in chosen.network.populations}
    degrees: dict[str, NDArray[np.int64]] = {}
    weights: list[float] = []
    peak = 0.0
    for _ in range(settings.repeats if chosen.fresh else 1):
        began = perf_counter()
        with prepare(chosen.network, **settings.simulation_options()) as simulation:
            builds.append(perf_counter() - began)
            simulation.run(chosen.warmup)
            for _ in range(1 if chosen.fresh else settings.repeats):
                spans.append(_timed(simulation, settings.duration))
            peak = peak or peak_mb()
            degrees = degrees or out_degrees(simulation, chosen)
            recording = simulation.recording()
            for name, seen in ids.items():
                spikes = recording.spikes[name]
                seen.append(spikes.ids[spikes.times >= chosen.warmup - DT / 2])
            if chosen.mean_weight is not None:
                found = simulation.weights(chosen.mean_weight.projection).weight
                weights.append(float(found.mean(dtype=np.float64)))
    fired = {name: np.concatenate(parts) for name, parts in ids.items()}
    events = sum(int(degrees[name][who].sum()) for name, who in fired.items())
    counts = {
        g.name: int(((fired[g.population] >= g.first) & (fired[g.population] < g.last)).sum())
        for g in chosen.groups
    }
    synapses = sum(int(d.sum()) for d in degrees.values())
    wall, n = min(s.wall for s in spans), len(spans)
    report = {
        "bench": chosen.name,
        "scale": chosen.scale,
        "variant": chosen.variant,
        "threads": settings.threads,
        "backend": settings.backend,
        "precision": settings.precision,
        "seed": settings.seed,
        "duration_ms": settings.duration,
        "repeats": n,
        "neurons": chosen.n_neurons,
        "synapses": synapses,
        "spikes": round(sum(counts.values()) / n),
        "events": round(events / n),
        **judged(chosen, counts, n * settings.duration / 1000.0),
        "wall_s": wall,
        "wall_median_s": median(s.wall for s in spans),
        "cpu_s": min(s.cpu for s in spans),
        "cpu_median_s": median(s.cpu for s in spans),
        "rtf": 1000.0 * wall / settings.duration,
        "ns_per_event": 1e9 * wall * n / events if events else None,
        "build_s": min(builds),
        "peak_mb": peak,
        "bytes_per_synapse": max(0.0, peak - INTERPRETER_MB) * 1e6 / synapses,
        "calibration_s": min(calibration, calibrate()),
        "load": load,
        "engine": recording.info["backend_notes"],
    }
    if weights:
        report |= _weight_judged(chosen, weights[0], settings.duration)
    return report


def out_degrees(simulation: Simulation, chosen: Bench) -> dict[str, NDArray[np.int64]]:
    """Number of synapses that every neuron sends, by population."""
    found = {
        name: np.zeros(population.size, dtype=np.int64)
        for name, population in chosen.network.populations.items()
    }
    for name, projection in chosen.network.projections.items():
        (view,) = projection.pre
        degree = found[view.name]
        degree += np.bincount(simulation.weights(name).pre, minlength=len(degree))
    return found


def judged(chosen: Bench, spikes: Mapping[str, int] | int, seconds: float) -> dict[str, Any]:
    """Rates of the groups and of all neurons, and whether they are accepted.

    Parameters
    ----------
    chosen : Bench
        The network.
    spikes : mapping of str to int, or int
        Number of spikes by group, or of all neurons, where that is all that is known.
    seconds : float
        In how much biological time, s.
    """
    by_group = {} if isinstance(spikes, int) else spikes
    total = spikes if isinstance(spikes, int) else sum(spikes.values())
    rates = {g.name: by_group[g.name] / g.size / seconds for g in chosen.groups if by_group}
    mean = total / chosen.n_neurons / seconds
    every = {**rates, MEAN: mean}
    good = [_within(every[name], accepted) for name, accepted in chosen.accepted.items()]
    return {"rate_hz": mean, "rates": rates, "rates_ok": all(good) if good else None}


def _weight_judged(chosen: Bench, weight: float, duration: float) -> dict[str, Any]:
    """The mean weight, and whether it is accepted; ``None`` where it is not published."""
    rule = chosen.mean_weight
    known = rule is not None and rule.accepted is not None and duration == rule.duration
    good = _within(weight, rule.accepted) if known else None  # type: ignore[union-attr,arg-type]
    return {"mean_weight": weight, "weight_ok": good}


def _within(value: float, accepted: Range) -> bool:
    return accepted[0] <= value <= accepted[1]


def _timed(simulation: Simulation, duration: float) -> Seconds:
    began = now()
    simulation.run(duration)
    return since(began)
