from __future__ import annotations

import numpy as np
import pytest

from neurosim.experiments.ca3_map import EXPERIMENT
from neurosim.experiments.ca3_map.experiment import Params

from .running import drawn, failed, run, same_spikes


def test_schedule_is_the_published_one():
    timed = Params().operations()
    assert [t.step for t in timed] == [7 * k for k in range(16)] + [112, 118, 124, 130]
    flags = [min(t.operation.bits()) for t in timed[:16]]
    assert flags == [0, 5, 1, 3, 0, 3, 4, 5, 0, 5, 4, 3, 2, 4, 4, 3]


def test_claims_hold():
    outcome = run(EXPERIMENT)
    assert list(failed(outcome)) == []
    assert outcome.result.metrics["right"] == 20
    assert outcome.result.recordings["spikes"].duration == 140.0
    cells = [np.flatnonzero(row).tolist() for row in outcome.result.arrays["recalled"]]
    assert cells == [[2, 6, 10, 12, 13, 14], [3, 5, 11, 15], [1, 7, 9], [0, 4, 8]]


def test_the_weak_cell_needs_its_cross_link():
    metrics = run(EXPERIMENT).result.metrics
    fires = Params().circuit.class_b.firing_weight
    own, cross = metrics["weak_cell_own_weight"], metrics["weak_cell_cross_weight"]
    assert max(own, cross) < fires < own + cross


def test_spacing_matters():
    metrics = run(EXPERIMENT, learn_spacing=14, recall_spacing=14).result.metrics
    assert metrics["right"] == 20
    assert metrics["weak_cell_own_weight"] == pytest.approx(5.6, abs=0.1)


def test_figure():
    figure = drawn(EXPERIMENT, run(EXPERIMENT))
    titles = [axes.get_title() for axes in figure.axes]
    assert titles[0] == "stored map"
    assert all("16 of 16 cells right" in title for title in titles[1:])
    crosses = [t.get_text() for t in figure.axes[1].texts].count("x")
    assert crosses == 6


def test_the_network_for_elsewhere_is_the_one_that_runs():
    assert same_spikes(EXPERIMENT)
