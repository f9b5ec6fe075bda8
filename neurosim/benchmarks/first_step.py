"""A process that builds a benchmark, makes one step, says so and ends; :mod:`starts` times it."""

from __future__ import annotations

import json
import sys
from time import process_time

from neurosim.benchmarks.cases import restored
from neurosim.benchmarks.registry import benchmark


def main(options: str) -> None:
    """Make the first step of a benchmark, with a case and settings as JSON.

    Prints ``ready`` and the CPU times since the process began, and of building and the step; if
    asked to do so ``again``, that word and the CPU time of the second time.
    """
    data = json.loads(options)
    case, settings = restored(data)
    chosen = benchmark(case.name)
    began = process_time()
    chosen.step(case, settings)
    print(f"ready {process_time()} {process_time() - began}", flush=True)
    if data.get("again"):
        began = process_time()
        chosen.step(case, settings)
        print(f"again {process_time() - began}", flush=True)


if __name__ == "__main__":
    main(sys.argv[1])
