from __future__ import annotations

import json
import os

from neurosim.benchmarks import machine as module
from neurosim.benchmarks.machine import calibrate, cpu_model, facts, memory_gb, now, peak_mb, since


def test_a_calibration_is_the_fastest_of_its_repeats(monkeypatch):
    clock = iter([0.0, 0.5, 1.0, 1.125, 2.0, 3.0])
    monkeypatch.setattr(module, "process_time", lambda: next(clock))
    assert calibrate(3) == 0.125


def test_facts_are_plain_data():
    found = facts()
    assert json.loads(json.dumps(found, allow_nan=False)) == found
    assert {"cpu", "cores", "memory_gb", "system", "versions", "load", "measured"} == set(found)
    assert found["cores"] == os.cpu_count()
    assert found["cpu"] == cpu_model() != ""
    assert 0.1 < memory_gb() < 1e5


def test_memory_is_that_of_this_process():
    before = peak_mb()
    block = bytearray(64_000_000)
    block[::4096] = b"x" * len(block[::4096])
    assert before > 20.0
    assert peak_mb() >= before
    assert peak_mb() > 64.0


def test_clocks():
    began = now()
    sum(range(200_000))
    passed = since(began)
    assert passed.wall > 0.0
    assert passed.cpu > 0.0
