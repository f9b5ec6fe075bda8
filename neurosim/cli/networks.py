"""Networks by what a user types: an experiment, a benchmark, a Python file or a saved network."""

from __future__ import annotations

import json
import runpy
from pathlib import Path
from typing import TYPE_CHECKING, Any

from neurosim.errors import NeurosimError, SpecError, StoreError, close_matches

if TYPE_CHECKING:
    from neurosim.runner.experiment import Setup

STEP = 1.0
"""Time step of networks that do not say theirs, ms."""
WAYS = "Give an experiment, a benchmark, a Python file or a saved network (.json)."


def find(what: str) -> Setup:
    """The network of that name, with the time step and length of run that go with it.

    Parameters
    ----------
    what : str
        Name of an experiment or benchmark; a ``.py`` file with a ``network`` or a function
        ``build()`` that gives one; or a ``.json`` file of ``Network.to_dict()``.

    Raises
    ------
    NeurosimError
        If there is none.
    """
    if what.endswith(".py"):
        return _setup(_run(Path(what)))
    if what.endswith(".json"):
        return _setup(_read(Path(what)))
    from neurosim.benchmarks.registry import BENCHMARKS
    from neurosim.cli.discovery import experiment, packages

    experiments = packages("neurosim.experiments")
    if what in experiments:
        found = experiment(what)
        if found.setup is None:
            raise SpecError(
                f"deploy: experiment {what!r} is not about one network that could be deployed. "
                "Save the network that you mean to a file."
            )
        return found.setup(found.params())
    if what in BENCHMARKS:
        return _benchmark(what)
    known = [*experiments, *BENCHMARKS]
    raise SpecError(
        f"deploy: must name a network, got {what!r}. {close_matches(what, known)} {WAYS}"
    )


def _setup(network: Any) -> Setup:
    from neurosim.runner.experiment import Setup

    return Setup(network, STEP)


def _benchmark(name: str) -> Setup:
    from neurosim.benchmarks.cases import Case
    from neurosim.benchmarks.definition import DT
    from neurosim.benchmarks.registry import benchmark
    from neurosim.benchmarks.spans import NetworkBenchmark
    from neurosim.runner.experiment import Setup

    found = benchmark(name)
    if not isinstance(found, NetworkBenchmark):
        raise SpecError(f"deploy: benchmark {name!r} is no network and cannot be deployed.")
    return Setup(found.made(found.checked(Case(name)), 1).network, DT)


def _run(path: Path) -> Any:
    """The network that a Python file makes; nothing is written beside it."""
    from neurosim.network.network import Network

    if not path.is_file():
        raise StoreError(f"file {str(path)!r}: does not exist. {WAYS}")
    try:
        names = runpy.run_path(str(path))
        network = names.get("network")
        if network is None and callable(names.get("build")):
            network = names["build"]()
    except NeurosimError:
        raise
    except Exception as error:  # whatever the file does
        raise SpecError(
            f"file {str(path)!r}: fails with {type(error).__name__}: {error}. Correct it."
        ) from error
    if not isinstance(network, Network):
        raise SpecError(
            f"file {str(path)!r}: must have a Network called 'network' or a function 'build()' "
            f"that gives one, got {type(network).__name__}. Add it."
        )
    return network


def _read(path: Path) -> Any:
    """A saved network."""
    from neurosim.network.network import Network

    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise StoreError(
            f"file {str(path)!r}: cannot be read ({error.strerror or error}). {WAYS}"
        ) from error
    except ValueError as error:
        raise StoreError(f"file {str(path)!r}: is no JSON ({error}). {WAYS}") from error
    return Network.from_dict(data)
