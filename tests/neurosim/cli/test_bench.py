from __future__ import annotations

import json
import subprocess
import sys

import pytest

from neurosim.benchmarks import limits, rivals, scaling, session
from neurosim.benchmarks.results import save

FACTS = {
    "bench": "b1", "scale": 1.0, "variant": "", "precision": "double", "threads": 1,
    "rate_hz": 5.25,
    "rates": {"excitatory": 5.0}, "rates_ok": True, "events": None, "wall_s": 0.04, "cpu_s": 0.04,
    "backend": "numba", "duration_ms": 1000.0, "calibration_s": 0.1, "peers": [], "goals": [],
}  # fmt: skip


@pytest.fixture
def competed(monkeypatch):
    """What was asked to be measured; a case of size 2 does not count."""
    calls = []

    def fake(case, settings, peers=None, *, peer_repeats, first_steps, tell):
        calls.append((case, settings, peers, peer_repeats, first_steps))
        tell(f"measuring {case.label}")
        return [
            FACTS | {
                "bench": case.name, "scale": case.scale, "variant": case.variant,
                "precision": s.precision, "threads": s.threads, "rates_ok": case.scale != 2.0,
            }
            for s in settings
        ]  # fmt: skip

    monkeypatch.setattr(session, "compete", fake)
    monkeypatch.setattr(rivals, "require", lambda peer, python: None)
    return calls


def test_options_are_handed_on(call, competed):
    done = call(
        "bench", "b3", "--scale", 0.5, "--weights", "one", "--repeats", 4, "--duration", 50,
        "--seed", 7, "--backend", "reference", "--precision", "both", "--threads", "1,2",
        "--against", "nest,brian2", "--peer-python", "brian2=/x/python", "--no-first-steps",
        "--peer-repeats", 2, "--json",
    )  # fmt: skip
    assert done.exit_code == 0, done.stderr
    ((case, settings, peers, peer_repeats, first_steps),) = competed
    assert case.label == "b3 x0.5 one"
    assert [(s.precision, s.threads) for s in settings] == [
        ("double", 1), ("double", 2), ("single", 1), ("single", 2),
    ]  # fmt: skip
    assert {(s.repeats, s.duration, s.seed, s.backend) for s in settings} == {
        (4, 50.0, 7, "reference")
    }
    assert peers == {"nest": sys.executable, "brian2": "/x/python"}
    assert peer_repeats == 2
    assert not first_steps
    assert len(json.loads(done.stdout)) == 4
    assert done.stderr == "measuring b3 x0.5 one\n"


def test_one_report_is_one_object(call, competed):
    assert json.loads(call("bench", "b1", "--json").stdout)["rate_hz"] == 5.25
    assert competed[0][3:] == (None, True)


def test_a_rate_outside_its_tolerance_is_exit_code_1(call, competed):
    done = call("bench", "b1", "--scale", 2, "--json")
    assert json.loads(done.stdout)["rates_ok"] is False
    assert done.exit_code == 1


def test_a_table_for_people(call, competed):
    lines = [line.split() for line in call("bench", "b1").stdout.splitlines()]
    assert ["rate_hz", "5.25"] in lines
    assert ["rates", "excitatory", "5"] in lines


def test_all_measures_every_case_and_says_how_far_it_is(call, competed):
    done = call("bench", "all", "--json", "--only", "b1,b7", "--no-first-steps")
    assert done.exit_code == 0
    found = json.loads(done.stdout)
    assert [(r["bench"], r["scale"], r["variant"]) for r in found] == [
        ("b1", 1.0, ""), ("b1", 5.0, ""), ("b1", 20.0, ""),
        ("b7", 1.0, "silent"), ("b7", 1.0, "sparse"), ("b7", 1.0, "active"),
    ]  # fmt: skip
    assert done.stderr.splitlines()[1] == "[2/6] measuring b1 x5"


def test_all_as_a_table(call, competed):
    done = call("bench", "all")
    assert done.exit_code == 0
    lines = done.stdout.splitlines()
    assert lines[0].split()[:3] == ["case", "precision", "threads"]
    assert len(lines) >= 12
    assert not any(case.name == "b5" for case, *_ in competed)


