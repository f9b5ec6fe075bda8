"""The facade: a network in, a recording or a simulation out."""

from __future__ import annotations

from collections.abc import Sequence
from os import PathLike
from typing import TYPE_CHECKING, Any

from neurosim import seeds
from neurosim.backends.base import Backend, Options
from neurosim.backends.registry import backend as find_backend
from neurosim.backends.simulation import Simulation
from neurosim.network.network import Network
from neurosim.plan.lower import lower
from neurosim.recording.recording import Recording

if TYPE_CHECKING:
    from neurosim.backends.batch import BatchSimulation
    from neurosim.recording.batch import BatchRecording

DEFAULT_BACKEND = "numba"


def simulate(
    network: Network,
    duration: float,
    *,
    dt: float = 0.1,
    seed: int | None = None,
    backend: str | Backend = DEFAULT_BACKEND,
    precision: str = "double",
    weights: str = "single",
    progress: bool | None = None,
    memory_limit: float | None = None,
    threads: int = 1,
) -> Recording:
    """Run a network from the start and return what its probes recorded.

    Parameters
    ----------
    network : Network
        The network.
    duration : float
        Biological time, ms.
    dt : float
        Time step, ms.
    seed : int, optional
        Root of all randomness; drawn and stored in the recording when not given.
    backend : str or Backend
        Name of a backend, see ``neurosim backends``; or one with settings of its own.
    precision : {"double", "single"}
        Floats of state and inputs.
    weights : {"single", "double"}
        Floats in which weights that differ between synapses are stored.
    progress : bool, optional
        Show a progress bar; by default when someone watches.
    memory_limit : float, optional
        Largest recording in bytes; by default most of what is free.
    threads : int
        Threads at most, from 1 to the number of processors. The result is the same to the bit for
        any number; networks too small to gain stay on one, and a run on a busy machine goes back to
        one while two are slower.

    Returns
    -------
    Recording

    Raises
    ------
    NeurosimError
        If the network, an option or the backend does not fit; the message says what to do.
    """
    with prepare(
        network, dt=dt, seed=seed, backend=backend, precision=precision, weights=weights,
        progress=progress, memory_limit=memory_limit, threads=threads,
    ) as simulation:  # fmt: skip
        return simulation.run(duration).recording()


def prepare(
    network: Network,
    *,
    dt: float = 0.1,
    seed: int | None = None,
    backend: str | Backend = DEFAULT_BACKEND,
    precision: str = "double",
    weights: str = "single",
    progress: bool | None = None,
    memory_limit: float | None = None,
    threads: int = 1,
) -> Simulation:
    """A simulation at time 0, to run stepwise; parameters as in :func:`simulate`."""
    root = seeds.fresh() if seed is None else seed
    plan = lower(network, dt, root, precision, weights)
    return find_backend(backend).prepare(plan, Options(progress, memory_limit, threads))


def resume(
    path: str | PathLike[str], *, progress: bool | None = None, threads: int = 1
) -> Simulation:
    """A simulation that goes on from a file of :meth:`Simulation.save`.

    The file holds the network's description. Neuron kinds of your own must have been defined.
    """
    from neurosim.io.state import read_header

    header = read_header(path)
    plan = lower(
        Network.from_dict(header["network"]), header["dt"], header["seed"], header["precision"],
        header["weights"],
    )  # fmt: skip
    options = Options(progress, threads=threads)
    return find_backend(header["backend"]).prepare(plan, options).load(path)


def simulate_batch(
    network: Network,
    samples: Sequence[Any],
    duration: float,
    *,
    dt: float = 0.1,
    seed: int | None = None,
    precision: str = "double",
    weights: str = "single",
    first: int = 0,
    progress: bool | None = None,
    memory_limit: float | None = None,
) -> BatchRecording:
    """Run many samples through one network, each from the start, and return all recordings.

    Sample ``i`` gives the same result as :func:`simulate` of the network with that sample's spikes
    and the same seed, bit for bit; only random sources differ, which have streams of their own in
    every sample (see ``first``).

    Parameters
    ----------
    network : Network
        The network; its synapses must be static.
    samples : sequence of mappings
        One entry per sample: spikes by name of a ``SpikeSourceArray`` population, as (id, time in
        ms) pairs or as a boolean array of shape (steps, size), whose row ``k`` is the time
        ``k * dt``. Populations that are not named keep the network's spikes.
    duration : float
        Biological time of each sample, ms.
    dt, seed, precision, weights, progress
        As in :func:`simulate`.
    first : int
        Number of the first sample: sample ``i`` has the random streams of number ``first + i``, so
        that a batch can be run in parts.
    memory_limit : float, optional
        Largest recording of all samples in bytes; by default most of what is free.

    Returns
    -------
    BatchRecording

    Raises
    ------
    NeurosimError
        If the network, a sample or an option does not fit; the message says what to do.
    """
    prepared = prepare_batch(
        network, dt=dt, seed=seed, precision=precision, weights=weights, progress=progress,
        memory_limit=memory_limit,
    )  # fmt: skip
    return prepared.run(samples, duration, first=first)


def prepare_batch(
    network: Network,
    *,
    dt: float = 0.1,
    seed: int | None = None,
    precision: str = "double",
    weights: str = "single",
    progress: bool | None = None,
    memory_limit: float | None = None,
) -> BatchSimulation:
    """A network prepared for batches, to run several; parameters as in :func:`simulate_batch`."""
    from neurosim.backends.batch import BatchSimulation

    root = seeds.fresh() if seed is None else seed
    plan = lower(network, dt, root, precision, weights)
    return BatchSimulation(plan, Options(progress, memory_limit))
