"""Costs of the two engines, from which the backend ``auto`` makes its estimates.

``python -m neurosim.benchmarks.event_costs`` measures them (under a minute) and prints the tables
of :mod:`neurosim.backends.auto`. Each cost is a least-squares solution of several networks whose
counts differ, from the smallest CPU time of some repeats.
"""

from __future__ import annotations

import json
from time import process_time
from typing import Any

import numpy as np

from neurosim.distributions import Uniform
from neurosim.facade import prepare
from neurosim.network import FixedNumberPre, Network
from neurosim.neurons import IFCurrAlpha, IFCurrDelta, IFCurrExp
from neurosim.neurons.sources import PoissonInput
from neurosim.synapses import Static

KINDS: tuple[Any, ...] = (IFCurrExp, IFCurrAlpha, IFCurrDelta)
DT = 0.1


def network(kind: Any, size: int, degree: int, active: float, poisson: float) -> Network:
    """Neurons of which a share is driven and sends weak input to all; Poisson input on demand.

    Parameters
    ----------
    kind : type of NeuronKind
        One of :data:`KINDS`.
    size, degree : int
        Number of neurons, and synapses each receives.
    active : float
        Share of the neurons that fire by themselves, about 17 times a second.
    poisson : float
        Rate (Hz) of Poisson input to each neuron.
    """
    net = Network("costs")
    offset = np.where(np.arange(size) < active * size, 0.8, 0.0)
    cells = net.population(
        "cells", size, kind(i_offset=offset, tau_refrac=2.0), {"v": Uniform(-65.0, -51.0)}
    )
    net.project(cells, cells, FixedNumberPre(degree, True), Static(1e-5, 1.5))
    if poisson:
        net.inject(PoissonInput(poisson, 1e-5), cells)
    return net


def seconds(net: Network, backend: str, duration: float, repeats: int) -> tuple[float, Any]:
    """Smallest CPU time of a run, and the counts of one (of the event-driven engine)."""
    best = np.inf
    with prepare(net, dt=DT, seed=1, backend=backend, progress=False) as simulation:
        simulation.run(5.0)
        before = simulation.recording().info["backend_notes"]
        for _ in range(repeats):
            began = process_time()
            simulation.run(duration)
            best = min(best, process_time() - began)
        after = simulation.recording().info["backend_notes"]
    counts = {
        name: (value - before[name]) / repeats
        for name, value in after.items()
        if isinstance(value, int) and name.endswith(("events", "spikes", "aheads", "searches"))
    }
    return best, counts


def costs(size: int = 20000, duration: float = 200.0, repeats: int = 5) -> dict[str, Any]:
    """All costs in ns: ``update`` by kind, ``delivery``, and ``event`` by count."""
    update, delivery = {}, []
    for kind in KINDS:
        silent, _ = seconds(network(kind, size, 0, 0.0, 0.0), "numba", duration, repeats)
        update[kind.kind] = 1e9 * silent / (size * duration / DT)
    rows, times = [], []
    for degree, active, poisson in (
        (0, 0.2, 0.0), (0, 1.0, 0.0), (100, 0.02, 0.0), (100, 0.2, 0.0), (10, 1.0, 0.0),
        (0, 0.0, 50.0), (0, 0.0, 500.0),
    ):  # fmt: skip
        net = network(IFCurrExp, size, degree, active, poisson)
        time, counts = seconds(net, "numba-event", duration, repeats)
        rows.append([*counts.values(), size * duration / DT if poisson else 0.0])
        times.append(time)
        if degree == 100 and active == 0.2:
            clocked, _ = seconds(net, "numba", duration, repeats)
            rest = clocked - 1e-9 * update["if_curr_exp"] * size * duration / DT
            delivery.append(1e9 * rest / counts["synaptic_events"])
    table = np.array(rows) / np.array(times)[:, np.newaxis]  # relative errors count alike
    found = 1e9 * _not_negative(table, np.ones(len(times)))
    return {
        "update": update,
        "delivery": delivery[0],
        "event": dict(zip((*counts, "draws"), found.tolist(), strict=True)),
    }


def _not_negative(table: Any, goal: Any) -> Any:
    """Least squares without negative solutions, by leaving out the most negative one."""
    left = list(range(table.shape[1]))
    while True:
        found = np.linalg.lstsq(table[:, left], goal, rcond=None)[0]
        if (found >= 0.0).all():
            whole = np.zeros(table.shape[1])
            whole[left] = found
            return whole
        del left[int(np.argmin(found))]


if __name__ == "__main__":
    print(json.dumps(costs(), indent=1))
