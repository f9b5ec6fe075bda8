"""Files of a CA3 memory: an archive with its settings in the header and the simulation's state."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np

from neurosim.backends.simulation import Simulation
from neurosim.declare import Declared
from neurosim.errors import NeurosimError, StoreError
from neurosim.io import archive
from neurosim.models.ca3.params import Circuit
from neurosim.models.ca3.timing import as_spacing

FORMAT, VERSION = "neurosim-ca3-memory", 1
FIELDS = (
    "n_cues", "n_content", "spacing", "backend", "seed", "circuit", "contents", "forgetting",
)  # fmt: skip
"""Settings in a file: the arguments of ``CA3Memory``."""


def save_memory(
    path: str | PathLike[str], settings: Mapping[str, Any], simulation: Simulation
) -> None:
    """Write the settings and state of a memory.

    Raises
    ------
    StoreError
        If the file cannot be written; nothing is left half-written.
    """
    with tempfile.TemporaryDirectory() as folder:
        state = Path(folder) / "state.npz"
        simulation.save(state)
        packed = np.frombuffer(state.read_bytes(), dtype=np.uint8)
    header = {"settings": {name: _plain(settings[name]) for name in FIELDS}}
    archive.write(path, FORMAT, VERSION, header, {"state": packed})


def read_memory(path: str | PathLike[str]) -> tuple[dict[str, Any], bytes]:
    """Settings of a memory and the bytes of its simulation's state.

    Raises
    ------
    StoreError
        If the file cannot be read, or is damaged or foreign.
    """
    header, arrays = archive.read(path, FORMAT, VERSION)
    try:
        settings = {name: header["settings"][name] for name in FIELDS}
        settings["spacing"] = as_spacing("CA3Memory", "spacing", settings["spacing"])
        settings["circuit"] = Circuit(**settings["circuit"])
        settings["contents"] = {int(c): bits for c, bits in settings["contents"].items()}
        return settings, arrays["state"].tobytes()
    except (KeyError, TypeError, ValueError, AttributeError, NeurosimError) as error:
        raise damaged(path, error) from error


def damaged(path: str | PathLike[str], error: Exception) -> StoreError:
    """The error for settings that make no memory."""
    return StoreError(f"file {str(path)!r}: its settings are damaged ({error}). Use another copy.")


def restore(simulation: Simulation, state: bytes) -> None:
    """Let a simulation go on from the state in a memory's file.

    Raises
    ------
    StoreError
        If the state is damaged or of another network.
    """
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "state.npz"
        path.write_bytes(state)
        simulation.load(path)


def _plain(value: Any) -> Any:
    if isinstance(value, Declared):
        return {name: _plain(item) for name, item in value.values().items()}
    if isinstance(value, Mapping):
        return {str(key): sorted(item) for key, item in value.items()}
    return value
