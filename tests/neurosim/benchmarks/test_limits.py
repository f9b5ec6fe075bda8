from __future__ import annotations

from neurosim.benchmarks import limits as module
from neurosim.benchmarks.limits import fastest, measure_limits


def test_limits_have_values_and_units():
    found = measure_limits(in_cache=2000, in_memory=20_000, spend=0.01)
    assert {name: unit for name, (_, unit) in found.items()} == {
        "scattered_add": "ns", "streamed_add": "ns", "stream_read": "GB/s",
        "meeting": "us",
    }  # fmt: skip
    assert all(0.0 < value < 1e4 for value, _ in found.values())


def test_the_fastest_pass_counts_and_the_first_does_not(monkeypatch):
    spent = [0.0]
    costs = iter([9.0, *[0.25, 0.125, 0.5] * 100])  # the first call compiles

    def work():
        spent[0] += next(costs)

    monkeypatch.setattr(module, "process_time", lambda: spent[0])
    assert fastest(work, 1.0) == 0.125
    assert spent[0] < 12.0


def test_short_work_is_repeated_within_a_pass(monkeypatch):
    spent, calls = [0.0], []

    def work():
        calls.append(1)
        spent[0] += 2.0**-14

    monkeypatch.setattr(module, "process_time", lambda: spent[0])
    assert fastest(work, 1.0) == 2.0**-14
    assert len(calls) >= 2**14
