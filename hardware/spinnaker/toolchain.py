"""sPyNNaker in a process and in folders of its own.

Nothing of the user's home or working folder is read or written, two networks do not disturb each
other, and a crash of the tools becomes a :class:`~neurosim.errors.ToolchainError`.
"""

from __future__ import annotations

import os
import pickle
import shutil
import signal
import subprocess
import sys
import tempfile
import weakref
from collections.abc import Mapping
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final, Self

import numpy as np
from numpy.typing import NDArray

import neurosim
from neurosim.errors import MissingDependency, ToolchainError
from neurosim.hardware.spinnaker.deployment import Counter, Deployment, Facts, Failure
from neurosim.hardware.spinnaker.targets import Target, Virtual

WORKER: Final = "neurosim.hardware.spinnaker.worker"
PATIENCE_S: Final = 10.0
"""Time that the tools get to give a board back before they are stopped."""

SHOWN: Final = 12
"""Last lines of the tools' output in an error."""

CONFIG: Final[Mapping[str, Mapping[str, str]]] = {
    "Mode": {"mode": "Production"},
    "Reports": {
        "write_network_graph": "False",
        "keep_dataspec_database": "True",
        "max_reports_kept": "1000",
        "read_placements_provenance_data": "True",
        "read_router_provenance_data": "True",
    },
}
"""Configuration beside the target: no pictures, memory images and counters are kept."""


def require_spynnaker() -> None:
    """Refuse to go on without sPyNNaker.

    Raises
    ------
    MissingDependency
        If it is not installed.
    """
    if find_spec("spynnaker") is None:
        raise MissingDependency("deploying to SpiNNaker", "spynnaker", "spinnaker")


class Toolchain:
    """A deployment in the hands of sPyNNaker.

    Use it as a context manager, or call :meth:`close`.

    Parameters
    ----------
    deployment : Deployment
        The network; see :func:`neurosim.hardware.spinnaker.translate.translate`.
    target : Virtual, Board, Spalloc or Remote
        Where.

    Raises
    ------
    MissingDependency
        If sPyNNaker is not installed.
    ToolchainError
        If sPyNNaker refuses the network or is of another version; its own error is in the message.
    """

    def __init__(self, deployment: Deployment, target: Target) -> None:
        require_spynnaker()
        self.deployment, self.target = deployment, target
        self.virtual = isinstance(target, Virtual)
        self._worker = _Worker(target)
        self._ran = False
        self.version = str(self._worker.ask("build", deployment, self.virtual))

    @property
    def folder(self) -> Path:
        """Folder of the tools' files; it goes when the toolchain is closed."""
        return self._worker.folder

    def run(self, duration: float) -> None:
        """Map the network if that has not been done, and run it for ``duration`` ms.

        Raises
        ------
        ToolchainError
            If sPyNNaker fails; the message holds its error.
        """
        self._worker.ask("run", duration)
        self._ran = True

    def reset(self) -> None:
        """Back to the start, with the initial weights."""
        self._worker.ask("reset")

    def facts(self) -> Facts:
        """Placements, shifts, delay stages, keys and the file of memory images; after a run."""
        made: Facts = self._mapped("facts")
        return made

    @property
    def database(self) -> Path:
        """SQLite file with the memory image of every core; after a run."""
        return Path(self.facts().database)

    def recorded(self) -> list[NDArray[Any]]:
        """What was recorded since the start, by record of the deployment.

        Returns
        -------
        list of ndarray
            Spikes: rows of (id, time in ms). Samples: shape (samples, ids), none on a virtual
            board.
        """
        found: list[NDArray[Any]] = self._mapped("recorded")
        return found

    def weights(self, link: int | str) -> NDArray[np.float64]:
        """Synapses of a projection: source, target, weight and delay (ms), shape (n, 4).

        Parameters
        ----------
        link : int or str
            Place or name among the deployment's links. Weights are the board's: magnitudes in nA or
            uS, rounded as they are stored.
        """
        names = [item.wires.name for item in self.deployment.links]
        index = names.index(link) if isinstance(link, str) else link
        found: NDArray[np.float64] = self._mapped("weights", index)
        return found

    def provenance(self) -> list[Counter]:
        """Counters of all cores; none on a virtual board."""
        found: list[Counter] = self._mapped("provenance")
        return found

    def _mapped(self, name: str, *arguments: Any) -> Any:
        if not self._ran:
            raise ToolchainError(
                f"Toolchain.{name}: needs a run before, since networks are mapped when they run. "
                "Call run first."
            )
        return self._worker.ask(name, *arguments)

    def close(self) -> None:
        """Give the board back, end the tools and remove their files."""
        self._worker.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()


