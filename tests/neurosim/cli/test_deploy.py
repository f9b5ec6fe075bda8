from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace

import pytest

import neurosim as ns
from neurosim.cli.deploy import rates_of, settings_of
from neurosim.errors import MissingDependency, SpecError, ToolchainError
from neurosim.hardware.spinnaker import board, crosscheck

CA3 = ("deploy", "ca3_functional", "--target", "spinnaker")


@pytest.fixture(autouse=True)
def no_toolchain(request, monkeypatch):
    """As if sPyNNaker were not installed."""
    if request.node.get_closest_marker("spinnaker"):
        return

    def missing(*args):
        raise MissingDependency("deploy", "sPyNNaker", "spinnaker")

    monkeypatch.setattr(crosscheck, "virtual_check", missing)


@pytest.fixture
def toolchain(monkeypatch):
    """As if sPyNNaker were installed: what it is asked, and what it answers."""
    said = SimpleNamespace(asked=[], differences=(), cores=10, error=None)

    def check(plan, settings, duration, version):
        said.asked.append((plan.name, plan.dt, settings, duration, version))
        if said.error is not None:
            raise said.error
        facts = SimpleNamespace(cores=said.cores, chips=1)
        return SimpleNamespace(differences=said.differences, facts=facts)

    monkeypatch.setattr(crosscheck, "virtual_check", check)
    return said


@pytest.fixture
def net_file(tmp_path: Path):
    """A network of 300 cells, saved."""
    net = ns.Network("three hundred")
    net.population("in", 10, ns.SpikeSourcePoisson(rate=20.0))
    net.population("cells", 300, ns.IFCurrExp())
    net.project("in", "cells", ns.AllToAll(), ns.Static(weight=0.1, delay=300.0))
    net.record("cells")
    path = tmp_path / "net.json"
    path.write_text(json.dumps(net.to_dict()))
    return path


def test_ca3_fits(call):
    done = call(*CA3, "--check")
    assert done.exit_code == 0
    assert "CA3 memory 5x10 on spinn-5, dt 1 ms, run of 90 ms: fits" in done.stdout
    assert "sPyNNaker is not installed: its own mapping on a virtual board" in done.stdout
    assert done.stderr == ""


def test_b1_gets_a_verdict_with_numbers(call):
    done = call("deploy", "b1", "--target", "spinnaker", "--rate", 5.2, "--json")
    assert done.exit_code == 1
    data = json.loads(done.stdout)
    (error,) = [f for f in data["findings"] if f["level"] == "error"]
    assert error["rule"] == "real_time"
    assert error["numbers"]["idle"] > 2.0
    assert data["populations"][0]["verdict"] == "overrun"
    less = ("--neurons-per-core", 80, "--json")
    done = call("deploy", "b1", "--target", "spinnaker", "--rate", "cells=5.2", *less)
    assert done.exit_code == 0
    assert json.loads(done.stdout)["populations"][0]["verdict"] == "ok"


def test_a_network_that_does_not_fit_until_the_advice_is_followed(call, net_file):
    done = call("deploy", net_file, "--target", "spinnaker")
    assert done.exit_code == 1
    assert "does not fit" in done.stdout
    assert "Set neurons_per_core of 'cells' to 128." in " ".join(done.stdout.split())
    done = call("deploy", net_file, "--target", "spinnaker", "--neurons-per-core", 128)
    assert done.exit_code == 1
    assert "Set neurons_per_core of 'cells' to 32: its ring is then longer." in " ".join(
        done.stdout.split()
    )
    done = call(
        "deploy", net_file, "--target", "spinnaker", "--set", "cells.neurons_per_core=32",
        "--board", "spinn-3", "--dt", 1, "--duration", 200, "--seed", 4,
    )  # fmt: skip
    assert done.exit_code == 0
    assert "three hundred on spinn-3, dt 1 ms, run of 200 ms: fits" in done.stdout


