"""The CA3 content-addressable memory as an object that learns, recalls and forgets."""

from __future__ import annotations

from collections.abc import Collection
from os import PathLike
from typing import Any, ClassVar, Self, final

import numpy as np
from numpy.typing import NDArray

from neurosim.errors import ParameterError, SpecError, UnsupportedError
from neurosim.facade import DEFAULT_BACKEND
from neurosim.models.ca3.files import damaged, read_memory, restore, save_memory
from neurosim.models.ca3.live import LiveMemory
from neurosim.models.ca3.network import (
    BACKWARD,
    FORWARD,
    OUT,
    Contents,
    build,
    counts,
    initial_weights,
)
from neurosim.models.ca3.operations import (
    Answer,
    Learn,
    Operation,
    Reading,
    RecallContent,
    RecallCue,
)
from neurosim.models.ca3.params import CA3Params, Circuit
from neurosim.models.ca3.timing import LATENCY, Spacing, as_spacing, warn_if_unsafe


@final
class CA3Memory(LiveMemory):
    """A spiking memory that stores contents by cue and recalls them by cue or by content.

    Parameters
    ----------
    n_cues : int
        Number of addresses; each holds one memory.
    n_content : int
        Number of content bits.
    spacing : str, int, (int, int) or Spacing
        Steps (ms) from the start of a learn and of a recall to the next operation: ``"safe"``
        (14/14), ``"documented"`` (7/6) or numbers of your own.
    backend : str
        Name of a backend.
    seed : int
        Root seed, kept with recordings; nothing in the model is random.
    circuit : Circuit, optional
        Cells, weights, delays and plasticity; the published ones by default.
    contents : mapping of int to collection of int, optional
        Bits by cue that are stored from the start.
    forgetting : bool
        Reserve a content bit for :meth:`forget`. ``False`` gives the published size.

    Raises
    ------
    ParameterError
        If an argument is not allowed.

    Warns
    -----
    TimingWarning
        If the spacing is below the safe one.

    Notes
    -----
    The published dynamics are not repaired. At safe spacing recall by cue is right; recall by a
    single content bit misses no cue and seldom (about 1 in 100 under steady overwriting) adds one
    that owned the bit before. A query of several bits is an OR over them and errs more and more
    often after overwriting and after other such queries: about half of the largest weight stays on
    every forgotten bit, and recall is not read-only. ``plastic=False`` makes it so. To complete a
    fragment, present its bits one at a time: :func:`~neurosim.models.ca3.retrieval.retrieve`.

    Examples
    --------
    >>> from neurosim.models.ca3 import CA3Memory
    >>> with CA3Memory(n_cues=3, n_content=4) as memory:
    ...     answer = memory.learn(0, {0, 1})
    ...     answer = memory.learn(1, {1, 2})
    ...     memory.recall_cue(0), memory.recall_content({1})
    ({0, 1}, {0, 1})
    """

    latency: ClassVar[int] = LATENCY
    plastic: ClassVar[tuple[str, ...]] = (FORWARD, BACKWARD)

    def __init__(
        self,
        n_cues: int,
        n_content: int,
        *,
        spacing: str | int | tuple[int, int] | Spacing = "safe",
        backend: str = DEFAULT_BACKEND,
        seed: int = 0,
        circuit: Circuit | None = None,
        contents: Contents | None = None,
        forgetting: bool = True,
    ) -> None:
        size = CA3Params(n_cues, n_content, Circuit() if circuit is None else circuit)
        policy = as_spacing("CA3Memory", "spacing", spacing)
        warn_if_unsafe("CA3Memory", policy)
        if not isinstance(forgetting, bool):
            raise ParameterError(
                "CA3Memory", "forgetting", "must be True or False", forgetting, "Give one of them."
            )
        weights = initial_weights(size, {} if contents is None else contents)
        self._contents = {
            c: np.flatnonzero(row).tolist() for c, row in enumerate(weights) if row.any()
        }
        self.forgetting = forgetting
        self.params = size.replace(n_content=size.n_content + 1) if forgetting else size
        network = build(self.params, contents=self._contents, record=(OUT,))
        super().__init__(network, size.n_cues, size.n_content, policy, backend, seed)

    def reading(self, operation: Operation) -> Reading:
        """When the answer to an operation shows at OUT."""
        return operation.reading

    def recall_content(self, bits: Collection[int], *, plastic: bool = True) -> set[int]:
        """Every cue whose content shares a bit with the given ones.

        Parameters
        ----------
        bits : collection of int
            Content bits, at least one.
        plastic : bool
            See :meth:`perform`.
        """
        return set(self.perform([RecallContent(bits)], plastic=plastic)[0].cues)

    def forget(self, key: int) -> None:
        """Remove what is stored under a cue, by learning one reserved content bit in its place.

        The network has no operation of its own for this. As with any overwriting, about half of the
        largest weight stays on every forgotten bit: single bits do not find the cue, but a query of
        several forgotten bits may.

        Raises
        ------
        UnsupportedError
            If the memory was made with ``forgetting=False``.
        ParameterError
            If there is no such cue.
        """
        if not self.forgetting:
            raise UnsupportedError(
                "CA3Memory.forget: needs a reserved content bit, got forgetting=False. Make the "
                "memory with forgetting=True."
            )
        RecallCue(key).require(self.n_cues, self.n_content)
        self._perform([Learn(key, {self.n_content})], plastic=True)

    def _perform(self, operations: list[Operation], plastic: bool) -> list[Answer]:
        hidden = {self.n_content}
        return [
            answer._replace(content=answer.content - hidden)
            for answer in super()._perform(operations, plastic)
        ]

    def weights(self, *, pending: bool = True) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Forward and backward weights (nA), shapes (n_cues, bits) and (bits, n_cues).

        Parameters
        ----------
        pending : bool
            Whether potentiation counts that is applied only at the next presynaptic spike;
            ``False`` gives what a SpiNNaker board would report.

        Notes
        -----
        ``bits`` is ``n_content``, and one more (the last) for forgetting.
        """
        c, n = self.params.n_cues, self.params.n_content
        return (
            self._sim.weights(FORWARD, pending).matrix(c, n),
            self._sim.weights(BACKWARD, pending).matrix(n, c),
        )

    def save(self, path: str | PathLike[str]) -> None:
        """Write the memory, so that :meth:`load` goes on bit for bit.

        Raises
        ------
        StoreError
            If the file cannot be written.
        """
        save_memory(path, self._settings(), self._sim)

    @classmethod
    def load(cls, path: str | PathLike[str]) -> Self:
        """A memory that goes on from a file of :meth:`save`.

        Raises
        ------
        StoreError
            If the file is damaged or foreign.
        """
        settings, state = read_memory(path)
        try:
            memory = cls(**settings)
        except SpecError as error:
            raise damaged(path, error) from error
        restore(memory._sim, state)
        return memory

    def _settings(self) -> dict[str, Any]:
        return {
            "n_cues": self.n_cues,
            "n_content": self.n_content,
            "spacing": str(self.spacing),
            "backend": self.backend,
            "seed": self.seed,
            "circuit": self.params.circuit,
            "contents": self._contents,
            "forgetting": self.forgetting,
        }

    def _repr_html_(self) -> str:
        size = counts(self.params)
        rows = {
            "cues": self.n_cues,
            "content bits": f"{self.n_content}{' + 1 for forgetting' if self.forgetting else ''}",
            "neurons, with IN and OUT": size["all_neurons"],
            "synapses, with IN and OUT": f"{size['all_synapses']}, {size['plastic']} plastic",
            "spacing after learn/recall": f"{self.spacing} steps of 1 ms",
            "backend": self.backend,
            "time": f"{self.t:g} ms",
        }
        body = "".join(f"<tr><th>{name}</th><td>{value}</td></tr>" for name, value in rows.items())
        return f"<table><caption>CA3 memory</caption>{body}</table>"
