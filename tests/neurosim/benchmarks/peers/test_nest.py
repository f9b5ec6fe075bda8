from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from neurosim.benchmarks.cases import Case, Settings
from neurosim.benchmarks.peers import nest as script
from neurosim.benchmarks.registry import benchmark
from neurosim.benchmarks.rivals import rival
from tests.neurosim.benchmarks.peers.task import task


def test_it_runs_the_same_network_at_the_same_rate():
    case, settings = Case("b1", 0.5), Settings(duration=400.0, repeats=1)
    theirs = rival("nest", sys.executable, case, settings)
    ours = benchmark("b1").measure(case, settings)
    assert theirs["simulator"].startswith("NEST 3")
    assert theirs["rate_hz"] == pytest.approx(ours["rate_hz"], rel=0.1)
    assert theirs["rate_hz"] > 3.0
    assert min(theirs[k] for k in ("wall_s", "cpu_s", "build_s", "first_step_s", "peak_mb")) > 0.0


def test_it_stands_alone_and_takes_json_as_argument(tmp_path):
    command = [sys.executable, "-I", script.__file__, json.dumps(task("b3", 0.01, duration=50.0))]
    done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, check=True)
    (line,) = [x for x in done.stdout.splitlines() if x.startswith("RESULT ")]
    assert json.loads(line.removeprefix("RESULT "))["spikes"] > 0


def test_plastic_weights_move_as_ours_do():
    given = task("b4", 0.05, duration=100.0)
    file = json.dumps(given)
    done = subprocess.run(
        [sys.executable, script.__file__, file], capture_output=True, text=True, check=True
    )
    found = json.loads(next(x for x in done.stdout.splitlines() if x.startswith("RESULT "))[7:])
    assert found["mean_weight"] == pytest.approx(0.1, abs=1e-3)
    assert found["mean_weight"] != pytest.approx(0.1, abs=1e-7)
    assert "dendritic" in found["note"]


def test_several_populations_are_counted_one_by_one():
    case, settings = Case("b5", 0.02), Settings(duration=100.0, repeats=1)
    found = rival("nest", sys.executable, case, settings)
    assert set(found["rates"]) == {g.name for g in benchmark("b5").made(case, 1).groups}
    assert found["rates"]["L5E"] > found["rates"]["L23E"]


def test_parameters_are_in_its_units():
    exp, cond, delta = (
        task(name)["populations"][0] for name in ("b1", "b2", "b3")
    )  # fmt: skip
    assert script.parameters(exp["kind"], exp["parameters"]) == {
        "E_L": -49.0, "V_th": -50.0, "V_reset": -60.0, "t_ref": 5.0, "tau_syn_ex": 5.0,
        "tau_syn_in": 10.0, "C_m": 200.0, "I_e": 0.0, "tau_m": 20.0,
    }  # fmt: skip
    found = script.parameters(cond["kind"], cond["parameters"])
    assert (found["g_L"], found["I_e"], found["E_in"]) == (pytest.approx(10.0), 200.0, -80.0)
    assert script.parameters(delta["kind"], delta["parameters"])["V_th"] == 20.0
    assert script.inverted("if_cond_exp", "inhibitory") == -1.0
    assert script.inverted("if_curr_exp", "inhibitory") == 1.0


def test_the_script_holds_no_network():
    text = Path(script.__file__).read_text()
    assert not any(number in text for number in ("4000", "12500", "20683", "0.0162"))
