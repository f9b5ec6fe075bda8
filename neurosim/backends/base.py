"""Contracts of backends: what they can do, what they refuse, and the engine they provide.

A backend checks a plan and makes a :class:`~neurosim.backends.simulation.Simulation` around its
engine. Everything that all backends share (chunks, progress, buffers, saving, feeding) is in the
simulation; an engine only advances.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from neurosim.declare import Bounds, number
from neurosim.errors import ParameterError
from neurosim.plan.plan import Plan

if TYPE_CHECKING:
    from neurosim.backends.simulation import Simulation


@dataclass(frozen=True)
class Violation:
    """Something in a plan that a backend cannot run.

    Parameters
    ----------
    subject : str
        What it is about, for example ``"population 'ca3'"``.
    problem : str
        What is not possible, with the values.
    remedy : str
        What to do about it.
    """

    subject: str
    problem: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.subject}: {self.problem}. {self.remedy}"


@dataclass(frozen=True)
class Capabilities:
    """What a backend can do, as data; the support matrix is generated from it.

    Parameters
    ----------
    neurons, sources, currents, synapses : tuple of str
        Names of kinds; ``"*"`` stands for every kind with a step function, also users'.
    timings, precisions : tuple of str
        Accepted values.
    features : tuple of str
        Of ``plasticity, closed_loop, weight_readback, state_readback, exact_delays, save_state,
        change``.
    notes : str
        One sentence for the support matrix.
    """

    neurons: tuple[str, ...] = ("*",)
    sources: tuple[str, ...] = ("spike_source_array", "spike_source_poisson")
    currents: tuple[str, ...] = ("DCSource", "StepSource", "ACSource", "NoisySource")
    synapses: tuple[str, ...] = ("static", "stdp", "tsodyks_markram")
    timings: tuple[str, ...] = ("standard", "spinnaker")
    precisions: tuple[str, ...] = ("double",)
    features: tuple[str, ...] = ()
    notes: str = ""


class Synapses(NamedTuple):
    """Synapses of a projection, ordered by source, delay and target.

    Parameters
    ----------
    pre, post : ndarray of int32
        Ids in the populations.
    weight : ndarray
        Weights in the receptor's unit.
    delay : ndarray of float64
        Delays in ms.
    """

    pre: NDArray[np.int32]
    post: NDArray[np.int32]
    weight: NDArray[Any]
    delay: NDArray[np.float64]

    def matrix(self, n_pre: int, n_post: int) -> NDArray[np.float64]:
        """Sums of weights as a dense matrix of shape (n_pre, n_post)."""
        dense = np.zeros((n_pre, n_post))
        np.add.at(dense, (self.pre, self.post), self.weight)
        return dense


class Progress(NamedTuple):
    """What an engine recorded while it advanced, one entry per probe of the plan.

    Spikes: ``(stamps, ids)``, int64 and int32, ascending by stamp, then id, only those the probe
    asks for. An engine whose spikes may lie between stamps always gives float64 stamps
    (``time / dt``). State variables: samples, shape (k, ids), taken at the start of the steps whose
    stamp the probe asks for.
    """

    entries: list[Any]


class Engine(Protocol):
    """State of a run and the means to advance it. One step is as ``update-order.md`` says."""

    step: int
    """The next step to run; also the current stamp."""

    def advance(self, steps: int) -> Progress:
        """Run that many steps."""

    def read(self, population: int, variable: str) -> NDArray[Any]:
        """Current values of a state variable, shape (size,)."""

    def write(self, population: int, variable: str, values: NDArray[np.float64]) -> None:
        """Set the values of a state variable, shape (size,)."""

    def feed(self, population: int, stamps: NDArray[np.int64], ids: NDArray[np.int32]) -> None:
        """Add spikes (stamps >= ``step``) to a spike array population."""

    def waiting(self) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int32]]:
        """Populations, stamps and ids of the spikes of arrays that are still to come."""

    def synapses(self, block: int, pending: bool) -> Synapses:
        """Synapses of a block; ``pending`` applies potentiation that waits for the next spike.

        Waiting potentiation is by postsynaptic events whose rule time is at most the last that was
        processed: ``step - 1`` for synapses with a dendritic part, ``step - 1 + arrival`` without.
        """

    def set_weights(self, block: int, weights: NDArray[Any]) -> None:
        """Replace the weights of a block, in the order of :meth:`synapses`."""

    def flush(self, block: int) -> None:
        """Apply the pending potentiation of a plastic block now."""

    def freeze(self, block: int, frozen: bool) -> None:
        """Stop or resume the plasticity of a block.

        While frozen, presynaptic events of the rule and postsynaptic spikes are not seen, and the
        weights transmitted stay as they are. Postsynaptic spikes from before still count, so a
        reading with ``pending`` can move for up to the dendritic delay.
        """

    def state(self) -> dict[str, NDArray[Any]]:
        """Everything that decides the future, as arrays (spikes in flight included)."""

    def restore(self, state: Mapping[str, NDArray[Any]]) -> None:
        """Go on from a state of :meth:`state`."""

    def changed(self, plan: Plan) -> Engine:
        """An engine of another plan that goes on from this state; this one is used up.

        The plan has passed :func:`neurosim.plan.changes.require_same_structure`. Spikes of arrays
        that are still to come are those of the plan.

        Raises
        ------
        UnsupportedError
            If the backend cannot do so.
        """

    def notes(self) -> dict[str, Any]:
        """Facts for the recording's provenance, plain data."""


@dataclass(frozen=True)
class Options:
    """Options of a run that do not change its result.

    Parameters
    ----------
    progress : bool or None
        Show a progress bar; None decides by whether someone watches.
    memory_limit : float or None
        Largest recording in bytes; None takes most of what is free.
    threads : int
        Threads of the step loop at most.
    """

    progress: bool | None = None
    memory_limit: float | None = None
    threads: int = 1

    def __post_init__(self) -> None:
        if isinstance(self.threads, bool) or not isinstance(self.threads, int | np.integer):
            raise ParameterError(
                "simulate", "threads", "must be a whole number", self.threads, "Give 1 or more."
            )
        most = processors()
        if not 1 <= self.threads <= most:
            raise ParameterError(
                "simulate", "threads", f"must be from 1 to {most}, the processors of this process",
                self.threads, "More threads would only wait for each other.",
            )  # fmt: skip
        if self.progress not in (None, True, False):
            raise ParameterError(
                "simulate", "progress", "must be True, False or None", self.progress, "Give such."
            )
        if self.memory_limit is not None:
            number("simulate", "memory_limit", self.memory_limit, Bounds(above=0.0), scalar=True)


def processors() -> int:
    """Processors that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


class Backend(Protocol):
    """A way to run plans."""

    name: str
    capabilities: Capabilities

    def check(self, plan: Plan) -> list[Violation]:
        """All that the backend cannot run; empty if it can. Never raises."""

    def prepare(self, plan: Plan, options: Options) -> Simulation:
        """A simulation at stamp 0.

        Raises
        ------
        UnsupportedError
            If :meth:`check` found something.
        """
