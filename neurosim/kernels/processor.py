"""What Python has no words for: prefetching, and memory that threads share.

With compilation switched off (``NUMBA_DISABLE_JIT``) plain functions of the same effect stand in.
"""

from __future__ import annotations

import os
import platform
from collections.abc import Callable
from typing import Any

from numba import types
from numba.core import config
from numba.extending import intrinsic

from neurosim.kernels._jit import inline

settings: Any = config
COMPILED = not settings.DISABLE_JIT
ORDER = "seq_cst"
SMALL_AS_ZERO = 0x8040
"""Bits of the control word of SSE: denormal results, and denormal operands, are zero."""


def _address(context: Any, builder: Any, kind: Any, array: Any, index: Any) -> Any:
    """Address of an element of a C-contiguous array of one dimension."""
    from numba.core import cgutils

    gep: Any = cgutils.gep_inbounds
    data = context.make_array(kind)(context, builder, array).data
    return gep(builder, data, index)


def _prefetch(typing: Any, array: Any, index: Any) -> Any:
    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        from llvmlite import ir

        address = _address(context, builder, signature.args[0], *args)
        number = ir.IntType(32)
        kind = ir.FunctionType(ir.VoidType(), [address.type, number, number, number])
        call = builder.module.declare_intrinsic("llvm.prefetch", [address.type], kind)
        builder.call(call, [address, number(0), number(3), number(1)])  # read, keep, data
        return context.get_dummy_value()

    return types.void(array, types.intp), generate


def _load(typing: Any, array: Any, index: Any) -> Any:
    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        address = _address(context, builder, signature.args[0], *args)
        return builder.load_atomic(address, ORDER, 8)

    return types.int64(array, types.intp), generate


def _store(typing: Any, array: Any, index: Any, value: Any) -> Any:
    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        address = _address(context, builder, signature.args[0], args[0], args[1])
        builder.store_atomic(args[2], address, ORDER, 8)
        return context.get_dummy_value()

    return types.void(array, types.intp, types.int64), generate


def _add(typing: Any, array: Any, index: Any, value: Any) -> Any:
    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        address = _address(context, builder, signature.args[0], args[0], args[1])
        return builder.atomic_rmw("add", address, args[2], ORDER)

    return types.int64(array, types.intp, types.int64), generate


def _small_as_zero(typing: Any) -> Any:
    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        from llvmlite import ir

        before = _mode(builder)
        place = builder.alloca(ir.IntType(32))
        builder.store(builder.or_(before, before.type(SMALL_AS_ZERO)), place)
        builder.call(_control(builder, "ldmxcsr"), [place])
        return builder.zext(before, ir.IntType(64))

    return types.int64(), generate


def _set_mode(typing: Any, mode: Any) -> Any:
    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        from llvmlite import ir

        place = builder.alloca(ir.IntType(32))
        builder.store(builder.trunc(args[0], ir.IntType(32)), place)
        builder.call(_control(builder, "ldmxcsr"), [place])
        return context.get_dummy_value()

    return types.void(types.int64), generate


def _mode(builder: Any) -> Any:
    from llvmlite import ir

    place = builder.alloca(ir.IntType(32))
    builder.call(_control(builder, "stmxcsr"), [place])
    return builder.load(place)


def _control(builder: Any, name: str) -> Any:
    from llvmlite import ir

    kind = ir.FunctionType(ir.VoidType(), [ir.PointerType(ir.IntType(32))])
    return builder.module.declare_intrinsic(f"llvm.x86.sse.{name}", (), kind)


def _plain_prefetch(array: Any, index: Any) -> None:
    return None


def _plain_load(array: Any, index: Any) -> Any:
    return array[index]


def _plain_store(array: Any, index: Any, value: Any) -> None:
    array[index] = value


def _plain_add(array: Any, index: Any, value: Any) -> Any:
    before = array[index]
    array[index] += value
    return before


def _or_plain(generated: Callable[..., Any], plain: Callable[..., Any]) -> Any:
    return intrinsic(generated) if COMPILED else plain


prefetch = _or_plain(_prefetch, _plain_prefetch)
"""Ask for the cache line of ``array[index]`` (1-d, contiguous); out of bounds is harmless."""

ASKED = 512
"""Elements that are asked for at most; the processor foresees the rest."""

LINE = 64
"""Bytes of a cache line."""


@inline
def prefetch_all(array: Any, low: Any, high: Any) -> None:
    """Ask for the cache lines of ``array[low:high]``, or of the beginning of a long one."""
    for index in range(low, min(high, low + ASKED), LINE // array.itemsize):
        prefetch(array, index)


load = _or_plain(_load, _plain_load)
"""``array[index]`` of an int64 array, seen in the order in which threads wrote."""

store = _or_plain(_store, _plain_store)
"""``array[index] = value``, after everything that this thread wrote before."""

add = _or_plain(_add, _plain_add)
"""Add to ``array[index]`` as one indivisible act; the value before."""


def _stay() -> int:
    return 0


def _keep(mode: int) -> None:
    return None


INTEL = platform.machine().lower() in ("x86_64", "amd64")
small_as_zero: Any = (
    intrinsic(_small_as_zero) if COMPILED and INTEL else (inline(_stay) if COMPILED else _stay)
)
"""Have numbers below the smallest normal one (2.2e-308, in single precision 1.2e-38) counted as
zero from here on, where the processor can; the mode before. Arithmetic on such numbers takes a
hundred times as long, and a current that decays in silence ends among them."""

set_mode: Any = (
    intrinsic(_set_mode) if COMPILED and INTEL else (inline(_keep) if COMPILED else _keep)
)
"""Back to a mode that :data:`small_as_zero` gave."""

_yield = types.ExternalFunction("sched_yield", types.int32())
give_way: Any = (
    _yield if COMPILED and os.name == "posix" else (inline(_stay) if COMPILED else _stay)
)
"""Let another thread run on this processor, where the system can."""
