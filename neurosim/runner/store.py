"""The folder of an outcome, written completely or not at all.

========================  ======================================================================
``result.json``           experiment, parameters, seed, backend, metrics, claims, notes, provenance
``arrays.npz``            the result's arrays
``recording-<name>.npz``  the result's recordings, see :mod:`neurosim.io.npz`
``figure.png``            the experiment's figure
========================  ======================================================================

Read arrays with ``numpy.load("arrays.npz")`` and recordings with ``neurosim.load``.
"""

from __future__ import annotations

import json
import os
import re
import secrets
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np

from neurosim.errors import StoreError
from neurosim.runner.experiment import Result

FORMAT, VERSION = "neurosim-outcome", 1
RECORD = "result.json"


@contextmanager
def output(out: str | PathLike[str], experiment: str) -> Iterator[Path]:
    """A temporary folder that becomes ``out`` when the block ends without an error.

    Parameters
    ----------
    out : path_like
        The folder to make. An empty folder, or an outcome of the same experiment, is replaced.
    experiment : str
        Name of the experiment.

    Raises
    ------
    StoreError
        If the folder holds anything else, or cannot be written.
    """
    target = Path(os.path.abspath(out))
    require_free(target, experiment)
    temporary = target.with_name(f".{target.name}.{secrets.token_hex(4)}.part")
    try:
        try:
            temporary.mkdir(parents=True)
        except OSError as error:
            raise _unwritable(target, error) from error
        yield temporary
        require_free(target, experiment)
        try:
            _exchange(temporary, target)
        except OSError as error:
            raise _unwritable(target, error) from error
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def require_free(target: Path, experiment: str) -> None:
    """Refuse a folder whose content an outcome of ``experiment`` may not replace.

    Raises
    ------
    StoreError
        If it holds anything but an outcome of the same experiment.
    """
    remedy = "Choose a new or empty folder."
    try:
        if not os.path.lexists(target):
            return
        if not target.is_dir():
            raise StoreError(f"out: must be a folder, got the file {str(target)!r}. {remedy}")
        held = sorted(p.relative_to(target).as_posix() for p in target.rglob("*"))
    except OSError as error:
        raise _unwritable(target, error) from error
    if not held:
        return
    record = read_record(target) if RECORD in held else {}
    if record.get("experiment") != experiment:
        raise StoreError(
            f"out: folder {str(target)!r} must hold an outcome of {experiment!r} or nothing, got "
            f"{held[0]!r} in it. {remedy}"
        )
    foreign = [name for name in held if name not in record.get("files", [])]
    if foreign:
        raise StoreError(
            f"out: folder {str(target)!r} holds {foreign[0]!r}, which is not of the outcome. Move "
            "it away, or choose another folder."
        )


def read_record(folder: str | PathLike[str]) -> dict[str, Any]:
    """The ``result.json`` of an outcome's folder.

    Raises
    ------
    StoreError
        If there is none, or it is damaged or foreign.
    """
    path = Path(folder) / RECORD
    try:
        record = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise StoreError(f"file {str(path)!r}: cannot be read ({error}). Run again.") from error
    if not isinstance(record, dict) or record.get("format") != FORMAT:
        raise StoreError(f"file {str(path)!r}: is no outcome of neurosim. Choose another folder.")
    if record.get("version", 0) > VERSION:
        raise StoreError(f"file {str(path)!r}: was written by a newer neurosim. Update neurosim.")
    return record


def write(folder: Path, record: Mapping[str, Any], result: Result, figure: Any = None) -> None:
    """Write all files of an outcome into a folder.

    Parameters
    ----------
    folder : Path
        An existing empty folder.
    record : mapping
        Plain data for ``result.json``.
    result : Result
        Arrays and recordings.
    figure : matplotlib Figure or None
        The figure.
    """
    if result.arrays:
        np.savez_compressed(folder / "arrays.npz", **dict(result.arrays))  # type: ignore[arg-type]
    for name, recording in result.recordings.items():
        recording.save(folder / f"recording-{_slug(name)}.npz")
    if figure is not None:
        figure.savefig(folder / "figure.png", dpi=150, bbox_inches="tight")
    files = sorted([RECORD, *(p.name for p in folder.iterdir())])
    data = {"format": FORMAT, "version": VERSION, **record, "files": files}
    text = json.dumps(data, indent=2, ensure_ascii=False, allow_nan=False)
    (folder / RECORD).write_text(text + "\n", encoding="utf-8")


def _exchange(temporary: Path, target: Path) -> None:
    """Put ``temporary`` in the place of ``target``; the old folder comes back if that fails."""
    if not target.exists():
        os.replace(temporary, target)
        return
    old = target.with_name(f".{target.name}.{secrets.token_hex(4)}.old")
    os.replace(target, old)
    try:
        os.replace(temporary, target)
    except OSError:
        os.replace(old, target)
        raise
    shutil.rmtree(old)


def _slug(name: str) -> str:
    return re.sub(r"[^\w.-]+", "-", name).strip("-.") or "recording"


def _unwritable(target: Path, error: OSError) -> StoreError:
    return StoreError(
        f"out: folder {str(target)!r} cannot be written ({error.strerror or error}). Choose a path "
        "in a folder that you may write to."
    )
