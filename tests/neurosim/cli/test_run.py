from __future__ import annotations

import json
import signal
from pathlib import Path

import pytest

from neurosim.backends import progress
from neurosim.runner.store import read_record
from tests.neurosim.runner import tiny

pytestmark = pytest.mark.usefixtures("tiny_experiment")


def test_an_experiment_by_name(call):
    done = call("run", "tiny")
    assert done.exit_code == 0
    assert "tiny  seed 1, backend numba" in done.stdout
    assert "table 1" in done.stdout
    assert done.stderr == ""


def test_options(call, tmp_path: Path):
    out = tmp_path / "out"
    done = call(
        "run", "tiny", "--set", "cell.tau_m=21", "--set", "n=3", "--seed", 9,
        "--backend", "reference", "--out", out,
    )  # fmt: skip
    assert done.exit_code == 0
    record = read_record(out)
    assert (record["seed"], record["backend"]) == (9, "reference")
    assert record["set"] == {"cell.tau_m": "21", "n": "3"}
    assert record["params"]["cell"]["tau_m"] == 21.0


def test_claims_are_checked_on_demand(call):
    assert call("run", "tiny", "--check").exit_code == 0
    assert call("run", "tiny", "--set", "gain=3").exit_code == 0
    failed = call("run", "tiny", "--set", "gain=3", "--check")
    assert failed.exit_code == 1
    assert "neurosim: claim 'mean': mean must be ~ 6.0 ± 0.5 (table 1), got 9.75." in failed.stderr


def test_json_is_one_object(call):
    done = call("run", "tiny", "--json", "--set", "gain=3", "--check")
    found = json.loads(done.stdout)
    assert found["metrics"]["mean"] == 9.75
    assert [c["holds"] for c in found["claims"]] == [False, True]
    assert done.exit_code == 1


def test_quiet_prints_errors_only(call):
    assert call("run", "tiny", "--quiet").output == ""
    failed = call("run", "tiny", "--quiet", "--check", "--set", "gain=3")
    assert failed.stdout == ""
    assert "claim 'mean'" in failed.stderr


def test_a_run_file_and_options_over_it(call, tmp_path: Path):
    file, out = tmp_path / "run.yaml", tmp_path / "out"
    file.write_text(f"experiment: tiny\nset: {{n: 2, gain: 2}}\nseed: 3\nout: {out}\n")
    assert call("run", file).exit_code == 0
    record = read_record(out)
    assert (record["seed"], record["set"]) == (3, {"n": 2, "gain": 2})
    assert call("run", file, "--seed", 0, "--set", "n=5").exit_code == 0
    record = read_record(out)
    assert (record["seed"], record["set"]) == (0, {"n": "5", "gain": 2})


def test_options_win_over_a_group_in_a_run_file(call, tmp_path: Path):
    file = tmp_path / "run.yaml"
    file.write_text("experiment: tiny\nset: {cell: {tau_m: 5, v_thresh: -40}}\n")
    found = json.loads(call("run", file, "--set", "cell.tau_m=6", "--json").stdout)
    assert found["params"]["cell"] == {"tau_m": 6.0, "v_thresh": -40.0}


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (["run", "tinny"], "experiment: must be known, got 'tinny'. Did you mean 'tiny'?"),
        (["run", "tiny", "--set", "nn=1"], "Params.nn: is not a parameter, got '1'. Did you mean"),
        (["run", "tiny", "--set", "n"], "--set: must be NAME=VALUE, got 'n'"),
        (["run", "tiny", "--set", "n=0"], "Params.n: must be a whole number >= 1, got 0"),
        (["run", "none.yaml"], "file 'none.yaml': cannot be read"),
        (["run", "tiny", "--out", __file__], "out: must be a folder, got the file"),
        (["run", "tiny", "--out", f"{__file__}/x"], "cannot be written"),
    ],
)
def test_wrong_usage_is_one_message_and_exit_code_2(call, args, message):
    done = call(*args)
    assert done.exit_code == 2
    assert done.stderr.startswith("neurosim: ")
    assert message in done.stderr
    assert "Traceback" not in done.output
    assert done.stdout == ""


@pytest.mark.parametrize("args", [["run"], ["run", "tiny", "--seed", "-1"], ["run", "--nonsense"]])
def test_wrong_options_are_exit_code_2(call, args):
    assert call(*args).exit_code == 2


def test_a_run_file_names_the_line(call, tmp_path: Path):
    file = tmp_path / "run.yaml"
    file.write_text("experiment: tiny\nsed: 3\n")
    done = call("run", file)
    assert done.exit_code == 2
    assert f"{file}:2: unknown key 'sed'" in done.stderr


def test_traceback_on_demand(call):
    done = call("--traceback", "run", "tinny")
    assert "must be known" in str(done.exception)
    assert done.exit_code == 1


def test_ctrl_c_is_exit_code_130(call, monkeypatch, tmp_path: Path):
    def interrupted(params, context):
        signal.raise_signal(signal.SIGINT)
        pytest.fail("must have been interrupted")

    monkeypatch.setattr(tiny, "run", interrupted)
    done = call("run", "tiny", "--out", tmp_path / "out")
    assert done.exit_code == 130
    assert done.stderr == "neurosim: interrupted\n"
    assert not (tmp_path / "out").exists()


def test_progress_is_off_when_quiet(call, monkeypatch):
    seen, original = [], tiny.run

    def run(params, context):
        seen.append(progress._default)
        return original(params, context)

    monkeypatch.setattr(tiny, "run", run)
    call("run", "tiny", "--quiet")
    assert seen == [False]
