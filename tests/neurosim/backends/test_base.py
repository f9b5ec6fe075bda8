import numpy as np
import pytest

from neurosim.backends import base
from neurosim.backends.base import Capabilities, Options, Synapses, Violation, processors
from neurosim.errors import ParameterError


def test_synapses_become_a_matrix_of_sums():
    pre, post = (np.array(ids, dtype=np.int32) for ids in ([0, 0, 2, 0], [1, 2, 0, 1]))
    weight = np.array([0.5, 1.0, -2.0, 0.25], dtype=np.float32)
    found = Synapses(pre, post, weight, np.ones(4)).matrix(3, 4)
    assert found.dtype == np.float64
    assert found.tolist() == [[0.0, 0.75, 1.0, 0.0], [0.0] * 4, [-2.0, 0.0, 0.0, 0.0]]


def test_a_violation_is_a_sentence_with_a_remedy():
    found = Violation("population 'a'", "kind 'elm' is not among its kinds", "Use 'numba'.")
    assert str(found) == "population 'a': kind 'elm' is not among its kinds. Use 'numba'."


def test_without_more_said_a_backend_runs_every_kind_in_double_precision():
    can = Capabilities()
    assert can.neurons == ("*",)
    assert can.precisions == ("double",)
    assert can.features == ()


@pytest.mark.parametrize("value", ["yes", 2, 0.5])
def test_progress_is_a_choice(value):
    with pytest.raises(ParameterError, match=r"simulate.progress: must be True, False or None"):
        Options(progress=value)


@pytest.mark.parametrize("value", ["much", 0.0, -1.0, float("nan"), [1.0, 2.0]])
def test_a_memory_limit_is_a_positive_number(value):
    with pytest.raises(ParameterError, match=r"simulate.memory_limit: must be"):
        Options(memory_limit=value)


@pytest.mark.parametrize("value", [1.5, 2.0, True, "2", None, [1], np.float64(1.0)])
def test_threads_are_a_whole_number(value):
    with pytest.raises(ParameterError, match=r"simulate.threads: must be a whole number, got"):
        Options(threads=value)


@pytest.mark.parametrize("value", [0, -1, 5, 2**70])
def test_threads_are_as_many_as_there_are_processors_at_most(monkeypatch, value):
    monkeypatch.setattr(base, "processors", lambda: 4)
    text = rf"simulate.threads: must be from 1 to 4, the processors of this process, got {value}\."
    with pytest.raises(ParameterError, match=text):
        Options(threads=value)


@pytest.mark.parametrize("value", [1, 4, np.int64(2)])
def test_threads_within_the_machine_are_taken(monkeypatch, value):
    monkeypatch.setattr(base, "processors", lambda: 4)
    assert Options(threads=value).threads == value


def test_only_processors_that_the_process_may_use_count(monkeypatch):
    assert processors() >= 1
    monkeypatch.setattr(base.os, "sched_getaffinity", lambda process: {3, 5, 8}, raising=False)
    assert processors() == 3
    monkeypatch.delattr(base.os, "sched_getaffinity")
    monkeypatch.setattr(base.os, "cpu_count", lambda: None)
    assert processors() == 1
