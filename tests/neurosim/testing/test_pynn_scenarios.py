import tarfile

import pytest

from neurosim.errors import StoreError
from neurosim.testing.pynn_scenarios import (
    BOARD_REASONS,
    REASONS,
    archive,
    board_table,
    run,
    table,
)


@pytest.fixture(scope="module")
def outcomes():
    """What became of PyNN's scenarios."""
    return run(archive())


def test_all_pass_but_those_with_a_reason(outcomes):
    assert len(outcomes) == 66
    assert {name for name, outcome in outcomes.items() if outcome != "passed"} == set(REASONS)
    assert [n for n, outcome in outcomes.items() if outcome == "skipped"] == [
        "test_scenario5.test_scenario5"
    ]


def test_the_table_in_the_documentation_is_the_present_one(outcomes, request):
    text = (request.config.rootpath / "docs" / "howto" / "pynn.md").read_text()
    assert table(outcomes) in text


def test_on_the_emulator_of_boards_all_pass_but_those_with_a_reason(request):
    outcomes = run(archive(), "neurosim_spinnaker")
    assert {n for n, outcome in outcomes.items() if outcome != "passed"} == set(BOARD_REASONS)
    text = (request.config.rootpath / "docs" / "howto" / "pynn.md").read_text()
    assert board_table(outcomes) in text


def test_an_archive_that_is_missing_or_another(tmp_path):
    with pytest.raises(StoreError, match=r"nowhere.tar.gz': the source distribution of PyNN is"):
        run(tmp_path / "nowhere.tar.gz")
    with tarfile.open(tmp_path / "empty.tar.gz", "w:gz"):
        pass
    with pytest.raises(StoreError, match=r"empty.tar.gz': holds no scenarios of PyNN"):
        run(tmp_path / "empty.tar.gz")


def test_a_scenario_without_a_reason_shows():
    text = table({"test_a.test_b": "failed", "test_a.test_c": "passed"})
    assert "| a | 1 | 2 |" in text
    assert "| `test_a.test_b` | not explained |" in text
