"""A process that builds a benchmark, makes one step, says so and ends; :mod:`starts` times it."""

from __future__ import annotations

import json
import sys
from time import perf_counter, process_time

from neurosim.benchmarks.cases import restored
from neurosim.benchmarks.registry import benchmark


def main(options: str) -> None:
    """Make the first step of a benchmark, with a case and settings as JSON.

    Prints ``ready``, the CPU time since the process began and the wall time of building and of the
    step; if asked to do so ``again``, that word and the wall time of the second time.
    """
    data = json.loads(options)
    case, settings = restored(data)
    chosen = benchmark(case.name)
    began = perf_counter()
    chosen.step(case, settings)
    print(f"ready {process_time()} {perf_counter() - began}", flush=True)
    if data.get("again"):
        began = perf_counter()
        chosen.step(case, settings)
        print(f"again {perf_counter() - began}", flush=True)


if __name__ == "__main__":
    main(sys.argv[1])
