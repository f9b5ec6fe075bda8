from __future__ import annotations

import numpy as np
import pytest

from neurosim.distributions import Uniform
from neurosim.errors import ParameterError, SpecError
from neurosim.runner.params import declared, flat, parse, plain, resolve
from tests.neurosim.runner.tiny import Params


def test_assignments_are_split_at_the_first_equals():
    assert parse(["a.b=3", " c =x=y", "d="]) == {"a.b": "3", "c": "x=y", "d": ""}


@pytest.mark.parametrize("text", ["a", "=3", " = 3", ""])
def test_an_assignment_has_a_name_and_a_value(text):
    with pytest.raises(SpecError, match="--set: must be NAME=VALUE"):
        parse([text])


def test_an_assignment_is_given_once():
    with pytest.raises(SpecError, match="'a' twice"):
        parse(["a=1", "a=2"])


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("n", "16", 16),
        ("n", "1.6e1", 16),
        ("gain", "1e-3", 1e-3),
        ("gain", "[1, 2]", [1.0, 2.0]),
        ("cell.tau_m", "15", 15.0),
        ("cell.tau_m", "15 ms", 15.0),
        ("cell.tau_m", "0.015 s", 15.0),
        ("circuit.cell.tau_m", "7", 7.0),
        ("strict", "false", False),
        ("mode", "no", "no"),
        ("label", "5", "5"),
        ("label", "true", "true"),
    ],
)
def test_text_is_read_by_the_declaration(name, text, expected):
    value = flat(resolve(Params, {name: text}))[name]
    assert np.array_equal(value, expected)
    assert not isinstance(expected, str) or isinstance(value, str)


def test_typed_values_and_groups_are_taken_as_they_are():
    params = resolve(Params, {"n": 3, "cell": {"tau_m": 5}, "circuit.cell": {"v_thresh": "-40 mV"}})
    assert (params.n, params.cell.tau_m, params.circuit.cell.v_thresh) == (3, 5.0, -40.0)
    assert params.cell.v_thresh == -50.0


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("nn", "Did you mean 'n'"),
        ("mod", "Did you mean 'mode'"),
        ("tau_m", "'cell.tau_m' or 'circuit.cell.tau_m'"),
        ("cell.tau_n", "Did you mean 'cell.tau_m'"),
        ("circuit.tau_m", "'cell.tau_m' or 'circuit.cell.tau_m'"),
        ("zzz", "Use one of: cell.tau_m, cell.v_thresh"),
    ],
)
def test_an_unknown_name_lists_the_close_ones(name, hint):
    with pytest.raises(ParameterError, match=f"Params.{name}: is not a parameter") as caught:
        resolve(Params, {name: 1})
    assert hint in str(caught.value)


def test_a_value_out_of_bounds_names_the_dotted_parameter():
    with pytest.raises(ParameterError, match=r"Params.cell.tau_m: must be > 0 ms, got -5"):
        resolve(Params, {"cell.tau_m": "-5"})
    with pytest.raises(
        ParameterError, match=r"Params.cell.tau_m: .*'5 mV'.*a time in ms is needed"
    ):
        resolve(Params, {"cell.tau_m": "5 mV"})


def test_groups_and_values_are_not_mixed_up():
    with pytest.raises(ParameterError, match=r"Params.cell: is a group.*Set one of cell.tau_m"):
        resolve(Params, {"cell": "5"})
    with pytest.raises(ParameterError, match=r"Params.n: has no parameters of its own, got 'x'"):
        resolve(Params, {"n.x": "5"})
    with pytest.raises(SpecError, match=r"'cell.tau_m': 'cell' is also set as a whole"):
        resolve(Params, {"cell": "5", "cell.tau_m": "5"})
    with pytest.raises(SpecError, match="'cell': its parameters are also set"):
        resolve(Params, {"cell.tau_m": "5", "cell": "5"})
    with pytest.raises(SpecError, match=r"'cell.tau_m': is set twice"):
        resolve(Params, {"cell": {"tau_m": 1}, "cell.tau_m": "5"})


def test_flat_and_declared_name_the_same_parameters():
    params = Params()
    assert flat(params).keys() == declared(params).keys()
    assert declared(params)["circuit.cell.tau_m"].unit == "ms"


def test_plain_is_json():
    given = {
        "params": Params(n=2), "array": np.array([1.5, np.nan]), "count": np.int64(3),
        "start": Uniform(0.0, 1.0), "inf": float("inf"), "none": None, "flag": np.bool_(True),
        "pair": (1, "a"), "kind": Params,
    }  # fmt: skip
    made = plain(given)
    assert made["params"]["cell"] == {"tau_m": 20.0, "v_thresh": -50.0}
    assert made["start"] == {"Uniform": {"low": 0.0, "high": 1.0}}
    assert (made["array"], made["count"], made["inf"], made["none"]) == ([1.5, None], 3, None, None)
    assert (made["flag"], made["pair"]) == (True, [1, "a"])
    assert made["kind"] == str(Params)
