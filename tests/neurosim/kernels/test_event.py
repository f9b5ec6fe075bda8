import numpy as np
import pytest

from neurosim.kernels import event
from neurosim.testing.cases import CASES
from neurosim.testing.start import outcome
from tests.neurosim.kernels import both


@pytest.mark.parametrize("name", both.EVENT_NETWORKS)
def test_compiled_and_plain_python_give_the_same_bits(name, plain):
    for key, values in both.of_network(name, "numba-event").items():
        assert np.array_equal(values, plain[f"event {name}"][key]), key


def test_each_kernel_is_compiled_once_for_each_precision_of_weights():
    for name in ("delays", "poisson", "neurons if_curr_delta", "weights in double"):
        outcome("numba-event", CASES[name])
        outcome("numba-event-precise", CASES[name])
    kinds = [str(kind) for signature in event.run.signatures for kind in signature]
    weights = [kind for kind in kinds if kind.startswith("Synapses")]
    assert len(weights) == len(set(weights)) == 2
    assert len(event.look_at.signatures) == 1
