"""Peers: other simulators that run the same work in an environment of their own.

Their scripts are :mod:`neurosim.benchmarks.peers`. Each is one file that needs the peer, NumPy and
the standard library, so it runs where neurosim is not installed; all numbers of the network reach
it as data.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from neurosim.benchmarks.cases import Case, Settings
from neurosim.benchmarks.processes import answer
from neurosim.benchmarks.registry import benchmark
from neurosim.errors import BackendUnavailable, SpecError, close_matches


@dataclass(frozen=True)
class Peer:
    """A simulator to compare with.

    Parameters
    ----------
    name : str
        Its name on the command line.
    script : str
        Name of its file in ``neurosim.benchmarks.peers``.
    module : str
        What must be importable.
    package : str
        What to install with pip.
    threads : bool
        Whether it can use several threads.
    options : mapping
        More for its task.
    note : str
        How its work differs from ours, ``""`` if it does not.
    """

    name: str
    script: str
    module: str
    package: str
    threads: bool = True
    options: Mapping[str, Any] | None = None
    note: str = ""


PEERS = {
    peer.name: peer
    for peer in (
        Peer("nest", "nest", "nest", "nest-simulator"),
        Peer("brian2", "brian2", "brian2", "brian2", threads=False, options={"mode": "cython"}),
        Peer("brian2-cpp", "brian2", "brian2", "brian2", options={"mode": "cpp"},
             note="no warm-up"),
        Peer("annarchy", "annarchy", "ANNarchy", "ANNarchy"),
        Peer("snntorch", "snntorch", "snntorch", "torch snntorch"),
    )
}  # fmt: skip
"""Peers by name."""


def chosen_peers(names: Iterable[str], pythons: Iterable[str]) -> dict[str, str]:
    """Interpreters by name of peer, from what a user wrote.

    Parameters
    ----------
    names : iterable of str
        Names of peers.
    pythons : iterable of str
        ``NAME=PATH`` of interpreters that are not this one; ``brian2`` also serves
        ``brian2-cpp``.

    Raises
    ------
    SpecError
        If a name or an assignment is not allowed.
    BackendUnavailable
        If a peer is not installed there.
    """
    paths: dict[str, str] = {}
    for text in pythons:
        name, _, path = text.partition("=")
        _known(name)
        if not path:
            raise SpecError(f"bench.peer-python: must be NAME=PATH, got {text!r}. Write such.")
        paths[name] = path
    found = {}
    for name in names:
        peer = _known(name)
        python = paths.get(name, paths.get(peer.script, sys.executable))
        require(peer, python)
        found[name] = python
    return found


def require(peer: Peer, python: str) -> None:
    """See that an interpreter can import a peer.

    Raises
    ------
    BackendUnavailable
        If it cannot.
    """
    code = (
        f"import importlib.util, sys; sys.exit(importlib.util.find_spec({peer.module!r}) is None)"
    )
    try:
        missing = subprocess.run([python, "-c", code], check=False, env=_environment(python))
    except OSError as error:
        raise BackendUnavailable(
            f"bench.peer-python: must be an interpreter, got {python!r} ({error.strerror}). Name "
            f"one by --peer-python {peer.name}=PATH."
        ) from error
    if missing.returncode:
        raise BackendUnavailable(
            f"bench.against: peer {peer.name!r} must be installed, {python!r} does not have it. "
            f"Install it (pip install {peer.package}), or name the interpreter of another "
            f"environment by --peer-python {peer.name}=PATH."
        )


def supported(peer: str, case: Case) -> bool:
    """Whether a peer can run a case."""
    return peer in benchmark(case.name).peers


def rival(name: str, python: str, case: Case, settings: Settings) -> dict[str, Any]:
    """Run a case on a peer, in a new process.

    Returns
    -------
    dict
        ``peer, simulator, threads, wall_s, cpu_s, build_s, compile_s, first_step_s, peak_mb``,
        rates and whether they count.

    Raises
    ------
    SimulationError
        If the process fails.
    """
    peer, bench = PEERS[name], benchmark(case.name)
    task = {**bench.task(case, settings), **(peer.options or {})}
    script = Path(__file__).parent / "peers" / f"{peer.script}.py"
    with tempfile.TemporaryDirectory(prefix="neurosim-peer-") as folder:
        file = Path(folder) / "task.json"
        file.write_text(json.dumps(task), encoding="utf-8")
        found = answer([python, str(script), str(file)], f"peer {name}", _environment(python))
    judged = bench.judge(case, found, settings.duration)
    found = {k: v for k, v in found.items() if k != "spikes"} | judged
    note = found.get("note") or peer.note
    return found | {"peer": name, "threads": settings.threads, "note": note}


def _known(name: str) -> Peer:
    if name not in PEERS:
        raise SpecError(f"bench.against: must be peers, got {name!r}. {close_matches(name, PEERS)}")
    return PEERS[name]


def _environment(python: str) -> dict[str, str]:
    """This environment, with the interpreter's folder first (tools of its peers lie there)."""
    found = dict(os.environ)
    if python != sys.executable:
        found.pop("PYTHONPATH", None)
        found["PATH"] = os.pathsep.join([str(Path(python).parent), found.get("PATH", "")])
        found["VIRTUAL_ENV"] = str(Path(python).parent.parent)
    return found
