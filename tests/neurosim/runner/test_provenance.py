from __future__ import annotations

import json
import subprocess
from pathlib import Path

import neurosim
from neurosim.runner.provenance import environment, source


def git(folder: Path, *args: str) -> str:
    identity = ["-c", "user.name=someone", "-c", "user.email=someone@example.org"]
    command = ["git", "-C", str(folder), *identity, *args]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


def test_the_environment_is_plain_data():
    facts = environment()
    assert json.loads(json.dumps(facts)) == facts
    assert facts["versions"]["neurosim"] == neurosim.__version__
    assert facts["started"].endswith("+00:00")


def test_the_commit_and_what_differs(tmp_path: Path):
    source.cache_clear()
    git(tmp_path, "init", "-q")
    (tmp_path / "a.txt").write_text("one")
    git(tmp_path, "add", "a.txt")
    git(tmp_path, "commit", "-q", "-m", "first")
    clean = source(tmp_path)
    assert clean == {"commit": git(tmp_path, "rev-parse", "HEAD"), "dirty": False, "diff": ""}
    (tmp_path / "a.txt").write_text("two")
    source.cache_clear()
    dirty = source(tmp_path)
    assert dirty is not None
    assert (dirty["commit"], dirty["dirty"], len(dirty["diff"])) == (clean["commit"], True, 16)


def test_without_a_checkout_or_a_commit_there_is_no_source(tmp_path: Path):
    source.cache_clear()
    assert source(tmp_path / "none") is None
    git(tmp_path, "init", "-q")
    assert source(tmp_path) is None
