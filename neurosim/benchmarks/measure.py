"""How fast a benchmark runs: build, first step from process start, simulated spans, memory."""

from __future__ import annotations

import json
import os
import platform
import resource
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from statistics import median
from time import perf_counter, process_time
from typing import Any, NamedTuple

import numpy as np

from neurosim.backends.simulation import Simulation
from neurosim.benchmarks.networks import DT, Bench, bench
from neurosim.declare import Bounds, number
from neurosim.errors import ParameterError, SimulationError
from neurosim.facade import DEFAULT_BACKEND, prepare
from neurosim.recording.provenance import versions

WARM_STARTS = 3
"""First steps with filled caches; the fastest counts."""


class Seconds(NamedTuple):
    """Wall time and CPU time of something, s."""

    wall: float
    cpu: float


def measure(
    name: str,
    *,
    scale: float = 1.0,
    weights: str | None = None,
    threads: int = 1,
    repeats: int = 3,
    duration: float = 1000.0,
    seed: int = 1,
    backend: str = DEFAULT_BACKEND,
    precision: str = "double",
) -> dict[str, Any]:
    """Measure a benchmark.

    Parameters
    ----------
    name : str
        ``"b1"`` or ``"b3"``.
    scale : float
        Number of neurons as a multiple of the published one.
    weights : {"own", "one"}, optional
        For b3: one weight per synapse (default), or one per projection.
    threads : int
        Threads of the step loop; 1.
    repeats : int
        Spans that are timed one after the other, after the benchmark's warm-up.
    duration : float
        Length of a span, ms.
    seed : int
        Root of all randomness.
    backend, precision : str
        As in :func:`neurosim.simulate`.

    Returns
    -------
    dict
        Plain data. ``wall_s`` and ``cpu_s`` are the smallest times of a span, ``wall_median_s`` and
        ``cpu_median_s`` the medians; on a machine that is not quiet, compare CPU times. ``events``
        are synaptic events of a span (mean over the spans): the sum over its spikes of the sender's
        out-degree. ``ns_per_event`` and ``rtf`` (wall time by biological time) go with ``wall_s``.
        ``first_step_cold_s`` and ``first_step_warm_s`` go from the start of a new process to the
        end of the first step, with an empty and with a filled cache of compiled code (and
        ``first_step_cold_cpu_s``, ``first_step_warm_cpu_s`` their CPU time).
        ``rates_ok`` is whether the mean rate is accepted, ``None`` where none is published for the
        size. ``peak_mb`` is the largest memory of the process until the end of the last span.

    Raises
    ------
    NeurosimError
        If an option is not allowed.
    """
    if threads != 1:
        raise ParameterError("measure", "threads", "must be 1", threads, "The loop has one thread.")
    repeats = int(number("measure", "repeats", repeats, Bounds(low=1.0), scalar=True))
    duration = number("measure", "duration", duration, Bounds("ms", low=DT), scalar=True)
    load = os.getloadavg()[0]
    chosen = bench(name, scale, weights)
    options = {
        "name": name, "scale": chosen.scale, "weights": weights, "seed": seed, "backend": backend,
        "precision": precision,
    }  # fmt: skip
    began = perf_counter()
    with prepare(
        chosen.network, dt=DT, seed=seed, backend=backend, precision=precision, progress=False
    ) as simulation:
        build = perf_counter() - began
        spans = _spans(simulation, chosen, repeats, duration)
        peak = peak_mb()
        facts = _activity(simulation, chosen, duration, repeats)
    (cold, cold_cpu), (warm, warm_cpu) = first_steps(options)
    wall = min(span.wall for span in spans)
    return {
        "bench": name,
        "scale": chosen.scale,
        "weights": chosen.weights,
        "threads": threads,
        "backend": backend,
        "precision": precision,
        "seed": seed,
        "duration_ms": duration,
        "repeats": repeats,
        "neurons": chosen.n_neurons,
        **facts,
        "wall_s": wall,
        "wall_median_s": median(span.wall for span in spans),
        "cpu_s": min(span.cpu for span in spans),
        "cpu_median_s": median(span.cpu for span in spans),
        "rtf": 1000.0 * wall / duration,
        "ns_per_event": 1e9 * wall / facts["events"] if facts["events"] else None,
        "build_s": build,
        "first_step_warm_s": warm,
        "first_step_cold_s": cold,
        "first_step_warm_cpu_s": warm_cpu,
        "first_step_cold_cpu_s": cold_cpu,
        "peak_mb": peak,
        "load": load,
        "machine": platform.machine(),
        "cpu_count": os.cpu_count(),
        "versions": versions(),
    }


