import numpy as np
import pytest

import neurosim as ns
from neurosim.errors import ParameterError
from neurosim.synapses import KINDS

EVERY = pytest.mark.parametrize("kind", list(KINDS.values()), ids=lambda k: k.__name__)


@EVERY
def test_weight_and_delay_come_first_and_the_delay_has_a_default(kind):
    made = kind(0.5, 2.0)
    assert (made.weight, made.delay) == (0.5, 2.0)
    assert kind(0.5).delay is None
    with pytest.raises(ParameterError, match=rf"{kind.__name__}.weight: .*missing"):
        kind()


@EVERY
@pytest.mark.parametrize("field", ["weight", "delay"])
def test_values_are_numbers_arrays_matrices_or_distributions(kind, field):
    for value in (2.0, [1.0, 2.0], [[1.0, 2.0], [3.0, 4.0]], ns.Uniform(1.0, 2.0)):
        made = getattr(kind(**{"weight": 1.0, field: value}), field)
        assert made == value if isinstance(value, ns.Uniform) else np.all(made == np.array(value))
        assert not isinstance(made, np.ndarray) or not made.flags.writeable


@EVERY
@pytest.mark.parametrize(
    "value", ["a", np.nan, [np.inf], [[1.0, np.nan]], [[[1.0]]], [["a", "b"]], [[1.0], [1.0, 2.0]]]
)
def test_nonsense_is_refused(kind, value):
    for field in ("weight", "delay"):
        with pytest.raises(ParameterError, match=rf"{kind.__name__}.{field}: "):
            kind(**{"weight": 1.0, field: value})


@EVERY
@pytest.mark.parametrize("delay", [0.0, -1.0, [1.0, 0.0], [[1.0, -1.0]], ns.Normal(1.0, 1.0)])
def test_delays_are_positive(kind, delay):
    with pytest.raises(ParameterError, match=rf"{kind.__name__}.delay: must be > 0 ms"):
        kind(0.5, delay)


def test_kinds_are_listed_by_name():
    assert {name: kind.__name__ for name, kind in KINDS.items()} == {
        "static": "Static", "stdp": "STDP", "tsodyks_markram": "TsodyksMarkram",
    }  # fmt: skip
