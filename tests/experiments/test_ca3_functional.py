from __future__ import annotations

import pytest

from neurosim.errors import ParameterError
from neurosim.experiments.ca3_functional import EXPERIMENT
from neurosim.experiments.ca3_functional.experiment import Params
from neurosim.models.ca3.oracle import expected

from .running import drawn, failed, run, same_spikes

PUBLISHED = [
    (0, set(), {0, 1, 8, 9}),
    (10, set(), {1, 5, 6}),
    (20, set(), {4, 5, 6}),
    (30, {0}, {0, 1, 8, 9}),
    (40, {3, 4}, {6}),
    (50, {0, 3}, {0, 4}),
    (60, set(), {1, 3, 4, 8}),
    (70, {3}, {1, 3, 4, 8}),
    (80, {4}, {6}),
]
"""Start, cues (of recalls) and content of every answer."""


def test_schedule_is_the_published_one():
    timed = Params().operations()
    answers = expected([t.operation for t in timed], 5, 10)
    for (start, cues, content), item, answer in zip(PUBLISHED, timed, answers, strict=True):
        assert item.step == start
        assert answer.content == content
        assert not cues or answer.cues == cues


@pytest.mark.parametrize("backend", ["numba", "reference"])
def test_claims_hold(backend):
    from neurosim.runner.execute import execute

    outcome = execute(EXPERIMENT, backend=backend, progress=False)
    assert list(failed(outcome)) == []
    assert outcome.result.metrics["right"] == 9
    assert outcome.result.recordings["spikes"].duration == 90.0


def test_figure():
    (axes,) = drawn(EXPERIMENT, run(EXPERIMENT)).axes
    assert [t.get_text() for t in axes.texts][3:5] == ["cue 0", "bits\n6"]


def test_parameters_reach_the_network():
    assert run(EXPERIMENT, **{"circuit.weights.gate_push": 0.0}).result.metrics["right"] < 9
    with pytest.raises(ParameterError, match=r"circuit\.class_b\.tau_m"):
        run(EXPERIMENT, **{"circuit.class_b.tau": 3})
    with pytest.raises(ParameterError, match="spacing"):
        run(EXPERIMENT, spacing=3)


def test_the_network_for_elsewhere_is_the_one_that_runs():
    assert same_spikes(EXPERIMENT)
