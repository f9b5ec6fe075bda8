"""First steps, from the start of a process to their end, and what compiling costs."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from dataclasses import replace
from pathlib import Path
from time import perf_counter
from typing import Any, NamedTuple

from neurosim.benchmarks.cases import Case, Settings, plain
from neurosim.benchmarks.machine import Seconds
from neurosim.benchmarks.registry import benchmark
from neurosim.errors import SimulationError

WARM_STARTS = 3
"""First steps with filled caches; the fastest counts."""

LONG = 5.0
"""A first step that takes longer (s) is made once with filled caches."""


class Start(NamedTuple):
    """A first step in a process of its own.

    Parameters
    ----------
    wall : float
        From the start of the process to the end of the first step, s.
    cpu : float
        CPU time of that, s.
    first, again : float
        CPU time of making the network and its first step, and of doing so once more in the same
        process, s: the second finds all code loaded.
    """

    wall: float
    cpu: float
    first: float
    again: float


def starts(case: Case, settings: Settings) -> dict[str, Any]:
    """Latency of the first step, and compile and load times, in new processes.

    Returns
    -------
    dict
        ``first_step_cold_s`` and ``first_step_warm_s`` go from the start of a new process to the
        end of the first step, with an empty and with a filled cache of compiled code (and
        ``first_step_cold_cpu_s``, ``first_step_warm_cpu_s`` their CPU time). ``compile_s`` and
        ``load_s`` are the CPU time that the first network of a process and its first step take
        more than the second: with an empty and with a filled cache, for a small network of this
        kind. They hold the import of the compiler.
        Empty where first steps are not timed for this benchmark.
    """
    scale = benchmark(case.name).small
    if scale is None:
        return {}
    small = replace(case, scale=min(scale, case.scale))
    with tempfile.TemporaryDirectory(prefix="neurosim-bench-") as cache:
        compiled = start(small, settings, Path(cache), again=True)
        loaded = start(small, settings, Path(cache), again=True)
    cold, warm = first_steps(case, settings)
    return {
        "first_step_cold_s": cold.wall,
        "first_step_warm_s": warm.wall,
        "first_step_cold_cpu_s": cold.cpu,
        "first_step_warm_cpu_s": warm.cpu,
        "compile_s": compiled.first - compiled.again,
        "load_s": loaded.first - loaded.again,
    }


def first_steps(case: Case, settings: Settings) -> tuple[Seconds, Seconds]:
    """Time from process start to the end of the first step: cold, and the fastest warm one."""
    with tempfile.TemporaryDirectory(prefix="neurosim-bench-") as cache:
        cold = start(case, settings, Path(cache))
        warm = [start(case, settings, Path(cache))]
        while len(warm) < WARM_STARTS and warm[0].wall < LONG:
            warm.append(start(case, settings, Path(cache)))
    best = min(warm)
    return Seconds(cold.wall, cold.cpu), Seconds(best.wall, best.cpu)


def start(case: Case, settings: Settings, cache: Path, *, again: bool = False) -> Start:
    """Start a process that makes a first step.

    Parameters
    ----------
    case, settings : Case, Settings
        What to build.
    cache : Path
        Folder of compiled code.
    again : bool
        Whether to build and step a second time in the same process; ``Start.again`` is 0 if not.

    Raises
    ------
    SimulationError
        If the process fails.
    """
    data = {**plain(case, settings), "again": again}
    command = [sys.executable, "-m", "neurosim.benchmarks.first_step", json.dumps(data)]
    environment = {**os.environ, "NEUROSIM_CACHE_DIR": str(cache)}
    began = perf_counter()
    with subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        line = process.stdout.readline()
        seconds = perf_counter() - began
        more = process.stdout.readline()
        problem = process.stderr.read()
    if not line.startswith("ready") or process.returncode:
        raise SimulationError(f"bench: the first step failed in its own process.\n{problem}")
    _, cpu, first = line.split()
    return Start(seconds, float(cpu), float(first), float(more.split()[1]) if again else 0.0)
