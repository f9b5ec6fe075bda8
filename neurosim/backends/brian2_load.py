"""Loading Brian2, without the warnings that it causes in newer versions of what it needs."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from neurosim.errors import MissingDependency


@contextmanager
def quiet() -> Iterator[None]:
    """Brian2's parser uses old names of pyparsing: not something our users can change."""
    with warnings.catch_warnings():
        warnings.filterwarnings(
            "ignore", r"'\w+' (argument is )?deprecated", category=DeprecationWarning
        )
        yield


def load(feature: str) -> Any:
    """Brian2.

    Raises
    ------
    MissingDependency
        If it is not installed, naming the feature that needs it.
    """
    try:
        with quiet():
            import brian2
    except ImportError as error:
        raise MissingDependency(feature, "brian2", "brian2") from error
    return brian2
