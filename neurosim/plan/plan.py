"""The plan: a lowered network as flat arrays, the only thing that backends see.

Time is counted in steps of ``dt``. A *stamp* is a point of the grid, ``stamp * dt`` in ms. In step
``k`` neurons go from stamp ``k`` to ``k + 1``; see ``docs/concepts/update-order.md`` for the order
of events.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from neurosim.network.connectors import Connector
from neurosim.neurons.base import NeuronKind, Step
from neurosim.neurons.currents import CurrentSource
from neurosim.synapses import SynapseKind

NEVER = np.iinfo(np.int64).max
"""A step that never comes."""


@dataclass(frozen=True)
class PopulationPlan:
    """Where the units of a population are.

    Parameters
    ----------
    name : str
        The population's name.
    size : int
        Number of units.
    block : int
        Index of the neuron block, -1 for spike sources.
    offset : int
        Place of the first unit in the block.
    """

    name: str
    size: int
    block: int
    offset: int


@dataclass(frozen=True)
class NeuronBlock:
    """All populations of one kind (and integrator), end to end.

    Parameters
    ----------
    kind : type of NeuronKind
        The kind.
    steps : tuple of Step
        Texts of the helpers, then of the step function.
    size : int
        Number of neurons.
    constants : mapping
        Parameters and derived constants that the step function takes: a float where all neurons
        agree, else a read-only float64 array of shape (size,).
    state : mapping
        Start values by variable, float64 arrays of shape (size,), in the order of ``kind.state``.
    slices : mapping
        Range of places by population name.
    parameters : mapping
        All numeric parameters by name, in the form of ``constants``: for backends that have
        solutions of their own and do not step.
    """

    kind: type[NeuronKind]
    steps: tuple[Step, ...]
    size: int
    constants: Mapping[str, float | NDArray[np.float64]]
    state: Mapping[str, NDArray[np.float64]]
    slices: Mapping[str, range]
    parameters: Mapping[str, float | NDArray[np.float64]] = field(default_factory=dict)


@dataclass(frozen=True)
class SpikeArrayBlock:
    """Spikes of one ``SpikeSourceArray`` population, sorted by step, then id.

    Parameters
    ----------
    population : int
        Index of the population.
    steps : ndarray of int64
        Stamps.
    ids : ndarray of int32
        Ids in the population.
    """

    population: int
    steps: NDArray[np.int64]
    ids: NDArray[np.int32]


@dataclass(frozen=True)
class PoissonBlock:
    """A ``SpikeSourcePoisson`` population: unit ``i`` spikes in step ``k`` if the word of its
    stream (``philox.words(key, i, k)``) is below ``thresholds[i]`` and ``first[i] <= k < last[i]``.

    Parameters
    ----------
    population : int
        Index of the population.
    key : int
        Random stream.
    thresholds : ndarray of uint64, shape (size,)
        ``round(rate * dt * 2**32)``.
    first, last : ndarray of int64, shape (size,)
        Range of steps.
    rates : ndarray of float64, shape (size,)
        Rates in Hz: for backends that have generators of their own.
    """

    population: int
    key: int
    thresholds: NDArray[np.uint64]
    first: NDArray[np.int64]
    last: NDArray[np.int64]
    rates: NDArray[np.float64]


@dataclass(frozen=True)
class PoissonInputBlock:
    """Poisson counts for some neurons of a block, added to an input in each step of a range.

    Neuron ``ids[j]`` (population ids) gets ``weight`` times the number of entries of its table that
    are <= ``philox.words(key, ids[j], k)``. Tables are cumulative Poisson probabilities times
    2**32.

    Parameters
    ----------
    name : str
        Name of the input.
    population : int
        Index of the population.
    ids : ndarray of int32
        Ids in the population.
    input : int
        Index of the input accumulator of the kind.
    key : int
        Random stream.
    weight : float
        Size of an event.
    tables : ndarray of uint32
        All tables, end to end.
    starts : ndarray of int64, shape (n_tables + 1,)
        Where the tables begin.
    table : ndarray of int32, shape (len(ids),)
        Which table a neuron uses.
    first, last : int
        Range of steps.
    rates : ndarray of float64, shape (len(ids),)
        Rates in Hz: for backends that have generators of their own.
    """

    name: str
    population: int
    ids: NDArray[np.int32]
    input: int
    key: int
    weight: float
    tables: NDArray[np.uint32]
    starts: NDArray[np.int64]
    table: NDArray[np.int32]
    first: int
    last: int
    rates: NDArray[np.float64]


@dataclass(frozen=True)
class CurrentBlock:
    """A current source and the neurons it reaches (population ids)."""

    name: str
    population: int
    ids: NDArray[np.int32]
    source: CurrentSource
    key: int


@dataclass(frozen=True)
class SynapseBlock:
    """Synapses from one population to one receptor of another: a rule and its seed, not expanded.

    The rule counts through ``n_pre`` sources and ``n_post`` targets of the projection's groups;
    this block holds the pairs whose source lies in ``[pre_first, pre_first + len(pre_ids))`` and
    whose target lies in the same way in the post side, and maps them to population ids.
    :func:`neurosim.plan.connect.expand` does so.

    Parameters
    ----------
    name : str
        Name of the projection.
    pre, post : int
        Indices of the populations.
    input : int
        Index of the input accumulator of the target kind.
    synapse : SynapseKind
        Kind, weight, delay and constants.
    rule : Connector
        Which pairs.
    key : int
        Root of the block's random streams.
    n_pre, n_post : int
        Sizes of the groups that the rule counts through.
    pre_first, post_first : int
        Where this block's sources and targets begin in the groups.
    pre_ids, post_ids : ndarray of int32
        Population ids of this block's sources and targets.
    pre_positions, post_positions : ndarray or None
        Positions of all units of the groups, for distance-dependent rules.
    apart : ndarray of int64, shape (n, 2)
        Places (source, target) in the groups that the rule must not join, since they are the same
        unit and it refuses self-connections; ascending by target, then source.
    """

    name: str
    pre: int
    post: int
    input: int
    synapse: SynapseKind
    rule: Connector
    key: int
    n_pre: int
    n_post: int
    pre_first: int
    post_first: int
    pre_ids: NDArray[np.int32]
    post_ids: NDArray[np.int32]
    pre_positions: NDArray[np.float64] | None
    post_positions: NDArray[np.float64] | None
    apart: NDArray[np.int64]


@dataclass(frozen=True)
class ProbePlan:
    """One recorded variable of one population.

    Parameters
    ----------
    population : int
        Index of the population.
    variable : str
        ``"spikes"`` or a state variable.
    ids : ndarray of int32
        Recorded ids, ascending.
    every : int
        Sampling interval in steps.
    first, last : int
        Recorded stamps: ``first <= stamp < last`` for samples, for spikes the same.
    """

    population: int
    variable: str
    ids: NDArray[np.int32]
    every: int
    first: int
    last: int


@dataclass(frozen=True)
class Plan:
    """A network, ready for a backend.

    Parameters
    ----------
    name : str
        Name of the network.
    dt : float
        Time step, ms.
    seed : int
        Root seed.
    timing : str
        ``"standard"`` or ``"spinnaker"``.
    precision : str
        ``"double"`` or ``"single"``: floats of state and inputs.
    weights : str
        ``"single"`` or ``"double"``: floats in which weights that differ are stored.
    populations, neurons, arrays, poisson, inputs, currents, synapses, probes : tuple
        The blocks.
    notes : tuple of str
        What was rounded or chosen while lowering.
    network : mapping
        ``Network.to_dict()`` of the network, for provenance and saved states.
    """

    name: str
    dt: float
    seed: int
    timing: str
    precision: str
    weights: str
    populations: tuple[PopulationPlan, ...]
    neurons: tuple[NeuronBlock, ...]
    arrays: tuple[SpikeArrayBlock, ...]
    poisson: tuple[PoissonBlock, ...]
    inputs: tuple[PoissonInputBlock, ...]
    currents: tuple[CurrentBlock, ...]
    synapses: tuple[SynapseBlock, ...]
    probes: tuple[ProbePlan, ...]
    notes: tuple[str, ...] = ()
    network: Mapping[str, Any] = field(default_factory=dict)

    @property
    def arrival(self) -> int:
        """Stamp of the inputs and spikes of step ``k``, minus ``k``: 1 standard, 0 spinnaker."""
        return 1 if self.timing == "standard" else 0

    @property
    def dtype(self) -> np.dtype[Any]:
        """Floats of state and inputs."""
        return np.dtype(np.float64 if self.precision == "double" else np.float32)

    @property
    def weight_dtype(self) -> np.dtype[Any]:
        """Floats of weights that differ between synapses."""
        return np.dtype(np.float64 if self.weights == "double" else np.float32)

    @cached_property
    def delivery(self) -> tuple[int, ...]:
        """Synapse blocks in the order in which they add to inputs: by source population, and those
        of one source population in the order of the projections."""
        return tuple(sorted(range(len(self.synapses)), key=lambda i: self.synapses[i].pre))

    @cached_property
    def hash(self) -> str:
        """Fingerprint of everything that decides the result; see
        :mod:`neurosim.plan.fingerprint`."""
        from neurosim.plan.fingerprint import fingerprint

        return fingerprint(self)

    def population(self, name: str) -> int:
        """Index of the population of that name."""
        return [p.name for p in self.populations].index(name)
