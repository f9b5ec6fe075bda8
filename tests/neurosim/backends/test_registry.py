import sys
from types import ModuleType, SimpleNamespace

import pytest

from neurosim.backends import registry
from neurosim.backends.clocked import Clocked
from neurosim.backends.reference import Reference
from neurosim.errors import BackendUnavailable, NeurosimWarning, SpecError


@pytest.fixture
def plug_ins(monkeypatch):
    """Entry points of other packages."""
    found = []
    monkeypatch.setattr(registry, "entry_points", lambda group: found if group else None)

    def add(name, value, module=None):
        found.append(SimpleNamespace(name=name, value=value))
        if module is not None:
            monkeypatch.setitem(sys.modules, value.partition(":")[0], module)

    return add


def test_built_in_backends_are_found_by_name():
    assert isinstance(registry.backend("numba"), Clocked)
    assert isinstance(registry.backend("reference"), Reference)
    assert {"numba", "reference"} <= registry.available().keys()
    for name, made in registry.available().items():
        assert made.name == name


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("nunba", "Did you mean 'numba'"),
        ("", "Use one of: .*numba.*reference"),
        (7, "got 7"),
        (None, "got None"),
        (["numba"], "must be known"),
    ],
)
def test_unknown_names_are_refused_with_close_ones(plug_ins, name, words):
    with pytest.raises(SpecError, match=words):
        registry.backend(name)


def test_other_packages_add_backends_but_replace_none(plug_ins):
    module = ModuleType("plugged")
    module.Mine = lambda: SimpleNamespace(name="mine")
    plug_ins("mine", "plugged:Mine", module)
    plug_ins("numba", "plugged:Mine")
    assert registry.names() == {"mine": "plugged:Mine", **registry.BUILT_IN}
    assert registry.backend("mine").name == "mine"
    assert isinstance(registry.backend("numba"), Clocked)


def broken():
    raise RuntimeError("no board is connected")


@pytest.mark.parametrize(
    ("value", "make", "words"),
    [
        ("not_there:Mine", None, "No module named 'not_there'"),
        ("plugged:Other", lambda: None, "has no attribute 'Other'"),
        ("plugged", lambda: None, "has no attribute ''"),
        ("plugged:Mine", broken, "no board is connected"),
    ],
)
def test_a_backend_that_fails_to_load_becomes_a_warning(plug_ins, value, make, words):
    module = ModuleType("plugged")
    module.Mine = make
    plug_ins("mine", value, module if make else None)
    with pytest.raises(
        BackendUnavailable, match=rf"'mine' cannot be loaded \({value}\): .*{words}"
    ):
        registry.backend("mine")
    with pytest.warns(NeurosimWarning, match=words):
        found = registry.available()
    assert found.keys() == registry.BUILT_IN.keys()


def test_the_cause_is_kept(plug_ins):
    plug_ins("mine", "not_there:Mine")
    with pytest.raises(BackendUnavailable) as caught:
        registry.backend("mine")
    assert isinstance(caught.value.__cause__, ModuleNotFoundError)


def test_a_backend_itself_is_given_back():
    made = Clocked()
    assert registry.backend(made) is made
