from __future__ import annotations

import json
from pathlib import Path

import pytest

import neurosim as ns
from neurosim.cli.networks import find
from neurosim.errors import NeurosimError

BUILD = """
import neurosim as ns

def build():
    net = ns.Network("built")
    net.population("cells", 3, ns.IFCurrExp())
    return net
"""


@pytest.mark.parametrize(
    ("name", "steps"),
    [("ca3_functional", 90), ("ca3_stress", 851), ("ca3_map", 140), ("ca3_recall", None),
     ("ca3_capacity", None)],
)  # fmt: skip
def test_experiments(name, steps):
    found = find(name)
    assert (found.dt, found.duration) == (1.0, steps)
    assert found.network.name.startswith("CA3 memory")
    assert found.network.timing == "spinnaker"


def test_the_schedule_of_an_experiment_is_in_its_network():
    trains = find("ca3_functional").network["IN"].kind.spike_times
    assert sum(map(len, trains)) > 0
    assert max(t.max(initial=0.0) for t in trains) < 90.0


@pytest.mark.parametrize(
    ("name", "population"), [("b1", "cells"), ("b2", "cells"), ("b3", "cells")]
)
def test_benchmarks(name, population):
    found = find(name)
    assert (found.dt, found.duration) == (0.1, None)
    assert population in found.network.populations


def test_a_python_file_with_a_function(tmp_path: Path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("net.py").write_text(BUILD)
    assert find("net.py").network.name == "built"
    assert [p.name for p in tmp_path.iterdir()] == ["net.py"]  # no cache beside it


def test_a_python_file_with_a_network(tmp_path: Path):
    path = tmp_path / "net.py"
    path.write_text(BUILD + "network = build()\nif __name__ == '__main__':\n    raise SystemExit\n")
    found = find(str(path))
    assert (found.network.name, found.dt, found.duration) == ("built", 1.0, None)


def test_a_saved_network(tmp_path: Path):
    net = ns.Network("saved")
    net.population("cells", 3, ns.IFCurrExp(tau_m=12.0))
    path = tmp_path / "net.json"
    path.write_text(json.dumps(net.to_dict()))
    assert find(str(path)).network == net


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("net.py", None, "does not exist"),
        ("net.py", "network = 3", "must have a Network called 'network'"),
        ("net.py", "", "got NoneType"),
        ("net.py", "1 / 0", "fails with ZeroDivisionError: division by zero"),
        ("net.py", "def build(x): pass", "fails with TypeError"),
        ("net.py", "(", "fails with SyntaxError"),
        ("net.py", "import neurosim as ns\nns.IFCurrExp(tau_m=-1)", "IFCurrExp.tau_m: must be > 0"),
        ("net.json", None, "cannot be read"),
        ("net.json", "{", "is no JSON"),
        ("net.json", "[]", "network"),
    ],
)
def test_files_that_hold_no_network(tmp_path: Path, name, text, message):
    path = tmp_path / name
    if text is not None:
        path.write_text(text)
    with pytest.raises(NeurosimError) as error:
        find(str(path))
    assert message in str(error.value)


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("ca3_functionl", "got 'ca3_functionl'. Did you mean 'ca3_functional'"),
        ("ann_to_event", "experiment 'ann_to_event' is not about one network"),
        ("b6", "benchmark 'b6' is no network"),
    ],
)
def test_names_without_a_network(name, message):
    with pytest.raises(NeurosimError) as error:
        find(name)
    assert message in str(error.value)
