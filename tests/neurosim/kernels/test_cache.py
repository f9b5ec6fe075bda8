import os
import re
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from neurosim.kernels import cache
from neurosim.kernels._jit import kernel

SMALL = """
import neurosim as ns
from neurosim.kernels import cache
net = ns.Network()
net.population("cells", 3, ns.IFCurrDelta(i_offset=1.0))
net.record("cells", "spikes")
print(len(ns.simulate(net, 50.0, dt=1.0, seed=1).spikes["cells"]))
print(cache.cache_folder())
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
    assert cache.cache_root() == tmp_path / "home" / ".cache" / "neurosim"
    environment.setenv("XDG_CACHE_HOME", str(tmp_path / "xdg"))
    assert cache.cache_root() == tmp_path / "xdg" / "neurosim"
    environment.setenv("NEUROSIM_CACHE_DIR", str(tmp_path / "own"))
    assert cache.cache_root() == tmp_path / "own"
    environment.setenv("NEUROSIM_CACHE_DIR", "~/own")
    assert cache.cache_root() == tmp_path / "home" / "own"


def test_a_relative_folder_does_not_move_with_the_working_folder(environment, tmp_path):
    environment.chdir(tmp_path)
    environment.setenv("NEUROSIM_CACHE_DIR", "own")
    assert cache.cache_root() == tmp_path / "own"


def test_the_folder_is_named_by_the_sources_and_writable(environment, tmp_path):
    environment.setenv("NEUROSIM_CACHE_DIR", str(tmp_path / "a" / "b"))
    (folder,) = cache.cache_folders.__wrapped__()
    assert folder == tmp_path / "a" / "b" / cache.sources_key()
    assert re.fullmatch("[0-9a-f]{16}", folder.name)
    assert list(folder.iterdir()) == []


def test_an_edit_of_any_kernel_changes_the_key(monkeypatch, tmp_path):
    original = Path(cache.__file__).parent
    copy = tmp_path / "kernels"
    shutil.copytree(original, copy, ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setattr(cache, "__file__", str(copy / "cache.py"))
    key = cache.sources_key.__wrapped__
    keys = {key()}
    assert keys == {cache.sources_key()}
    names = sorted(path.name for path in copy.glob("*.py"))
    for name in names:
        with open(copy / name, "a") as file:
            file.write("# edited\n")
        keys.add(key())
    (copy / "new.py").touch()
    keys.add(key())
    assert len(keys) == len(names) + 2


def test_the_version_of_numba_is_part_of_the_key(monkeypatch):
    before = cache.sources_key.__wrapped__()
    monkeypatch.setattr(cache.numba, "__version__", "0.0")
    assert cache.sources_key.__wrapped__() != before


def test_without_a_writable_folder_a_temporary_one_serves_and_goes(tmp_path):
    (tmp_path / "file").touch()
    spikes, folder, _ = run(SMALL, NEUROSIM_CACHE_DIR=tmp_path / "file" / "below", TMPDIR=tmp_path)
    assert int(spikes) > 0
    assert Path(folder).parent == tmp_path
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_without_a_home_a_temporary_folder_serves(environment, tmp_path):
    def no_home():
        raise RuntimeError("Could not determine home directory.")

    environment.setattr(cache.Path, "home", no_home)
    environment.setattr(cache.tempfile, "tempdir", str(tmp_path))
    (folder,) = cache.cache_folders.__wrapped__()
    assert folder.parent == tmp_path
    assert folder.is_dir()


def test_a_folder_that_can_only_be_read_is_read(environment, tmp_path):
    def refused(dir):
        raise OSError(30, "Read-only file system")

    environment.setenv("NEUROSIM_CACHE_DIR", str(tmp_path / "given"))
    environment.setattr(cache.tempfile, "TemporaryFile", refused)
    environment.setattr(cache.tempfile, "tempdir", str(tmp_path))
    made, given = cache.cache_folders.__wrapped__()
    assert made.parent == tmp_path
    assert given == tmp_path / "given" / cache.sources_key()


def test_a_temporary_folder_goes_with_the_process_that_made_it(tmp_path):
    made = tmp_path / "made"
    made.mkdir()
    cache._remove(made, os.getpid() + 1)
    assert made.is_dir()
    cache._remove(made, os.getpid())
    assert not made.exists()


# files


def test_a_failed_write_leaves_nothing_half_written(tmp_path, monkeypatch):
    def full(source, target):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(cache.os, "replace", full)
    with pytest.raises(OSError, match="No space left"):
        cache.write_whole(tmp_path / "a" / "b", b"content")
    assert list((tmp_path / "a").iterdir()) == []


def test_others_may_read_what_is_written(tmp_path):
    plain = tmp_path / "plain"
    plain.touch()
    cache.write_whole(tmp_path / "whole", b"content")
    assert (tmp_path / "whole").stat().st_mode == plain.stat().st_mode


# compiled code


def halved(values):
    return values[0] / 2


def used(values=None):
    """The function as a new process sees it, called: results, and whether code was loaded."""
    made = kernel(halved)
    result = made(np.array([3.0]) if values is None else values)
    (hits,) = [sum(made.stats.cache_hits.values())]
    return result, hits == 1


@pytest.fixture
def folder(monkeypatch, tmp_path):
    monkeypatch.setattr(cache, "cache_folders", lambda: (tmp_path / "made",))
    return tmp_path / "made"


def files(folder):
    return sorted(path for path in folder.rglob("*") if path.is_file())


def test_a_kernel_is_compiled_once(folder):
    assert used() == (1.5, False)
    assert used() == (1.5, True)
    (path,) = files(folder)
    assert path.parent == folder / __name__ == Path(kernel(halved).stats.cache_path)


def test_every_signature_has_a_file(folder):
    assert used(np.array([3])) == used(np.array([3.0])) == (1.5, False)
    assert len(files(folder)) == 2
    assert used(np.array([5])) == (2.5, True)


def test_an_edit_of_the_source_is_noticed(folder, monkeypatch):
    used()
    monkeypatch.setattr(cache, "_stamp", lambda path: b"another")
    assert used() == (1.5, False)


@pytest.mark.parametrize(
    "damage",
    [
        lambda content: b"",
        lambda content: content[:-1],
        lambda content: content[: len(content) // 2],
        lambda content: bytes(len(content)),
        lambda content: content[:5000] + b"x" + content[5001:],
    ],
)
def test_damaged_files_are_replaced(folder, damage):
    used()
    (path,) = files(folder)
    good = path.read_bytes()
    path.write_bytes(damage(good))
    assert path.read_bytes() != good
    assert used() == (1.5, False)
    assert files(folder) == [path]
    assert used() == (1.5, True)


def test_the_folder_may_be_deleted_at_any_time(folder):
    used()
    shutil.rmtree(folder)
    assert used() == (1.5, False)
    assert used() == (1.5, True)


def test_code_that_can_only_be_read_serves(folder, monkeypatch, tmp_path):
    used()
    before = files(folder)
    monkeypatch.setattr(cache, "cache_folders", lambda: (tmp_path / "other", folder))
    assert used() == (1.5, True)
    assert not (tmp_path / "other").exists()
    assert used(np.array([3])) == (1.5, False)
    assert (len(files(tmp_path / "other")), files(folder)) == (1, before)


def test_code_that_cannot_be_kept_works_and_says_so(folder, tmp_path):
    folder.touch()
    with pytest.warns(RuntimeWarning, match="cannot be kept in .* Make room there"):
        assert used() == (1.5, False)


def test_kernels_can_be_forgotten(folder):
    made = kernel(halved)
    made(np.array([3.0]))
    made._cache.flush()
    assert files(folder) == []


def test_closures_are_refused():
    divisor = 2.0
    with pytest.raises(ValueError, match=r"must not be a closure, got .*<lambda>"):
        kernel(lambda x: x / divisor)


LOADED = """
import sys
import numba
import numpy as np
from neurosim.kernels.rng import fill_words
def drawn(out):
    fill_words(np.uint64(1), np.uint64(2), np.uint64(3), out)
    return out[0]
