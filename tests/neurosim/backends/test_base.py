import numpy as np
import pytest

from neurosim.backends.base import Capabilities, Options, Synapses, Violation
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
