"""The one place with Numba's flags, and the folder of compiled code.

Compiled code lies in a folder whose name holds a hash of the sources of all kernels, so that an
edit of any of them is noticed (Numba itself looks at the file of the compiled function only).
"""

from __future__ import annotations

import atexit
import functools
import hashlib
import os
import platform
import shutil
import sys
import tempfile
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numba
import numpy as np
from numba.core import config, types
from numba.extending import intrinsic

FLAGS: dict[str, Any] = {"error_model": "numpy", "nogil": True, "_nrt": False}
"""Without ``_nrt`` references to arrays are not counted. So kernels make no arrays but views; they
are given working space, and making an array is an error when a kernel is compiled. Counting cost
the step loop of the first benchmark 9 percent of its time and 17 percent of its compilation."""

KERNEL: dict[str, Any] = {**FLAGS, "cache": True, "no_cfunc_wrapper": True}
INNER: dict[str, Any] = {**FLAGS, "no_cpython_wrapper": True, "no_cfunc_wrapper": True}

MAKING = threading.Lock()
"""Held while a kernel is made: threads that import kernels share Numba's settings."""


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
    """Folder of all compiled code: ``NEUROSIM_CACHE_DIR``, else the user's cache folder."""
    given = os.environ.get("NEUROSIM_CACHE_DIR")
    if given:
        return Path(given).expanduser().absolute()
    home = os.environ.get("XDG_CACHE_HOME")
    return (Path(home) if home else Path.home() / ".cache") / "neurosim"


@functools.cache
def cache_folder() -> Path:
    """Folder for code compiled from the present sources; where none can be written, a temporary
    one that goes with the process."""
    try:
        folder = cache_root() / sources_key()
        folder.mkdir(parents=True, exist_ok=True)
        tempfile.TemporaryFile(dir=folder).close()
    except (OSError, RuntimeError):  # RuntimeError: the user has no home
        folder = Path(tempfile.mkdtemp(prefix="neurosim-cache-"))
        atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


def kernel(function: Callable[..., Any]) -> Any:
    """Compile a function at its first call and keep the result on disk."""
    settings: Any = config
    with MAKING:
        before = settings.CACHE_DIR
        settings.CACHE_DIR = str(cache_folder())  # read once, when the dispatcher is made
        try:
            return numba.njit(**KERNEL)(function)
        finally:
            settings.CACHE_DIR = before


@intrinsic
def _wide_vectors(context: Any) -> Any:
    """Mark the function that calls this, for the code generator."""

    def mark(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        set.add(builder.function.attributes, '"prefer-vector-width"="512"')
        return context.get_dummy_value()

    return types.void(), mark


def _no_vectors() -> None:
    """Plain Python has none."""


_settings: Any = config
wide_vectors = _no_vectors if _settings.DISABLE_JIT else _wide_vectors
"""Call it in a kernel whose loops should use vectors of 512 bits where the processor has them.

LLVM uses half of that on most of those processors. Measured on one (Intel, AVX-512), update loops
took 15 (``IFCurrExp`` in the first-level cache) to 30 percent (``HHCondExp``) less time with whole
vectors. It counts for the function that holds the loop after inlining. Results do not change.
"""


def inner(function: Callable[..., Any]) -> Any:
    """Compile a function that only kernels call; it is kept on disk with its callers.

    Without entry points for Python it compiles faster.
    """
    return numba.njit(**INNER)(function)


def inline(function: Callable[..., Any]) -> Any:
    """As :func:`inner`, for a small function that is always merged into its callers."""
    return numba.njit(forceinline=True, **INNER)(function)
