"""A binary heap of items with keys that change, on flat arrays.

Items are the numbers ``0 .. n - 1``. The item with the smallest key is first, the smaller item
among equal keys, so that the order does not depend on how the heap came about. Items whose key is
infinite are not in the heap.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from neurosim.kernels._jit import inner


class Heap(NamedTuple):
    """The arrays of a heap."""

    key: Any  # float64[n], by item
    slot: Any  # int32[n], items in the order of the heap
    place: Any  # int32[n], place of an item in ``slot``, -1 if it is not there
    count: Any  # int64[1], items in the heap


def heap(size: int) -> Heap:
    """An empty heap for ``size`` items."""
    return Heap(
        np.full(size, np.inf),
        np.zeros(size, dtype=np.int32),
        np.full(size, -1, dtype=np.int32),
        np.zeros(1, dtype=np.int64),
    )


@inner
def first_key(heap: Any) -> Any:
    """The smallest key, infinite if the heap is empty."""
    return heap.key[heap.slot[0]] if heap.count[0] > 0 else np.inf


@inner
def _up(heap: Any, place: Any, item: Any) -> None:
    key = heap.key[item]
    while place > 0:
        above = (place - 1) >> 1
        other = np.int64(heap.slot[above])
        if heap.key[other] < key or (heap.key[other] == key and other < item):
            break
        heap.slot[place] = other
        heap.place[other] = place
        place = above
    heap.slot[place] = item
    heap.place[item] = place


@inner
def _down(heap: Any, place: Any, item: Any) -> None:
    key, count = heap.key[item], heap.count[0]
    while True:
        below = 2 * place + 1
        if below >= count:
            break
        other = np.int64(heap.slot[below])
        if below + 1 < count:
            right = np.int64(heap.slot[below + 1])
            a, b = heap.key[right], heap.key[other]
            if a < b or (a == b and right < other):
                below, other = below + 1, right
        if key < heap.key[other] or (key == heap.key[other] and item < other):
            break
        heap.slot[place] = other
        heap.place[other] = place
        place = below
    heap.slot[place] = item
    heap.place[item] = place


@inner
def set_key(heap: Any, item: Any, key: Any) -> None:
    """Give an item a key: it enters, moves, or leaves (key infinite)."""
    place, before = np.int64(heap.place[item]), heap.key[item]
    heap.key[item] = key
    if key == np.inf:
        if place >= 0:
            heap.place[item] = -1
            heap.count[0] -= 1
            last = np.int64(heap.slot[heap.count[0]])
            if last != item:
                if heap.key[last] < before or (heap.key[last] == before and last < item):
                    _up(heap, place, last)
                else:
                    _down(heap, place, last)
    elif place < 0:
        heap.count[0] += 1
        _up(heap, heap.count[0] - 1, item)
    elif key < before:
        _up(heap, place, item)
    elif key > before:
        _down(heap, place, item)
