"""How long the update of a neuron takes in a step, by kind and precision."""

from __future__ import annotations

from time import process_time
from typing import Any

from neurosim.benchmarks.networks import DT
from neurosim.declare import Bounds, number
from neurosim.facade import prepare
from neurosim.network.network import Network
from neurosim.neurons.adex import AdEx
from neurosim.neurons.base import NeuronKind
from neurosim.neurons.conductance import IFCondAlpha, IFCondExp
from neurosim.neurons.hh import HHCondExp
from neurosim.neurons.izhikevich import Izhikevich
from neurosim.neurons.izhikevich_exp import IzhikevichCurrExp
from neurosim.neurons.leaky import Leaky
from neurosim.neurons.lif import IFCurrExp
from neurosim.neurons.lif_alpha import IFCurrAlpha
from neurosim.neurons.lif_delta import IFCurrDelta

PRECISIONS = ("double", "single")

NEURONS = 4096
"""Their state and inputs (at most 72 bytes a neuron) lie in the second-level cache."""

BOUNDS: dict[str, tuple[float, float]] = {
    "if_curr_delta": (1.2, 0.6),
    "if_curr_exp": (2.2, 1.2),
    "if_curr_alpha": (3.2, 1.8),
    "izhikevich euler": (1.4, 0.7),
    "izhikevich rk4": (6.4, 3.2),
    "izhikevich_curr_exp": (2.4, 1.4),
    "if_cond_exp exponential_euler": (4.5, 2.2),
    "if_cond_exp pade": (2.6, 1.4),
    "if_cond_exp rk4": (4.0, 2.2),
    "if_cond_alpha exponential_euler": (5.6, 2.8),
    "if_cond_alpha pade": (3.8, 2.0),
    "if_cond_alpha rk4": (5.0, 2.6),
    "adex rk4": (32.0, 13.0),
    "adex exponential_euler": (8.4, 3.4),
    "hh_cond_exp": (80.0, 36.0),
    "leaky": (0.8, 0.5),
}
"""Nanoseconds a neuron and step that should not be exceeded, in double and in single precision:
twice what one machine (Intel, 2.6 GHz) took with vectors of 256 bits. There, all kinds exceeded
them when their loops were not vectorised (``NUMBA_LOOP_VECTORIZE=0 NUMBA_SLP_VECTORIZE=0``)."""


def forms() -> dict[str, NeuronKind]:
    """A neuron of every built-in kind and integrator, by name."""
    kinds = (
        IFCurrDelta, IFCurrExp, IFCurrAlpha, Izhikevich, IzhikevichCurrExp, IFCondExp,
        IFCondAlpha, AdEx, HHCondExp, Leaky,
    )  # fmt: skip
    found: dict[str, NeuronKind] = {}
    for kind in kinds:
        for integrator in kind.integrators:
            found[f"{kind.kind} {integrator}"] = kind().replace(integrator=integrator)
        if not kind.integrators:
            found[kind.kind] = kind()
    return found


def measure_updates(
    neurons: dict[str, NeuronKind] | None = None, *, repeats: int = 5, duration: float = 50.0
) -> dict[str, dict[str, dict[str, Any]]]:
    """Measure the step loop of populations without input.

    Parameters
    ----------
    neurons : dict of NeuronKind, optional
        What to measure, by name; by default :func:`forms`. Kinds of your own may be among them.
    repeats : int
        Spans that are timed one after the other; the fastest counts.
    duration : float
        Length of a span, ms.

    Returns
    -------
    dict
        By name and precision (``"double"``, ``"single"``): ``ns``, CPU time a neuron and step of
        0.1 ms, and ``bound_ns``, what it should not exceed (:data:`BOUNDS`; None where there is
        none).

    Raises
    ------
    NeurosimError
        If an option is not allowed.
    """
    repeats = int(number("measure_updates", "repeats", repeats, Bounds(low=1.0), scalar=True))
    duration = number("measure_updates", "duration", duration, Bounds("ms", low=DT), scalar=True)
    result: dict[str, dict[str, dict[str, Any]]] = {}
    for name, neuron in (forms() if neurons is None else neurons).items():
        bounds = BOUNDS.get(name, (None, None))
        result[name] = {
            precision: {"ns": _fastest(neuron, precision, repeats, duration), "bound_ns": bound}
            for precision, bound in zip(PRECISIONS, bounds, strict=True)
        }
    return result


def _fastest(neuron: NeuronKind, precision: str, repeats: int, duration: float) -> float:
    """CPU time a neuron and step, ns."""
    net = Network("updates")
    net.population("cells", NEURONS, neuron)
    seconds = []
    with prepare(net, dt=DT, seed=1, precision=precision, progress=False) as simulation:
        simulation.run(DT)
        for _ in range(repeats):
            began = process_time()
            simulation.run(duration)
            seconds.append(process_time() - began)
    return 1e9 * min(seconds) / (round(duration / DT) * NEURONS)
