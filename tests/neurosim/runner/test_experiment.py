from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from neurosim.backends import progress
from neurosim.errors import ParameterError
from neurosim.runner.experiment import Context, Result


def test_numpy_metrics_become_plain():
    result = Result({"a": np.float32(0.5), "b": np.bool_(True), "c": np.int64(3), "d": "word"})
    assert result.metrics == {"a": 0.5, "b": True, "c": 3, "d": "word"}
    assert [type(v) for v in result.metrics.values()] == [float, bool, int, str]


@pytest.mark.parametrize("value", [[1.0], None, np.zeros(2), 1j])
def test_a_metric_is_one_value(value):
    with pytest.raises(ParameterError, match=r"Result.metrics: .* \(metric 'm'\)"):
        Result({"m": value})


def test_arrays_hold_no_objects():
    with pytest.raises(ParameterError, match=r"Result.arrays: .* \(array 'a'\)"):
        Result({}, arrays={"a": np.array([{}, []], dtype=object)})
    assert Result({}, arrays={"a": [1, 2]}).arrays["a"].tolist() == [1, 2]


def test_streams_are_named_and_repeat():
    context = Context(seed=3, backend="numba", scratch=Path())
    assert context.rng("a").random() == context.rng("a").random()
    assert context.rng("a").random() != context.rng("b").random()
    assert context.rng("a").random() != Context(4, "numba", Path()).rng("a").random()


def test_track_gives_the_items_and_counts_them(monkeypatch):
    shown: list[int] = []
    monkeypatch.setattr(progress.RichBar, "update", lambda self, done: shown.append(done))
    context = Context(seed=0, backend="numba", scratch=Path(), progress=True)
    assert list(context.track("abc", "letters")) == ["a", "b", "c"]
    assert shown == [0, 1, 2]
