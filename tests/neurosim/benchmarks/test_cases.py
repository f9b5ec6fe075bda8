from __future__ import annotations

import json

import pytest

from neurosim.benchmarks.cases import Case, Settings, plain, restored
from neurosim.errors import ParameterError


@pytest.mark.parametrize(
    ("case", "label"),
    [
        (Case("b1"), "b1"),
        (Case("b1", 5), "b1 x5"),
        (Case("b3", 1.0, "own"), "b3 own"),
        (Case("b7", 0.1, "sparse"), "b7 x0.1 sparse"),
    ],
)
def test_a_case_has_a_short_label(case, label):
    assert case.label == label


def test_both_survive_the_way_to_another_process():
    pair = Case("b3", 0.5, "one"), Settings(repeats=2, duration=50.0, precision="single")
    assert restored(json.loads(json.dumps(plain(*pair)))) == pair


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (dict(threads=0), "bench.threads: must be a whole number >= 1"),
        (dict(threads=True), "bench.threads"),
        (dict(repeats=0), "bench.repeats"),
        (dict(repeats=1.5), "bench.repeats"),
        (dict(seed=-1), "bench.seed"),
        (dict(duration=0.0), "bench.duration: must be >= 0.1 ms"),
        (dict(duration=float("nan")), "bench.duration"),
        (dict(precision="half"), "bench.precision"),
    ],
)
def test_nonsense_names_the_setting(options, message):
    with pytest.raises(ParameterError, match=message):
        Settings(**options)


def test_threads_are_handed_on():
    assert Settings(threads=2).simulation_options()["threads"] == 2
    assert Settings(seed=7, precision="single").simulation_options() == dict(
        dt=0.1, seed=7, backend="numba", precision="single", threads=1, progress=False
    )
