from __future__ import annotations

from neurosim.benchmarks.limits import fastest, measure_limits


def test_limits_have_values_and_units():
    found = measure_limits(in_cache=2000, in_memory=20_000, spend=0.01)
    assert {name: unit for name, (_, unit) in found.items()} == {
        "scattered_add": "ns", "streamed_add": "ns", "stream_read": "GB/s",
    }  # fmt: skip
    assert all(0.0 < value < 1e4 for value, _ in found.values())


def test_the_fastest_pass_counts_and_the_first_does_not():
    calls = []

    def work():
        calls.append(sum(range(200_000 if not calls else 2000)))

    assert 0.0 < fastest(work, 0.02) < 0.002
    assert len(calls) > 10
