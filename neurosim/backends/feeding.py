"""Spikes that a user feeds to a running simulation."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from neurosim.errors import ParameterError
from neurosim.plan.lower import LATEST


def fed(
    spikes: Iterable[tuple[int, float]], population: str, size: int, step: int, dt: float
) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
    """Stamps and ids of spikes given as (id, time in ms).

    Parameters
    ----------
    spikes : iterable of (id, time)
        Unit and time.
    population : str
        Name of the population, for messages.
    size : int
        Its units.
    step : int
        Present stamp; spikes must not lie before it.
    dt : float
        Time step, ms.

    Raises
    ------
    ParameterError
        If they are no pairs, or ids or times do not fit.
    """
    table, where = _pairs(spikes), f"population {population!r}"
    ids = table[:, 0]
    if not ((ids >= 0) & (ids < size) & (ids == np.floor(ids))).all():
        raise ParameterError(
            "Simulation.feed", "spikes", f"must have ids from 0 to {size - 1}", table.tolist(),
            "Correct the ids.", where,
        )  # fmt: skip
    stamps = np.floor(table[:, 1] / dt + 0.5)
    if not np.isfinite(stamps).all() or (stamps < step).any():
        raise ParameterError(
            "Simulation.feed", "spikes", f"must not lie before t = {step * dt:g} ms",
            table.tolist(), "Feed spikes before their time comes.", where,
        )  # fmt: skip
    return np.minimum(stamps, LATEST).astype(np.int64), ids.astype(np.int32)


def _pairs(spikes: Iterable[tuple[int, float]]) -> NDArray[np.float64]:
    """Ids and times as an array of shape (n, 2)."""
    shown: Any = spikes
    try:
        shown = list(spikes)
        table = np.array(shown, dtype=np.float64) if shown else np.empty((0, 2))
        if table.ndim != 2 or table.shape[1] != 2:
            raise ValueError("no pairs")
    except (TypeError, ValueError) as error:
        raise ParameterError(
            "Simulation.feed", "spikes", "must be (id, time) pairs", shown,
            "Give for example [(0, 105.0)].",
        ) from error  # fmt: skip
    return table
