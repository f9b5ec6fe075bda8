"""What the memories share: a live simulation, fed operation by operation and read at its output."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager, nullcontext
from typing import Any, ClassVar, Self

import numpy as np

from neurosim.backends.simulation import Simulation
from neurosim.declare import Bounds, number
from neurosim.errors import ParameterError
from neurosim.facade import prepare
from neurosim.models.ca3.network import IN, OUT
from neurosim.models.ca3.operations import Answer, Learn, Operation, Reading, RecallCue
from neurosim.models.ca3.params import DT
from neurosim.models.ca3.play import by_step, read
from neurosim.models.ca3.timing import Spacing, Timed
from neurosim.network import Network


class LiveMemory(ABC):
    """A memory whose network runs on while it is used.

    Use it as a context manager, or call :meth:`close`.

    Parameters
    ----------
    network : Network
        With populations ``IN`` and ``OUT``, whose units are cues, then content bits; OUT recorded.
    n_cues, n_content : int
        Number of addresses and of content bits.
    spacing : Spacing
        Steps between operations.
    backend : str
        Name of a backend.
    seed : int
        Root seed, kept with recordings; nothing in the model is random.
    """

    latency: ClassVar[int]
    """Steps from the start of an operation until its answer is complete."""
    plastic: ClassVar[tuple[str, ...]]
    """Names of the plastic projections."""

    def __init__(
        self,
        network: Network,
        n_cues: int,
        n_content: int,
        spacing: Spacing,
        backend: str,
        seed: int,
    ) -> None:
        self.n_cues, self.n_content = n_cues, n_content
        self.spacing, self.backend = spacing, backend
        self._sim = prepare(network, dt=DT, seed=seed, backend=backend)
        self.seed = self._sim.plan.seed

    @abstractmethod
    def reading(self, operation: Operation) -> Reading:
        """When the answer to an operation shows at OUT.

        Raises
        ------
        ParameterError
            If the memory has no such operation.
        """

    @property
    def simulation(self) -> Simulation:
        """The running simulation, to read weights and states."""
        return self._sim

    @property
    def t(self) -> float:
        """Current time, ms: the start of the next operation."""
        return self._sim.t

    def perform(self, operations: Iterable[Operation], *, plastic: bool = True) -> list[Answer]:
        """Carry out operations one after the other at the memory's spacing.

        Parameters
        ----------
        operations : iterable of Operation
            What to do.
        plastic : bool
            ``False`` keeps recalls from changing the memory: before each, potentiation that is
            pending is applied, and the plastic projections are frozen until the next operation.

        Returns
        -------
        list of Answer
            What OUT showed, by the reading rule.

        Raises
        ------
        ParameterError
            If an operation does not fit the memory; none has been carried out then.

        Notes
        -----
        After the last operation the network runs until its answer is complete. With a spacing below
        that, a single operation therefore takes longer than one within a sequence.
        """
        chosen = list(operations)
        for operation in chosen:
            if not isinstance(operation, Operation):
                raise ParameterError(
                    type(self).__name__, "operations", "must be operations", operation,
                    "Give for example [Learn(0, {1, 2}), RecallCue(0)].",
                )  # fmt: skip
            operation.require(self.n_cues, self.n_content)
            self.reading(operation)
        return self._perform(chosen, plastic)

    def _perform(self, operations: list[Operation], plastic: bool) -> list[Answer]:
        timed: list[Timed] = []
        active: dict[int, frozenset[int]] = {}
        for operation in operations:
            timed.append(Timed(round(self.t / DT), operation))
            spikes = operation.spikes(self.n_cues)
            self._sim.feed(IN, [(unit, self.t + DT * step) for unit, step in spikes])
            frozen = not plastic and not isinstance(operation, Learn)
            with self._frozen() if frozen else nullcontext():
                active |= self._run(self.spacing.after(operation))
        if timed:
            missing = timed[-1].step + self.latency - round(self.t / DT)
            active |= self._run(max(missing, 0))
        return [read(active, t, self.n_cues, self.reading(t.operation)) for t in timed]

    def _run(self, steps: int) -> dict[int, frozenset[int]]:
        self._sim.run(DT * steps)
        times, ids = self._sim.read(OUT)
        return by_step(np.rint(times / DT).astype(np.int64), ids)

    @contextmanager
    def _frozen(self) -> Iterator[None]:
        for projection in self.plastic:
            self._sim.freeze(projection)
        try:
            yield
        finally:
            for projection in self.plastic:
                self._sim.freeze(projection, False)

    def learn(self, cue: int, content: Collection[int]) -> Answer:
        """Store a content under a cue; what the cue held before is forgotten.

        Parameters
        ----------
        cue : int
            Address, from 0 to ``n_cues - 1``.
        content : collection of int
            Bits, at least one, from 0 to ``n_content - 1``.

        Returns
        -------
        Answer
            The echo at OUT: the cue and the content.
        """
        return self.perform([Learn(cue, content)])[0]

    def recall_cue(self, cue: int, *, plastic: bool = True) -> set[int]:
        """The bits stored under a cue, empty if there are none.

        Parameters
        ----------
        cue : int
            Address.
        plastic : bool
            See :meth:`perform`.
        """
        return set(self.perform([RecallCue(cue)], plastic=plastic)[0].content)

    def store(self, key: int, value: Collection[int]) -> None:
        """The same as :meth:`learn`."""
        self.learn(key, value)

    def recall(self, cue: int) -> set[int]:
        """The same as :meth:`recall_cue`."""
        return self.recall_cue(cue)

    def dump(self) -> dict[int, set[int]]:
        """All that is stored, by cue: every cue is recalled once, without plasticity."""
        found = self.perform(map(RecallCue, range(self.n_cues)), plastic=False)
        return {cue: set(answer.content) for cue, answer in enumerate(found) if answer.content}

    def wait(self, steps: int) -> None:
        """Let some steps pass without input."""
        bounds = Bounds(low=0.0)
        self._run(round(number(type(self).__name__, "steps", steps, bounds, scalar=True)))

    def reset(self) -> None:
        """End all activity and start at time 0 again with what is stored."""
        kept = {name: self._sim.weights(name).weight for name in self.plastic}
        self._restart(kept)

    def clear(self) -> None:
        """Forget everything and start at time 0 again."""
        self._restart(dict.fromkeys(self.plastic, 0.0))

    def _restart(self, weights: dict[str, Any]) -> None:
        self._sim.reset()
        for name, values in weights.items():
            self._sim.set_weights(name, values)

    def close(self) -> None:
        """Free the simulation; the memory cannot be used afterwards."""
        self._sim.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def __repr__(self) -> str:
        return (
            f"{type(self).__name__}({self.n_cues}, {self.n_content}, spacing='{self.spacing}', "
            f"backend={self.backend!r}, seed={self.seed}, t={self.t:g} ms)"
        )