first = drawn(np.empty(4, dtype=np.uint32))
loaded = sum(fill_words.stats.cache_hits.values())
prepared = "numba.np.linalg" in sys.modules
again = numba.njit(drawn)(np.empty(4, dtype=np.uint32))
print(loaded, prepared, first == again)
"""


def test_code_is_loaded_without_the_compiler_and_can_be_called_by_new_code(tmp_path):
    assert run(LOADED, NEUROSIM_CACHE_DIR=tmp_path)[0] == "0 True True"
    assert run(LOADED, NEUROSIM_CACHE_DIR=tmp_path)[0] == "1 False True"


def test_processes_may_start_at_once(tmp_path):
    def start(_):
        return run(SMALL, NEUROSIM_CACHE_DIR=tmp_path)

    with ThreadPoolExecutor(4) as pool:
        results = list(pool.map(start, range(4)))
    assert int(results[0][0]) > 0
    assert all(result == results[0] for result in results)
    kept = {path.suffix for path in files(tmp_path)}
    assert {".py", ".nbc"} <= kept <= {".py", ".nbc", ".pyc"}
    before = files(tmp_path)
    assert start(0) == results[0]
    assert [path for path in files(tmp_path) if path.suffix == ".nbc"] == [
        path for path in before if path.suffix == ".nbc"
    ]