def first_steps(options: Mapping[str, Any]) -> tuple[Seconds, Seconds]:
    """Time from process start to the end of the first step: cold, and the fastest warm one."""
    with tempfile.TemporaryDirectory(prefix="neurosim-bench-") as cache:
        cold = first_step(options, Path(cache))
        return cold, min(first_step(options, Path(cache)) for _ in range(WARM_STARTS))


def first_step(options: Mapping[str, Any], cache: Path) -> Seconds:
    """Time from the start of a new process to the end of the first step.

    Parameters
    ----------
    options : mapping
        ``name, scale, weights, seed, backend, precision``.
    cache : Path
        Folder of compiled code.

    Raises
    ------
    SimulationError
        If the process fails.
    """
    command = [sys.executable, "-m", "neurosim.benchmarks.first_step", json.dumps(dict(options))]
    environment = {**os.environ, "NEUROSIM_CACHE_DIR": str(cache)}
    began = perf_counter()
    with subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        line = process.stdout.readline()
        seconds = perf_counter() - began
        problem = process.stderr.read()
    if not line.startswith("ready"):
        raise SimulationError(f"measure: the first step failed in its own process.\n{problem}")
    return Seconds(seconds, float(line.split()[1]))


def peak_mb() -> float:
    """Largest resident memory of this process so far, MB."""
    status = Path("/proc/self/status")
    if status.exists():  # counted from the start of this program, unlike getrusage's
        line = next(x for x in status.read_text().splitlines() if x.startswith("VmHWM"))
        return int(line.split()[1]) * 1024 / 1e6
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 1e6


def _spans(simulation: Simulation, chosen: Bench, repeats: int, duration: float) -> list[Seconds]:
    """Time of each span."""
    simulation.run(chosen.warmup)
    spans = []
    for _ in range(repeats):
        wall, cpu = perf_counter(), process_time()
        simulation.run(duration)
        spans.append(Seconds(perf_counter() - wall, process_time() - cpu))
    return spans


def _activity(
    simulation: Simulation, chosen: Bench, duration: float, repeats: int
) -> dict[str, Any]:
    """Synapses, events of a span (mean over the spans) and rates."""
    out_degree = np.zeros(chosen.n_neurons, dtype=np.int64)
    for projection in chosen.network.projections:
        out_degree += np.bincount(simulation.weights(projection).pre, minlength=chosen.n_neurons)
    spikes = simulation.recording().spikes[chosen.population]
    ids = spikes.ids[spikes.times >= chosen.warmup - DT / 2]
    seconds, n_exc = repeats * duration / 1000.0, chosen.n_exc
    n_inh = chosen.n_neurons - n_exc
    rate = len(ids) / chosen.n_neurons / seconds
    low, high = chosen.accepted or (0.0, float("inf"))
    return {
        "synapses": int(out_degree.sum()),
        "events": round(out_degree[ids].sum() / repeats),
        "rate_hz": rate,
        "rates": {
            "excitatory": int((ids < n_exc).sum()) / n_exc / seconds,
            "inhibitory": int((ids >= n_exc).sum()) / n_inh / seconds,
        },
        "rates_ok": None if chosen.accepted is None else low <= rate <= high,
    }
