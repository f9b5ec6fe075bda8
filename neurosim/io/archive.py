"""Archives: NumPy ``.npz`` files with a JSON header, read without running anything they hold.

The entry ``header`` holds UTF-8 bytes of a JSON object with at least ``format`` and ``version``;
the other entries are plain arrays. No entry is pickled and none is unpickled. Equal content gives
equal bytes.
"""

from __future__ import annotations

import json
import zipfile
import zlib
from collections.abc import Mapping
from os import PathLike
from typing import Any

import numpy as np
from numpy.typing import NDArray

from neurosim.errors import StoreError
from neurosim.io.atomic import replacing

HEADER = "header"

Array = NDArray[Any]
Path = str | PathLike[str]


def write(
    path: Path, form: str, version: int, header: Mapping[str, Any], arrays: Mapping[str, Array]
) -> None:
    """Write an archive, completely or not at all.

    Parameters
    ----------
    path : path_like
        The file; its name is taken as it is.
    form, version : str, int
        What the file is.
    header : mapping
        Plain data (JSON).
    arrays : mapping of str to ndarray
        Arrays by name, no objects.

    Raises
    ------
    StoreError
        If the file cannot be written.
    """
    write: Any = np.lib.format.write_array
    text = json.dumps({"format": form, "version": version, **header}, allow_nan=False)
    packed = np.frombuffer(text.encode(), dtype=np.uint8)
    with replacing(path) as file, zipfile.ZipFile(file, "w") as entries:
        for name, array in {HEADER: packed, **arrays}.items():
            with entries.open(f"{name}.npy", "w", force_zip64=True) as entry:
                write(entry, np.asanyarray(array), allow_pickle=False)


def read(path: Path, form: str, version: int) -> tuple[dict[str, Any], dict[str, Array]]:
    """Header and arrays of an archive.

    Raises
    ------
    StoreError
        If the file is missing, damaged, of another format or of a newer version.
    """
    return _read(path, form, version, arrays=True)


def read_header(path: Path, form: str, version: int) -> dict[str, Any]:
    """The header alone; errors as in :func:`read`."""
    return _read(path, form, version, arrays=False)[0]


def _read(
    path: Path, form: str, version: int, arrays: bool
) -> tuple[dict[str, Any], dict[str, Array]]:
    name = str(path)
    try:
        with open(path, "rb") as file, np.load(file, allow_pickle=False) as entries:
            header = json.loads(bytes(entries[HEADER]))
            _check(header, name, form, version)
            names = [n for n in entries.files if n != HEADER] if arrays else []
            return header, {n: entries[n] for n in names}
    except OSError as error:
        raise StoreError(
            f"file {name!r}: cannot be read ({error.strerror or error}). Check the path."
        ) from error
    except (
        zipfile.BadZipFile, zlib.error, EOFError, KeyError, ValueError, TypeError, AttributeError,
        NotImplementedError, MemoryError, RecursionError,
    ) as error:  # fmt: skip
        raise StoreError(
            f"file {name!r}: is damaged or no {form} file ({error}). Use another copy."
        ) from error


def _check(header: Any, name: str, form: str, version: int) -> None:
    found = header.get("format") if isinstance(header, dict) else None
    if found != form:
        raise StoreError(
            f"file {name!r}: must hold {form!r}, got {found!r}. Use a file of that format."
        )
    given = header.get("version")
    if not isinstance(given, int) or given > version:
        raise StoreError(
            f"file {name!r}: version of {form!r} must be <= {version}, got {given!r}. Read it with "
            "the version of neurosim that wrote it."
        )
