import pytest

import neurosim as ns
from neurosim.errors import ParameterError


def test_defaults():
    made = ns.TsodyksMarkram(1.0)
    assert (made.U, made.tau_rec, made.tau_facil) == (0.5, 100.0, 0.0)


@pytest.mark.parametrize(
    ("field", "value", "rule"),
    [
        ("U", 1.5, "must be >= 0 and <= 1"),
        ("tau_rec", 0.0, "must be > 0 ms"),
        ("tau_facil", -1.0, "must be >= 0 ms"),
        ("tau_rec", [100.0], "must be one number"),
    ],
)
def test_bounds(field, value, rule):
    with pytest.raises(ParameterError, match=rf"TsodyksMarkram.{field}: {rule}"):
        ns.TsodyksMarkram(1.0, **{field: value})
