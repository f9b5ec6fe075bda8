from __future__ import annotations

import numpy as np

from neurosim.benchmarks.kernels import read, scatter


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
