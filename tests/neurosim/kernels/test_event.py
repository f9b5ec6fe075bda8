import numpy as np
import pytest

from neurosim.kernels import event
from neurosim.testing.cases import CASES
from neurosim.testing.conformance import outcome
from tests.neurosim.kernels import both


@pytest.mark.parametrize("name", both.EVENT_NETWORKS)
def test_compiled_and_plain_python_give_the_same_bits(name, plain):
    for key, values in both.of_network(name, "numba-event").items():
        assert np.array_equal(values, plain[f"event {name}"][key]), key


def test_each_kernel_is_compiled_once():
    for name in ("delays", "poisson", "neurons if_curr_delta"):
        outcome("numba-event", CASES[name])
        outcome("numba-event-precise", CASES[name])
    assert len(event.run.signatures) == 1
    assert len(event.look_at.signatures) == 1


def test_weights_in_double_are_another_signature():
    before = set(event.run.signatures)
    outcome("numba-event", CASES["weights in double"])
    assert len(set(event.run.signatures) - before) <= 1
