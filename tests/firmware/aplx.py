"""Reads application files of SpiNNaker: which bytes go where before a core starts."""

from __future__ import annotations

import struct
from pathlib import Path
from typing import NamedTuple

COPY, FILL, END = 2, 3, 4
"""Kinds of records of the header that application files here use."""
RECORDS = 4


class Segment(NamedTuple):
    """Bytes and their address."""

    address: int
    data: bytes


def read_aplx(path: Path) -> list[Segment]:
    """Segments of an application file.

    The header has up to four records of four words: kind, address, offset (from the record) or
    length, and length or value.

    Raises
    ------
    ValueError
        If a record is of another kind.
    """
    content = path.read_bytes()
    segments = []
    for at in range(0, 16 * RECORDS, 16):
        kind, address, second, third = struct.unpack_from("<4I", content, at)
        if kind == COPY:
            segments.append(Segment(address, content[at + second : at + second + third]))
        elif kind == FILL:
            segments.append(Segment(address, struct.pack("<I", third) * (second // 4)))
        elif kind == END:
            break
        else:
            raise ValueError(f"{path.name}: header record of kind {kind}")
    return segments
