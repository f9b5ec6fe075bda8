"""Projections, inputs, injections and probes: what a network holds beside its populations."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from neurosim.network.connectors import Connector
from neurosim.network.population import View
from neurosim.neurons.currents import CurrentSource
from neurosim.neurons.sources import PoissonInput
from neurosim.synapses import SynapseKind


@dataclass(frozen=True)
class Projection:
    """Synapses of one kind from one group to another.

    Parameters
    ----------
    name : str
        Unique name in the network.
    pre, post : tuple of View
        The groups, counted through in order.
    connector : Connector
        Which pairs are joined.
    synapse : SynapseKind
        Weight, delay and plasticity.
    receptor : str
        Where the synapses end.
    signed : bool
        Whether weights of either sign are meant.
    """

    name: str
    pre: tuple[View, ...]
    post: tuple[View, ...]
    connector: Connector
    synapse: SynapseKind
    receptor: str
    signed: bool = False

    @property
    def n_pre(self) -> int:
        """Number of presynaptic units."""
        return sum(view.size for view in self.pre)

    @property
    def n_post(self) -> int:
        """Number of postsynaptic neurons."""
        return sum(view.size for view in self.post)

    def __repr__(self) -> str:
        pre, post = (" + ".join(map(repr, side)) for side in (self.pre, self.post))
        return (
            f"Projection({self.name!r}, {pre} -> {post}, {self.connector!r}, {self.synapse!r}, "
            f"receptor={self.receptor!r})"
        )


@dataclass(frozen=True)
class Input:
    """Poisson events for the neurons of a view."""

    name: str
    target: View
    source: PoissonInput


@dataclass(frozen=True)
class Injection:
    """A current into the neurons of a view."""

    name: str
    target: View
    source: CurrentSource


@dataclass(frozen=True)
class Probe:
    """What is recorded of the units of a view.

    Parameters
    ----------
    target : View
        The units.
    variables : tuple of str
        ``"spikes"`` and names of state variables.
    every : float or None
        Sampling interval of state variables in ms, None for every time step.
    start : float
        First time recorded, ms.
    stop : float or None
        End of the recorded window, ms, None for no end.
    """

    target: View
    variables: tuple[str, ...]
    every: float | None = None
    start: float = 0.0
    stop: float | None = None


def own_pairs(pre: tuple[View, ...], post: tuple[View, ...]) -> NDArray[np.int64]:
    """Places of the units that are in both groups: the pairs that are self-connections.

    Returns
    -------
    ndarray of int64, shape (n, 2)
        Place in ``pre`` and place in ``post``, ascending by the latter, then by the former.
    """
    starts: dict[str, int] = {}
    total = 0
    for view in (*pre, *post):
        if view.name not in starts:
            starts[view.name] = total
            total += view.population.size
    sources, targets = (
        np.concatenate([starts[view.name] + view.array() for view in side]) for side in (pre, post)
    )
    order = np.argsort(sources, kind="stable")
    low = np.searchsorted(sources, targets, "left", sorter=order)
    counts = np.searchsorted(sources, targets, "right", sorter=order) - low
    nth = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
    return np.stack(
        [order[np.repeat(low, counts) + nth], np.repeat(np.arange(len(targets)), counts)], axis=1
    )
