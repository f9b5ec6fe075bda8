"""Compiled code on disk.

It lies in a folder whose name holds a hash of the sources of all kernels, so that an edit of any of
them is noticed. Each kernel has one file for every signature, written whole or not at all and
checked when it is read. So any number of processes may share a folder, damaged files are replaced,
and a folder that can only be read serves too.
"""

from __future__ import annotations

import atexit
import functools
import hashlib
import os
import pickle
import platform
import shutil
import sys
import tempfile
import uuid
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any, ClassVar

import numba
import numpy as np
from numba.core import compiler, runtime, serialize

_compiler: Any = compiler
_serialize: Any = serialize
_runtime: Any = runtime

DIGEST = 16
"""Bytes of a file's checksum."""


@functools.cache
def sources_key() -> str:
    """Hash of the kernels' sources and of what compiles them."""
    digest = hashlib.blake2b(digest_size=8)
    for path in sorted(Path(__file__).parent.glob("*.py")):
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    versions = (sys.version, numba.__version__, np.__version__, platform.machine())
    digest.update("\0".join(versions).encode())
    return digest.hexdigest()


def cache_root() -> Path:
    """Folder of all compiled code: ``NEUROSIM_CACHE_DIR``, else the user's cache folder.

    Raises
    ------
    RuntimeError
        If the user has no home.
    """
    given = os.environ.get("NEUROSIM_CACHE_DIR")
    if given:
        return Path(given).expanduser().absolute()
    home = os.environ.get("XDG_CACHE_HOME")
    return (Path(home) if home else Path.home() / ".cache") / "neurosim"


@functools.cache
def cache_folders() -> tuple[Path, ...]:
    """Folders of code compiled from the present sources: all are read, the first is written to.

    Where that cannot be written to, a temporary one that goes with the process stands before it.
    """
    folders: list[Path] = []
    try:
        folders.append(cache_root() / sources_key())
        folders[0].mkdir(parents=True, exist_ok=True)
        tempfile.TemporaryFile(dir=folders[0]).close()
    except (OSError, RuntimeError):
        made = Path(tempfile.mkdtemp(prefix="neurosim-cache-"))
        atexit.register(_remove, made, os.getpid())
        folders.insert(0, made)
    return tuple(folders)


def _remove(folder: Path, owner: int) -> None:
    if os.getpid() == owner:  # a fork ends before its parent
        shutil.rmtree(folder, ignore_errors=True)


def cache_folder() -> Path:
    """The folder to write to; see :func:`cache_folders`."""
    return cache_folders()[0]


def outlives_process() -> bool:
    """Whether compiled code is kept when the process ends."""
    return cache_folder().name == sources_key()


def write_whole(path: Path, content: bytes) -> None:
    """Write a file completely or not at all; other processes may do the same.

    Raises
    ------
    OSError
        If it cannot be written.
    """
    path.parent.mkdir(parents=True, exist_ok=True)  # it may have been deleted since
    temporary = path.with_name(f"{path.name}.{uuid.uuid4().hex[:16]}.tmp")
    try:
        temporary.write_bytes(content)
        os.replace(temporary, path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


@functools.lru_cache(maxsize=64)
def _stamp(path: str) -> bytes:
    """Hash of a source file; in a folder of kernels, of all files there: they call each other."""
    source = Path(path)
    together = source.parent.name == "kernels"
    files = sorted(source.parent.glob("*.py")) if together else [source]
    digest = hashlib.blake2b(digest_size=DIGEST)
    for file in files:
        digest.update(file.read_bytes())
    return digest.digest()


class Kept:
    """The compiled code of one kernel; what Numba asks of a cache.

    Numba's own cache has an index of signatures that processes may overwrite for each other, takes
    damaged files for an error, and before it reads anything it prepares the compiler, which takes
    as long as importing it.

    Parameters
    ----------
    function : function
        The Python function. It must not be a closure.
    """

    compiled: ClassVar[int] = 0
    """Signatures of all kernels that were compiled in this process, not loaded."""

    def __init__(self, function: Callable[..., Any]) -> None:
        if function.__closure__:
            raise ValueError(f"kernel: must not be a closure, got {function.__qualname__}")
        code = function.__code__
        self._module = function.__module__
        name = function.__qualname__.replace("<", "").replace(">", "")
        self._name = f"{name}-{code.co_firstlineno}"
        self._source = code.co_filename

    @property
    def cache_path(self) -> str:
        """Folder of the kernel's files."""
        return str(cache_folder() / self._module)

    def _file(self, signature: Any, context: Any) -> str:
        """Name of the file for a signature, below a cache folder."""
        digest = hashlib.blake2b(_stamp(self._source), digest_size=DIGEST)
        digest.update(repr((signature, context.codegen().magic_tuple())).encode())
        return f"{self._module}/{self._name}.{digest.hexdigest()}.nbc"

    def load_overload(self, sig: Any, target_context: Any) -> Any:
        """The compiled code for a signature, None if there is none or it is damaged."""
        name = self._file(sig, target_context)
        for folder in cache_folders():
            try:
                content = (folder / name).read_bytes()
            except OSError:
                continue
            checksum, payload = content[:DIGEST], content[DIGEST:]
            if _checksum(payload) == checksum:
                if b"NRT_" in payload:  # it refers to Numba's memory manager
                    _runtime.rtsys.initialize(target_context)
                parts = pickle.loads(payload)
                return _compiler.CompileResult._rebuild(target_context, *parts)
        return None

    def save_overload(self, sig: Any, data: Any) -> None:
        """Keep the compiled code for a signature."""
        Kept.compiled += 1
        payload = _serialize.dumps(data._reduce())
        path = cache_folder() / self._file(sig, data.target_context)
        try:
            write_whole(path, _checksum(payload) + payload)
        except OSError as error:
            warnings.warn(
                f"compiled code cannot be kept in {path.parent} ({error}). Make room there, or "
                "set NEUROSIM_CACHE_DIR to another folder.",
                RuntimeWarning,
                stacklevel=2,
            )

    def enable(self) -> None:
        """Numba asks for it; there is nothing to do."""

    def disable(self) -> None:
        """Numba asks for it; there is nothing to do."""

    def flush(self) -> None:
        """Forget all compiled code of the kernel."""
        for path in Path(self.cache_path).glob(f"{self._name}.*.nbc"):
            path.unlink(missing_ok=True)


def _checksum(payload: bytes) -> bytes:
    return hashlib.blake2b(payload, digest_size=DIGEST).digest()
