"""The one place with Numba's flags."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numba
from numba.core import config, types
from numba.extending import intrinsic

from neurosim.kernels.cache import Kept

FLAGS: dict[str, Any] = {"error_model": "numpy", "nogil": True, "_nrt": False}
"""Without ``_nrt`` references to arrays are not counted. So kernels make no arrays but views; they
are given working space, and making an array is an error when a kernel is compiled. Counting cost
the step loop of the first benchmark 9 percent of its time and 17 percent of its compilation, and
the event loop two thirds of its time."""

KERNEL: dict[str, Any] = {**FLAGS, "no_cfunc_wrapper": True}
INNER: dict[str, Any] = {**FLAGS, "no_cpython_wrapper": True, "no_cfunc_wrapper": True}

_settings: Any = config


def kernel(function: Callable[..., Any]) -> Any:
    """Compile a function at its first call and keep the result on disk."""
    made: Any = numba.njit(**KERNEL)(function)
    if not _settings.DISABLE_JIT:
        made._cache = Kept(function)
    return made


@intrinsic
def _wide_vectors(context: Any) -> Any:
    """Mark the function that calls this, for the code generator."""

    def mark(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        set.add(builder.function.attributes, '"prefer-vector-width"="512"')
        return context.get_dummy_value()

    return types.void(), mark


def _no_vectors() -> None:
    """Plain Python has none."""


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
