from __future__ import annotations

import json

import pytest

from neurosim.errors import MissingDependency
from neurosim.io.optional import package


def test_a_package_that_is_there_is_given():
    assert package("json", "a test", "none") is json


def test_a_missing_package_names_the_extra():
    with pytest.raises(MissingDependency, match=r"a test needs nowhere: .*neurosim-snn\[much\]"):
        package("nowhere.at_all", "a test", "much")
