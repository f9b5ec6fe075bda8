"""A network for any PyNN back end: as live objects, or as a script that runs on its own.

Both come from one translation, see ``docs/howto/pynn-export.md``. What PyNN has is handed over
under PyNN's names. What it lacks is translated where the result is the same, otherwise refused:
one :class:`~neurosim.errors.UnsupportedError` lists everything that has no counterpart.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path as FilePath
from typing import Any

from neurosim import seeds
from neurosim.errors import ParameterError, StoreError
from neurosim.io.archive import Path
from neurosim.io.atomic import replacing
from neurosim.io.pynn_backends import BOARD, backend_name, is_complete
from neurosim.io.pynn_records import Part, Translation, made
from neurosim.io.pynn_script import packed, script_text
from neurosim.io.pynn_translate import translate
from neurosim.network.network import Network


@dataclass(frozen=True)
class PyNNNetwork:
    """A network that exists in a PyNN back end.

    Parameters
    ----------
    populations : dict of str to pyNN Population
        By name; a ``PoissonInput`` is a population under its own name.
    projections : dict of str to pyNN Projection
        By name. A projection between several populations is one per pair, called
        ``"NAME [PRE->POST]"``; one with weights of both signs is two, ``"NAME (excitatory)"`` and
        ``"NAME (inhibitory)"``.
    currents : dict of str to pyNN current source
        By name.
    notes : tuple of str
        What is not exactly as neurosim has it.
    seed : int
        Root seed of what was drawn.
    """

    populations: dict[str, Any] = field(default_factory=dict)
    projections: dict[str, Any] = field(default_factory=dict)
    currents: dict[str, Any] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    seed: int = 0


def to_pynn(
    network: Network,
    sim: Any,
    dt: float,
    *,
    seed: int | None = None,
    connections: str = "drawn",
    spikes: Mapping[str, Any] | None = None,
) -> PyNNNetwork:
    """Make a network in a PyNN back end whose ``setup`` has been called.

    Parameters
    ----------
    network : Network
        The network.
    sim : module
        A PyNN simulator, for example ``pyNN.nest``, after ``sim.setup(timestep=dt, ...)``.
    dt : float
        Time step, ms; that of ``setup``.
    seed : int, optional
        Root seed of parameters, start values and synapses that are drawn here: those of
        ``neurosim.simulate(network, ..., seed=seed, weights="double")``. Drawn when not given.
    connections : {"drawn", "rules"}
        ``"drawn"`` hands over the synapses that neurosim draws as explicit lists, so that both
        have the same network; ``"rules"`` hands over PyNN's connectors and distributions of weights
        and delays, and the back end draws.

    spikes : mapping, optional
        Spikes by name of a ``SpikeSourceArray`` population, in place of the network's own: (id,
        time in ms) pairs, or a boolean array of shape (steps, size), as for
        ``neurosim.simulate_batch``. An imported NIR network gets its input in this way.

    Returns
    -------
    PyNNNetwork
        Run it with ``sim.run``; recording has been asked for.

    Raises
    ------
    ParameterError
        If an argument is not allowed, or ``dt`` is not the back end's time step.
    WiringError
        If ``spikes`` names no ``SpikeSourceArray`` population.
    UnsupportedError
        If parts have no counterpart; the message lists them all. Nothing has been made then.
    LoweringError
        If the network does not fit the time step.
    """
    if not callable(getattr(sim, "Population", None)) or not hasattr(sim, "get_time_step"):
        raise ParameterError(
            "to_pynn", "sim", "must be a PyNN simulator module", sim, "Give for example pyNN.nest."
        )
    backend = backend_name(getattr(sim, "__name__", "unknown"))
    smallest = sim.get_min_delay()
    earliest = float(smallest) if isinstance(smallest, (int, float)) else None
    root = seeds.fresh() if seed is None else seed
    found = translate(network, backend, dt, root, connections, spikes, earliest)
    if abs(sim.get_time_step() - found.dt) > 1e-9 * found.dt:
        raise ParameterError(
            "to_pynn", "dt", f"must be the time step of setup, {sim.get_time_step():g} ms", dt,
            "Call sim.setup(timestep=dt) before, with the same value.",
        )  # fmt: skip
    return _live(found, sim, root)


def _live(found: Translation, sim: Any, seed: int) -> PyNNNetwork:
    live = PyNNNetwork(notes=found.notes, seed=seed)
    for cells in found.cells:
        cell = made(cells.cell, sim)
        if not is_complete(found.backend, cells.cell.name):
            cell.variable_map, cell.scale_factors = {"v": "V_m"}, {"v": 1.0}
        population = sim.Population(cells.size, cell, label=cells.name)
        if cells.positions is not None:
            population.positions = cells.positions
        if cells.initial:
            population.initialize(**cells.initial)
        live.populations[cells.name] = population
    for wires in found.wires:
        live.projections[wires.name] = sim.Projection(
            _group(wires.pre, live), _group(wires.post, live), made(wires.connector, sim),
            made(wires.synapse, sim), receptor_type=wires.receptor, label=wires.name,
        )  # fmt: skip
    for electrode in found.electrodes:
        source = made(electrode.source, sim)
        _group((electrode.target,), live).inject(source)
        live.currents[electrode.name] = source
    for item in found.recorded:
        options = {} if item.every is None else {"sampling_interval": item.every}
        _group((item.target,), live).record(list(item.variables), **options)
    return live


def _group(parts: tuple[Part, ...], live: PyNNNetwork) -> Any:
    chosen = [
        live.populations[p.population] if p.ids is None else live.populations[p.population][p.ids]
        for p in parts
    ]
    return sum(chosen[1:], start=chosen[0])


def pynn_script(
    network: Network,
    backend: str = BOARD,
    *,
    dt: float,
    duration: float = 1000.0,
    seed: int | None = None,
    connections: str = "drawn",
    spikes: Mapping[str, Any] | None = None,
    path: Path | None = None,
) -> str:
    """A Python script that makes a network in a PyNN back end, runs it and saves what it recorded.

    The script needs NumPy and PyNN, not neurosim. ``python script.py`` prints the number of spikes
    of each recorded population; ``python script.py out.npz`` also writes them, as arrays
    ``POPULATION/times`` (ms) and ``POPULATION/ids``, and sampled variables as
    ``POPULATION/VARIABLE`` of shape (samples, units).

    Parameters
    ----------
    network : Network
        The network.
    backend : str
        PyNN's name of the back end: ``"nest"``, ``"spiNNaker"``, ``"brian2"``, ``"neuron"``, ...
    dt : float
        Time step, ms.
    duration : float
        Biological time that the script runs, ms.
    seed, connections, spikes
        As in :func:`to_pynn`.
    path : path_like, optional
        Write the script to this file, usually ``*.py``, and arrays with many values to an ``.npz``
        file of the same name beside it. Without a path all numbers are in the text.

    Returns
    -------
    str
        The script.

    Raises
    ------
    ParameterError
        If an argument is not allowed.
    WiringError
        If ``spikes`` names no ``SpikeSourceArray`` population.
    UnsupportedError
        If parts have no counterpart; the message lists them all.
    LoweringError
        If the network does not fit the time step.
    StoreError
        If a file cannot be written; nothing is left half-written.
    """
    root = seeds.fresh() if seed is None else seed
    found = translate(network, backend_name(backend), dt, root, connections, spikes)
    if path is None:
        return script_text(found, duration, root, None)[0]
    target = FilePath(path)
    beside = target.with_suffix(".npz")
    if beside == target:
        raise StoreError(f"file {str(path)!r}: must not end in .npz. Choose a name in .py.")
    text, arrays = script_text(found, duration, root, beside.name)
    if not arrays:
        with replacing(target) as file:
            file.write(text.encode())
        return text
    with replacing(beside) as archive, replacing(target) as file:
        archive.write(packed(arrays))
        file.write(text.encode())
    return text
