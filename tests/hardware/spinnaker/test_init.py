import importlib

import pytest

import neurosim.hardware.spinnaker as spinnaker


def test_names_are_where_they_are_said_to_be():
    assert spinnaker.__all__ == sorted(spinnaker.__all__)
    assert dir(spinnaker) == spinnaker.__all__
    for name in spinnaker.__all__:
        found = getattr(spinnaker, name)
        assert found.__name__ == name
        assert getattr(importlib.import_module(found.__module__), name) is found
        assert f"``{name}" in spinnaker.__doc__ or name in ("Comparison", "Report")
    with pytest.raises(AttributeError, match="no attribute 'emulator_'"):
        _ = spinnaker.emulator_
