"""The machine of a measurement: what it is, how busy, how fast at a fixed piece of work."""

from __future__ import annotations

import os
import platform
import resource
import sys
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter, process_time
from typing import Any, NamedTuple

import numpy as np

from neurosim.recording.provenance import versions

CALIBRATION_REPEATS = 8


class Seconds(NamedTuple):
    """Wall time and CPU time of something, s."""

    wall: float
    cpu: float


def calibrate(repeats: int = CALIBRATION_REPEATS) -> float:
    """CPU time (s) of a fixed piece of work, the fastest of some repeats.

    The work is like that of a step loop and owes nothing to neurosim's code: numbers scattered into
    an accumulator of 160 kB, and arithmetic on it. Two sessions on one machine are compared by it,
    since the clock of the processor and its neighbours change.
    """
    rng = np.random.default_rng(1)
    where = rng.integers(0, 20_000, 200_000)
    amount = rng.random(len(where))
    best = float("inf")
    for _ in range(repeats):
        began = process_time()
        for _ in range(10):
            total: Any = np.bincount(where, amount, minlength=20_000)
            for _ in range(30):
                total *= 0.99
                total += 0.01
        best = min(best, process_time() - began)
    return best


def peak_mb() -> float:
    """Largest resident memory of this process so far, MB."""
    status = Path("/proc/self/status")
    if status.exists():  # counted from the start of this program, unlike getrusage's
        line = next(x for x in status.read_text().splitlines() if x.startswith("VmHWM"))
        return int(line.split()[1]) * 1024 / 1e6
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 1e6


def facts() -> dict[str, Any]:
    """What a result depends on beside the code, as plain data.

    Returns
    -------
    dict
        ``cpu`` (model), ``cores``, ``memory_gb``, ``system``, ``versions``, ``load`` (mean number
        of running processes in the last minute) and ``measured`` (UTC).
    """
    return {
        "cpu": cpu_model(),
        "cores": os.cpu_count(),
        "memory_gb": round(memory_gb(), 1),
        "system": platform.platform(),
        "versions": versions(),
        "load": os.getloadavg()[0],
        "measured": datetime.now(UTC).isoformat(timespec="seconds"),
    }


def cpu_model() -> str:
    """Name of the processor, with family and model where the system tells them."""
    path = Path("/proc/cpuinfo")
    if not path.exists():
        return platform.processor() or platform.machine()
    lines = (line.partition(":") for line in path.read_text().splitlines())
    found: dict[str, str] = {}
    for key, _, value in lines:
        found.setdefault(key.strip(), value.strip())
    name = found.get("model name", platform.machine())
    numbers = [f"{k} {found[k]}" for k in ("cpu family", "model", "stepping") if k in found]
    return f"{name} ({', '.join(numbers)})" if numbers else name


def memory_gb() -> float:
    """Memory of the machine, GB."""
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9


def now() -> Seconds:
    """The clocks of this process."""
    return Seconds(perf_counter(), process_time())


def since(began: Seconds) -> Seconds:
    """Time since :func:`now`."""
    return Seconds(perf_counter() - began.wall, process_time() - began.cpu)