def test_measured_rates(call):
    done = call(*CA3, "--measure", "reference", "--json")
    origins = {p["rate"]["origin"] for p in json.loads(done.stdout)["populations"]}
    assert origins == {"measured"}


def test_nothing_is_written_but_what_is_asked_for(call, net_file, tmp_path, monkeypatch):
    home, cwd, out = (tmp_path / name for name in ("home", "cwd", "out"))
    for folder in (home, cwd, out):
        folder.mkdir()
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.chdir(cwd)
    before = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")}
    assert call("deploy", net_file, "--target", "spinnaker").exit_code == 1
    assert call(*CA3, "--json").exit_code == 0
    assert {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")} == before
    page = out / "report.html"
    assert call(*CA3, "--html", page).exit_code == 0
    assert "CA3 memory 5x10" in page.read_text(encoding="utf-8")
    assert list(out.iterdir()) == [page]


def test_the_page_of_a_network_that_does_not_fit(call, net_file, tmp_path):
    page = tmp_path / "report.html"
    assert call("deploy", net_file, "--target", "spinnaker", "--html", page).exit_code == 1
    assert "does not fit" in page.read_text(encoding="utf-8")


# beside the toolchain


def test_the_toolchain_agrees(call, toolchain):
    done = call(*CA3, "--board", "spinn-3", "--neurons-per-core", 100)
    assert done.exit_code == 0
    assert (
        "sPyNNaker maps it onto 10 cores of 1 chip of a virtual board, in the same" in done.stdout
    )
    ((name, dt, settings, duration, version),) = toolchain.asked
    assert (name, dt, duration, version) == ("CA3 memory 5x10", 1.0, 90.0, 3)
    assert settings.neurons_per_core == 100


def test_the_toolchain_differs(call, toolchain):
    toolchain.differences, toolchain.cores = ("population 'OUT': shifts differ",), 11
    done = call(*CA3, "--json")
    assert done.exit_code == 1
    assert json.loads(done.stdout)["toolchain"] == [
        "population 'OUT': shifts differ", "the network takes 10 cores here and 11 there",
    ]  # fmt: skip


def test_the_toolchain_fails(call, toolchain):
    toolchain.error = ToolchainError("sPyNNaker: fell over")
    done = call(*CA3)
    assert done.exit_code == 2
    assert "neurosim: sPyNNaker: fell over" in done.stderr
    assert "CA3 memory 5x10 on spinn-5, dt 1 ms, run of 90 ms: fits" in done.stdout


def test_the_toolchain_is_not_asked(call, toolchain, net_file):
    assert call(*CA3, "--no-toolchain").exit_code == 0
    assert call("deploy", net_file, "--target", "spinnaker").exit_code == 1  # it does not fit
    assert toolchain.asked == []


@pytest.mark.spinnaker
def test_the_toolchain_itself(call, tmp_path, monkeypatch):
    home, cwd = tmp_path / "home", tmp_path / "cwd"
    for folder in (home, cwd):
        folder.mkdir()
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.chdir(cwd)
    done = call(*CA3, "--board", "spinn-3")
    assert done.exit_code == 0, done.output
    assert "maps it onto 10 cores of 1 chip of a virtual board, in the same way" in done.stdout
    assert list(home.iterdir()) == list(cwd.iterdir()) == []


# runs


@pytest.fixture
def machine(monkeypatch):
    """A board that computes with the reference backend."""
    from neurosim.backends.registry import backend

    made = []

    class Board:
        name = "spinnaker-board"
        capabilities = board.SpinnakerBoard.capabilities

        def __init__(self, target, settings):
            made.append((target, settings))

        def prepare(self, plan, options):
            return backend("reference").prepare(plan, options)

    monkeypatch.setattr(board, "SpinnakerBoard", Board)
    return made


def test_a_run(call, machine, tmp_path, toolchain):
    out = tmp_path / "run.npz"
    done = call(*CA3, "--run", "--on", "board:10.0.0.1?version=3", "--out", out, "--duration", 60)
    assert done.exit_code == 0
    assert "fits" in done.stderr
    assert "Recording" in done.stdout
    ((target, settings),) = machine
    assert (target.hostname, target.version) == ("10.0.0.1", 3)
    assert settings.neurons_per_core == 256
    assert (
        len(ns.Recording.load(out).spikes["OUT"]) if hasattr(ns.Recording, "load") else out.exists()
    )
    assert toolchain.asked == []


def test_a_run_as_json(call, machine):
    done = call(*CA3, "--run", "--on", "spalloc:example.org", "--json")
    data = json.loads(done.stdout)
    assert data["fits"] is True
    assert data["run"]["duration"] == 90.0
    assert data["run"]["spikes"]["OUT"] > 0


def test_a_network_that_does_not_fit_is_not_run(call, machine, net_file):
    done = call("deploy", net_file, "--target", "spinnaker", "--run", "--on", "board:x")
    assert done.exit_code == 1
    assert "does not fit" in done.stderr
    assert machine == []


def test_without_a_machine_nothing_is_built(call, machine, monkeypatch):
    monkeypatch.delenv("NEUROSIM_SPINNAKER", raising=False)
    monkeypatch.setattr("neurosim.cli.networks.find", lambda what: pytest.fail("was built"))
    done = call(*CA3, "--run")
    assert done.exit_code == 2
    for word in ("board:HOSTNAME", "spalloc:SERVER", "remote:URL", "spinnaker-emulator"):
        assert word in done.stderr


# wrong usage


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        (("deploy", "nothing", "--target", "spinnaker"), "deploy: must name a network"),
        (("deploy", "b1", "--target", "spinaker"), "--target: must be known, got 'spinaker'. Did"),
        ((*CA3, "--check", "--run"), "--check and --run exclude each other"),
        ((*CA3, "--out", "x.npz"), "--out: holds the recording of a run. Add --run"),
        ((*CA3, "--rate", "5", "--measure", "numba"), "--rate and --measure exclude each other"),
        ((*CA3, "--rate", "OUT"), "--rate: must be NAME=HZ or HZ, got 'OUT'"),
        ((*CA3, "--rate", "X=3"), "preflight.rates: must name populations"),
        ((*CA3, "--board", "spinn-4"), "preflight.board: must be a board"),
        ((*CA3, "--set", "speed=3"), "--set: must name a setting, got 'speed'"),
        ((*CA3, "--set", "X.neurons_per_core=3"), "Settings.populations: must name populations"),
        ((*CA3, "--neurons-per-core", "300"), "Settings.neurons_per_core: must be"),
        ((*CA3, "--measure", "nobody"), "backend: must be known, got 'nobody'"),
        ((*CA3, "--html", "/no/folder/x.html"), "cannot be written"),
    ],
)
def test_wrong_usage(call, arguments, text):
    done = call(*arguments)
    assert done.exit_code == 2
    assert text in done.stderr


def test_a_machine_must_be_named(call):
    assert call("deploy", "b1").exit_code == 2


def test_settings():
    found = settings_of(["spikes_per_second=50", "a.b.neurons_per_core=7", "strict=false"], 64)
    assert (found.neurons_per_core, found.spikes_per_second, found.strict) == (64, 50.0, False)
    assert found.of("a.b", "neurons_per_core") == 7
    limits = settings_of(["cells.max_expected_summed_weight=[3, 1]"], None)
    assert limits.of("cells", "max_expected_summed_weight") == (3.0, 1.0)
    with pytest.raises(SpecError, match="got 'strict'"):
        settings_of(["cells.strict=false"], None)


def test_rates():
    assert rates_of([], None) is None
    assert rates_of([], "numba") == "numba"
    assert rates_of(["3.5"], None) == 3.5
    assert rates_of(["a=1", "b=c=2"], None) == {"a": 1.0, "b=c": 2.0}
    with pytest.raises(SpecError, match="one rate for all cells excludes others"):
        rates_of(["3.5", "a=1"], None)
