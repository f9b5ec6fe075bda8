import sys

from neurosim._checkout import NAMES, SiblingFolders, install


def test_folders_beside_the_package_become_sub_packages(tmp_path):
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / "__init__.py").write_text("")
    spec = SiblingFolders(tmp_path).find_spec("neurosim.models", None)
    assert spec is not None
    assert spec.name == "neurosim.models"
    assert spec.origin == str(tmp_path / "models" / "__init__.py")
    assert list(spec.submodule_search_locations) == [str(tmp_path / "models")]


def test_nothing_else_is_found(tmp_path):
    finder = SiblingFolders(tmp_path)
    (tmp_path / "plan").mkdir()
    (tmp_path / "plan" / "__init__.py").write_text("")
    (tmp_path / "models").mkdir()
    for name in ("neurosim.plan", "models", "neurosim.hardware", "neurosim.models", "other.models"):
        assert finder.find_spec(name, None) is None


def test_the_finder_stands_behind_all_others():
    before = list(sys.meta_path)
    try:
        install()
        assert sys.meta_path[:-1] == before
        assert sys.meta_path[-1].find_spec("neurosim.experiments", None) is not None
    finally:
        sys.meta_path[:] = before
    assert NAMES == ("models", "hardware", "experiments")
