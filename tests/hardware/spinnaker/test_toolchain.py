"""A process in folders of its own: what it sees, what it leaves, and how it fails."""

from __future__ import annotations

import gc
import os
import signal
import threading
import time
from pathlib import Path

import pytest

from neurosim.errors import MissingDependency, SimulationError, ToolchainError
from neurosim.hardware.spinnaker import toolchain
from neurosim.hardware.spinnaker.deployment import Deployment
from neurosim.hardware.spinnaker.targets import Board, Spalloc, Virtual
from neurosim.hardware.spinnaker.toolchain import Toolchain, _Worker

FAKE = "tests.hardware.spinnaker.fake_worker"


@pytest.fixture
def home(tmp_path, monkeypatch):
    """A home and a working folder of the user, with settings of a real board in both."""
    for name in ("home", "here"):
        (tmp_path / name).mkdir()
    (tmp_path / "home" / ".spynnaker.cfg").write_text("[Machine]\nmachine_name = mine\n")
    (tmp_path / "here" / "spynnaker.cfg").write_text("[Machine]\nmachine_name = mine\n")
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path / "here")
    return tmp_path


def files(folder):
    return sorted(str(p.relative_to(folder)) for p in folder.rglob("*"))


@pytest.fixture
def worker(home):
    made = _Worker(Virtual(3), FAKE)
    yield made
    made.close()


def is_alive(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_it_sees_and_writes_nothing_of_the_user(home, worker):
    before = files(home)
    its_home, its_folder, config, kept, content = worker.ask("where")
    assert Path(its_home).parent == Path(its_folder).parent == worker.folder
    assert home not in worker.folder.parents
    assert content == [".spynnaker.cfg"]
    assert kept == []
    assert "virtual_board = True\nversion = 3\n" in config
    assert "mine" not in config
    assert f"default_report_file_path = {its_folder}\n" in config
    worker.ask("litter")
    assert files(home) == before
    worker.close()
    assert not worker.folder.exists()
    assert files(home) == before


@pytest.mark.parametrize(
    ("target", "line"),
    [(Board("10.0.0.1"), "machine_name = 10.0.0.1"), (Spalloc("s%20x"), "spalloc_server = s%20x")],
)
def test_the_target_is_in_the_configuration(home, target, line):
    worker = _Worker(target, FAKE)
    assert line in worker.ask("where")[2].splitlines()
    worker.close()


def test_what_the_tools_print_is_no_reply(worker):
    assert worker.ask("talk") == "said"
    text = (worker.folder / "output.txt").read_text()
    assert "a line of the tools" in text
    assert "and one below Python" in text


@pytest.mark.parametrize(
    ("request_", "match"),
    [
        (("fail", "no such cell"), "sPyNNaker: ValueError at 'fail': no such cell"),
        (("lack",), r"is not as expected, got AttributeError at 'lack'.*extra 'spinnaker' \(7.4\)"),
        (("refuse",), r"got Wrong at 'refuse': needs sPyNNaker 7.4.x, got 6.0.0"),
        (("nonsense",), "is not as expected, got AttributeError at 'nonsense'"),
    ],
)
def test_an_error_comes_back_with_its_class_and_text_and_ends_it(worker, request_, match):
    with pytest.raises(ToolchainError, match=match) as caught:
        worker.ask(*request_)
    assert isinstance(caught.value, SimulationError)
    assert not worker.folder.exists()
    with pytest.raises(ToolchainError, match="is closed"):
        worker.ask("talk")


def test_a_crash_is_an_error_with_the_last_words(worker):
    with pytest.raises(ToolchainError, match=r"asked to die \(exit code 7\)") as caught:
        worker.ask("die")
    assert "the last words of the tools" in str(caught.value)
    assert not worker.folder.exists()


def test_a_process_that_cannot_start_is_an_error(home):
    worker = _Worker(Virtual(), "tests.hardware.spinnaker.no_such_module")
    with pytest.raises(ToolchainError, match=r"asked to talk \(exit code 1\)[\s\S]*no_such_module"):
        worker.ask("talk")


def test_an_interrupt_reaches_the_tools_and_ends_them(worker):
    pid = worker._process.pid
    timer = threading.Timer(0.5, os.kill, (os.getpid(), signal.SIGINT))
    timer.start()
    began = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        worker.ask("sleep", 60.0)
    timer.join()
    assert time.monotonic() - began < 10.0
    assert not is_alive(pid)
    assert not worker.folder.exists()


def test_it_goes_when_nobody_refers_to_it(home):
    worker = _Worker(Virtual(), FAKE)
    worker.ask("talk")
    pid, folder = worker._process.pid, worker.folder
    del worker
    gc.collect()
    assert not is_alive(pid)
    assert not folder.exists()


def test_closing_twice_is_fine(worker):
    worker.close()
    worker.close()


def test_without_spynnaker_the_extra_is_named(monkeypatch):
    monkeypatch.setattr(toolchain, "find_spec", lambda name: None)
    with pytest.raises(MissingDependency, match=r"spynnaker: pip install 'neurosim-snn\[spinn"):
        Toolchain(Deployment(1.0, 1, (), {}, ()), Virtual())


class FakeWorker:
    """Notes what it is asked."""

    def __init__(self, target):
        self.asked = []

    def ask(self, *request):
        self.asked.append(request)
        return {"weights": "table"}.get(request[0])

    def close(self):
        self.asked.append(("end",))


def test_facts_need_a_run(monkeypatch):
    monkeypatch.setattr(toolchain, "require_spynnaker", lambda: None)
    monkeypatch.setattr(toolchain, "_Worker", FakeWorker)
    with Toolchain(Deployment(1.0, 1, (), {}, ()), Virtual()) as chain:
        for act in (chain.facts, chain.recorded, chain.provenance, lambda: chain.weights(0)):
            with pytest.raises(ToolchainError, match="needs a run before"):
                act()
        chain.run(5.0)
        assert chain.weights(0) == "table"
        assert [request[0] for request in chain._worker.asked] == ["build", "run", "weights"]
    assert chain._worker.asked[-1] == ("end",)
    assert chain.virtual
