"""Compiling ahead: the step loops that people meet first, or those of given networks.

A step loop is compiled for a set of neuron kinds, for which of their parameters differ between
neurons, and for the features that a network uses (samples, sources, plasticity, precision, number
of threads). A network that differs in size, wiring, weights or delays finds it ready.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from time import perf_counter
from typing import Any, NamedTuple

from neurosim.backends.base import Options
from neurosim.benchmarks.cases import PRECISIONS, Case, Settings
from neurosim.benchmarks.definition import DT, one_of
from neurosim.benchmarks.registry import BENCHMARKS
from neurosim.benchmarks.spans import NetworkBenchmark
from neurosim.errors import SimulationError
from neurosim.facade import prepare
from neurosim.network import AllToAll, Network, Population
from neurosim.neurons import IFCurrExp, NeuronKind
from neurosim.neurons.base import KINDS
from neurosim.neurons.currents import DCSource
from neurosim.neurons.sources import PoissonInput, SpikeSourceArray, SpikeSourcePoisson
from neurosim.plan.lower import lower
from neurosim.synapses import STDP, Static, TsodyksMarkram

EMULATOR = "spinnaker-emulator"
"""Backend whose code does not depend on the network."""


class Work(NamedTuple):
    """Something that has code compiled, and its name."""

    name: str
    run: Callable[[], None]


class Compiled(NamedTuple):
    """What a piece of work took.

    Parameters
    ----------
    name : str
        Its name.
    seconds : float
        Wall time.
    functions : int
        Compiled functions; 0 where all were there.
    """

    name: str
    seconds: float
    functions: int


def warmup(
    networks: Iterable[Network] | Network | None = None,
    *,
    dt: float = DT,
    precision: str = "double",
    weights: str = "single",
    threads: int = 1,
    everything: bool = False,
) -> list[Compiled]:
    """Compile step loops and keep them, so that later processes start at once.

    Call it before workers are started, or while a container image is made.

    Parameters
    ----------
    networks : Network or iterable of Network, optional
        Networks that are built and make one step, exactly as a run with these options would; by
        default every built-in neuron kind alone, and the benchmarks at a small size.
    dt : float
        Time step of the networks, ms.
    precision, weights, threads
        As for :func:`neurosim.simulate`. Without ``networks``, code for one thread is compiled too.
    everything : bool
        Without ``networks``: every kind with every sort of input and synapse, too.

    Returns
    -------
    list of Compiled
        Name, seconds and number of compiled functions of each.

    Raises
    ------
    NeurosimError
        If compiled code cannot be kept, an option is not allowed, or a network cannot be run.
    """
    if networks is None:
        work = usual_work(precision, threads, everything=everything)
    else:
        given = [networks] if isinstance(networks, Network) else list(networks)
        options = {"dt": dt, "precision": precision, "weights": weights, "threads": threads}
        work = [Work(net.name, partial(_one_step, net, options)) for net in given]
    return [compiled(one) for one in work]


def compiled(work: Work) -> Compiled:
    """Do a piece of work.

    Raises
    ------
    SimulationError
        If compiled code cannot be kept.
    """
    from neurosim.kernels.cache import Kept, cache_root, outlives_process

    if not outlives_process():
        raise SimulationError(
            f"warmup: must be able to keep compiled code, got a folder that cannot be written "
            f"({cache_root()}). Set NEUROSIM_CACHE_DIR to one that can."
        )
    began, before = perf_counter(), Kept.compiled
    work.run()
    return Compiled(work.name, perf_counter() - began, Kept.compiled - before)


def usual_work(precision: str, threads: int, *, everything: bool = False) -> list[Work]:
    """Every built-in neuron kind alone, the benchmarks at a small size, and the board's emulator.

    Parameters
    ----------
    precision, threads, everything
        As for :func:`warmup`.

    Raises
    ------
    ParameterError
        If an option is not allowed.
    """
    one_of("warmup", "precision", precision, PRECISIONS)
    Options(threads=threads)
    extras = EXTRAS if everything else {"": EXTRAS[""]}
    work = [
        network_work(_alone(name, kind, extra, state), precision, threads)
        for name, kind in built_in_kinds().items()
        for extra in extras
        for state in (False, True)
    ]
    for name, benchmark in BENCHMARKS.items():
        if benchmark.small is None:
            continue
        variants = benchmark.values if isinstance(benchmark, NetworkBenchmark) else ()
        for variant in variants or ("",):
            case = benchmark.checked(Case(name, benchmark.small, variant))
            if isinstance(benchmark, NetworkBenchmark):
                network = benchmark.made(case, 0).network
                work.append(network_work(network, precision, threads, name=case.label))
            else:
                settings = Settings(precision=precision)
                work.append(Work(name, partial(benchmark.step, case, settings)))
    return [*work, Work(EMULATOR, _emulated)]


def _emulated() -> None:
    """The emulator has one loop for all networks."""
    network = Network(EMULATOR)
    cells = network.population("cells", 2, IFCurrExp())
    network.project(cells, cells, AllToAll(), STDP(0.1), name="plastic")
    with prepare(network, dt=1.0, seed=0, backend=EMULATOR, progress=False) as simulation:
        simulation.run(1.0).weights("plastic")


def network_work(
    network: Network, precision: str, threads: int, *, dt: float = DT, name: str = ""
) -> Work:
    """Have the step loop of a network compiled, for one thread and for several.

    Parameters
    ----------
    network : Network
        A small network: with ``threads`` it is shared out whether or not it pays.
    precision, threads, dt
        As for :func:`warmup`.
    name : str
        Name of the work, by default that of the network.
    """

    def run() -> None:
        from neurosim.backends.clocked import ClockedEngine

        plan = lower(network, dt, 0, precision)
        for count in sorted({1, threads}):
            engine = ClockedEngine(plan, count, small_too=True)
            engine.advance(1)
            for block in range(len(plan.synapses)):
                engine.synapses(block, pending=True)

    return Work(name or network.name, run)


def _one_step(network: Network, options: dict[str, Any]) -> None:
    with prepare(network, seed=0, progress=False, **options) as simulation:
        simulation.run(options["dt"])


def built_in_kinds() -> dict[str, NeuronKind]:
    """A neuron of every built-in kind and integrator, by name."""
    found: dict[str, NeuronKind] = {}
    for name, kind in sorted(KINDS.items()):
        if kind.__module__.startswith("neurosim.neurons."):
            for integrator in kind.integrators or (None,):
                options: dict[str, Any] = {"integrator": integrator} if integrator else {}
                found[f"{name} {integrator}" if integrator else name] = kind(**options)
    return found


def _alone(name: str, neuron: NeuronKind, extra: str, state: bool) -> Network:
    """Some neurons of a kind, recorded, with something added."""
    words = ["spikes and state" if state else "spikes", extra]
    network = Network(f"{name}: {' with '.join(word for word in words if word)}")
    cells = network.population("cells", 2, neuron)
    EXTRAS[extra](network, cells)
    network.record(cells, ["spikes", neuron.recordable()[1]] if state else "spikes")
    return network


def _weight(cells: Population) -> tuple[float, str]:
    """A weight of the right sign, and the receptor."""
    kind: Any = cells.kind
    receptor = kind.receptors[0]
    return (-1.0 if receptor.sign < 0 else 1.0), receptor.name


def _driven(network: Network, cells: Population, source: Any) -> None:
    weight, receptor = _weight(cells)
    made = network.population("source", 1, source)
    network.project(made, cells, AllToAll(), Static(weight), receptor)


def _given(network: Network, cells: Population) -> None:
    _driven(network, cells, SpikeSourceArray([[0.0]]))


def _random(network: Network, cells: Population) -> None:
    _driven(network, cells, SpikeSourcePoisson(10.0))


def _noisy(network: Network, cells: Population) -> None:
    weight, receptor = _weight(cells)
    network.inject(PoissonInput(10.0, weight, receptor), cells)


def _current(network: Network, cells: Population) -> None:
    network.inject(DCSource(0.0), cells)


def _recurrent(network: Network, cells: Population, synapse: Any) -> None:
    network.project(cells, cells, AllToAll(), synapse, _weight(cells)[1])


def _depressing(network: Network, cells: Population) -> None:
    _recurrent(network, cells, TsodyksMarkram(_weight(cells)[0]))


def _learning(network: Network, cells: Population) -> None:
    _recurrent(network, cells, STDP(_weight(cells)[0]))


def _nothing(network: Network, cells: Population) -> None:
    pass


EXTRAS: dict[str, Callable[[Network, Population], None]] = {
    "": _nothing,
    "given spikes": _given,
    "Poisson sources": _random,
    "Poisson input": _noisy,
    "currents": _current,
    "short-term plasticity": _depressing,
    "STDP": _learning,
}
"""What ``everything`` adds to the kinds."""
