"""Completing a fragment: present its bits one at a time, count which cues answer, recall the best.

Recall by content is an OR over the presented bits, so that a fragment of several bits finds most
memories at once. Single bits keep within what the memory does without errors.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from neurosim.models.ca3.operations import as_bits


class Associative(Protocol):
    """A memory that recalls both ways, such as ``CA3Memory`` and ``Oracle``."""

    n_cues: int

    def recall_cue(self, cue: int) -> set[int]:
        """Bits of a cue."""

    def recall_content(self, bits: Collection[int]) -> set[int]:
        """Cues that share a bit."""


class Retrieval(NamedTuple):
    """What a fragment led to.

    Parameters
    ----------
    cue : int or None
        The cue with most votes, the first of several; None if no cue answered.
    unique : bool
        Whether no other cue has as many votes.
    content : set of int
        What that cue recalled.
    votes : ndarray of int64, shape (n_cues,)
        Presented bits that each cue answered to.
    """

    cue: int | None
    unique: bool
    content: set[int]
    votes: NDArray[np.int64]


def retrieve(memory: Associative, fragment: Collection[int]) -> Retrieval:
    """Complete a fragment of a content.

    Parameters
    ----------
    memory : CA3Memory or Oracle
        Where the content is stored.
    fragment : collection of int
        Some of its bits, at least one.

    Returns
    -------
    Retrieval
    """
    votes = np.zeros(memory.n_cues, dtype=np.int64)
    for bit in sorted(as_bits("retrieve", "fragment", fragment)):
        votes[sorted(memory.recall_content({bit}))] += 1
    if not votes.any():
        return Retrieval(None, False, set(), votes)
    cue = int(votes.argmax())
    unique = int((votes == votes[cue]).sum()) == 1
    return Retrieval(cue, unique, memory.recall_cue(cue), votes)
