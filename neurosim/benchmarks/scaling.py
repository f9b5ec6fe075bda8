"""How cost grows with neurons, synapses, rates and delays, on small networks.

One network is varied along one axis at a time: neurons that fire regularly and whose synapses
change nothing, as in B7.
"""

from __future__ import annotations

from collections.abc import Callable
from os import PathLike
from typing import Any, NamedTuple

import numpy as np

from neurosim import seeds
from neurosim.benchmarks.definition import DT
from neurosim.benchmarks.machine import now, since
from neurosim.benchmarks.networks.silence import JUMPS, T_REF, TAU_M, THRESHOLD, drive
from neurosim.declare import Bounds, number
from neurosim.distributions import Distribution, Uniform
from neurosim.facade import prepare
from neurosim.network.connectors import FixedNumberPre
from neurosim.network.network import Network
from neurosim.neurons.lif import IFCurrExp
from neurosim.synapses import Static

SPAN = 200.0
"""Biological time of a measurement, ms: two periods of the usual rate."""

Points = dict[str, list[tuple[float, float]]]


class Axis(NamedTuple):
    """What is varied, its values, and its label."""

    label: str
    values: tuple[float, ...]


AXES = {
    "neurons": Axis("neurons", (1000, 2000, 4000, 8000, 16000, 32000, 64000)),
    "synapses": Axis("synapses of a neuron", (0, 25, 50, 100, 200, 400)),
    "rate": Axis("rate (Hz)", (0, 5, 10, 20, 40, 80)),
    "delays": Axis("different delays", (1, 2, 4, 8, 16, 32)),
}
"""Axes by name; the other three keep their value in ``USUAL``."""

USUAL = {"neurons": 8000.0, "synapses": 100.0, "rate": 10.0, "delays": 1.0}


def network(neurons: float, synapses: float, rate: float, delays: float) -> Network:
    """The network.

    Parameters
    ----------
    neurons : float
        Number of neurons.
    synapses : float
        In-degree.
    rate : float
        Of every neuron, Hz.
    delays : float
        Number of different delays, 0.1 ms apart; one is 1.5 ms.
    """
    n = int(neurons)
    current = drive(rate) if rate > 0.0 else 0.0
    phase = seeds.generator(1, "bench/scaling").random(n) * (1000.0 / max(rate, 1e-3) - T_REF)
    cell = IFCurrExp(
        v_rest=0.0, v_thresh=THRESHOLD, v_reset=0.0, tau_m=TAU_M, cm=TAU_M, tau_refrac=T_REF,
        tau_syn_E=2.0, tau_syn_I=2.0, i_offset=current,
    )  # fmt: skip
    net = Network("scaling")
    start = current * -np.expm1(-phase / TAU_M)
    cells = net.population("cells", n, cell, initial={"v": start})
    delay: float | Distribution = Uniform(DT, delays * DT) if delays > 1 else 1.5
    rule = FixedNumberPre(int(synapses), with_replacement=True)
    net.project(cells, cells, rule, Static(weight=JUMPS[0], delay=delay))
    net.record(cells, "spikes")
    return net


def measure_scaling(
    *,
    repeats: int = 3,
    precision: str = "double",
    span: float = SPAN,
    axes: dict[str, Axis] = AXES,
    tell: Callable[[str], None] = lambda text: None,
) -> Points:
    """Measure the cost of a step along every axis.

    Parameters
    ----------
    repeats : int
        Spans to time; the fastest counts.
    precision : {"double", "single"}
        Floats of the state.
    span : float
        Length of a span, ms.
    axes : dict of str to Axis
        What to vary.
    tell : callable
        Told what is being measured.

    Returns
    -------
    dict of str to list of (float, float)
        By axis: value and CPU time of a step in us.
    """
    bounds = Bounds(low=1.0)
    repeats = int(number("measure_scaling", "repeats", repeats, bounds, scalar=True))
    found: Points = {}
    for name, axis in axes.items():
        tell(f"scaling with {axis.label}")
        found[name] = [
            (value, _step_us(network(**{**USUAL, name: value}), repeats, precision, span))
            for value in axis.values
        ]
    return found


def draw(points: Points, path: str | PathLike[str]) -> None:
    """Draw the figure: a panel for every axis, cost of a step against its value."""
    from matplotlib import pyplot

    from neurosim.plotting.style import styled

    with styled():
        figure, panels = pyplot.subplots(1, len(points), figsize=(3.2 * len(points), 2.8))
        for panel, (name, values) in zip(np.atleast_1d(panels), points.items(), strict=True):
            x, y = zip(*values, strict=True)
            panel.plot(x, y, marker="o")
            panel.margins(0.08)
            panel.set_xlabel(AXES[name].label)
            panel.set_ylabel("CPU time of a step (us)")
            if name == "neurons":
                panel.loglog()
            else:
                panel.set_ylim(bottom=0.0)
        fixed = ", ".join(f"{AXES[k].label} {v:g}" for k, v in USUAL.items() if k in points)
        figure.suptitle(f"where not varied: {fixed}", fontsize=9)
        figure.savefig(path)
        pyplot.close(figure)


def _step_us(net: Network, repeats: int, precision: str, span: float) -> float:
    options: dict[str, Any] = dict(dt=DT, seed=1, precision=precision, progress=False)
    with prepare(net, **options) as simulation:
        simulation.run(DT)
        times = []
        for _ in range(repeats):
            began = now()
            simulation.run(span)
            times.append(since(began).cpu)
    return 1e6 * min(times) / (span / DT)
