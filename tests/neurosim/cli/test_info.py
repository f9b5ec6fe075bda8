from __future__ import annotations

from pathlib import Path

import numpy as np

from neurosim.backends.base import processors
from neurosim.cli import info
from neurosim.cli.info import clear, compiled, size


def fill(root: Path) -> Path:
    made = root / "0123456789abcdef"
    (made / "inner").mkdir(parents=True)
    (made / "driver.py").write_text("x" * 1000)
    (made / "inner" / "driver.nbc").write_text("y" * 24)
    return made


def test_facts(call, tmp_path: Path, monkeypatch):
    monkeypatch.setenv("NEUROSIM_CACHE_DIR", str(tmp_path))
    fill(tmp_path)
    done = call("info")
    assert done.exit_code == 0
    rows = {line.split()[0]: line for line in done.stdout.splitlines() if line.strip()}
    assert rows["numpy"].split() == ["numpy", np.__version__]
    assert "(0.0 MiB)" in done.stdout
    assert rows["threads"].split(maxsplit=1)[1].strip() == (
        f"1 a run, up to {processors()} with threads="
    )
    assert "scikit-learn" in rows["optional"]
    assert "not installed" in done.stdout


def test_clearing_deletes_compiled_code_and_nothing_else(call, tmp_path: Path, monkeypatch):
    monkeypatch.setenv("NEUROSIM_CACHE_DIR", str(tmp_path))
    made = fill(tmp_path)
    (tmp_path / "thesis").mkdir()
    (tmp_path / "0123456789abcdee").write_text("a file")
    done = call("info", "--clear-cache")
    assert done.exit_code == 0
    assert str(tmp_path) in done.stdout
    assert not made.exists()
    assert sorted(p.name for p in tmp_path.iterdir()) == ["0123456789abcdee", "thesis"]


def test_sizes(tmp_path: Path):
    made = fill(tmp_path)
    assert compiled(tmp_path) == [made]
    assert compiled(tmp_path / "none") == []
    assert size(made) == 1024
    assert clear(made) == 1024


def test_another_distribution_of_the_same_import_name_is_told(call, monkeypatch):
    found = info._version
    monkeypatch.setattr(info, "_version", lambda n: "1.0" if n == "neurosim" else found(n))
    assert "Another distribution called 'neurosim'" in call("info").stdout
