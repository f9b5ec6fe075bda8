"""The wheel: all files of the four packages, nothing else, and one top-level name.

Needs git (which files there are), and ``build`` and ``setuptools`` of the test group; no network.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
FOLDERS = {
    "neurosim": "neurosim",
    "models": "neurosim/models",
    "hardware": "neurosim/hardware",
    "experiments": "neurosim/experiments",
}
"""Where each source folder is in the wheel."""


def files() -> list[str]:
    """All files of the repository but ignored ones; links are files here."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    done = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
    return sorted({name for name in done.stdout.split("\0") if name and (ROOT / name).exists()})


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> zipfile.ZipFile:
    """The wheel built from a clean copy."""
    copy = tmp_path_factory.mktemp("checkout")
    for name in files():
        (copy / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / name, copy / name, follow_symlinks=False)
    out = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(out)]
    done = subprocess.run([*command, str(copy)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    (path,) = out.iterdir()
    return zipfile.ZipFile(path)


def test_the_wheel_holds_every_file_of_the_packages_and_nothing_else(wheel: zipfile.ZipFile):
    expected = set()
    for name in files():
        top, _, rest = name.partition("/")
        if top in FOLDERS and rest and not (ROOT / name).is_symlink():
            expected.add(f"{FOLDERS[top]}/{rest}")
    held = {name for name in wheel.namelist() if ".dist-info/" not in name}
    assert held - expected == set(), "not of the packages"
    assert expected - held == set(), "missing; add its kind to package-data in pyproject.toml"
    assert {"neurosim/py.typed", "neurosim/models/ca3/__init__.py"} <= held


def test_the_only_top_level_name_is_neurosim(wheel: zipfile.ZipFile):
    tops = {name.partition("/")[0] for name in wheel.namelist()}
    assert tops == {"neurosim", "neurosim_snn-0.1.0.dist-info"}


def test_metadata(wheel: zipfile.ZipFile):
    info = "neurosim_snn-0.1.0.dist-info"
    metadata = wheel.read(f"{info}/METADATA").decode()
    assert "Name: neurosim-snn\n" in metadata
    assert "License-Expression: Apache-2.0\n" in metadata
    assert "neurosim = neurosim.cli:app" in wheel.read(f"{info}/entry_points.txt").decode()
    assert "Apache License" in wheel.read(f"{info}/licenses/LICENSE").decode()


def test_the_wheel_works_without_the_checkout(wheel: zipfile.ZipFile, tmp_path: Path):
    wheel.extractall(tmp_path)
    code = (
        "import sys; sys.path.insert(0, '.')\n"
        "import neurosim, neurosim.models.ca3, neurosim.experiments, neurosim.hardware\n"
        "from neurosim.runner.claims import read_claims\n"
        "from neurosim.cli.discovery import experiment, packages\n"
        "for name in packages('neurosim.experiments'):\n"
        "    print(name, len(read_claims(experiment(name).folder)))\n"
        "print(neurosim.__file__)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    *claims, place = done.stdout.splitlines()
    assert place == str(tmp_path / "neurosim" / "__init__.py")
    assert claims


def test_the_tested_set_covers_what_is_declared():
    """Every package named in pyproject.toml's base and test sets is pinned in constraints.txt."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    groups = project["dependency-groups"]
    declared = [
        *project["project"]["dependencies"],
        *project["project"]["optional-dependencies"]["data"], *groups["test"], *groups["lint"],
    ]  # fmt: skip
    pinned = {
        line.partition("==")[0].lower().replace("_", "-")
        for line in (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
        if "==" in line
    }
    missing = {d.partition(">")[0].lower() for d in declared} - pinned
    assert missing == set()
