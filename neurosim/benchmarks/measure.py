"""A process that measures one case and answers with one line; see :mod:`processes`."""

from __future__ import annotations

import json
import sys

from neurosim.benchmarks.cases import restored
from neurosim.benchmarks.processes import ERROR, RESULT
from neurosim.benchmarks.registry import benchmark
from neurosim.errors import NeurosimError


def main(options: str) -> int:
    """Measure a case, with case and settings as JSON; returns the exit code."""
    try:
        case, settings = restored(json.loads(options))
        found = benchmark(case.name).measure(case, settings)
    except NeurosimError as error:
        print(ERROR + " ".join(str(error).split("\n")), flush=True)
        return 2
    print(RESULT + json.dumps(found, allow_nan=False), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
