"""Optional packages, imported when they are used."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from neurosim.errors import MissingDependency


def package(name: str, feature: str, extra: str) -> Any:
    """An optional package or one of its modules.

    Parameters
    ----------
    name : str
        What to import, for example ``"norse.torch"``.
    feature : str
        What needs it, for the message.
    extra : str
        The extra that installs it.

    Raises
    ------
    MissingDependency
        If it is not installed.
    """
    try:
        return import_module(name)
    except ImportError as error:
        raise MissingDependency(feature, name.partition(".")[0], extra) from error
