from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from neurosim.benchmarks import rivals as module
from neurosim.benchmarks.cases import Case, Settings
from neurosim.benchmarks.rivals import PEERS, Peer, chosen_peers, require, rival, supported
from neurosim.errors import BackendUnavailable, SimulationError, SpecError

FAKE = """
import json, os, sys
task = json.load(open(sys.argv[1]))
assert sys.argv[0].endswith("nest.py")
print("RESULT " + json.dumps({
    "simulator": "fake " + task["bench"] + " " + str(task["threads"]), "wall_s": 2.0,
    "cpu_s": 1.5, "spikes": {name: 10 * (last - first) for name, _, first, last in task["groups"]},
    "peak_mb": 50.0,
}))
"""


@pytest.fixture
def python(tmp_path):
    """An interpreter that runs the fake peer, whatever script it is given."""
    (tmp_path / "fake.py").write_text(FAKE)
    program = tmp_path / "bin" / "python"
    program.parent.mkdir()
    program.write_text(
        f'#!/bin/sh\nif [ "$1" = -c ]; then exit 0; fi\n'
        f"exec {sys.executable} -c \"import sys; sys.argv[:] = ['$1', '$2']; "
        f"exec(open('{tmp_path}/fake.py').read())\"\n"
    )
    program.chmod(0o755)
    return str(program)


def test_a_peer_gets_the_task_and_is_judged(python):
    found = rival("nest", python, Case("b1"), Settings(duration=1000.0))
    assert (found["peer"], found["simulator"], found["threads"]) == ("nest", "fake b1 1", 1)
    assert (found["wall_s"], found["cpu_s"], found["peak_mb"]) == (2.0, 1.5, 50.0)
    assert found["rates"] == {"excitatory": 10.0, "inhibitory": 10.0}
    assert (found["rate_hz"], found["rates_ok"]) == (10.0, False)
    assert "spikes" not in found


def test_a_peer_that_fails_is_an_error(tmp_path):
    program = tmp_path / "python"
    program.write_text("#!/bin/sh\necho no licence >&2; exit 4\n")
    program.chmod(0o755)
    with pytest.raises(SimulationError, match=r"(?s)peer nest: .*code 4.*no licence"):
        rival("nest", str(program), Case("b1", 0.01), Settings())


def test_peers_are_chosen_by_name_and_interpreter(python):
    assert chosen_peers([], []) == {}
    assert chosen_peers(["nest"], [f"nest={python}"]) == {"nest": python}
    both = chosen_peers(["brian2", "brian2-cpp"], [f"brian2={python}"])
    assert both == {"brian2": python, "brian2-cpp": python}


@pytest.mark.parametrize(
    ("names", "pythons", "message"),
    [
        (["nets"], [], r"bench.against: must be peers, got 'nets'. Did you mean 'nest'\?"),
        (["nest"], ["nest"], "bench.peer-python: must be NAME=PATH, got 'nest'"),
        (["nest"], ["nets=/x"], "must be peers, got 'nets'"),
    ],
)
def test_nonsense_names_the_option(names, pythons, message):
    with pytest.raises(SpecError, match=message):
        chosen_peers(names, pythons)


def test_a_peer_that_is_not_installed_says_how_to_install_it():
    peer = Peer("x", "x", "no_such_module", "no-such-package")
    message = r"'x' must be installed.*pip install no-such-package.*--peer-python x=PATH"
    with pytest.raises(BackendUnavailable, match=message):
        require(peer, sys.executable)
    with pytest.raises(BackendUnavailable, match="must be an interpreter, got '/no/python'"):
        require(peer, "/no/python")


def test_every_peer_has_a_script_that_stands_alone():
    folder = Path(module.__file__).parent / "peers"
    assert {peer.script for peer in PEERS.values()} == {
        p.stem for p in folder.glob("*.py") if p.stem != "__init__"
    }
    for script in folder.glob("*.py"):
        assert "from neurosim" not in script.read_text()


def test_peers_run_what_they_support():
    assert supported("nest", Case("b4"))
    assert not supported("annarchy", Case("b4"))


def test_the_interpreters_folder_comes_first_in_another_environment(python, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", "/somewhere")
    ours, theirs = module._environment(sys.executable), module._environment(python)
    assert ours["PYTHONPATH"] == "/somewhere"
    assert "PYTHONPATH" not in theirs
    assert theirs["PATH"].split(":")[0] == str(Path(python).parent)
    assert json.dumps(theirs)
