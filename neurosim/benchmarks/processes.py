"""Measurements in processes of their own, and how their answers are read."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from typing import Any

from neurosim.benchmarks.cases import Case, Settings, plain
from neurosim.errors import SimulationError

RESULT, ERROR = "RESULT ", "ERROR "
"""Words at the start of the line that a process answers with."""


def own(case: Case, settings: Settings) -> dict[str, Any]:
    """Measure a case of neurosim in a new process.

    Raises
    ------
    SimulationError
        If the process fails.
    """
    data = json.dumps(plain(case, settings))
    command = [sys.executable, "-m", "neurosim.benchmarks.measure", data]
    return answer(command, f"bench {case.label}")


def answer(
    command: Sequence[str], what: str, environment: Mapping[str, str] | None = None
) -> dict[str, Any]:
    """Run a command and read its answer: a line ``RESULT {json}`` or ``ERROR message``.

    Parameters
    ----------
    command : sequence of str
        Program and arguments.
    what : str
        What is measured, for messages.
    environment : mapping, optional
        Environment of the process, by default that of this one.

    Raises
    ------
    SimulationError
        If it answers with an error, fails, or gives no answer.
    """
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, errors="replace", check=False,
            env=dict(os.environ if environment is None else environment),
        )  # fmt: skip
    except OSError as error:
        raise SimulationError(
            f"{what}: {command[0]!r} cannot be started ({error.strerror}). Name another program."
        ) from error
    lines = done.stdout.splitlines()
    for line in reversed(lines):
        if line.startswith(ERROR):
            raise SimulationError(line.removeprefix(ERROR))
        if line.startswith(RESULT) and not done.returncode:
            found: dict[str, Any] = json.loads(line.removeprefix(RESULT))
            return found
    tail = "\n".join([*lines, *done.stderr.splitlines()][-20:])
    raise SimulationError(
        f"{what}: its process ended with code {done.returncode} and gave no result. It said:\n"
        f"{tail}"
    )
