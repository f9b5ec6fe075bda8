"""Write a file completely or not at all."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from os import PathLike
from pathlib import Path
from typing import BinaryIO

from neurosim.errors import StoreError


@contextmanager
def replacing(path: str | PathLike[str]) -> Iterator[BinaryIO]:
    """A binary file that takes the place of ``path`` when the block ends without an error.

    What is written goes to a temporary file in the same folder; it is synchronised and renamed at
    the end, so that a reader sees the old file or the new one, and nothing after an error. Inside
    the block the file can be read as well, since some formats go back to what they have written.

    Parameters
    ----------
    path : path_like
        The file to make or replace.

    Raises
    ------
    StoreError
        If the file cannot be written.

    Examples
    --------
    >>> with replacing(folder / "note.txt") as file:  # doctest: +SKIP
    ...     file.write(b"done")
    """
    target = Path(path)
    temporary = target.with_name(f".{target.name}.{secrets.token_hex(4)}.part")
    try:
        flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
        with _writing(target), os.fdopen(os.open(temporary, flags, 0o666), "w+b") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        with _writing(target):
            os.replace(temporary, target)
    finally:
        with suppress(OSError):
            temporary.unlink()


@contextmanager
def _writing(target: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise StoreError(
            f"file {str(target)!r}: cannot be written ({error.strerror or error}). Choose a path "
            "in an existing folder that you may write to."
        ) from error
