from __future__ import annotations

import pytest

from neurosim.benchmarks.cases import Case
from neurosim.benchmarks.goals import entries, goals, recorded, references
from neurosim.benchmarks.registry import BENCHMARKS


def report(seconds, precision="double", threads=1, **more):
    return dict(
        cpu_s=seconds, wall_s=2 * seconds, precision=precision, threads=threads,
        duration_ms=1000.0, **more,
    )  # fmt: skip


def by_level(found):
    return {g["level"]: g for g in found if g["quantity"] == "seconds"}


def test_the_tightest_rule_of_a_level_is_the_goal():
    found = by_level(goals(Case("b1"), report(0.04)))
    assert found["must"]["goal"] == pytest.approx(0.65 * 0.067)
    assert found["must"]["because"] == "0.65 of brian2-cpp 0.067 s (recorded on another machine)"
    assert found["should"]["goal"] == pytest.approx(0.4 * 0.067)
    assert found["must"]["value"] == 0.04


def test_must_is_judged_in_double_and_should_in_single_precision():
    double = by_level(goals(Case("b1"), report(0.04)))
    assert (double["must"]["met"], double["should"]["met"]) == (True, None)
    single = by_level(goals(Case("b1"), report(0.04, "single")))
    assert (single["must"]["met"], single["should"]["met"]) == (None, False)


def test_a_measured_peer_replaces_its_recorded_seconds():
    peer = dict(peer="brian2-cpp", cpu_s=0.05, wall_s=0.07, rates_ok=True)
    found = by_level(goals(Case("b1"), report(0.04, peers=[peer])))
    assert found["must"]["goal"] == pytest.approx(0.65 * 0.05)
    assert "measured in this session" in found["must"]["because"]
    assert found["must"]["met"] is False
    wrong = peer | {"rates_ok": False}
    assert references(Case("b1"), report(0.04, peers=[wrong]))["brian2-cpp"].seconds == 0.067


def test_seconds_are_by_biological_second():
    found = by_level(goals(Case("b1"), report(0.004) | {"duration_ms": 100.0}))
    assert found["must"]["value"] == pytest.approx(0.04)


def test_the_best_peer_is_the_fastest_that_is_known():
    found = by_level(goals(Case("b1", 20.0), report(1.0)))
    assert found["must"]["goal"] == pytest.approx(0.4 * 2.7)


def test_goals_of_a_variant_are_its_own():
    assert set(by_level(goals(Case("b3", 1.0, "own"), report(1.0)))) == {"must"}
    assert set(by_level(goals(Case("b3", 1.0, "one"), report(1.0)))) == {"should"}
    assert goals(Case("b3", 0.5, "one"), report(1.0)) == []


def test_goals_for_several_threads_are_of_the_wall_time():
    found = by_level(goals(Case("b5"), report(0.8, "single", threads=2)))
    assert set(found) == {"should"}
    assert (found["should"]["goal"], found["should"]["value"]) == (1.8, 1.6)
    assert found["should"]["met"] is True
    one = by_level(goals(Case("b5"), report(4.0)))
    assert (one["must"]["goal"], one["should"]["goal"]) == (5.0, 3.3)


def test_bounds_are_on_quantities_of_the_report():
    found = goals(Case("b1"), report(0.04, first_step_warm_s=0.7, first_step_cold_s=2.0))
    bounds = {g["quantity"]: g["met"] for g in found if g["quantity"] != "seconds"}
    assert bounds == {"first_step_warm_s": False, "first_step_cold_s": True}


def test_a_batch_counts_by_batch():
    (entry,) = entries("case", Case("b6"))
    assert entry["recorded"] == {"snntorch": 0.30}
    batch = {k: v for k, v in report(0.05).items() if k != "duration_ms"}
    assert by_level(goals(Case("b6"), batch))["must"]["value"] == 0.05


def test_every_recorded_case_exists_and_names_known_peers():
    for entry in recorded()["case"]:
        case = Case(entry["name"], entry.get("scale", 1.0), entry.get("variant", ""))
        if case.name in BENCHMARKS and case.variant:
            assert BENCHMARKS[case.name].checked(case) == case
        assert set(entry.get("busy", ())) <= set(entry["recorded"])
        for level in ("must", "should"):
            for rule in entry.get(level, ()):
                assert "seconds" in rule or rule["of"] in {*entry["recorded"], "best"}
