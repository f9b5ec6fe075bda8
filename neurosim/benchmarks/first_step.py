"""A process that builds a benchmark, makes one step, says so and ends; :mod:`measure` times it."""

from __future__ import annotations

import json
import sys
from time import process_time

from neurosim.benchmarks.networks import DT, bench
from neurosim.facade import prepare


def main(options: str) -> None:
    """Make the first step of a benchmark, with options as JSON."""
    given = json.loads(options)
    chosen = bench(given["name"], given["scale"], given["weights"])
    with prepare(
        chosen.network, dt=DT, seed=given["seed"], backend=given["backend"],
        precision=given["precision"], progress=False,
    ) as simulation:  # fmt: skip
        simulation.run(DT)
        print(f"ready {process_time()}", flush=True)  # CPU seconds since the process began


if __name__ == "__main__":
    main(sys.argv[1])
