import pytest

from neurosim.errors import MissingDependency
from neurosim.io.optional import package


def test_a_package_and_a_module_of_one():
    assert package("json", "something", "none").dumps([1]) == "[1]"
    assert package("os.path", "something", "none").join("a", "b")


def test_what_is_missing_is_named_with_its_extra():
    with pytest.raises(MissingDependency, match=r"Recording.to_x needs no_such: pip install") as e:
        package("no_such.module", "Recording.to_x", "extra")
    assert (e.value.package, e.value.extra) == ("no_such", "extra")
