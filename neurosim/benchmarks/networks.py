"""Benchmark networks, built as a user would build them.

References
----------
Brette, R. et al. (2007). Simulation of networks of spiking neurons: a review of tools and
strategies. J. Comput. Neurosci. 23, 349-398. Benchmark 2 there (current-based) is B1 here.

Brunel, N. (2000). Dynamics of sparsely connected networks of excitatory and inhibitory spiking
neurons. J. Comput. Neurosci. 8, 183-208. B3 is its network with strong external drive.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from neurosim.declare import Bounds, number
from neurosim.distributions import Distribution, Uniform
from neurosim.errors import ParameterError, SpecError, close_matches
from neurosim.network.connectors import FixedNumberPre
from neurosim.network.network import Network
from neurosim.neurons.lif import IFCurrExp
from neurosim.neurons.lif_delta import IFCurrDelta
from neurosim.neurons.sources import PoissonInput
from neurosim.synapses import Static

DT = 0.1
"""Time step of all benchmarks, ms."""

WEIGHTS = ("own", "one")


@dataclass(frozen=True)
class Bench:
    """A network whose rate is known.

    Parameters
    ----------
    name : str
        ``"b1"`` or ``"b3"``.
    scale : float
        Number of neurons as a multiple of the published one; in-degrees do not change.
    weights : {"own", "one"}
        Whether every synapse stores a weight of its own.
    network : Network
        The network, its spikes recorded. It has one population, excitatory neurons first.
    n_exc : int
        Number of excitatory neurons.
    warmup : float
        Time before the clock starts, ms.
    accepted : tuple of float or None
        Lowest and highest mean rate (Hz) that counts; None where none is published.
    """

    name: str
    scale: float
    weights: str
    network: Network
    n_exc: int
    warmup: float
    accepted: tuple[float, float] | None

    @property
    def population(self) -> str:
        """Name of the population."""
        return next(iter(self.network.populations))

    @property
    def n_neurons(self) -> int:
        """Number of neurons."""
        return self.network[self.population].size


def b1(scale: float = 1.0) -> Bench:
    """Vogels-Abbott network with exponential currents: 4,000 neurons, 80 synapses each, 5.2 Hz.

    The drive of a spike is 1.62 mV (excitatory) or -9 mV (inhibitory): with ``cm`` = 0.2 nF the
    resistance is 100 MOhm and the weights are 0.0162 and -0.09 nA.
    """
    scale = _scale(scale)
    n, n_exc = _sizes(4000, scale)
    net = Network("b1")
    cell = IFCurrExp(
        v_rest=-49.0, v_thresh=-50.0, v_reset=-60.0, tau_m=20.0, cm=0.2, tau_refrac=5.0,
        tau_syn_E=5.0, tau_syn_I=10.0,
    )  # fmt: skip
    cells = net.population("cells", n, cell, initial={"v": Uniform(-60.0, -50.0)})
    for view, count, weight, receptor in (
        (cells[:n_exc], 64, 0.0162, "excitatory"),
        (cells[n_exc:], 16, -0.09, "inhibitory"),
    ):
        rule = FixedNumberPre(count, with_replacement=True)
        net.project(view, cells, rule, Static(weight=weight, delay=DT), receptor, receptor)
    net.record(cells, "spikes")
    accepted = (4.7, 5.7) if scale < 5.0 else (5.0, 5.5)
    return Bench("b1", scale, "one", net, n_exc, DT, accepted if scale >= 1.0 else None)


def b3(scale: float = 1.0, weights: str = "own") -> Bench:
    """Brunel network: 12,500 neurons that jump at each input, 1,250 synapses each, 37.6 Hz.

    ``weights="own"`` stores one weight per synapse, ``"one"`` one per projection.
    """
    if weights not in WEIGHTS:
        raise ParameterError(
            "b3", "weights", f"must be one of {WEIGHTS}", weights, close_matches(weights, WEIGHTS)
        )
    scale = _scale(scale)
    n, n_exc = _sizes(12500, scale)
    net = Network("b3")
    cell = IFCurrDelta(v_rest=0.0, v_thresh=20.0, v_reset=10.0, tau_m=20.0, tau_refrac=2.0)
    cells = net.population("cells", n, cell, initial={"v": Uniform(0.0, 20.0)})
    for view, count, weight, receptor in (
        (cells[:n_exc], 1000, 0.1, "excitatory"),
        (cells[n_exc:], 250, -0.5, "inhibitory"),
    ):
        value: float | Distribution = Uniform(weight, weight) if weights == "own" else weight
        rule = FixedNumberPre(count, with_replacement=True)
        net.project(view, cells, rule, Static(weight=value, delay=1.5), receptor, receptor)
    net.inject(PoissonInput(rate=20000.0, weight=0.1), cells)
    net.record(cells, "spikes")
    return Bench("b3", scale, weights, net, n_exc, 100.0, (36.8, 38.4) if scale == 1.0 else None)


BENCHES: dict[str, Callable[..., Bench]] = {"b1": b1, "b3": b3}
"""Benchmarks by name."""


def bench(name: str, scale: float = 1.0, weights: str | None = None) -> Bench:
    """The benchmark of that name.

    Raises
    ------
    SpecError
        If there is none, or it has no such option.
    """
    if name not in BENCHES:
        raise SpecError(f"bench: must be known, got {name!r}. {close_matches(name, BENCHES)}")
    if name == "b1" and weights == "own":
        raise SpecError("b1.weights: must be 'one', got 'own'. Its projections share one weight.")
    return b3(scale, weights or "own") if name == "b3" else b1(scale)


def _scale(scale: float) -> float:
    return float(number("bench", "scale", scale, Bounds(above=0.0), scalar=True))


def _sizes(full: int, scale: float) -> tuple[int, int]:
    n = max(10, round(full * scale))
    return n, round(0.8 * n)
