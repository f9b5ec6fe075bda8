from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np

from neurosim.benchmarks.kernels import meetings, read, scatter
from neurosim.kernels.meeting import CELLS, ROUND


def test_scattered_adds_are_those_of_a_histogram():
    rng = np.random.default_rng(1)
    targets = rng.integers(0, 50, 1000).astype(np.uint16)
    weights = rng.random(1000).astype(np.float32)
    total = np.ones(50)
    scatter(targets, weights, total)
    expected = 1.0 + np.bincount(targets, weights, minlength=50)
    np.testing.assert_allclose(total, expected, rtol=1e-12)


def test_reading_sums_whole_groups_of_eight():
    values = np.arange(19.0)
    assert read(values) == values[:16].sum()


def test_threads_meet_as_often_as_they_are_told():
    cells = np.zeros(CELLS, dtype=np.int64)
    with ThreadPoolExecutor(2) as pool:
        jobs = [pool.submit(meetings, cells, np.int64(2), np.int64(50)) for _ in range(2)]
        for job in jobs:
            job.result()
    assert cells[ROUND] == 50
