import numpy as np
import pytest

from neurosim.kernels import heap as heaps
from neurosim.kernels._jit import kernel


@kernel
def play(items, keys, heap, firsts):
    """Set keys one by one; what is first after each."""
    for i in range(items.shape[0]):
        heaps.set_key(heap, items[i], keys[i])
        firsts[i] = heaps.first_key(heap)


@kernel
def empty(heap, order):
    """Take all items out, the first one first; their number."""
    n = 0
    while heaps.first_key(heap) < np.inf:
        order[n] = heap.slot[0]
        heaps.set_key(heap, np.int64(order[n]), np.inf)
        n += 1
    return n


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("size", [1, 2, 3, 17, 200])
def test_any_changes_keep_the_order(size, seed):
    rng = np.random.default_rng(seed)
    items = rng.integers(0, size, 2000)
    keys = rng.integers(0, 30, 2000).astype(float)  # many are equal
    keys[rng.random(2000) < 0.3] = np.inf
    heap, firsts = heaps.heap(size), np.empty(2000)
    play(items, keys, heap, firsts)
    now, expected = np.full(size, np.inf), []
    for item, key in zip(items, keys, strict=True):
        now[item] = key
        expected.append(now.min())
    assert firsts.tolist() == expected
    assert heap.key.tolist() == now.tolist()
    inside = np.flatnonzero(now < np.inf)
    assert heap.count[0] == len(inside)
    assert (heap.slot[heap.place[inside]] == inside).all()
    assert (heap.place[now == np.inf] == -1).all()
    order = np.empty(size, dtype=np.int64)
    n = empty(heap, order)
    assert order[:n].tolist() == inside[np.lexsort((inside, now[inside]))].tolist()


def test_an_empty_heap_has_no_first():
    heap = heaps.heap(3)
    firsts = np.empty(1)
    play(np.array([1]), np.array([np.inf]), heap, firsts)
    assert firsts[0] == np.inf
