from __future__ import annotations

import json

import pytest

from neurosim.benchmarks import measure as module
from neurosim.benchmarks.measure import Seconds, first_step, first_steps, measure, peak_mb
from neurosim.errors import NeurosimError, SimulationError

OPTIONS = {
    "name": "b1", "scale": 0.05, "weights": None, "seed": 1, "backend": "numba",
    "precision": "double",
}  # fmt: skip


@pytest.fixture
def quick(monkeypatch):
    """First steps are measured by a test of their own."""
    monkeypatch.setattr(
        module, "first_steps", lambda options: (Seconds(2.0, 1.8), Seconds(1.0, 0.9))
    )


@pytest.mark.usefixtures("quick")
def test_a_measurement_is_complete_and_consistent():
    found = measure("b1", scale=0.5, duration=100.0, repeats=2)
    needed = (
        "bench scale threads neurons synapses rate_hz rates_ok events wall_s cpu_s rtf "
        "ns_per_event build_s first_step_warm_s first_step_cold_s peak_mb load"
    )
    assert set(needed.split()) <= found.keys()
    assert json.loads(json.dumps(found, allow_nan=False)) == found
    assert (found["neurons"], found["synapses"]) == (2000, 160_000)
    assert (found["first_step_cold_s"], found["first_step_warm_s"]) == (2.0, 1.0)
    assert (found["first_step_cold_cpu_s"], found["first_step_warm_cpu_s"]) == (1.8, 0.9)
    assert found["rtf"] == pytest.approx(found["wall_s"] / 0.1)
    assert found["ns_per_event"] == pytest.approx(1e9 * found["wall_s"] / found["events"])
    assert found["wall_s"] <= found["wall_median_s"]
    assert found["rates_ok"] is None
    exc, inh = found["rates"]["excitatory"], found["rates"]["inhibitory"]
    assert 0.8 * exc + 0.2 * inh == pytest.approx(found["rate_hz"])
    # out-degrees have a mean of 80 over all neurons, and nearly so over those that fired
    assert found["events"] == pytest.approx(80 * found["rate_hz"] * 0.1 * 2000, rel=0.05)


@pytest.mark.usefixtures("quick")
def test_a_rate_outside_the_accepted_range_is_told(monkeypatch):
    from neurosim.benchmarks.networks import b1

    def with_range(low, high):
        from dataclasses import replace

        monkeypatch.setattr(module, "bench", lambda *a: replace(b1(0.5), accepted=(low, high)))
        return measure("b1", duration=100.0, repeats=1)["rates_ok"]

    assert with_range(0.0, 100.0) is True
    assert with_range(50.0, 100.0) is False


@pytest.mark.usefixtures("quick")
def test_spans_that_follow_each_other_are_all_counted():
    one = measure("b1", scale=0.25, duration=200.0, repeats=1)
    two = measure("b1", scale=0.25, duration=100.0, repeats=2)
    assert one["rate_hz"] == two["rate_hz"]
    assert one["events"] == pytest.approx(2 * two["events"], abs=2)


def test_first_steps_are_those_of_new_processes(tmp_path, monkeypatch):
    times = iter([Seconds(3.0, 2.5), Seconds(2.0, 0.9), Seconds(1.0, 0.8), Seconds(1.5, 0.7)])
    caches = []

    def fake(options, cache):
        caches.append((cache, sorted(cache.iterdir())))
        (cache / "driver").write_text("compiled")
        return next(times)

    monkeypatch.setattr(module, "first_step", fake)
    assert first_steps(OPTIONS) == (Seconds(3.0, 2.5), Seconds(1.0, 0.8))
    assert len({cache for cache, _ in caches}) == 1
    assert caches[0][1] == []  # the first one finds nothing compiled
    assert all(held for _, held in caches[1:])


def test_a_first_step(tmp_path):
    cold = first_step(OPTIONS, tmp_path)
    assert any(tmp_path.iterdir())
    warm = first_step(OPTIONS, tmp_path)
    assert 0.0 < warm.cpu < cold.cpu


def test_a_first_step_that_fails_is_an_error(tmp_path):
    with pytest.raises(SimulationError, match=r"(?s)first step failed.*must be known, got 'b9'"):
        first_step({**OPTIONS, "name": "b9"}, tmp_path)


def test_memory_is_that_of_this_process():
    before = peak_mb()
    block = bytearray(64_000_000)
    block[::4096] = b"x" * len(block[::4096])
    assert before > 20.0
    assert peak_mb() >= before
    assert peak_mb() > 64.0


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (dict(threads=2), "measure.threads"),
        (dict(threads=0), "measure.threads"),
        (dict(repeats=0), "measure.repeats"),
        (dict(duration=0.0), "measure.duration"),
        (dict(duration=float("nan")), "measure.duration"),
        (dict(backend="none"), "backend"),
        (dict(precision="half"), "precision"),
        (dict(seed=-1), "seed"),
    ],
)
def test_nonsense_names_the_argument(options, message):
    with pytest.raises(NeurosimError, match=message):
        measure("b1", scale=0.05, **options)
