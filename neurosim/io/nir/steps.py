"""Steps of a graph and times of its simulation: layers run behind one another by a step each."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from neurosim.errors import ParameterError
from neurosim.io.nir.kinds import NIRCurrent, NIRMembrane
from neurosim.network import Network
from neurosim.recording.recording import Recording


def latency(network: Network, population: str) -> int:
    """By how many steps a population runs behind the inputs.

    What it does in step ``k`` of the graph, it does in step ``k + latency`` of the simulation:
    its spikes are stamped ``(k + latency + 1) dt``, and sample ``k + latency + 1`` of a recorded
    potential is the state after that step.

    Raises
    ------
    WiringError
        If there is no such population.
    """
    kind = network[population].kind
    return int(kind.latency) if isinstance(kind, (NIRMembrane, NIRCurrent)) else 0


def duration(network: Network, steps: int, dt: float) -> float:
    """Time (ms) to simulate, so that every population makes its first ``steps`` steps."""
    _check_steps("duration", steps)
    return (steps + max((latency(network, name) for name in network.populations), default=0)) * dt


def output(
    recording: Recording,
    network: Network,
    population: str,
    steps: int,
    variable: str | None = None,
) -> NDArray[np.bool_] | NDArray[np.floating[Any]]:
    """What a population of an imported network did in each step of the graph.

    Parameters
    ----------
    recording : Recording
        Of a run of at least :func:`duration`; of a batch, ``batch[i]``.
    network : Network
        The network.
    population : str
        A recorded population.
    steps : int
        Steps of the graph.
    variable : str, optional
        ``"spikes"`` or a state variable; by default spikes where they are recorded, else ``"v"``.

    Returns
    -------
    ndarray, shape (steps, size)
        Whether each neuron spiked, or the value of the variable after the step.

    Raises
    ------
    ParameterError
        If the run was too short, or the population was not recorded as a whole from the start.
    WiringError
        If it was not recorded.
    """
    _check_steps("output", steps)
    size, behind = network[population].size, latency(network, population)
    dt = float(recording.info["dt"])
    if recording.duration < (steps + behind - 0.5) * dt:
        raise ParameterError(
            "output", "steps", f"must be at most {round(recording.duration / dt) - behind}", steps,
            "Simulate for neurosim.io.nir.duration(network, steps, dt).", f"{population!r}",
        )  # fmt: skip
    if variable == "spikes" or (variable is None and population in recording.spikes):
        trains = recording.spikes[population]
        _check_whole(trains.recorded, size, trains.start, population)
        rows = np.round(trains.times / dt).astype(np.int64) - behind - 1
        inside = (rows >= 0) & (rows < steps)
        raster = np.zeros((steps, size), dtype=np.bool_)
        raster[rows[inside], trains.ids[inside]] = True
        return raster
    signal = recording.signal(population, variable or "v")
    _check_whole(signal.ids, size, float(signal.times[0]), population)
    if abs(signal.dt - dt) > 1e-6 * dt:
        raise ParameterError(
            "output", "recording", f"must hold every step of {dt:g} ms", signal.dt,
            "Record without 'every'.", f"{population!r}",
        )  # fmt: skip
    values: NDArray[np.floating[Any]] = signal.values[behind + 1 : behind + 1 + steps]
    return values


def _check_steps(owner: str, steps: Any) -> None:
    if isinstance(steps, bool) or not isinstance(steps, (int, np.integer)) or steps < 1:
        raise ParameterError(owner, "steps", "must be a whole number >= 1", steps, "Give such.")


def _check_whole(ids: NDArray[np.int32], size: int, start: float, population: str) -> None:
    if len(ids) != size or start > 0.0:
        raise ParameterError(
            "output", "recording", "must hold all units from the start",
            f"{len(ids)} of {size} units from {start:g} ms", "Record the whole population.",
            f"{population!r}",
        )  # fmt: skip
