from __future__ import annotations

import sys

import numpy as np
import pytest

import neurosim as ns
from neurosim.errors import MissingDependency, ParameterError, TimingWarning
from neurosim.experiments.ca3_recall import EXPERIMENT
from neurosim.experiments.ca3_recall.images import chosen, digits
from neurosim.runner.execute import execute

from .running import drawn, failed, run

SMALL = {"n_cues": 4, "draws": 2, "forgotten": 1}


def test_images_are_real_digits():
    images, labels = digits(12)
    assert images.shape[1:] == (64,)
    assert len(images) > 1700
    assert len(np.unique(images, axis=0)) == len(images)
    assert images.any(axis=1).all()
    assert set(labels) == set(range(10))
    assert digits(1)[0].mean() > images.mean() > digits(16)[0].mean()


def test_choosing_images():
    rng = np.random.default_rng(0)
    assert sorted(chosen(5, 5, rng)) == [0, 1, 2, 3, 4]
    with pytest.raises(ParameterError, match="at most 5 different images"):
        chosen(6, 5, rng)


def test_images_need_scikit_learn(monkeypatch):
    monkeypatch.setitem(sys.modules, "sklearn.datasets", None)
    with pytest.raises(MissingDependency, match=r"pip install 'neurosim-snn\[data\]'"):
        digits(12)


def test_claims_hold_and_files_are_written(tmp_path):
    outcome = execute(EXPERIMENT, seed=1, out=tmp_path / "out", progress=False)
    assert list(failed(outcome)) == []
    assert {p.name for p in (tmp_path / "out").iterdir()} >= {"result.json", "figure.png"}
    recording = ns.load(tmp_path / "out" / "recording-out.npz")
    metrics = outcome.result.metrics
    assert recording.duration == 14.0 * metrics["operations"]
    assert metrics["operations_per_second"] > 0


def test_what_is_compared():
    result = run(EXPERIMENT, **SMALL).result
    arrays = result.arrays
    right = (arrays["recalled"] == arrays["stored"]).all(axis=1)
    assert result.metrics["recall_accuracy"] == right.mean()
    assert (arrays["fragment"].sum(axis=1) <= 10).all()
    assert not (arrays["fragment"] & ~arrays["stored"]).any()
    replaced = arrays["replaced"]
    changed = (arrays["stored"] != arrays["new_stored"]).any(axis=1)
    np.testing.assert_array_equal(changed, replaced)
    assert replaced.sum() == 2
    assert not arrays["forgotten_recalled"][arrays["forgotten"]].any()
    assert arrays["forgotten"].sum() == 1


def test_a_broken_memory_is_seen():
    """Without depression nothing is forgotten, and the numbers and the figure show it."""
    outcome = run(EXPERIMENT, **SMALL, **{"circuit.plasticity.A_minus": 0.0})
    metrics = outcome.result.metrics
    assert metrics["recall_accuracy"] == 1.0
    assert metrics["new_recall_accuracy"] < 1.0 == metrics["new_recall_accuracy_oracle"]
    assert metrics["forgotten_recall_accuracy"] < 1.0
    assert metrics["forgotten_found_by_bit"] > 0
    assert "a forgotten cue is found by none of its pixels" in "".join(failed(outcome))


def test_other_spacings():
    with pytest.warns(TimingWarning):
        outcome = run(EXPERIMENT, **SMALL, spacing="documented")
    assert outcome.result.metrics["query_1_accuracy"] < 1.0
    assert outcome.params.spacing == "documented"
    assert run(EXPERIMENT, **SMALL, spacing=15).params.spacing == "15/15"


def test_figure():
    outcome = run(EXPERIMENT, **SMALL)
    (axes,) = drawn(EXPERIMENT, outcome).axes
    labels = [t.get_text() for t in axes.get_yticklabels()]
    assert labels[0] == "stored"
    assert labels[-1] == "1 forgotten, recalled by cue"
    assert len(axes.patches) == 2 + 1
    assert axes.images[0].get_array().shape == (90, 40, 3)


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"n_cues": 1}, "n_cues"),
        ({"n_cues": 1000}, "n_cues"),
        ({"threshold": 17}, "threshold"),
        ({"fragment": 0}, "fragment"),
        ({"overwritten": 1.5}, "overwritten"),
        ({"forgotten": 17}, "forgotten"),
        ({"spacing": "never"}, "spacing"),
    ],
)
def test_bad_parameters_are_named(change, named):
    with pytest.raises(ParameterError, match=named):
        run(EXPERIMENT, **change)
