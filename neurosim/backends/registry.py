"""Backends by name. Hardware packages are named by string only and loaded when asked for."""

from __future__ import annotations

import warnings
from importlib import import_module
from importlib.metadata import entry_points
from typing import cast

from neurosim.backends.base import Backend
from neurosim.errors import BackendUnavailable, NeurosimWarning, SpecError, close_matches

BUILT_IN = {
    "numba": "neurosim.backends.clocked:Clocked",
    "numba-event": "neurosim.backends.event:Event",
    "numba-event-precise": "neurosim.backends.event:precise",
    "auto": "neurosim.backends.auto:Auto",
    "reference": "neurosim.backends.reference:Reference",
    "brian2": "neurosim.backends.brian2:Brian2",
    "spinnaker-emulator": "neurosim.hardware.spinnaker.emulator:Emulator",
    "spinnaker-board": "neurosim.hardware.spinnaker.board:SpinnakerBoard",
}


def names() -> dict[str, str]:
    """Import paths of all backends by name; other packages add theirs by an entry point.

    The group is ``neurosim.backends``; built-in names cannot be replaced.
    """
    found = {e.name: e.value for e in entry_points(group="neurosim.backends")}
    return {**found, **BUILT_IN}


def backend(name: str | Backend) -> Backend:
    """The backend of that name; a backend itself is given back.

    Raises
    ------
    SpecError
        If there is none of that name.
    BackendUnavailable
        If it cannot be loaded here.
    """
    known = names()
    if not isinstance(name, str) and hasattr(name, "prepare") and hasattr(name, "capabilities"):
        return name
    if not isinstance(name, str) or name not in known:
        raise SpecError(f"backend: must be known, got {name!r}. {close_matches(name, known)}")
    module, _, attribute = known[name].partition(":")
    try:
        made = getattr(import_module(module), attribute)()
    except Exception as error:  # whatever the code of a plug-in raises
        raise BackendUnavailable(
            f"backend {name!r} cannot be loaded ({known[name]}): {error}. Install what it needs."
        ) from error
    return cast(Backend, made)


def available() -> dict[str, Backend]:
    """All backends that load here; one that does not becomes a warning."""
    found = {}
    for name in names():
        try:
            found[name] = backend(name)
        except BackendUnavailable as error:
            warnings.warn(str(error), NeurosimWarning, stacklevel=2)
    return found
