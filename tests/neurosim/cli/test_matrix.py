from __future__ import annotations

from pathlib import Path

from neurosim.backends.base import Capabilities
from neurosim.backends.registry import BUILT_IN, backend
from neurosim.cli.matrix import FIELDS, markdown, matrix

README = Path(__file__).parents[3] / "README.md"


def test_the_matrix_tells_every_capability():
    some = Capabilities(neurons=("if_curr_exp",), features=(), notes="a note")
    rows = dict((row[0], row[1:]) for row in matrix({"a": some, "b": Capabilities()}))
    assert rows[""] == ("a", "b")
    assert rows["neurons"] == ("if curr exp", "all, and your own")
    assert rows["features"] == ("none", "none")
    assert rows["timings"][0] == "standard, spinnaker"
    assert rows["notes"] == ("a note", "")
    assert set(rows) == {"", "notes", *FIELDS}
    assert set(Capabilities.__dataclass_fields__) == {"notes", *FIELDS}


def test_markdown_is_a_table():
    lines = markdown({"a": Capabilities()}).splitlines()
    assert lines[0] == "|  | a |"
    assert lines[1] == "| --- | --- |"
    assert all(line.count("|") == 3 for line in lines)


def test_the_readme_holds_the_matrix():
    """Made with ``neurosim backends --markdown``."""
    text = README.read_text(encoding="utf-8")
    block = text.partition("<!-- support-matrix -->")[2].partition("<!-- /support-matrix -->")[0]
    made = markdown({name: backend(name).capabilities for name in BUILT_IN})
    assert block.strip() == made
