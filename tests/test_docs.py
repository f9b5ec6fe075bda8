"""The documentation does what it says: its code runs, its links lead somewhere, all is named."""

from __future__ import annotations

import re
import runpy
from pathlib import Path

import pytest

from neurosim.backends import registry
from neurosim.cli.main import app
from neurosim.neurons.base import KINDS

ROOT = Path(__file__).parent.parent
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
WITH_CODE = [page for page in PAGES if "```python" in page.read_text(encoding="utf-8")]


def name(page: Path) -> str:
    return str(page.relative_to(ROOT))


def test_there_are_pages_with_code():
    assert {"README.md", "docs/howto/own-neuron.md"} <= {name(page) for page in WITH_CODE}


@pytest.mark.filterwarnings(r"ignore:'\w+' (argument is )?deprecated:DeprecationWarning")  # Brian2
@pytest.mark.parametrize("page", WITH_CODE, ids=name)
def test_code_blocks_run(page, tmp_path, monkeypatch):
    blocks = re.findall(r"^```python\n(.*?)^```", page.read_text(encoding="utf-8"), re.M | re.S)
    script = tmp_path / "page.py"
    script.write_text("\n".join(blocks), encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.delitem(KINDS, "adaptive_threshold", raising=False)
    runpy.run_path(str(script))


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_links_lead_somewhere(page):
    targets = re.findall(r"\]\(([^)#]+)[^)]*\)", page.read_text(encoding="utf-8"))
    missing = [t for t in targets if "://" not in t and not (page.parent / t).exists()]
    assert not missing


def test_the_example_of_the_readme_is_the_one_that_makes_its_figure():
    example = (ROOT / "docs" / "examples" / "first_network.py").read_text(encoding="utf-8")
    block = re.search(
        r"```python\n(.*?)```", (ROOT / "README.md").read_text(encoding="utf-8"), re.S
    )
    assert block is not None
    lines = [line for line in block[1].splitlines() if line.strip()]
    assert all(line in example for line in lines)


def test_readme_names_every_kind_backend_command_and_experiment():
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    kinds = {kind.__name__ for kind in KINDS.values() if kind.__module__.startswith("neurosim.")}
    experiments = {path.parent.name for path in (ROOT / "experiments").glob("*/claims.toml")}
    commands = {c.name or c.callback.__name__ for c in app.registered_commands}
    wanted = {*kinds, *registry.BUILT_IN, *experiments, *(f"neurosim {c}" for c in commands)}
    assert not [word for word in sorted(wanted) if word not in text]


def test_change_notes_say_something():
    notes = sorted((ROOT / "docs" / "changes").glob("[0-9]*.md"))
    assert notes
    for note in notes:
        assert re.fullmatch(r"\d{3}\.(added|changed|fixed|removed)\.md", note.name)
        assert note.read_text(encoding="utf-8").strip()
