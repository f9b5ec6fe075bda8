"""Loads and stores that are known not to meet, so that loops with gathered values vectorise.

A compiler that sees ``w[i] = f(table[place[i]])`` must assume that the store changes the table, and
handles one ``i`` after the other. In a loop that changes elements by :func:`put`, reads them by
:func:`old` and reads everything else by :func:`fetch`, it need not. The promise holds for all that
is compiled together: memory that is read by :func:`fetch` anywhere must not be changed by
:func:`put` anywhere. An element is the one ``place`` after ``start``, of a contiguous array seen as
flat; places are not wrapped. This takes no slices, which are slow to compile.
"""

from __future__ import annotations

from typing import Any

from numba.core import config as numba_config
from numba.core import types
from numba.extending import intrinsic


def _fetch(typing: Any, array: Any, start: Any, place: Any) -> Any:
    """``array[start + place]``, of an array that the loop leaves alone."""
    return array.dtype(array, start, place), _load("noalias")


def _old(typing: Any, array: Any, start: Any, place: Any) -> Any:
    """``array[start + place]``, of an array that the loop changes."""
    return array.dtype(array, start, place), _load("alias.scope")


def _put(typing: Any, array: Any, start: Any, place: Any, value: Any) -> Any:
    """``array[start + place] = value``, for a value of the array's type."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        address = _address(context, builder, signature, arguments)
        store = builder.store(arguments[3], address)
        store.set_metadata("alias.scope", _scopes(builder.module))
        return context.get_dummy_value()

    return types.void(array, start, place, array.dtype), generate


def _load(relation: str) -> Any:
    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        load = builder.load(_address(context, builder, signature, arguments))
        load.set_metadata(relation, _scopes(builder.module))
        return load

    return generate


def _address(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
    array = context.make_array(signature.args[0])(context, builder, arguments[0])
    return builder.gep(builder.gep(array.data, [arguments[1]]), [arguments[2]])


def _scopes(module: Any) -> Any:
    """What is changed: a list of one scope, in a domain of its own."""
    domain = module.add_metadata(["neurosim"])
    return module.add_metadata([module.add_metadata(["changed", domain])])


def _get_plainly(array: Any, start: Any, place: Any) -> Any:
    return array.reshape(-1)[start + place]


def _put_plainly(array: Any, start: Any, place: Any, value: Any) -> None:
    array.reshape(-1)[start + place] = value


config: Any = numba_config
fetch: Any = _get_plainly if config.DISABLE_JIT else intrinsic(_fetch)
old: Any = _get_plainly if config.DISABLE_JIT else intrinsic(_old)
put: Any = _put_plainly if config.DISABLE_JIT else intrinsic(_put)