class _Worker:
    """The other process, its folders and the way to talk to it."""

    def __init__(self, target: Target, module: str = WORKER) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="neurosim-spinnaker-"))
        home, here = self.folder / "home", self.folder / "work"
        home.mkdir()
        here.mkdir()
        (home / ".spynnaker.cfg").write_text(_config(target, here), encoding="utf-8")
        self._log = self.folder / "output.txt"
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", module], cwd=here, env=_environment(home), stderr=log,
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True,
            )  # fmt: skip
        self._finish = weakref.finalize(self, _end, self._process, self.folder)

    def ask(self, name: str, *arguments: Any) -> Any:
        """The reply to a request; after any error the process is gone."""
        process = self._process
        if not self._finish.alive:
            raise ToolchainError("Toolchain: is closed. Make a new one.")
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            pickle.dump((name, arguments), process.stdin)
            process.stdin.flush()
            reply = pickle.load(process.stdout)
        except (EOFError, OSError) as error:
            tail = self._tail()
            with suppress(subprocess.TimeoutExpired):
                process.wait(PATIENCE_S)
            code = process.poll()
            self._finish()
            raise ToolchainError(
                f"sPyNNaker: its process ended while it was asked to {name} (exit code {code})."
                f"{tail}"
            ) from error
        except BaseException:
            self._interrupt()
            raise
        if isinstance(reply, Failure):
            self.close()
            raise _translated(name, reply)
        return reply

    def close(self) -> None:
        """Let the tools end by themselves, then remove everything."""
        if not self._finish.alive:
            return
        assert self._process.stdin is not None
        with suppress(OSError):
            pickle.dump(("end", ()), self._process.stdin)
            self._process.stdin.close()
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(PATIENCE_S)
        self._finish()

    def _interrupt(self) -> None:
        """Ctrl-C while the tools were busy: they get it too, and some time to tidy up."""
        with suppress(OSError, ValueError):  # a process that is gone; a system without the signal
            self._process.send_signal(signal.SIGINT)
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(PATIENCE_S)
        self._finish()

    def _tail(self) -> str:
        lines = self._log.read_text(encoding="utf-8", errors="replace").splitlines()
        return "".join(f"\n  {line}" for line in lines[-SHOWN:])


def _end(process: subprocess.Popen[bytes], folder: Path) -> None:
    """End the process, whatever it does, and remove its files."""
    if process.poll() is None:
        process.kill()
        process.wait()
    for stream in (process.stdin, process.stdout):
        if stream is not None:
            with suppress(OSError):
                stream.close()
    shutil.rmtree(folder, ignore_errors=True)


def _translated(name: str, failure: Failure) -> ToolchainError:
    lines = failure.trace.rstrip().splitlines()[-SHOWN:]
    trace = "".join(f"\n  {line}" for line in lines)
    if failure.unknown:
        return ToolchainError(
            f"sPyNNaker: is not as expected, got {failure.kind} at {name!r}: {failure.message}. "
            f"Install the version of the extra 'spinnaker' (7.4).{trace}"
        )
    return ToolchainError(f"sPyNNaker: {failure.kind} at {name!r}: {failure.message}{trace}")


def _config(target: Target, here: Path) -> str:
    sections: dict[str, dict[str, str]] = {"Machine": target.config()}
    sections |= {name: dict(values) for name, values in CONFIG.items()}
    sections["Reports"]["default_report_file_path"] = str(here)
    return "\n".join(
        f"[{name}]\n" + "".join(f"{key} = {value}\n" for key, value in values.items())
        for name, values in sections.items()
    )


def _environment(home: Path) -> dict[str, str]:
    """This process's environment, with a home of its own and all caches below it."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith("XDG_")}
    ours = str(Path(neurosim.__file__).resolve().parent.parent)
    paths = [os.path.abspath(p) for p in kept.get("PYTHONPATH", "").split(os.pathsep) if p]
    own = {"HOME": str(home), "USERPROFILE": str(home), "MPLBACKEND": "agg"}
    return {**kept, **own, "PYTHONPATH": os.pathsep.join([ours, *paths])}
