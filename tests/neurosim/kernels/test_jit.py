import math
import os
import re
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import numpy as np
import pytest
from numba.core import config
from numba.core.errors import TypingError

from neurosim.kernels import _jit

SMALL = """
import neurosim as ns
from neurosim.kernels import _jit
net = ns.Network()
net.population("cells", 3, ns.IFCurrDelta(i_offset=1.0))
net.record("cells", "spikes")
print(len(ns.simulate(net, 50.0, dt=1.0, seed=1).spikes["cells"]))
print(_jit.cache_folder())
"""


def run(code, **environment):
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        env={**os.environ, **{k: str(v) for k, v in environment.items()}},
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.split("\n")


@pytest.fixture
def environment(monkeypatch):
    for name in ("NEUROSIM_CACHE_DIR", "XDG_CACHE_HOME"):
        monkeypatch.delenv(name, raising=False)
    return monkeypatch


def test_the_cache_lies_where_the_user_says(environment, tmp_path):
    environment.setenv("HOME", str(tmp_path / "home"))
    assert _jit.cache_root() == tmp_path / "home" / ".cache" / "neurosim"
    environment.setenv("XDG_CACHE_HOME", str(tmp_path / "xdg"))
    assert _jit.cache_root() == tmp_path / "xdg" / "neurosim"
    environment.setenv("NEUROSIM_CACHE_DIR", str(tmp_path / "own"))
    assert _jit.cache_root() == tmp_path / "own"
    environment.setenv("NEUROSIM_CACHE_DIR", "~/own")
    assert _jit.cache_root() == tmp_path / "home" / "own"


def test_a_relative_folder_does_not_move_with_the_working_folder(environment, tmp_path):
    environment.chdir(tmp_path)
    environment.setenv("NEUROSIM_CACHE_DIR", "own")
    assert _jit.cache_root() == tmp_path / "own"


def test_the_folder_is_named_by_the_sources_and_writable(environment, tmp_path):
    environment.setenv("NEUROSIM_CACHE_DIR", str(tmp_path / "a" / "b"))
    folder = _jit.cache_folder.__wrapped__()
    assert folder == tmp_path / "a" / "b" / _jit.sources_key()
    assert re.fullmatch("[0-9a-f]{16}", folder.name)
    assert list(folder.iterdir()) == []


def test_an_edit_of_any_kernel_changes_the_key(monkeypatch, tmp_path):
    original = Path(_jit.__file__).parent
    copy = tmp_path / "kernels"
    shutil.copytree(original, copy, ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setattr(_jit, "__file__", str(copy / "_jit.py"))
    key = _jit.sources_key.__wrapped__
    keys = {key()}
    assert keys == {_jit.sources_key()}
    names = sorted(path.name for path in copy.glob("*.py"))
    for name in names:
        with open(copy / name, "a") as file:
            file.write("# edited\n")
        keys.add(key())
    (copy / "new.py").touch()
    keys.add(key())
    assert len(keys) == len(names) + 2


def test_the_version_of_numba_is_part_of_the_key(monkeypatch):
    before = _jit.sources_key.__wrapped__()
    monkeypatch.setattr(_jit.numba, "__version__", "0.0")
    assert _jit.sources_key.__wrapped__() != before


def test_without_a_writable_folder_a_temporary_one_serves_and_goes(tmp_path):
    (tmp_path / "file").touch()
    spikes, folder, _ = run(SMALL, NEUROSIM_CACHE_DIR=tmp_path / "file" / "below", TMPDIR=tmp_path)
    assert int(spikes) > 0
    assert Path(folder).parent == tmp_path
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_without_a_home_a_temporary_folder_serves(environment, tmp_path):
    def no_home():
        raise RuntimeError("Could not determine home directory.")

    environment.setattr(_jit.Path, "home", no_home)
    environment.setattr(_jit.tempfile, "tempdir", str(tmp_path))
    folder = _jit.cache_folder.__wrapped__()
    assert folder.parent == tmp_path
    assert folder.is_dir()


def halved(x):
    return x / 2


def test_kernels_are_kept_in_the_folder_and_the_setting_is_restored():
    before = config.CACHE_DIR
    compiled = _jit.kernel(halved)
    assert before == config.CACHE_DIR
    assert compiled(3.0) == 1.5
    kept = Path(compiled.stats.cache_path)
    assert _jit.cache_folder() in kept.parents
    assert list(kept.glob("*halved*.nbi"))


@_jit.kernel
def quotient_and_sum(x, y, values):
    total = 0.0
    for value in values:
        total += value
    return x / y, total


def test_arithmetic_is_that_of_the_standard():
    assert not _jit.FLAGS.get("fastmath", False)
    values = np.array([1e16, 1.0, -1e16, 1.0])  # another order of additions would give 2
    assert quotient_and_sum(1.0, 0.0, values) == (math.inf, 1.0)
    assert math.isnan(quotient_and_sum(0.0, 0.0, values)[0])
    assert math.isnan(quotient_and_sum(1.0, 1.0, np.array([math.nan, 1.0]))[1])


def test_kernels_make_no_arrays():
    with pytest.raises(TypingError, match="NRT"):
        _jit.kernel(lambda n: np.empty(n))(3)


def test_threads_that_make_kernels_at_once_leave_the_setting_as_it_was():
    before = config.CACHE_DIR
    start = Barrier(8)

    def make():
        start.wait()
        return [_jit.kernel(halved) for _ in range(50)]

    with ThreadPoolExecutor(8) as pool:
        made = [f for part in [pool.submit(make) for _ in range(8)] for f in part.result()]
    assert before == config.CACHE_DIR
    assert all(_jit.cache_folder() in Path(f.stats.cache_path).parents for f in made)
