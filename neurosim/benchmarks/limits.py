"""What the machine can do at best: the lines of a roofline that benchmarks are set against."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from time import perf_counter, process_time
from typing import Any

import numpy as np

SPEND_S = 0.3
"""CPU time to spend on each limit, at least one pass."""

N = 20_000
"""Targets: an accumulator of 160 kB, in the second-level cache."""

IN_CACHE = 30_000
"""Synapses that stay in the second-level cache with it (6 bytes each)."""

IN_MEMORY = 1 << 24
"""Synapses that do not stay in any cache: 96 MiB."""

SEGMENT = 1000
"""Synapses of a sender: their targets ascend."""

MEETINGS = 2000

Limits = dict[str, tuple[float, str]]


def measure_limits(
    in_cache: int = IN_CACHE, in_memory: int = IN_MEMORY, spend: float = SPEND_S
) -> Limits:
    """Measure the limits on one core.

    Parameters
    ----------
    in_cache, in_memory : int
        Numbers of synapses.
    spend : float
        CPU time for each limit, s.

    Returns
    -------
    dict
        Value and unit by name. ``scattered_add``: a float added to a random place of an accumulator
        that lies in the second-level cache, synapses there as well. ``streamed_add``: the same with
        synapses of 6 bytes (uint16 target, float32 weight) that come from memory, targets
        ascending within segments as in a network. ``stream_read``: reading memory in
        order. ``meeting``: two threads wait for each other.
    """
    from neurosim.benchmarks.kernels import read, scatter

    rng = np.random.default_rng(1)
    total = np.zeros(N)

    def added(synapses: int, segment: int) -> float:
        shape = max(1, synapses // segment), segment
        targets = np.sort(rng.integers(0, N, shape).astype(np.uint16)).ravel()
        weights = np.ones(len(targets), dtype=np.float32)
        return fastest(lambda: scatter(targets, weights, total), spend) / len(targets)

    values = np.ones(max(8, in_memory))
    reading = fastest(lambda: read(values), spend)
    return {
        "scattered_add": (1e9 * added(in_cache, 1), "ns"),
        "streamed_add": (1e9 * added(in_memory, SEGMENT), "ns"),
        "stream_read": (values.nbytes / reading / 1e9, "GB/s"),
        "meeting": (1e6 * meeting(), "us"),
    }


def meeting(count: int = MEETINGS, repeats: int = 5) -> float:
    """Wall time of a meeting of two threads that have nothing else to do, s: the fastest mean."""
    from neurosim.benchmarks.kernels import meetings
    from neurosim.kernels.meeting import CELLS

    def meet_often() -> float:
        cells = np.zeros(CELLS, dtype=np.int64)
        began = perf_counter()
        jobs = [pool.submit(meetings, cells, np.int64(2), np.int64(count)) for _ in range(2)]
        for job in jobs:
            job.result()
        return (perf_counter() - began) / count

    meetings(np.zeros(CELLS, dtype=np.int64), np.int64(1), np.int64(1))  # compile
    with ThreadPoolExecutor(2) as pool:
        return min(meet_often() for _ in range(repeats))


def fastest(work: Callable[[], Any], spend: float) -> float:
    """CPU time of a piece of work, s: the fastest of as many passes as fit, the first not counted.

    A pass repeats the work until it takes a hundredth of ``spend``, so that the clock is fine
    enough.
    """
    work()
    times: list[float] = []
    used, inner = 0.0, 1
    while used < spend or not times:
        began = process_time()
        for _ in range(inner):
            work()
        passed = process_time() - began
        used += passed
        if passed < spend / 100.0 and used < spend:
            inner *= 4
        else:
            times.append(passed / inner)
    return min(times)
