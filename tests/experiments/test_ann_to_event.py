from __future__ import annotations

import warnings

import numpy as np
import pytest
import torch

from neurosim.datasets.digits import bundled
from neurosim.errors import MissingDependency, ParameterError
from neurosim.experiments.ann_to_event import EXPERIMENT
from neurosim.experiments.ann_to_event import training as trained
from neurosim.experiments.ann_to_event.data import spikes

from .running import drawn, run

pytestmark = pytest.mark.filterwarnings("ignore:.*torch.jit.*:DeprecationWarning")

SMALL = {
    "train_samples": 200, "test_samples": 40, "steps": 8, "epochs": 6, "hidden": 30, "channels": 3,
    "timed": 2, "repeats": 1,
}  # fmt: skip


@pytest.fixture(scope="module")
def outcome():
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", ".*torch.jit.*", DeprecationWarning)
        return run(EXPERIMENT, **SMALL)


def test_predictions_are_those_of_the_frameworks(outcome):
    metrics = outcome.result.metrics
    for name in ("snntorch", "norse"):
        assert metrics[f"{name}_equal_predictions"] == 1.0
        assert metrics[f"{name}_accuracy"] == metrics[f"{name}_framework_accuracy"]
        assert 0.0 < metrics[f"{name}_operations_share"] < 0.5
        assert metrics[f"{name}_single_ms"] > 0.0
        loss = outcome.result.arrays[f"{name}_loss"]
        assert loss[-1] < loss[0]
        assert outcome.result.arrays[f"{name}_scores"].shape == (40, 10)
    assert metrics["snntorch_largest_score_difference"] == 0.0
    assert metrics["norse_largest_score_difference"] < 1e-4
    assert metrics["snntorch_accuracy"] > 0.6  # small and hardly trained; chance is 0.1


def test_claims_are_about_what_is_measured(outcome):
    metrics = {verdict.claim.metric for verdict in outcome.claims}
    assert {"snntorch_equal_predictions", "norse_equal_predictions"} <= metrics
    exact = [v for v in outcome.claims if "equal_predictions" in v.claim.metric]
    assert all(v.holds for v in exact)


def test_training_is_repeatable(outcome):
    again = run(EXPERIMENT, **SMALL).result
    for name in ("snntorch_scores", "norse_scores", "snntorch_operations"):
        assert np.array_equal(again.arrays[name], outcome.result.arrays[name])


def test_figure(outcome):
    figure = drawn(EXPERIMENT, outcome)
    titles = [axes.get_title() for axes in figure.axes]
    assert titles[0].startswith("snnTorch: 100 % of predictions equal")
    assert titles[1].startswith("Norse: 100 % of predictions equal")


def test_spike_trains_are_even_and_as_many_as_the_grey_level_says():
    images, labels = bundled()
    assert images.shape == (1797, 8, 8)
    assert set(labels) == set(range(10))
    trains = spikes(images[:20], 16)
    assert trains.shape == (20, 16, 8, 8)
    assert np.array_equal(trains.sum(axis=1), np.round(16 * images[:20]))
    ramp = spikes(np.array([[[0.0, 0.25, 1.0]]]), 8)[0, :, 0]
    assert ramp.sum(axis=0).tolist() == [0, 2, 8]
    assert np.diff(np.flatnonzero(ramp[:, 1])).tolist() == [4]


def test_nothing_left_to_test_with_is_refused():
    with pytest.raises(ParameterError, match="train_samples: must be below 1797"):
        run(EXPERIMENT, **(SMALL | {"train_samples": 1797}))


@pytest.mark.parametrize(
    ("module", "extra"), [("torch", "torch"), ("snntorch", "torch"), ("norse.torch", "norse")]
)
def test_missing_packages_are_named(monkeypatch, module, extra):
    import sys

    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(MissingDependency, match=rf"neurosim-snn\[{extra}\]"):
        run(EXPERIMENT, **(SMALL | {"epochs": 1, "train_samples": 10}))


def test_one_thread_is_used_and_given_back():
    before = torch.get_num_threads()
    with trained.single_threaded():
        assert torch.get_num_threads() == 1
    assert torch.get_num_threads() == before


@pytest.mark.slow
def test_claims_hold():
    outcome = run(EXPERIMENT)
    timing = ("single_speedup", "batch_speedup")
    assert not [v for v in outcome.claims if v.fails and not v.claim.metric.endswith(timing)]
