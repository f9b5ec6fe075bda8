"""Reads plastic weights of a core: the population table leads to rows, rows hold weights."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from tests.firmware.board import COLOURS
from tests.firmware.core import Core
from tests.firmware.image import CoreImage, Image

TABLE, MATRIX = 5, 6
"""Regions of the population table and of the rows."""
ENTRY_WORDS, ROW_HEADER_WORDS = 5, 3


class Entry(NamedTuple):
    """An entry of the population table: keys, and the rows that their packets lead to."""

    key: int
    mask: int
    core_mask: int
    core_shift: int
    n_neurons: int
    matrices: list[tuple[int, int]]


class Synapse(NamedTuple):
    """A plastic synapse as it is stored."""

    pre: str
    source: int
    target: int
    receptor: int
    delay: int
    word: int


def table_entries(words: NDArray[np.uint32]) -> list[Entry]:
    """Entries of a population table."""
    n_entries, n_addresses = int(words[0]), int(words[1])
    end = 2 + ENTRY_WORDS * n_entries
    addresses = [((int(w) & 0xFF) + 1, int(w) >> 8) for w in words[end : end + n_addresses]]
    entries = []
    for at in range(2, end, ENTRY_WORDS):
        key, mask, place, core, neurons = (int(w) for w in words[at : at + ENTRY_WORDS])
        start, count = place & 0x1FFF, place >> 16
        entries.append(
            Entry(
                key, mask, core & 0xFFFF, core >> 16, neurons & 0xFFFF,
                addresses[start : start + count],
            )
        )  # fmt: skip
    return entries


def _bits(n: int) -> int:
    return 0 if n == 0 else max(1, int(n - 1).bit_length())


def plastic_part(
    words: NDArray[np.uint32], history: int
) -> tuple[NDArray[np.uint16], NDArray[np.uint16]]:
    """Weights and controls of the plastic part of a row."""
    n_words = int(words[0])
    body, rest = words[1 : 1 + n_words], words[1 + n_words :]
    n_fixed, n_plastic = int(rest[0]), int(rest[1])
    controls = rest[2 + n_fixed :].view(np.uint16)[:n_plastic]
    return body[history:].view(np.uint16)[:n_plastic], controls


def plastic_weights(core: Core, image: Image, history: int) -> Iterator[Synapse]:
    """All plastic synapses of a core, by source.

    Parameters
    ----------
    core : Core
        The core.
    image : Image
        The network, for the keys of the sources.
    history : int
        Words of a row before its weights.
    """
    entries, matrix = table_entries(core.region(TABLE)), core.region(MATRIX)
    ring = core.region(4)
    neuron_bits = int(ring[2])
    for source in image.cores:
        if source.key is not None:
            for i in range(source.size):
                for words in rows_of(entries, matrix, source, i):
                    for weight, control in zip(*plastic_part(words, history), strict=True):
                        yield Synapse(
                            source.label,
                            source.first + i,
                            core.image.first + (int(control) & ((1 << neuron_bits) - 1)),
                            int(control) >> neuron_bits & 1,
                            int(control) >> (neuron_bits + 1),
                            int(weight),
                        )


def rows_of(
    entries: list[Entry], matrix: NDArray[np.uint32], source: CoreImage, cell: int
) -> Iterator[NDArray[np.uint32]]:
    """Rows that a packet of a cell of a source core takes, in their order."""
    assert source.key is not None
    key = source.key + COLOURS * cell
    for entry in entries:
        if key & entry.mask == entry.key:
            core = key >> entry.core_shift & entry.core_mask
            inside = key & ~entry.mask & ~(entry.core_mask << entry.core_shift)
            row = core * entry.n_neurons + inside // COLOURS
            for length, address in entry.matrices:
                size = length + ROW_HEADER_WORDS
                start = address * 4 + row * size
                yield matrix[start : start + size]
