"""What a board gives back, in the plan's terms: stamps, ids, signs, units and order."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from neurosim.backends.base import Synapses
from neurosim.errors import SimulationError
from neurosim.hardware.spinnaker.deployment import Counter
from neurosim.hardware.spinnaker.translate import sampling
from neurosim.plan.plan import ProbePlan

SIGNS: Final = {"isyn_inh": -1.0}
"""Signs of variables that the board has as magnitudes."""


def spikes(
    rows: NDArray[Any], probe: ProbePlan, dt: float, first: int, last: int
) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
    """Stamps and ids of the spikes of a range of steps that a probe asks for.

    Parameters
    ----------
    rows : ndarray, shape (n, 2)
        Id and time (ms) of all spikes since the start, in any order.
    probe : ProbePlan
        The probe.
    dt : float
        Time step, ms.
    first, last : int
        Range of stamps, the last one excluded.

    Returns
    -------
    tuple of ndarray
        Stamps and ids, ascending by stamp, then id.

    Raises
    ------
    SimulationError
        If ids or times are none of the population and the grid.
    """
    rows = np.asarray(rows, dtype=np.float64).reshape(-1, 2)
    ids, stamps = np.rint(rows[:, 0]), np.rint(rows[:, 1] / dt)
    if not (np.isfinite(rows).all() and (ids == rows[:, 0]).all() and (stamps >= 0.0).all()):
        raise SimulationError(
            "board: spikes must be rows of an id and a time in ms, got other numbers. Report this."
        )
    kept = (stamps >= max(first, probe.first)) & (stamps < min(last, probe.last))
    kept &= np.isin(ids, probe.ids)
    order = np.lexsort((ids[kept], stamps[kept]))
    return stamps[kept][order].astype(np.int64), ids[kept][order].astype(np.int32)


def samples(matrix: NDArray[Any], probe: ProbePlan, first: int, last: int) -> NDArray[np.float64]:
    """Samples of a range of steps that a probe asks for.

    Parameters
    ----------
    matrix : ndarray, shape (samples, ids)
        All samples since the start, in the board's interval and sign.
    probe : ProbePlan
        The probe.
    first, last : int
        Range of stamps, the last one excluded.

    Returns
    -------
    ndarray, shape (k, ids)
        In the plan's sign.

    Raises
    ------
    SimulationError
        If samples are missing.
    """
    stamps = due(probe, first, last)
    places = stamps // sampling(probe)
    most = int(places[-1]) + 1 if len(places) else 0
    if matrix.ndim != 2 or matrix.shape[1] != len(probe.ids) or len(matrix) < most:
        raise SimulationError(
            f"board: samples of {probe.variable!r} must have shape ({most} or more, "
            f"{len(probe.ids)}), got {matrix.shape}. The board lost data: look at its counters, "
            "record fewer units or sample less often."
        )
    return SIGNS.get(probe.variable, 1.0) * matrix[places].astype(np.float64)


def missing(probe: ProbePlan, first: int, last: int) -> NDArray[np.float64]:
    """As many NaNs as there would be samples."""
    return np.full((len(due(probe, first, last)), len(probe.ids)), np.nan)


def due(probe: ProbePlan, first: int, last: int) -> NDArray[np.int64]:
    """Stamps of the samples that a probe asks for in a range."""
    begin = probe.first + max(0, -(-(first - probe.first) // probe.every)) * probe.every
    return np.arange(begin, min(last, probe.last), probe.every, dtype=np.int64)


def synapses(tables: Iterable[tuple[NDArray[np.float64], Any]]) -> Synapses:
    """Synapses of a block in the plan's signs, units and order.

    Parameters
    ----------
    tables : iterable of (ndarray, float or ndarray)
        Rows of source, target, weight and delay (ms) of each projection of the board, and the
        weight in the plan over that on the board, for all targets or by target. Several synapses
        between the same two units with the same delay come in the order of the board's memory.
    """
    parts = [np.empty((0, 4))]
    for table, scale in tables:
        post = table[:, 1].astype(np.int64)
        made = table.copy()
        made[:, 2] *= np.asarray(scale)[post] if np.ndim(scale) else scale
        parts.append(made)
    rows = np.concatenate(parts)
    rows = rows[np.lexsort((rows[:, 1], rows[:, 3], rows[:, 0]))]
    return Synapses(
        rows[:, 0].astype(np.int32), rows[:, 1].astype(np.int32), rows[:, 2], rows[:, 3]
    )


def counters(found: Iterable[Counter]) -> dict[str, dict[str, int]]:
    """Counters by core and by the toolchain's names."""
    made: dict[str, dict[str, int]] = {}
    for counter in found:
        core = f"{counter.core} at {counter.x},{counter.y},{counter.p}"
        made.setdefault(core, {})[counter.name] = counter.value
    return made
