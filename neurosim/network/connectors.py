"""Connection rules: which pairs of neurons a projection joins.

A connector is a description. The pairs are drawn by :mod:`neurosim.plan.connect`, from a stream
that is named after the projection.
"""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from neurosim.declare import Declared, flag, given, integer, param
from neurosim.errors import ParameterError, WiringError
from neurosim.network.expressions import check_expression

Array = NDArray[Any]


class Connector(Declared):
    """Base of connection rules."""

    def fit(self, n_pre: int, n_post: int, own: Array, projection: str) -> None:
        """Check the rule against the sizes it will connect.

        Parameters
        ----------
        n_pre, n_post : int
            Numbers of presynaptic and postsynaptic neurons.
        own : ndarray of int64, shape (n, 2)
            Places (source, target) of the neurons that are on both sides.
        projection : str
            Name, for messages.

        Raises
        ------
        WiringError
            If the rule does not fit.
        """

    #: Number of values of a flat array of weights or delays, ``None`` if it is not known here.
    n_listed: ClassVar[int | None] = None


class AllToAll(Connector):
    """Every source with every target."""

    allow_self_connections: bool = flag(True, doc="whether a neuron may connect to itself")


class OneToOne(Connector):
    """Source ``i`` with target ``i``; both sides must have the same size."""

    def fit(self, n_pre: int, n_post: int, own: Array, projection: str) -> None:
        if n_pre != n_post:
            raise WiringError(
                f"projection {projection!r}: OneToOne needs equal sizes, got {n_pre} and {n_post}. "
                "Use views of equal size or another connector."
            )


class FixedProbability(Connector):
    """Each pair independently with probability ``p_connect``."""

    p_connect: float = param(low=0.0, high=1.0, scalar=True, doc="probability of a pair")
    allow_self_connections: bool = flag(True, doc="whether a neuron may connect to itself")


class FixedNumberPre(Connector):
    """Every target draws ``n`` sources (fixed in-degree)."""

    n: int = integer(low=0, doc="sources per target")
    with_replacement: bool = flag(False, doc="whether a source can be drawn twice")
    allow_self_connections: bool = flag(True, doc="whether a neuron may connect to itself")

    def fit(self, n_pre: int, n_post: int, own: Array, projection: str) -> None:
        fewer = 0 if self.allow_self_connections else _most(own[:, 1])
        _enough(self, n_pre - fewer, "sources", projection)


class FixedNumberPost(Connector):
    """Every source draws ``n`` targets (fixed out-degree)."""

    n: int = integer(low=0, doc="targets per source")
    with_replacement: bool = flag(False, doc="whether a target can be drawn twice")
    allow_self_connections: bool = flag(True, doc="whether a neuron may connect to itself")

    def fit(self, n_pre: int, n_post: int, own: Array, projection: str) -> None:
        fewer = 0 if self.allow_self_connections else _most(own[:, 0])
        _enough(self, n_post - fewer, "targets", projection)


class FixedTotalNumber(Connector):
    """``n`` pairs in all, drawn uniformly."""

    n: int = integer(low=0, doc="number of synapses")
    with_replacement: bool = flag(True, doc="whether a pair can be drawn twice")
    allow_self_connections: bool = flag(True, doc="whether a neuron may connect to itself")

    def fit(self, n_pre: int, n_post: int, own: Array, projection: str) -> None:
        fewer = 0 if self.allow_self_connections else len(own)
        _enough(self, n_pre * n_post - fewer, "pairs", projection)


def _most(places: Array) -> int:
    """The largest number of pairs that a neuron forms with itself."""
    return int(np.bincount(places).max(initial=0))


def _enough(rule: Any, available: int, what: str, projection: str) -> None:
    if (not rule.with_replacement and rule.n > available) or (rule.n and available < 1):
        raise WiringError(
            f"projection {projection!r}: {type(rule).__name__}.n must be <= {available}, the "
            f"number of {what}, got {rule.n}. Lower it, or set with_replacement=True."
        )


class DistanceDependent(Connector):
    """Each pair with a probability that depends on the distance of its neurons.

    ``probability`` is an expression in ``d`` (distance in the unit of the populations' positions),
    for example ``"exp(-d / 100)"`` or ``"d < 50"``; both populations need positions.
    """

    probability: str = given(
        convert=lambda owner, field, value: check_expression(owner, field, value, ("d",)),
        rule="must be an expression in d",
        doc="probability as a function of the distance d",
    )
    allow_self_connections: bool = flag(True, doc="whether a neuron may connect to itself")


