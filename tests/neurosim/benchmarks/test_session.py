from __future__ import annotations

import pytest

from neurosim.benchmarks import session as module
from neurosim.benchmarks.cases import Case, Settings
from neurosim.benchmarks.session import compete, counts, merged, ratios
from neurosim.errors import SpecError

OURS = {
    "bench": "b1", "scale": 1.0, "variant": "", "backend": "numba", "duration_ms": 1000.0,
    "repeats": 1, "rates_ok": True, "load": 1.0, "calibration_s": 0.1, "build_s": 2.0,
}  # fmt: skip


@pytest.fixture
def fake(monkeypatch):
    """Processes that take given times; gives the order in which they ran."""
    order = []

    def use(ours, theirs=()):
        mine, peers = iter(ours), iter(theirs)

        def own(case, settings):
            order.append((settings.precision, settings.threads, settings.repeats))
            seconds = next(mine)
            return OURS | dict(
                wall_s=seconds, wall_median_s=seconds, cpu_s=seconds, cpu_median_s=seconds,
                rtf=seconds, ns_per_event=10 * seconds, peak_mb=100 * seconds,
                precision=settings.precision, threads=settings.threads,
            )  # fmt: skip

        def rival(name, python, case, settings):
            order.append((name, python, settings.threads, settings.repeats))
            seconds = next(peers)
            return dict(
                peer=name, simulator="fake", threads=settings.threads, wall_s=seconds,
                cpu_s=seconds / 2, rates_ok=True, peak_mb=1.0, build_s=1.0,
            )  # fmt: skip

        monkeypatch.setattr(module, "own", own)
        monkeypatch.setattr(module, "rival", rival)
        monkeypatch.setattr(module, "starts", lambda case, settings: {"first_step_warm_s": 0.4})
        return order

    return use


def test_one_configuration_alone_is_one_process(fake):
    order = fake([0.5])
    (report,) = compete(Case("b1"), [Settings(repeats=4)])
    assert order == [("double", 1, 4)]
    assert (report["wall_s"], report["peers"]) == (0.5, [])
    assert report["first_step_warm_s"] == 0.4


def test_runs_alternate_and_ratios_are_of_the_fastest(fake):
    order = fake([0.4, 0.2, 0.3], [5.0, 4.0, 6.0])
    said = []
    (report,) = compete(
        Case("b1"), [Settings(repeats=3)], {"nest": "py"}, first_steps=False, tell=said.append
    )
    assert order == [("double", 1, 1), ("nest", "py", 1, 1)] * 3
    assert said[:2] == [
        "b1, numba, double, 1 thread, round 1 of 3", "b1, nest, 1 thread, round 1 of 3",
    ]  # fmt: skip
    assert (report["wall_s"], report["wall_median_s"], report["repeats"]) == (0.2, 0.3, 3)
    assert (report["ns_per_event"], report["peak_mb"]) == (2.0, 40.0)
    (peer,) = report["peers"]
    assert (peer["wall_s"], peer["wall_median_s"], peer["repeats"]) == (4.0, 5.0, 3)
    assert peer["wall_ratio"] == pytest.approx(0.05)
    assert peer["cpu_ratio"] == pytest.approx(0.1)
    assert "first_step_warm_s" not in report


def test_peers_may_run_less_often(fake):
    order = fake([0.4, 0.2, 0.3], [5.0])
    (report,) = compete(
        Case("b1"), [Settings(repeats=3)], {"nest": "py"}, peer_repeats=1, first_steps=False
    )
    assert [entry[0] for entry in order] == ["double", "nest", "double", "double"]
    assert report["peers"][0]["repeats"] == 1


def test_peers_run_once_for_every_number_of_threads_they_can_use(fake):
    order = fake([1.0, 0.5, 0.8, 0.4], [9.0, 8.0, 7.0])
    settings = [Settings(n, 1, precision=p) for p in ("double", "single") for n in (1, 2)]
    peers = {"nest": "a", "brian2": "b", "snntorch": "c"}
    reports = compete(Case("b1"), settings, peers, first_steps=False)
    assert order[4:] == [("nest", "a", 1, 1), ("nest", "a", 2, 1), ("brian2", "b", 1, 1)]
    assert [[p["peer"] for p in r["peers"]] for r in reports] == [
        ["nest", "brian2"], ["nest"], ["nest", "brian2"], ["nest"],
    ]  # fmt: skip
    assert [r.get("speedup") for r in reports] == [None, 2.0, None, 2.0]


def test_goals_are_set_against_the_report(fake):
    fake([0.03])
    (report,) = compete(Case("b1"), [Settings()], first_steps=False)
    assert {g["level"] for g in report["goals"]} == {"must", "should"}


def test_nothing_to_do_is_an_error():
    with pytest.raises(SpecError, match="must have settings"):
        compete(Case("b1"), [])


def test_a_benchmark_of_one_thread_is_not_measured_with_more(fake, monkeypatch):
    class OneThread:
        threaded = False
        small = None
        peers = ()

    monkeypatch.setattr(module, "benchmark", lambda name: OneThread())
    order = fake([0.5])
    (report,) = compete(Case("b1"), [Settings(1), Settings(2)])
    assert order == [("double", 1, 3)]
    assert "first_step_warm_s" not in report
    with pytest.raises(SpecError, match="b1 has one thread"):
        compete(Case("b1"), [Settings(2)])


def test_a_verdict_of_several_runs_is_the_worst():
    base = dict(wall_s=1.0, cpu_s=1.0)
    runs = [base | {"rates_ok": True}, base | {"rates_ok": False}]
    assert merged(runs)["rates_ok"] is False
    assert merged(runs[:1])["rates_ok"] is True
    assert merged([base | {"rates_ok": None}])["rates_ok"] is None


def test_a_run_counts_unless_a_verdict_is_bad():
    assert counts({"rates_ok": True})
    assert counts({"rates_ok": None, "weight_ok": None})
    assert not counts({"rates_ok": True, "weight_ok": False})
    assert not counts({"rates_ok": False})


def test_ratios_are_ours_by_theirs():
    found = ratios(dict(wall_s=1.0, cpu_s=2.0), dict(wall_s=4.0, cpu_s=20.0))
    assert found == {"wall_ratio": 0.25, "cpu_ratio": 0.1}
