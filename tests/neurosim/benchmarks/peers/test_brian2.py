from __future__ import annotations

import numpy as np
import pytest

from neurosim.benchmarks.peers import brian2 as script
from tests.neurosim.benchmarks.peers.task import task


def test_every_kind_of_the_benchmarks_has_equations():
    kinds = {task(name)["populations"][0]["kind"] for name in ("b1", "b2", "b3", "b4")}
    assert kinds <= set(script.EQUATIONS) == set(script.METHODS) == set(script.TARGETS)


def test_draws_stay_inside_their_bounds():
    rng = np.random.default_rng(1)
    found = script.drawn(dict(mean=1.0, sd=1.0, low=0.5, high=None), 2.0, 5000, rng)
    assert found.min() >= 1.0
    assert len(found) == 5000
    assert found.mean() == pytest.approx(
        2.0 * 1.51, abs=0.1
    )  # of a Gaussian above half an sd below
    assert script.drawn(0.3, 2.0, 5000, rng) == 0.6


class Monitor:
    def __init__(self, count):
        self.count = np.array(count)


def test_spikes_are_counted_by_group():
    groups = dict(groups=[["a", "cells", 0, 2], ["b", "cells", 2, 4]])
    assert script.counts({"cells": Monitor([1, 2, 3, 4])}, groups) == {"a": 3, "b": 7}


def test_memory_of_a_process():
    assert script.peak_mb("self") > 10.0
    assert script.peak_mb("0") == 0.0


@pytest.mark.slow
@pytest.mark.filterwarnings(
    "ignore:.*deprecated.* use:DeprecationWarning"
)  # in the parser of Brian2
def test_it_runs_the_same_network():
    pytest.importorskip("brian2")
    found = script.run(task("b1", 0.25, duration=200.0) | {"mode": "cython"})
    assert 3.0 < sum(found["spikes"].values()) / 1000 / 0.2 < 8.0
