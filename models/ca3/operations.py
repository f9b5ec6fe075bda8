"""Operations of the memory, the spikes that ask for them and the steps at which to read the answer.

An operation starts in its first input step ``t``. All times count in steps of 1 ms.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any, ClassVar, NamedTuple

import numpy as np

from neurosim.declare import Declared, given, integer
from neurosim.errors import ParameterError

Spikes = list[tuple[int, int]]
"""(id of an input unit, steps after the start); cues come first, then content bits."""


def as_bits(owner: str, field: str, value: Any) -> frozenset[int]:
    """A non-empty set of bit numbers.

    Parameters
    ----------
    owner, field : str
        For messages.
    value : iterable of int
        Bit numbers >= 0.

    Raises
    ------
    ParameterError
        If it is anything else.
    """
    rule, remedy = "must be a non-empty collection of bit numbers >= 0", "Give for example {0, 3}."
    if isinstance(value, (str, bytes)) or not isinstance(value, Iterable):
        raise ParameterError(owner, field, rule, value, remedy)
    items = list(value)
    whole = all(isinstance(b, (int, np.integer)) and not isinstance(b, bool) for b in items)
    if not items or not whole or min(items) < 0:
        raise ParameterError(owner, field, rule, value, remedy)
    return frozenset(int(b) for b in items)


class Reading(NamedTuple):
    """When to read: steps after the start at which the cue and content parts of OUT count."""

    cue: int
    content: int


class Answer(NamedTuple):
    """What OUT shows at the steps of the reading rule.

    Parameters
    ----------
    cues, content : frozenset of int
        Active cue neurons and content bits.
    """

    cues: frozenset[int]
    content: frozenset[int]


class Operation(Declared):
    """Base of the operations."""

    reading: ClassVar[Reading]
    pulses: ClassVar[int] = 1
    """Successive steps in which the input is active."""

    def cue_ids(self) -> frozenset[int]:
        """Cue neurons that the input activates."""
        return frozenset()

    def bits(self) -> frozenset[int]:
        """Content bits that the input activates."""
        return frozenset()

    def spikes(self, n_cues: int) -> Spikes:
        """Input spikes."""
        ids = [*sorted(self.cue_ids()), *(n_cues + b for b in sorted(self.bits()))]
        return [(unit, step) for step in range(self.pulses) for unit in ids]

    def require(self, n_cues: int, n_content: int) -> None:
        """Check the operation against the size of a memory.

        Raises
        ------
        ParameterError
            If a cue or bit does not exist.
        """
        for field, ids, size in (
            ("cue", self.cue_ids(), n_cues), ("content", self.bits(), n_content)
        ):  # fmt: skip
            if ids and max(ids) >= size:
                raise ParameterError(
                    type(self).__name__, field, f"must be from 0 to {size - 1}", max(ids),
                    "Use what the memory has, or make it larger.",
                )  # fmt: skip


class Learn(Operation):
    """Store a content under a cue; what the cue held before is forgotten."""

    reading: ClassVar[Reading] = Reading(5, 5)
    pulses: ClassVar[int] = 3
    cue: int = integer(low=0, doc="address")
    content: Collection[int] = given(convert=as_bits, rule="must be bit numbers", doc="its bits")

    def cue_ids(self) -> frozenset[int]:
        return frozenset({self.cue})

    def bits(self) -> frozenset[int]:
        return frozenset(self.content)


class RecallCue(Operation):
    """Ask for the content of a cue."""

    reading: ClassVar[Reading] = Reading(5, 6)
    cue: int = integer(low=0, doc="address")

    def cue_ids(self) -> frozenset[int]:
        return frozenset({self.cue})


class RecallContent(Operation):
    """Ask for every cue whose content shares a bit with the given ones."""

    reading: ClassVar[Reading] = Reading(6, 5)
    content: Collection[int] = given(convert=as_bits, rule="must be bit numbers", doc="bits")

    def bits(self) -> frozenset[int]:
        return frozenset(self.content)
