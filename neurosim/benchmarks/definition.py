"""What a benchmark network is: the network, its groups, and what makes a run count."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from neurosim.declare import Bounds, number
from neurosim.errors import ParameterError, close_matches
from neurosim.network.network import Network

DT = 0.1
"""Time step of all benchmark networks, ms."""

MEAN = "mean"
"""Name of the rate over all neurons among the accepted rates."""

Range = tuple[float, float]
"""Lowest and highest value that counts."""


class Group(NamedTuple):
    """Neurons whose rate is reported: ``population[first:last]``."""

    name: str
    population: str
    first: int
    last: int

    @property
    def size(self) -> int:
        """Number of neurons."""
        return self.last - self.first


class MeanWeight(NamedTuple):
    """Accepted mean weight of a plastic projection at the end of a span of some length."""

    projection: str
    duration: float
    accepted: Range | None


@dataclass(frozen=True)
class Bench:
    """A network whose rates are known.

    Parameters
    ----------
    name : str
        ``"b1"`` to ``"b7"``.
    scale : float
        Number of neurons as a multiple of the published one.
    variant : str
        Which of several forms of the network it is, ``""`` where there is one.
    network : Network
        The network, all its spikes recorded.
    groups : tuple of Group
        Its neurons, each in one group, in the order of the populations.
    warmup : float
        Time before the clock starts, ms.
    accepted : mapping of str to (float, float)
        Rates (Hz) that count, by group or ``"mean"``; empty where none are published.
    fresh : bool
        Whether every timed span must start from the initial state (plastic networks drift).
    mean_weight : MeanWeight or None
        A mean weight that is reported, and checked where it is published.
    """

    name: str
    scale: float
    variant: str
    network: Network
    groups: tuple[Group, ...]
    warmup: float = DT
    accepted: Mapping[str, Range] = field(default_factory=dict)
    fresh: bool = False
    mean_weight: MeanWeight | None = None

    @property
    def n_neurons(self) -> int:
        """Number of neurons."""
        return sum(p.size for p in self.network.populations.values())


def halves(population: str, n_exc: int, n: int) -> tuple[Group, Group]:
    """The groups of a population whose excitatory neurons come first."""
    return (
        Group("excitatory", population, 0, n_exc),
        Group("inhibitory", population, n_exc, n),
    )


def checked_scale(scale: Any) -> float:
    """A size as a multiple of the published one.

    Raises
    ------
    ParameterError
        If it is no number above 0.
    """
    return float(number("bench", "scale", scale, Bounds(above=0.0), scalar=True))


def sizes(full: int, scale: float) -> tuple[int, int]:
    """Number of neurons, and of excitatory ones (four of five)."""
    n = max(10, round(full * scale))
    return n, round(0.8 * n)


def one_of(owner: str, field: str, value: Any, options: tuple[str, ...]) -> str:
    """The value, if it is one of the options.

    Raises
    ------
    ParameterError
        If it is not.
    """
    if value not in options:
        raise ParameterError(
            owner, field, f"must be one of {options}", value, close_matches(value, options)
        )
    return str(value)
