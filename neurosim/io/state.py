"""Saved states of simulations: continue later, bit for bit.

A file holds the network's description (no code), what was asked for (time step, seed, precision),
the state of the engine, spikes in flight included, and what was recorded. It fits one plan and one
backend only, which its header names.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from numpy.typing import NDArray

from neurosim.errors import StoreError
from neurosim.io import archive
from neurosim.io.archive import Path
from neurosim.plan.plan import Plan
from neurosim.recording.buffers import Buffers

FORMAT = "neurosim-state"
VERSION = 1

ASKED = ("dt", "seed", "precision", "weights")


def save_state(
    path: Path,
    plan: Plan,
    backend: str,
    engine_state: Mapping[str, NDArray[Any]],
    buffers: Buffers,
) -> None:
    """Write the state of a simulation.

    Parameters
    ----------
    path : path_like
        The file, usually ``*.npz``; replaced if it exists.
    plan : Plan
        What runs.
    backend : str
        Name of the backend.
    engine_state : mapping of str to ndarray
        ``Engine.state()``.
    buffers : Buffers
        What was recorded.

    Raises
    ------
    StoreError
        If the file cannot be written; nothing is left half-written.
    """
    header = {
        **{name: getattr(plan, name) for name in ASKED},
        "backend": backend,
        "plan_hash": plan.hash,
        "network": dict(plan.network),
        "started": buffers.started,
    }
    arrays = {f"engine/{name}": array for name, array in engine_state.items()}
    arrays |= {f"recorded/{name}": array for name, array in buffers.state().items()}
    archive.write(path, FORMAT, VERSION, header, arrays)


def read_header(path: Path) -> dict[str, Any]:
    """What a state belongs to.

    Returns
    -------
    dict
        ``network`` (for ``Network.from_dict``), ``dt, seed, precision, weights, backend,
        plan_hash`` and ``started``.

    Raises
    ------
    StoreError
        If the file is missing, damaged, foreign or of a newer version.
    """
    header = archive.read_header(path, FORMAT, VERSION)
    missing = {*ASKED, "backend", "plan_hash", "network", "started"} - set(header)
    if missing:
        raise StoreError(
            f"file {str(path)!r}: is damaged (no {', '.join(sorted(missing))}). Use another copy."
        )
    return header


def load_state(path: Path, plan: Plan, backend: str) -> tuple[dict[str, NDArray[Any]], Buffers]:
    """State of the engine and what was recorded, for a simulation of the same plan.

    Raises
    ------
    StoreError
        If the file is damaged or foreign, or belongs to another plan or backend.
    """
    header = read_header(path)
    _check_fit(header, plan, backend, str(path))
    arrays = archive.read(path, FORMAT, VERSION)[1]
    buffers = Buffers(plan, header["started"])
    buffers.restore(_part(arrays, "recorded/"))
    return _part(arrays, "engine/"), buffers


def _part(arrays: Mapping[str, NDArray[Any]], stem: str) -> dict[str, NDArray[Any]]:
    return {name.removeprefix(stem): a for name, a in arrays.items() if name.startswith(stem)}


def _check_fit(header: Mapping[str, Any], plan: Plan, backend: str, path: str) -> None:
    wanted = {name: getattr(plan, name) for name in ASKED} | {"backend": backend}
    differs = [
        f"{name} is {header[name]!r}, not {value!r}"
        for name, value in wanted.items()
        if header[name] != value
    ]
    if not differs and header["plan_hash"] != plan.hash:
        differs = [_network_difference(header["network"], plan.network)]
    if differs:
        raise StoreError(
            f"file {path!r}: must be a state of this network and backend, but "
            f"{'; '.join(differs)}. Prepare the simulation as it was, or use neurosim.resume(path)."
        )


def _network_difference(saved: Any, present: Mapping[str, Any]) -> str:
    parts = [name for name in present if saved.get(name) != present[name]]
    if not parts:
        return "the step functions or constants of a neuron kind are others"
    return f"its network has other {', '.join(parts)}"
