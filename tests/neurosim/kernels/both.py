"""What kernels give on small arrays and networks, to be run compiled and in plain Python.

``python -m tests.neurosim.kernels.both FILE`` with ``NUMBA_DISABLE_JIT=1`` writes the latter.
"""

import sys

import numpy as np

from neurosim.kernels import arithmetic, connect
from neurosim.kernels._jit import kernel
from neurosim.kernels.rng import fill_uniform, fill_words
from neurosim.testing.cases import CASES
from neurosim.testing.compare import arrays
from neurosim.testing.conformance import outcome

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


def of_rng():
    found = {}
    for key, step, first in ((0, 0, 0), (2**64 - 1, 2**62, 2**40), (77, 5, 2**31)):
        words, numbers = np.empty(12, dtype=np.uint32), np.empty(7)
        fill_words(np.uint64(key), np.uint64(step), np.uint64(first), words)
        fill_uniform(np.uint64(key), np.int64(first), numbers)
        found |= {f"words {key}": words, f"numbers {key}": numbers}
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
    units = np.arange(6)
    apart = (np.array([0, 1, 1, 3, 3, 3, 4]), np.array([5, 0, 2, 1]))
    for name, n in (("draw_with_replacement", 9), ("draw_distinct", 3), ("draw_distinct", 5)):
        other, own = np.empty((2, 6 * n), dtype=np.int32)
        getattr(connect, name)(np.uint64(4), 7, 0, 6, n, *apart, other, own)
        found |= {f"{name} {n}, other": other, f"{name} {n}, own": own}
    other, own = np.zeros((2, 20), dtype=np.int32)
    found["draw_probability"] = np.array(
        connect.draw_probability(np.uint64(5), 7, 0, 6, 0.4, *apart, other, own)
    )
    found |= {"draw_probability, other": other, "draw_probability, own": own}
    segments, counts = np.repeat(units, 3)[::-1].copy(), np.zeros(7, dtype=np.int64)
    connect.count_segments(segments, counts)
    found["count_segments"] = counts.copy()
    places, cursor = np.empty(18, dtype=np.int64), np.cumsum(counts)[:-1].copy()
    connect.place_synapses(segments, cursor, places)
    return {**found, "place_synapses": places, "place_synapses, cursor": cursor}


def of_network(name, backend="numba"):
    return arrays(outcome(backend, CASES[name]))


PARTS = {"rng": of_rng, "arithmetic": of_arithmetic, "connect": of_connect}


def everything():
    parts = {name: part() for name, part in PARTS.items()}
    parts |= {name: of_network(name) for name in NETWORKS}
    parts |= {f"event {name}": of_network(name, "numba-event") for name in EVENT_NETWORKS}
    return {f"{part}: {name}": a for part, found in parts.items() for name, a in found.items()}


if __name__ == "__main__":
    np.savez(sys.argv[1], **{k.replace("/", "|"): v for k, v in everything().items()})
