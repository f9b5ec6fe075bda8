"""What the memory should answer: a dictionary, against which the network is judged.

::

    learn(c, S):          M[c] := S
    recall_cue(c):        -> M[c], empty if c was never learned
    recall_content(Q):    -> {c : M[c] and Q share a bit}
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

from neurosim.declare import Declared, integer
from neurosim.models.ca3.operations import Answer, Learn, Operation, RecallContent, RecallCue


class OracleSize(Declared):
    """Size of an oracle."""

    n_cues: int = integer(low=1, doc="number of addresses")
    n_content: int = integer(low=1, doc="number of content bits")


class Oracle:
    """The logical content of a CA3 memory.

    Parameters
    ----------
    n_cues, n_content : int
        Number of addresses and of content bits.

    Examples
    --------
    >>> oracle = Oracle(3, 4)
    >>> oracle.learn(0, {0, 1})
    >>> oracle.learn(1, {1, 2})
    >>> sorted(oracle.recall_cue(0)), sorted(oracle.recall_content({1}))
    ([0, 1], [0, 1])
    """

    def __init__(self, n_cues: int, n_content: int) -> None:
        size = OracleSize(n_cues, n_content)
        self.n_cues, self.n_content = size.n_cues, size.n_content
        self._stored: dict[int, frozenset[int]] = {}

    def answer(self, operation: Operation) -> Answer:
        """Carry out an operation and say what OUT should show by the reading rule."""
        operation.require(self.n_cues, self.n_content)
        if isinstance(operation, Learn):
            self._stored[operation.cue] = operation.bits()
            return Answer(operation.cue_ids(), operation.bits())
        if isinstance(operation, RecallCue):
            return Answer(operation.cue_ids(), self._stored.get(operation.cue, frozenset()))
        found = {cue for cue, bits in self._stored.items() if bits & operation.bits()}
        return Answer(frozenset(found), operation.bits())

    def learn(self, cue: int, content: Collection[int]) -> None:
        """Store a content under a cue."""
        self.answer(Learn(cue, content))

    def recall_cue(self, cue: int) -> set[int]:
        """The bits stored under a cue."""
        return set(self.answer(RecallCue(cue)).content)

    def recall_content(self, bits: Collection[int]) -> set[int]:
        """The cues whose content shares a bit with the given ones."""
        return set(self.answer(RecallContent(bits)).cues)

    def forget(self, key: int) -> None:
        """Remove the content of a cue."""
        RecallCue(key).require(self.n_cues, self.n_content)
        self._stored.pop(key, None)

    def store(self, key: int, value: Collection[int]) -> None:
        """The same as :meth:`learn`."""
        self.learn(key, value)

    def recall(self, cue: int) -> set[int]:
        """The same as :meth:`recall_cue`."""
        return self.recall_cue(cue)

    def reset(self) -> None:
        """Nothing: an oracle has no activity."""

    def clear(self) -> None:
        """Forget everything."""
        self._stored.clear()

    def dump(self) -> dict[int, set[int]]:
        """All that is stored, by cue."""
        return {cue: set(bits) for cue, bits in sorted(self._stored.items())}

    def __repr__(self) -> str:
        return f"Oracle({self.n_cues}, {self.n_content}, {len(self._stored)} stored)"


def expected(operations: Iterable[Operation], n_cues: int, n_content: int) -> list[Answer]:
    """Answers of a fresh oracle to operations in order."""
    oracle = Oracle(n_cues, n_content)
    return [oracle.answer(operation) for operation in operations]
