from __future__ import annotations

import dataclasses

import pytest

from neurosim.errors import ParameterError
from neurosim.io.nir.convention import CONVENTIONS, OPTIONS, Convention, convention_of


def test_conventions_by_name_mapping_or_as_they_are():
    own = Convention(reset="none")
    assert convention_of(own) is own
    assert convention_of("norse") is CONVENTIONS["norse"]
    assert convention_of({"reset": "none"}) == own
    assert convention_of(own.to_dict()) == own


def test_named_conventions_are_what_they_are_called_for():
    assert CONVENTIONS["nir"] == Convention("euler", "value", "same", "above", "new", "next")
    snntorch, norse = CONVENTIONS["snntorch"], CONVENTIONS["norse"]
    assert (snntorch.reset, snntorch.reset_time) == ("subtract", "next")
    assert (norse.reset, norse.reset_time) == ("value", "same")
    assert snntorch.propagation == norse.propagation == "same"


@pytest.mark.parametrize("field", [f.name for f in dataclasses.fields(Convention)])
@pytest.mark.parametrize("nonsense", ["nonsense", None, 1, [], {}, True])
def test_nonsense_is_refused_by_name(field, nonsense):
    with pytest.raises(ParameterError, match=f"^Convention.{field}: must be one of"):
        Convention(**{field: nonsense})


def test_every_field_has_options():
    assert list(OPTIONS) == [f.name for f in dataclasses.fields(Convention)]


@pytest.mark.parametrize("nonsense", ["snn", 3, None, ["nir"]])
def test_what_is_no_convention_is_refused(nonsense):
    with pytest.raises(ParameterError, match="convention: must be a Convention or one of"):
        convention_of(nonsense)


def test_unknown_fields_are_refused():
    with pytest.raises(ParameterError, match=r"Convention.rest: is not a field.*'reset'"):
        convention_of({"rest": "none"})
