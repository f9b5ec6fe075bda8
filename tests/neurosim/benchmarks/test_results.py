from __future__ import annotations

import json

import numpy as np
import pytest

from neurosim.benchmarks.results import compare, load, save, stored
from neurosim.errors import StoreError


def result(cpu=1.0, *, median=None, calibration=0.1, model="A", **more):
    report = dict(
        bench="b3", scale=1.0, variant="own", backend="numba", precision="double", threads=1,
        duration_ms=1000.0, cpu_s=cpu, cpu_median_s=median or 1.02 * cpu, wall_s=cpu,
        wall_median_s=cpu, calibration_s=calibration, peak_mb=300.0, build_s=2.0,
    )  # fmt: skip
    return {"machine": {"cpu": model}, "reports": [report | more]}


def slower(old, new):
    return {c.quantity for c in compare(old, new) if c.slower}


def test_noise_is_no_slowdown():
    rng = np.random.default_rng(4)
    for _ in range(300):  # the clock varies by half, and repeats are never faster than they can be
        runs = []
        for speed in rng.uniform(0.8, 1.25, 2):
            repeats = np.sort(speed * (1.0 + rng.exponential(0.04, 3)))
            found = result(repeats[0], median=repeats[1], calibration=0.1 * speed)
            runs.append(found)
        assert slower(*runs) == set()


def test_thirty_percent_is_a_slowdown_unless_the_machine_is_faster_today():
    assert slower(result(), result(1.3)) == {"cpu_s"}
    assert slower(result(), result(1.3 * 1.25, calibration=0.125)) == {"cpu_s"}
    assert slower(result(), result(1.3 * 0.8, calibration=0.08)) == set()


def test_a_faster_run_is_none():
    assert slower(result(), result(0.5)) == set()


def test_a_bad_moment_of_the_calibration_alone_is_none():
    assert slower(result(), result(1.0, calibration=0.05)) == set()


def test_repeats_that_scatter_allow_more():
    assert slower(result(), result(1.2, median=1.24)) == {"cpu_s"}
    assert slower(result(1.0, median=1.3), result(1.2, median=1.5)) == set()


def test_other_processors_are_compared_by_the_calibration_with_twice_the_tolerance():
    twice_as_slow = dict(calibration=0.2, model="B")
    assert slower(result(), result(2.0, **twice_as_slow)) == set()
    assert slower(result(), result(2.4, **twice_as_slow)) == set()
    assert slower(result(), result(2.7, **twice_as_slow)) == {"cpu_s"}


def test_several_threads_are_compared_by_wall_time():
    old, new = (result(1.0, threads=2, wall_s=w) for w in (1.0, 1.5))
    assert slower(old, new) == {"wall_s"}


def test_memory_building_and_first_steps_are_compared_too():
    assert slower(result(), result(peak_mb=345.0)) == {"peak_mb"}
    assert slower(result(), result(peak_mb=335.0)) == set()
    assert slower(result(), result(build_s=3.0)) == {"build_s"}
    first = "first_step_warm_cpu_s"
    assert slower(result(**{first: 0.5}), result(**{first: 0.9})) == {first}
    assert slower(result(**{first: 0.5}), result()) == set()


def test_only_equal_cases_are_compared():
    with pytest.raises(StoreError, match="share none"):
        compare(result(), result(precision="single"))
    (change, *_) = compare(result(), result())
    assert change.label == "b3 own, double, 1 thr."
    assert (change.ratio, change.allowed) == (1.0, pytest.approx(1.14))


def test_files(tmp_path):
    path = tmp_path / "result.json"
    reports = result()["reports"]
    save(path, reports)
    found = load(path)
    assert found["reports"] == reports
    assert found["machine"]["cpu"] == stored([])["machine"]["cpu"]
    assert slower(found, found) == set()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (None, "cannot be read"),
        ("{", "cannot be read"),
        ("[]", "holds no results"),
        ('{"format": "other"}', "holds no results"),
        (json.dumps({"format": "neurosim-bench", "version": 99}), "newer neurosim"),
    ],
)
def test_foreign_files_are_refused(tmp_path, text, message):
    path = tmp_path / "result.json"
    if text is not None:
        path.write_text(text)
    with pytest.raises(StoreError, match=message):
        load(path)
