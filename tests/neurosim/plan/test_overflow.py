import numpy as np
import pytest

import neurosim as ns
from neurosim.errors import LoweringError
from neurosim.plan.overflow import largest, require_fit


def test_the_largest_amount_of_numbers_arrays_and_distributions():
    assert largest(-2.0) == 2.0
    assert largest(np.array([[1.0, -3.0]])) == 3.0
    assert largest(np.empty(0)) == 0.0
    assert largest(ns.Uniform(-5.0, 1.0)) == pytest.approx(5.0)
    assert 8.0 < largest(ns.Normal(0.0, 1.0)) < 9.0


@pytest.mark.parametrize("weight", [1e39, np.array([0.0, -1e39]), ns.Normal(1e38, 1e38)])
def test_only_what_cannot_be_held_is_refused(weight):
    for kind in (ns.Static, ns.STDP):
        synapse = kind(weight, 1.0, **({"w_max": 1e40} if kind is ns.STDP else {}))
        with pytest.raises(LoweringError, match=r"'p': weight .* single precision"):
            require_fit("p", synapse, weight, "single", "single")
        require_fit("p", synapse, weight, "double", "double")
    require_fit("p", ns.Static(1e38, 1.0), 1e38, "single", "single")
