"""What a run gave, and in which bits two runs differ."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from neurosim.backends.base import Synapses
from neurosim.backends.simulation import Simulation
from neurosim.recording.recording import Recording


class Outcome(NamedTuple):
    """All that can be seen of a simulation.

    Parameters
    ----------
    recording : Recording
        Spikes and signals.
    state : mapping of (str, str) to ndarray
        Present values by population and state variable, also those that cannot be recorded.
    synapses : mapping of (str, bool) to Synapses
        By projection and whether pending potentiation counts.
    """

    recording: Recording
    state: Mapping[tuple[str, str], NDArray[Any]]
    synapses: Mapping[tuple[str, bool], Synapses]


def observe(simulation: Simulation) -> Outcome:
    """Everything that can be seen of a simulation now."""
    plan = simulation.plan
    return Outcome(
        simulation.recording(),
        {
            (population, variable.name): simulation.read(population, variable.name)
            for block in plan.neurons
            for population in block.slices
            for variable in block.kind.state
        },
        {
            (block.name, pending): simulation.weights(block.name, pending)
            for block in plan.synapses
            for pending in (True, False)
        },
    )


def arrays(outcome: Outcome) -> dict[str, NDArray[Any]]:
    """An outcome as arrays with names to be read by people."""
    found: dict[str, NDArray[Any]] = {"duration": np.array(outcome.recording.duration)}
    for name, trains in outcome.recording.spikes.items():
        found[f"spike times of {name!r}"] = trains.times
        found[f"spike ids of {name!r}"] = trains.ids
        found[f"recorded ids of {name!r}"] = trains.recorded
    for (name, variable), signal in outcome.recording.signals.items():
        found[f"samples of {name!r}, {variable}"] = signal.values
        found[f"sample times of {name!r}, {variable}"] = signal.times
        found[f"sampled ids of {name!r}, {variable}"] = signal.ids
    for (name, variable), values in outcome.state.items():
        found[f"present {variable} of {name!r}"] = values
    for (name, pending), synapses in outcome.synapses.items():
        words = "with" if pending else "without"
        for field, values in synapses._asdict().items():
            found[f"{field} of {name!r} {words} pending potentiation"] = values
    return found


def differences(expected: Outcome, found: Outcome) -> list[str]:
    """What of the expected outcome is not found, bit by bit; one sentence each.

    What is found beyond the expected outcome (more populations, more probes) does not count.
    """
    mine, theirs = arrays(expected), arrays(found)
    return [
        f"{name}: {text}"
        for name, values in mine.items()
        if (text := _difference(values, theirs.get(name)))
    ]


def _difference(expected: NDArray[Any], found: NDArray[Any] | None) -> str:
    if found is None:
        return "missing"
    if (expected.shape, expected.dtype) != (found.shape, found.dtype):
        return f"{expected.shape} {expected.dtype} expected, {found.shape} {found.dtype} found"
    rows = [np.ascontiguousarray(a).reshape(-1) for a in (expected, found)]
    size = expected.dtype.itemsize
    bits = [row.view(np.uint8).reshape(-1, size) for row in rows]
    places = np.flatnonzero((bits[0] != bits[1]).any(axis=1))
    if not len(places):
        return ""
    first = places[0]
    index = tuple(int(i) for i in np.unravel_index(first, expected.shape))
    return (
        f"{len(places)} of {expected.size} values differ, first at {index}: "
        f"{rows[0][first]!r} expected, {rows[1][first]!r} found"
    )


def require_same(expected: Outcome, found: Outcome, what: str) -> None:
    """Raise unless everything expected is found.

    Raises
    ------
    AssertionError
        With the first few differences.
    """
    texts = differences(expected, found)
    if texts:
        more = f"\n... and {len(texts) - 8} more" if len(texts) > 8 else ""
        raise AssertionError("\n".join([what, *texts[:8]]) + more)


def require_close(
    expected: Outcome, found: Outcome, error: float, what: str, weights: float = 0.0
) -> None:
    """Raise unless spikes, ids and synapses are the same and all else differs by rounding.

    Parameters
    ----------
    expected, found : Outcome
        As in :func:`require_same`.
    error : float
        Largest difference of a state variable, relative to its largest value (or 1).
    what : str
        What it means if they differ.
    weights : float
        The same of the weights of a projection; 0 for the same bits.

    Raises
    ------
    AssertionError
        With the first few differences.
    """
    theirs = arrays(found)
    texts = []
    for name, values in arrays(expected).items():
        other = theirs.get(name)
        share = error if name.startswith(("samples of", "present")) else 0.0
        share = weights if name.startswith("weight of") else share
        if not share or other is None or other.shape != values.shape:
            text = _difference(values, other)
        else:
            apart = np.abs(values - other).max(initial=0.0)
            limit = share * max(1.0, np.abs(values).max(initial=0.0))
            text = "" if apart <= limit else f"differs by up to {apart:.1e}, more than {limit:.1e}"
        texts += [f"{name}: {text}"] if text else []
    if texts:
        raise AssertionError("\n".join([what, *texts[:8]]))


def require(condition: Any, what: str) -> None:
    """Raise with a text unless a condition holds.

    Raises
    ------
    AssertionError
        If it does not hold.
    """
    if not condition:
        raise AssertionError(what)
