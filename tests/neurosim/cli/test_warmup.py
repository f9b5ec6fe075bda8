from __future__ import annotations

from typing import Any

import pytest

from neurosim import precompile
from neurosim.kernels import cache
from neurosim.precompile import Work


@pytest.fixture
def asked(monkeypatch) -> list[Any]:
    """Two pieces of work; the first compiles something when it is done for the first time."""
    calls: list[Any] = []

    def compile_once() -> None:
        if len(calls) == 1:
            cache.Kept.compiled += 3

    def usual(*args: Any, **options: Any) -> list[Work]:
        calls.append((args, options))
        return [Work("first", compile_once)]

    monkeypatch.setattr(cache.Kept, "compiled", 0)
    monkeypatch.setattr(precompile, "usual_work", usual)
    monkeypatch.setattr(precompile, "network_work", lambda *_, **o: Work(o["name"], lambda: None))
    return calls


def test_a_line_for_each_loop_then_where_the_cache_is(call, asked, tmp_path, monkeypatch):
    monkeypatch.setenv("NEUROSIM_CACHE_DIR", str(tmp_path))
    done = call("warmup")
    assert done.exit_code == 0
    first, second, last = done.stdout.splitlines()
    assert first.startswith("[1/2] first: ")
    assert first.endswith(" s")
    assert second == "[2/2] CA3 memory: there already"
    assert last == f"compiled 3 functions; cache: {tmp_path} (0.0 MiB)"
    again = call("warmup").stdout.splitlines()
    assert again[0] == "[1/2] first: there already"
    assert again[2] == f"everything is there; cache: {tmp_path} (0.0 MiB)"
    assert asked[0] == (("double", 1), {"everything": False})


def test_options(call, asked):
    call("warmup", "--threads", 2, "--precision", "single", "--all")
    assert asked == [(("single", 2), {"everything": True})]


def test_the_memory_is_compiled_for_its_own_step(call, monkeypatch):
    given: list[Any] = []

    def network_work(network: Any, *args: Any, **options: Any) -> Work:
        given.append((network.timing, args, options["dt"]))
        return Work("memory", lambda: None)

    monkeypatch.setattr(precompile, "usual_work", lambda *_, **__: [])
    monkeypatch.setattr(precompile, "network_work", network_work)
    assert call("warmup").exit_code == 0
    assert given == [("spinnaker", ("double", 1), 1.0)]


def test_a_folder_that_cannot_be_written_is_an_error(call, asked, monkeypatch, tmp_path):
    monkeypatch.setattr(cache, "cache_folders", lambda: (tmp_path,))
    done = call("warmup")
    assert done.exit_code == 2
    assert "warmup: must be able to keep compiled code" in done.stderr
