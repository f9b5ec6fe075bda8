"""Set-up and control of a run, PyNN's functions."""

from __future__ import annotations

from typing import Any

from pyNN import common
from pyNN.recording import get_io

from neurosim.backends.simulation import Simulation
from neurosim.errors import ParameterError, SimulationError
from neurosim.pynn import cells, simulator
from neurosim.pynn.personality import Personality
from neurosim.pynn.spinnaker import Spinnaker, is_board, times

SEED = 42
"""Seed of scripts that give none: they repeat, as with other simulators of PyNN."""

OPTIONS = {
    "backend": "numba", "seed": SEED, "threads": 1, "precision": "double", "weights": "single",
    "progress": None,
}  # fmt: skip
"""Options of neurosim that :func:`setup` takes, with their defaults."""

PRECISIONS = ("on_grid", "off_grid")


def setup(
    timestep: float | str | None = 0.1,
    min_delay: float | str = "auto",
    max_delay: float | str | None = "auto",
    **extra_params: Any,
) -> int:
    """Begin anew, with nothing declared.

    Parameters
    ----------
    timestep : float
        Time step, ms. (For SpiNNaker, "auto" is 1 ms.)
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
    time_scale_factor : int
        For SpiNNaker: hardware time over biological time.
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
    options = {name: extra_params.get(name, default) for name, default in OPTIONS.items()}
    spikes = extra_params.get("spike_precision", "on_grid")
    if spikes not in PRECISIONS:
        raise ParameterError(
            "setup", "spike_precision", f"must be one of {PRECISIONS}", spikes, "Choose one."
        )
    board = is_board(options["backend"])
    if spikes == "off_grid" and not board:
        if options["backend"] not in ("numba", "numba-event-precise"):
            raise ParameterError(
                "setup", "backend", "must be 'numba-event-precise' for spikes off the grid",
                options["backend"], "Leave it out, or use spike_precision='on_grid'.",
            )  # fmt: skip
        options["backend"] = "numba-event-precise"
    step: Any = timestep
    personality = Personality()
    if board:
        step, min_delay, extra = times(timestep, min_delay, max_delay)
        extra |= {name: value for name, value in extra_params.items() if name not in OPTIONS}
        if spikes == "on_grid":
            extra.pop("spike_precision", None)  # as it is
        options["weights"], max_delay = "double", "auto"
        common.setup(step, min_delay)
        personality = Spinnaker(options["backend"], step, extra)
    else:
        common.setup(step, min_delay, max_delay=max_delay, **extra_params)
    state = simulator.state
    state.clear()
    state.dt, state.options, state.personality = step, options, personality
    state.given_min_delay, state.max_delay = min_delay, max_delay
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
    return simulator.state.personality.models(sorted(found))


def set_number_of_neurons_per_core(neuron_type: Any, max_permitted: int | None) -> None:
    """Let at most so many neurons of a cell type share a core of a SpiNNaker board.

    Parameters
    ----------
    neuron_type : type
        A cell class.
    max_permitted : int or None
        How many; ``None``: as many as there can be. Populations that are there already keep theirs.

    Raises
    ------
    SimulationError
        If no board is set up.
    ParameterError
        If an argument does not fit.
    """
    personality = simulator.state.personality
    personality.only_spinnaker("set_number_of_neurons_per_core")
    personality.limit(neuron_type, max_permitted)


def get_max_delay() -> float | str | None:
    """The upper bound of delays, ms; boards have none that holds for all projections."""
    simulator.state.personality.lacks("get_max_delay")
    return simulator.state.max_delay


run, run_until = common.build_run(simulator)
run_for = run
reset = common.build_reset(simulator)
initialize = common.initialize
(
    get_current_time, get_time_step, get_min_delay, _, num_processes, rank,
) = common.build_state_queries(simulator)  # fmt: skip