def test_results_are_stored_and_compared(call, competed, tmp_path):
    old, new = tmp_path / "old.json", tmp_path / "new.json"
    assert call("bench", "b1", "--out", old).exit_code == 0
    assert call("bench", "b1", "--out", new, "--against-results", old).exit_code == 0
    done = call("bench", "compare", old, new)
    assert done.exit_code == 0
    assert "fine" in done.stdout
    save(new, [FACTS | {"cpu_s": 0.06}])
    done = call("bench", "compare", old, new)
    assert done.exit_code == 1
    assert "SLOWER" in done.stdout
    (change,) = json.loads(call("bench", "compare", old, new, "--json").stdout)
    assert change["slower"] is True
    save(old, [FACTS | {"cpu_s": 0.02}])
    done = call("bench", "b1", "--json", "--against-results", old)
    assert done.exit_code == 1
    assert json.loads(done.stdout)["bench"] == "b1"
    assert "SLOWER" in done.stderr


def test_limits(call, monkeypatch):
    monkeypatch.setattr(limits, "measure_limits", lambda: {"stream_read": (12.25, "GB/s")})
    assert ["stream_read", "12.2", "GB/s"] in [
        line.split() for line in call("bench", "limits").stdout.splitlines()
    ]
    assert json.loads(call("bench", "limits", "--json").stdout) == {"stream_read": [12.25, "GB/s"]}


def test_scaling(call, monkeypatch, tmp_path):
    asked = []

    def fake(**options):
        asked.append(options)
        return {"rate": [(10.0, 2.5)]}

    monkeypatch.setattr(scaling, "measure_scaling", fake)
    plot = tmp_path / "scaling.png"
    done = call("bench", "scaling", "--plot", plot, "--repeats", 2, "--precision", "single")
    assert done.exit_code == 0
    assert ["rate", "(Hz)", "10", "2.5"] in [line.split() for line in done.stdout.splitlines()]
    assert plot.exists()
    assert (asked[0]["repeats"], asked[0]["precision"]) == (2, "single")
    assert json.loads(call("bench", "scaling", "--json").stdout) == {"rate": [[10.0, 2.5]]}


def test_help_loads_nothing_that_is_slow(call):
    code = (
        "import sys; from neurosim.cli import app\n"
        "try: app(['bench', '--help'])\n"
        "finally: print([m for m in ('numba', 'matplotlib', 'neurosim.benchmarks.spans') "
        "if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.stdout.splitlines()[-1] == "[]"
    assert "..." not in done.stdout.partition("Commands:")[2]


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (["b9"], "bench: must be known, got 'b9'"),
        (["b1", "--weights", "own"], "b1.weights: is no option of b1"),
        (["b3", "--weights", "two"], "b3.weights: must be one of"),
        (["b7", "--activity", "2"], "b7.activity"),
        (["b1", "--scale", "0"], "bench.scale: must be > 0"),
        (["b1", "--threads", "two"], "bench.threads: must be whole numbers, got 'two'"),
        (["b1", "--threads", "0"], "bench.threads: must be a whole number >= 1"),
        (["b1", "--repeats", "0"], "bench.repeats: must be a whole number >= 1"),
        (["b1", "--duration", "0"], "bench.duration: must be >= 0.1 ms"),
        (["b1", "--precision", "half"], "bench.precision: must be one of"),
        (["b1", "--against", "nets"], "bench.against: must be peers, got 'nets'"),
        (["b4", "--against", "annarchy"], "bench.against: annarchy has no b4"),
        (["b1", "--peer-python", "nest"], "bench.peer-python: must be NAME=PATH"),
        (["b1", "--against", "nest", "--peer-python", "nest=/no/python"], "must be an interpreter"),
        (["all", "--only", "b9"], "bench: must be known, got 'b9'"),
        (["compare", "/no/old", "/no/new"], "file '/no/old': cannot be read"),
        (["b1", "--against-results", "/no/old"], "file '/no/old': cannot be read"),
        (["b1", "--out", "/no/folder/new"], "file '/no/folder/new': its folder must exist"),
        (["all", "--out", "/no/folder/new"], "file '/no/folder/new': its folder must exist"),
    ],
)
def test_wrong_options_are_exit_code_2(call, args, message, monkeypatch):
    if "annarchy" in args:
        monkeypatch.setattr(rivals, "require", lambda peer, python: None)
    done = call("bench", *args)
    assert done.exit_code == 2
    assert message in done.stderr
