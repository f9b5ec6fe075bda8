"""Set-up and control of a run, PyNN's functions."""

from __future__ import annotations

from typing import Any

from pyNN import common
from pyNN.recording import get_io

from neurosim.backends.simulation import Simulation
from neurosim.errors import ParameterError, SimulationError
from neurosim.pynn import cells, simulator

SEED = 42
"""Seed of scripts that give none: they repeat, as with other simulators of PyNN."""

OPTIONS = {
    "backend": "numba", "seed": SEED, "threads": 1, "precision": "double", "weights": "single",
    "progress": None,
}  # fmt: skip
"""Options of neurosim that :func:`setup` takes, with their defaults."""

PRECISIONS = ("on_grid", "off_grid")


def setup(timestep: float = 0.1, min_delay: float | str = "auto", **extra_params: Any) -> int:
    """Begin anew, with nothing declared.

    Parameters
    ----------
    timestep : float
        Time step, ms.
    min_delay, max_delay : float or "auto"
        Bounds of delays, ms; "auto" takes the shortest one of the projections.
    backend : str
        Backend of neurosim, ``"numba"`` by default.
    seed : int or None
        Root seed of what neurosim draws, the same in every run of a script by default; None draws
        one.
    threads : int
        Threads of the step loop.
    precision, weights : {"double", "single"}
        Floats of state and of weights.
    progress : bool, optional
        Whether to show a progress bar.
    spike_precision : {"on_grid", "off_grid"}
        Whether spikes lie on the grid (default) or, by backend ``"numba-event-precise"``, at any
        time.
    **extra_params
        Parameters of other simulators are ignored, as everywhere in PyNN.

    Returns
    -------
    int
        0, the rank of the only process.

    Raises
    ------
    ParameterError
        If options contradict each other. (What the backend refuses shows at the first run.)
    """
    common.setup(timestep, min_delay, **extra_params)
    options = {name: extra_params.get(name, default) for name, default in OPTIONS.items()}
    spikes = extra_params.get("spike_precision", "on_grid")
    if spikes not in PRECISIONS:
        raise ParameterError(
            "setup", "spike_precision", f"must be one of {PRECISIONS}", spikes, "Choose one."
        )
    if spikes == "off_grid":
        if options["backend"] not in ("numba", "numba-event-precise"):
            raise ParameterError(
                "setup", "backend", "must be 'numba-event-precise' for spikes off the grid",
                options["backend"], "Leave it out, or use spike_precision='on_grid'.",
            )  # fmt: skip
        options["backend"] = "numba-event-precise"
    state = simulator.state
    state.clear()
    state.dt, state.options = timestep, options
    state.given_min_delay = min_delay
    state.max_delay = extra_params.get("max_delay", "auto")
    return 0


def end(compatible_output: bool = True) -> None:
    """Write the files that recording asked for; what was recorded can still be read."""
    state = simulator.state
    for population, variables, filename in state.write_on_end:
        population.write_data(get_io(filename), variables)
    state.write_on_end = []


def simulation() -> Simulation:
    """The present simulation of neurosim, after the first run.

    Raises
    ------
    SimulationError
        If nothing has run yet.
    """
    if simulator.state.simulation is None:
        raise SimulationError("simulation: there is none before the first run. Call run() first.")
    return simulator.state.simulation


def list_standard_models() -> list[str]:
    """Names of the cell types that can be used."""
    from pyNN.standardmodels import StandardCellType

    found = [
        name
        for name, item in vars(cells).items()
        if isinstance(item, type)
        and issubclass(item, StandardCellType)
        and hasattr(item, "native_kind")
    ]
    return sorted(found)


run, run_until = common.build_run(simulator)
run_for = run
reset = common.build_reset(simulator)
initialize = common.initialize
(
    get_current_time, get_time_step, get_min_delay, get_max_delay, num_processes, rank,
) = common.build_state_queries(simulator)  # fmt: skip
