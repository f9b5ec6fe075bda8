"""Memory images for tests, laid out as the toolchain does."""

from __future__ import annotations

import sqlite3

import numpy as np

HEADER = 3


def table(*entries):
    """A population table of (key, mask, neurons, [(offset, row) or None, ...])."""
    lists = [entry[3] for entry in entries]
    starts = np.cumsum([0, *map(len, lists)])
    words = [len(entries), int(starts[-1])]
    for (key, mask, neurons, matrices), start in zip(entries, starts[:-1].tolist(), strict=True):
        words += [key, mask, start | 4 << 13 | len(matrices) << 16, 0, neurons]
    for matrices in lists:
        for matrix in matrices:
            words.append(0xFFFFFF << 8 if matrix is None else matrix[0] // 16 << 8 | matrix[1] - 1)
    return np.array(words, dtype="<u4").tobytes()


def matrix(rows, length):
    """Static rows, padded to ``length`` words beside their header, and to 16 bytes at the end."""
    words = [
        word
        for row in rows
        for word in (0, len(row), 0, *row, *[0] * (length - len(row)))
    ]  # fmt: skip
    return np.array(words + [0] * (-len(words) % 4), dtype="<u4").tobytes()


def database(path, regions):
    """A data base with regions by (label, x, y, p)."""
    connection = sqlite3.connect(path)
    connection.execute(
        "CREATE TABLE region(region_num, x, y, p, content BLOB, size, region_label TEXT)"
    )
    for number, ((label, x, y, p), content) in enumerate(regions.items()):
        row = (number, x, y, p, content, len(content or b""), label)
        connection.execute("INSERT INTO region VALUES (?, ?, ?, ?, ?, ?, ?)", row)
    connection.commit()
    connection.close()
    return path
