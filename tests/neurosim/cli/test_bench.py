from __future__ import annotations

import json

import pytest

from neurosim.benchmarks import measure as module

FACTS = {
    "bench": "b1", "rate_hz": 5.25, "rates": {"excitatory": 5.0}, "rates_ok": True, "events": None,
}  # fmt: skip


@pytest.fixture
def measured(monkeypatch):
    calls = []

    def fake(name, **options):
        calls.append((name, options))
        return {**FACTS, "rates_ok": options["scale"] != 2.0}

    monkeypatch.setattr(module, "measure", fake)
    return calls


def test_options_are_handed_on(call, measured):
    done = call(
        "bench", "b3", "--scale", 0.5, "--weights", "one", "--repeats", 4, "--duration", 50,
        "--seed", 7, "--backend", "reference", "--precision", "single", "--json",
    )  # fmt: skip
    assert done.exit_code == 0
    assert json.loads(done.stdout) == FACTS
    assert measured == [
        ("b3", dict(scale=0.5, weights="one", threads=1, repeats=4, duration=50.0, seed=7,
                    backend="reference", precision="single"))
    ]  # fmt: skip


def test_a_rate_outside_its_tolerance_is_exit_code_1(call, measured):
    done = call("bench", "b1", "--scale", 2, "--json")
    assert json.loads(done.stdout)["rates_ok"] is False
    assert done.exit_code == 1


def test_a_table_for_people(call, measured):
    lines = call("bench", "b1").stdout.splitlines()
    assert ["rate_hz", "5.25"] in [line.split() for line in lines]
    assert ["rates", "excitatory", "5"] in [line.split() for line in lines]


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (["b2"], "bench: must be known, got 'b2'"),
        (["b1", "--threads", "2"], "measure.threads: must be 1, got 2"),
        (["b1", "--weights", "own"], "b1.weights: must be 'one'"),
        (["b3", "--weights", "two"], "b3.weights: must be one of"),
        (["b1", "--scale", "0"], "bench.scale: must be > 0"),
        (["b1", "--repeats", "0"], "measure.repeats: must be >= 1"),
        (["b1", "--duration", "0"], "measure.duration: must be >= 0.1 ms"),
    ],
)
def test_wrong_options_are_exit_code_2(call, args, message):
    done = call("bench", *args)
    assert done.exit_code == 2
    assert message in done.stderr
