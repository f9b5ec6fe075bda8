"""What was declared in PyNN -> a network."""

from __future__ import annotations

from typing import Any

import numpy as np

from neurosim.network import FromList, Network, View


def network(state: Any) -> Network:
    """The network of all populations, projections, electrodes and recordings of a state."""
    net = Network("PyNN network")
    for population in state.populations:
        population.name = unused(population.label, net.populations)
        net.population(
            population.name, population.size, population.native_kind(), population.native_initial()
        )
    for projection in state.projections:
        pre, post = views(net, projection.pre), views(net, projection.post)
        for part in projection.native_parts(unused(projection.label, net.projections)):
            net.project(
                pre, post, FromList(part.pairs), part.synapse, projection.native_receptor, part.name
            )
    for number, electrode in enumerate(state.electrodes):
        for population, indices in electrode.targets:
            name = unused(f"{type(electrode).__name__} {number}", net.injections)
            electrode.names.append(name)
            net.inject(electrode.native(), net[population.name][indices], name)
    for population in state.populations:
        for variable, probe in population.recorder.probes.items():
            every = None if variable == "spikes" else probe.every
            native, _ = population.celltype.native_variable(variable)
            net.record(net[population.name][probe.indices], native, every, probe.start)
    return net


def unused(label: str | None, taken: Any) -> str:
    """A name in a network made from a label."""
    stem = (label or "unnamed").replace("/", "|").strip() or "unnamed"
    name, number = stem, 1
    while name in taken:
        number += 1
        name = f"{stem} ({number})"
    return name


def views(net: Network, group: Any) -> list[View]:
    """The units of a PyNN population, view or assembly, in its order."""
    return [net[population.name][indices] for population, indices in places(group)]


def places(group: Any) -> list[tuple[Any, np.ndarray[Any, Any]]]:
    """Populations and the indices of their cells that a population, view or assembly holds."""
    if hasattr(group, "populations"):
        return [place for part in group.populations for place in places(part)]
    if hasattr(group, "grandparent"):
        indices = group.index_in_grandparent(np.arange(group.size))
        return [(group.grandparent, np.asarray(indices, dtype=np.int64))]
    return [(group, np.arange(group.size))]
