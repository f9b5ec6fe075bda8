"""What kernels give on small arrays and networks, to be run compiled and in plain Python.

``python -m tests.neurosim.kernels.both FILE`` with ``NUMBA_DISABLE_JIT=1`` writes the latter.
"""

import sys

import numpy as np

from neurosim.kernels import arithmetic, connect
from neurosim.kernels._jit import kernel
from neurosim.kernels.processor import add, load, prefetch, store
from neurosim.kernels.quantile import fill_normal, find_slots
from neurosim.kernels.rng import fill_uniform, fill_uniform_at, fill_words
from neurosim.testing.cases import CASES
from neurosim.testing.compare import arrays
from neurosim.testing.start import outcome

NETWORKS = ("recurrent", "stdp mixed", "tsodyks-markram spinnaker", "connectors", "currents")
"""Cases that together use every part of the step loop."""

EVENT_NETWORKS = ("delays", "poisson", "neurons if_curr_alpha")
"""Cases for the event loop."""

ARGUMENTS = np.concatenate(
    [
        np.linspace(-720.0, 720.0, 4001),
        np.random.default_rng(1).normal(size=4000),
        [-708.0, 708.0, -1e308, 1e308, -np.inf, np.inf, 0.0, -0.0, 5e-324, -1e-300, 1e-17],
        np.log(2.0) * (np.arange(-1000, 1001) + 0.5),  # where rounding to a power of two is a tie
    ]
)


@kernel
def exponentials(x, out, single):
    """Our exponential in both precisions."""
    for i in range(x.shape[0]):
        out[i] = arithmetic.exp(x[i])
        single[i] = arithmetic.exp32(np.float32(x[i]))


@kernel
def others(x, out):
    """Logarithm and root."""
    for i in range(x.shape[0]):
        out[i, 0] = arithmetic.log(x[i])
        out[i, 1] = arithmetic.sqrt(x[i])


@kernel
def cells_and_looks(cells, seen):
    """Loads, stores and additions of one thread."""
    for i in range(cells.shape[0]):
        prefetch(cells, i + 100)
        seen[i, 0] = add(cells, i, np.int64(i * i))
        seen[i, 1] = load(cells, i)
        store(cells, i, seen[i, 1] - 2 * i)


def of_processor():
    cells, seen = np.arange(9), np.zeros((9, 2), dtype=np.int64)
    cells_and_looks(cells, seen)
    return {"cells": cells, "seen": seen}


def of_rng():
    found = {}
    for key, step, first in ((0, 0, 0), (2**64 - 1, 2**62, 2**40), (77, 5, 2**31)):
        words, numbers = np.empty(12, dtype=np.uint32), np.empty(7)
        fill_words(np.uint64(key), np.uint64(step), np.uint64(first), words)
        fill_uniform(np.uint64(key), np.int64(first), numbers)
        anywhere = np.empty(4)
        fill_uniform_at(np.uint64(key), np.array([7, 2**40, 0, 9]), anywhere)
        found |= {f"words {key}": words, f"numbers {key}": numbers, f"anywhere {key}": anywhere}
    return found


def of_arithmetic():
    out, single = np.empty(len(ARGUMENTS)), np.empty(len(ARGUMENTS), dtype=np.float32)
    exponentials(ARGUMENTS, out, single)
    positive = np.abs(ARGUMENTS[(ARGUMENTS != 0) & np.isfinite(ARGUMENTS)])
    rest = np.empty((len(positive), 2))
    others(positive, rest)
    return {"exp": out, "exp32": single, "log and sqrt": rest}


def of_connect():
    found = {}
    apart = (np.array([0, 1, 1, 3, 3, 3, 4]), np.array([5, 0, 2, 1]))
    for n in (3, 5):
        other, own = np.empty((2, 6 * n), dtype=np.int32)
        starts, mark = np.arange(7) * n, np.full(7, -1)
        connect.draw_distinct(np.uint64(4), 7, 0, 6, starts, *apart, mark, other, own)
        found |= {f"draw_distinct {n}, other": other, f"draw_distinct {n}, own": own}
    other, own = np.zeros((2, 20), dtype=np.int32)
    found["draw_probability"] = np.array(
        connect.draw_probability(np.uint64(5), 7, 0, 6, 0.4, *apart, other, own)
    )
    found |= {"draw_probability, other": other, "draw_probability, own": own}
    pre, post = np.arange(18, dtype=np.int32)[::-1] // 3, np.arange(18, dtype=np.int32) % 5
    rows, ids, slots = 2 * np.arange(6), np.array([7, 8, -1, 3, 0], np.int32), post % np.int32(2)
    counts, targets, weights = np.zeros(12, np.int64), np.zeros(18, np.uint16), np.zeros(18)
    connect.count_pairs(pre, post, rows, ids, slots, counts)
    cursor = np.append(0, np.cumsum(counts))[:-1]
    values = np.linspace(0.0, 1.0, 18)
    connect.place_pairs(pre, post, rows, ids, slots, values, cursor, targets, weights)
    names = ("counts", "cursor", "targets", "weights")
    return {**found, **dict(zip(names, (counts, cursor, targets, weights), strict=True))}


def of_quantile():
    u = np.concatenate([np.linspace(0.0, 1.0, 1001), 10.0 ** -np.arange(1.0, 300.0, 3.0)])
    normal, slots = np.empty(len(u)), np.empty(1000, dtype=np.int32)
    fill_normal(u, normal)
    thresholds = np.append(np.linspace(0.01, 0.99, 40) ** 3, np.inf)
    guide = np.searchsorted(thresholds, np.arange(16) / 16, side="right").astype(np.int32)
    find_slots(u[:1000], thresholds, guide, slots)
    return {"normal": normal, "slots": slots}


def of_network(name, backend="numba"):
    return arrays(outcome(backend, CASES[name]))


PARTS = {
    "rng": of_rng, "arithmetic": of_arithmetic, "connect": of_connect, "quantile": of_quantile,
    "processor": of_processor,
}  # fmt: skip


def everything():
    parts = {name: part() for name, part in PARTS.items()}
    parts |= {name: of_network(name) for name in NETWORKS}
    parts |= {f"event {name}": of_network(name, "numba-event") for name in EVENT_NETWORKS}
    return {f"{part}: {name}": a for part, found in parts.items() for name, a in found.items()}


if __name__ == "__main__":
    np.savez(sys.argv[1], **{k.replace("/", "|"): v for k, v in everything().items()})