class SmallWorld(Connector):
    """Ring lattice in which each link is rewired at random with some probability.

    Every neuron gets links from its ``degree`` nearest neighbours on the ring of ids (half of them
    on each side); with probability ``rewiring`` the source of a link is replaced by a random one.

    References
    ----------
    Watts & Strogatz (1998), Nature 393, 440-442; here with directed links.
    """

    degree: int = integer(low=2, doc="neighbours per neuron, even")
    rewiring: float = param(low=0.0, high=1.0, scalar=True, doc="probability of rewiring a link")

    def check(self) -> None:
        if self.degree % 2:
            raise ParameterError(
                "SmallWorld", "degree", "must be even", self.degree, "Add or subtract one."
            )

    def fit(self, n_pre: int, n_post: int, own: Array, projection: str) -> None:
        ring = np.arange(n_pre)[:, np.newaxis]
        if n_pre != n_post or not np.array_equal(own, np.repeat(ring, 2, axis=1)):
            raise WiringError(
                f"projection {projection!r}: SmallWorld connects a population with itself, got "
                f"{n_pre} sources and {n_post} targets. Use the same population on both sides."
            )
        if self.degree >= n_pre:
            raise WiringError(
                f"projection {projection!r}: SmallWorld.degree must be < {n_pre}, the population's "
                f"size, got {self.degree}. Lower it."
            )


def _pairs(owner: str, field: str, value: Any) -> Array:
    rule = "must be a list of (source, target) pairs of whole numbers >= 0"
    remedy = "Give for example [(0, 1), (2, 0)]."
    try:
        array = np.array(value, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise ParameterError(owner, field, rule, value, remedy) from error
    if array.size == 0:
        array = array.reshape(0, 2)
    good = array.ndim == 2 and array.shape[1] == 2 and np.isfinite(array).all()
    if not good or (array < 0).any() or (array != np.floor(array)).any():
        raise ParameterError(owner, field, rule, value, remedy)
    pairs = array.astype(np.int64)
    pairs.setflags(write=False)
    return pairs


class FromList(Connector):
    """The given pairs.

    Weights and delays are those of the synapse: one number, a distribution, or arrays with one
    value per pair.
    """

    pairs: Any = given(convert=_pairs, rule="must be (source, target) pairs", doc="the pairs")

    @property
    def n_listed(self) -> int:  # type: ignore[override]
        return len(self.pairs)

    def fit(self, n_pre: int, n_post: int, own: Array, projection: str) -> None:
        if len(self.pairs) and (self.pairs.max(axis=0) >= (n_pre, n_post)).any():
            bad = self.pairs[(self.pairs >= (n_pre, n_post)).any(axis=1)][0].tolist()
            raise WiringError(
                f"projection {projection!r}: FromList.pairs must be below ({n_pre}, {n_post}), got "
                f"{tuple(bad)}. Ids count from 0 inside the population or view."
            )


def _matrix(owner: str, field: str, value: Any) -> Array:
    rule = "must be a matrix of truth values, shape (n_pre, n_post)"
    try:
        array = np.array(value)
    except (TypeError, ValueError) as error:
        raise ParameterError(owner, field, rule, value, "Give a boolean array.") from error
    if array.ndim != 2 or not np.isin(array, (0, 1)).all():
        raise ParameterError(owner, field, rule, value, "Give a boolean array.")
    array = array.astype(np.bool_)
    array.setflags(write=False)
    return array


class FromArray(Connector):
    """The pairs for which a matrix of shape (n_pre, n_post) is true."""

    connections: Any = given(convert=_matrix, rule="must be a boolean matrix", doc="the matrix")

    def fit(self, n_pre: int, n_post: int, own: Array, projection: str) -> None:
        if self.connections.shape != (n_pre, n_post):
            raise WiringError(
                f"projection {projection!r}: FromArray.connections must have shape "
                f"({n_pre}, {n_post}), got {self.connections.shape}. Transpose or resize it."
            )


KINDS: dict[str, type[Connector]] = {
    kind.__name__: kind
    for kind in (
        AllToAll, OneToOne, FixedProbability, FixedNumberPre, FixedNumberPost, FixedTotalNumber,
        DistanceDependent, SmallWorld, FromList, FromArray,
    )
}  # fmt: skip
