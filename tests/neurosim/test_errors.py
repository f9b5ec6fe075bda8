import inspect
import pickle

import pytest

from neurosim import errors
from neurosim.errors import (
    BackendUnavailable,
    MissingDependency,
    NeurosimError,
    NeurosimWarning,
    ParameterError,
    SpecError,
    close_matches,
    shown,
)

CLASSES = [
    c
    for _, c in inspect.getmembers(errors, inspect.isclass)
    if issubclass(c, (NeurosimError, NeurosimWarning))
]


@pytest.mark.parametrize("kind", CLASSES)
def test_every_class_is_in_the_drawn_tree_and_documented(kind):
    assert kind.__name__ in errors.__doc__
    assert kind.__doc__


def test_the_tree_holds_no_other_names():
    drawn = {w.strip("(),") for w in errors.__doc__.split() if w.endswith(("Error", "Warning"))}
    assert drawn <= {c.__name__ for c in CLASSES}


def test_a_parameter_error_says_all_and_keeps_its_values():
    error = ParameterError(
        "IFCurrExp", "tau_m", "must be > 0 ms", -5.0, "Give a value in ms.", "neuron 3"
    )
    assert str(error) == (
        "IFCurrExp.tau_m: must be > 0 ms, got -5.0 (neuron 3). Give a value in ms."
    )
    assert isinstance(error, ValueError)
    fields = (error.owner, error.field, error.rule, error.value, error.remedy, error.where)
    again = pickle.loads(pickle.dumps(error))
    assert str(again) == str(error)
    assert fields == (
        again.owner, again.field, again.rule, again.value, again.remedy, again.where
    )  # fmt: skip


def test_a_missing_dependency_names_the_extra():
    error = MissingDependency("Recording.to_pandas", "pandas", "pandas")
    assert str(error) == "Recording.to_pandas needs pandas: pip install 'neurosim-snn[pandas]'"
    assert str(pickle.loads(pickle.dumps(error))) == str(error)
    assert isinstance(error, BackendUnavailable)
    assert isinstance(error, ImportError)


def test_built_in_bases_are_kept():
    assert issubclass(SpecError, ValueError)
    assert issubclass(errors.SimulationError, RuntimeError)
    assert issubclass(NeurosimWarning, UserWarning)


def test_long_values_are_cut():
    assert shown("x" * 500) == "'" + "x" * 116 + "..."
    assert shown([1.5]) == "[1.5]"


def test_close_matches():
    assert close_matches("tau_n", ["tau_m", "v_rest"]) == "Did you mean 'tau_m'?"
    assert close_matches("q", ["b", "a"]) == "Use one of: a, b."
    assert close_matches(3, []) == "There is none to choose from."
