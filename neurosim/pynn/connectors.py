"""A connector that PyNN describes and leaves to simulators."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from pyNN import connectors
from pyNN.connectors import LazyArray, MapConnector

from neurosim.errors import UnsupportedError, WiringError


class SmallWorldConnector(connectors.SmallWorldConnector, MapConnector):
    """Neighbours, with links that are rewired at random.

    Every cell is joined to the cells closer than ``degree``. With ``n_connections``, so many links
    of each source are kept, drawn at random. Then each link is moved with probability ``rewiring``
    to another source that is not joined to the target yet.

    Parameters
    ----------
    degree : float
        Length of the region in which cells are joined, in the unit of the positions.
    rewiring : float
        Probability that a link is moved.
    allow_self_connections : bool
        Whether a cell may be joined to itself.
    n_connections : int, optional
        Links of each source.
    rng : pyNN.random.AbstractRNG, optional
        What draws.
    """

    def __init__(self, degree: float, *args: Any, **named: Any) -> None:
        super().__init__(degree, *args, **named)
        self.degree = degree

    def connect(self, projection: Any) -> None:
        """Join the cells of a projection."""
        if self.allow_self_connections == "NoMutual":
            raise UnsupportedError(
                "SmallWorldConnector.allow_self_connections: must be True or False, got 'NoMutual'."
                " Give one of them."
            )
        near = self._generate_distance_map(projection).evaluate(simplify=False) < self.degree
        same = np.equal.outer(projection.pre.all_cells, projection.post.all_cells).astype(bool)
        allowed = np.ones_like(near) if self.allow_self_connections else ~same
        rng = self.rng.rng if hasattr(self.rng, "rng") else np.random.default_rng()
        links = rewired(_kept(near & allowed, self.n_connections, rng), allowed, self.rewiring, rng)
        self._connect_with_map(projection, LazyArray(links, projection.shape))


def _kept(links: NDArray[np.bool_], n: int | None, rng: Any) -> NDArray[np.bool_]:
    """Some links of each source, as many as wanted."""
    if n is None:
        return links
    found = np.zeros_like(links)
    for source, row in enumerate(links):
        targets = np.flatnonzero(row)
        if len(targets) < n:
            raise WiringError(
                f"SmallWorldConnector.n_connections: must be at most the neighbours of a cell, got "
                f"{n}, and source {source} has {len(targets)}. Lower it, or raise degree."
            )
        found[source, rng.permutation(targets)[:n]] = True
    return found


def rewired(
    links: NDArray[np.bool_], allowed: NDArray[np.bool_], probability: float, rng: Any
) -> NDArray[np.bool_]:
    """Links of which some are moved to other sources of the same target.

    Parameters
    ----------
    links, allowed : ndarray of bool, shape (n_pre, n_post)
        What is joined, and what may be.
    probability : float
        Of each link to be moved.
    rng : numpy.random.Generator or RandomState
        What draws.
    """
    made = links.copy()
    for target in range(links.shape[1]):
        for source in np.flatnonzero(links[:, target]):
            free = np.flatnonzero(allowed[:, target] & ~made[:, target])
            if rng.uniform() < probability and len(free):
                made[source, target] = False
                made[rng.permutation(free)[0], target] = True
    return made
