import numpy as np
import pytest

from neurosim.hardware.spinnaker.cells import CELLS
from neurosim.hardware.spinnaker.mapping import RingBits, Target
from neurosim.hardware.spinnaker.values import factor, from_words


def target(kind):
    return Target(0, "c", 1, CELLS[kind], 1, RingBits(1, 1, 1), 1, (0.0, 0.0), (0, 0), None)


@pytest.mark.parametrize(
    ("kind", "variable", "value"),
    [
        ("if_curr_exp", "v", 1.0), ("if_curr_exp", "isyn_exc", 1.0),
        ("if_curr_exp", "isyn_inh", -1.0), ("if_cond_exp", "gsyn_inh", 1.0 / 1024),
        ("izhikevich_curr_exp", "u", 1.0),
    ],
)  # fmt: skip
def test_words_become_values_in_our_unit_and_sign(kind, variable, value):
    assert from_words(np.array([32768]), variable, target(kind)).tolist() == [value]
    assert factor(variable, target(kind)) * 32768 == value


def test_conductances_are_recorded_rounded_down():
    assert from_words(np.array([2047]), "gsyn_exc", target("if_cond_exp")).tolist() == [1 / 32768]
