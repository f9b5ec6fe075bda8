"""Memory images of cores, as the toolchain leaves them in a data base, and synapses in them.

A core of cells looks up the key of an incoming packet in its population table, which leads to one
matrix of rows for each projection from that source; the row of the unit that spiked holds the
synapses. Delay stages have keys and matrices of their own.
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from neurosim.errors import ToolchainError

TABLE, MATRICES = "PopTable", "SynBlocks"
"""Labels of the regions of the population table and of the matrices."""

ENTRY_WORDS: Final = 5
HEADER_WORDS: Final = 3
"""Words of a row beside its synapses, when they are static: plastic, fixed and plastic counts."""
ADDRESS_UNIT: Final = 16
INVALID: Final = (1 << 24) - 1
"""Address of a matrix that has no synapses."""

Core = tuple[int, int, int]
Words = NDArray[np.uint32]


class Matrix(NamedTuple):
    """Where a matrix is: its offset in bytes, and the words of a row without header."""

    offset: int
    row: int


@dataclass(frozen=True)
class Entry:
    """An entry of a population table.

    Parameters
    ----------
    key, mask : int
        Packets that it is for.
    neurons : int
        Rows for a core of the source; all stages together for delay stages.
    matrices : tuple of Matrix
        One for each projection that has synapses.
    """

    key: int
    mask: int
    neurons: int
    matrices: tuple[Matrix, ...]


def regions(database: str | PathLike[str], label: str) -> dict[Core, bytes]:
    """Content of the regions of a label, by core (x, y, p).

    Raises
    ------
    ToolchainError
        If the file is no data base of memory images.
    """
    path = Path(database)
    query = "SELECT x, y, p, content FROM region WHERE region_label = ? AND content IS NOT NULL"
    try:
        connection = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)
        try:
            rows = connection.execute(query, (label,)).fetchall()
        finally:
            connection.close()
    except sqlite3.Error as error:
        raise ToolchainError(
            f"file {str(path)!r}: must be sPyNNaker's data base of memory images ({error}). Use "
            "the version of the extra 'spinnaker' (7.4)."
        ) from error
    return {(int(x), int(y), int(p)): bytes(content) for x, y, p, content in rows}


def population_table(content: bytes) -> dict[int, Entry]:
    """Entries of a population table by key.

    Parameters
    ----------
    content : bytes
        The region.
    """
    words = np.frombuffer(content[: len(content) // 4 * 4], dtype="<u4")
    n = int(words[0])
    entries = words[2 : 2 + n * ENTRY_WORDS].reshape(n, ENTRY_WORDS)
    addresses = words[2 + n * ENTRY_WORDS :]
    found = {}
    for key, mask, counts, _, sizes in entries.tolist():
        start, count = counts & 0x1FFF, counts >> 16
        matrices = tuple(
            Matrix((word >> 8) * ADDRESS_UNIT, (word & 0xFF) + 1)
            for word in addresses[start : start + count].tolist()
            if word >> 8 != INVALID
        )
        found[key] = Entry(key, mask, sizes & 0xFFFF, matrices)
    return found


def static_words(content: bytes, matrix: Matrix, rows: int) -> tuple[NDArray[np.int64], Words]:
    """Row and word of each synapse of a matrix; none if its synapses are plastic.

    Parameters
    ----------
    content : bytes
        The region of matrices.
    matrix : Matrix
        Where it is.
    rows : int
        Number of its rows.

    Raises
    ------
    ToolchainError
        If it does not lie in the region.
    """
    width = matrix.row + HEADER_WORDS
    if matrix.offset + 4 * rows * width > len(content):
        raise ToolchainError(
            f"memory image: {rows} rows at {matrix.offset} must lie in a region of "
            f"{len(content)} bytes. Report this, with the network."
        )
    table = np.frombuffer(content, dtype="<u4", count=rows * width, offset=matrix.offset)
    table = table.reshape(rows, width)
    if table[:, 0].any():
        return np.empty(0, dtype=np.int64), np.empty(0, dtype=np.uint32)
    used = np.arange(matrix.row) < table[:, 1:2]
    return np.nonzero(used)[0].astype(np.int64), table[:, HEADER_WORDS:][used].astype(np.uint32)
