"""The facade: a network in, a recording or a simulation out."""

from __future__ import annotations

from os import PathLike

from neurosim import seeds
from neurosim.backends.base import Options
from neurosim.backends.registry import backend as find_backend
from neurosim.backends.simulation import Simulation
from neurosim.network.network import Network
from neurosim.plan.lower import lower
from neurosim.recording.recording import Recording

DEFAULT_BACKEND = "numba"


def simulate(
    network: Network,
    duration: float,
    *,
    dt: float = 0.1,
    seed: int | None = None,
    backend: str = DEFAULT_BACKEND,
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
    backend : str
        Name of a backend, see ``neurosim backends``.
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
    backend: str = DEFAULT_BACKEND,
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
    return (
        find_backend(header["backend"]).prepare(plan, Options(progress, threads=threads)).load(path)
    )
