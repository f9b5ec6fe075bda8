"""What a plan has drawn: parameters and start values of populations, synapses as matrices."""

from __future__ import annotations

from typing import Any

import numpy as np

from neurosim.io.nir.latency import SOURCE
from neurosim.io.nir.matrix import Matrix, summed
from neurosim.io.nir.steps import latency
from neurosim.network import Network
from neurosim.plan.connect import expand
from neurosim.plan.plan import Plan


def meant(network: Network, pre: str, post: str, steps: int) -> int:
    """Steps that a synapse's spikes are late in the graph, where layers of a step do not wait."""
    behind = SOURCE if network[pre].is_source else latency(network, pre)
    return steps - (latency(network, post) - behind)


def parameters(plan: Plan, name: str) -> dict[str, Any]:
    """Numeric parameters of a population, shape (size,) each."""
    block = plan.neurons[plan.populations[plan.population(name)].block]
    places = block.slices[name]
    return {
        k: np.broadcast_to(v, block.size)[places.start : places.stop].copy()
        for k, v in block.parameters.items()
    }


def state(plan: Plan, name: str, variable: str) -> Any:
    """Start values of a state variable of a population, shape (size,)."""
    block = plan.neurons[plan.populations[plan.population(name)].block]
    places = block.slices[name]
    return block.state[variable][places.start : places.stop]


def matrices(plan: Plan, block: int) -> list[tuple[int, Matrix]]:
    """Synapses of a block by delay in steps."""
    item = plan.synapses[block]
    drawn = expand(item, plan.dt, np.float64)
    n_delays = len(drawn.delays)
    segment = np.repeat(np.arange(len(drawn.ptr) - 1), np.diff(drawn.ptr))
    pre, place = drawn.first + segment // n_delays, segment % n_delays
    weights = np.broadcast_to(np.asarray(drawn.weights, dtype=np.float64), len(segment))
    n_out, n_in = (plan.populations[p].size for p in (item.post, item.pre))
    found = []
    for i, steps in enumerate(drawn.delays.tolist()):
        own = place == i
        if own.any():
            posts = drawn.targets[own].astype(np.int64)
            found.append((steps, summed(n_out, n_in, posts, pre[own], weights[own])))
    return found
