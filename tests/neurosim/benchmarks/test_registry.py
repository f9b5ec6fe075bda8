from __future__ import annotations

import pytest

from neurosim.benchmarks.cases import Case
from neurosim.benchmarks.registry import BENCHMARKS, benchmark, case_of
from neurosim.benchmarks.rivals import PEERS
from neurosim.errors import NeurosimError


def test_benchmarks_are_known_by_their_names():
    assert {"b1", "b2", "b3", "b4", "b5", "b7"} <= set(BENCHMARKS)
    for name, found in BENCHMARKS.items():
        assert found.name == name
        assert set(found.peers) <= set(PEERS)
        assert all(found.checked(case) == case for case in found.cases)


def test_all_measures_what_the_goals_are_about():
    labels = [case.label for found in BENCHMARKS.values() for case in found.cases]
    assert [x for x in labels if not x.startswith("b6")] == [
        "b1", "b1 x5", "b1 x20", "b2", "b2 x20", "b3 own", "b3 one", "b4 one",
        "b7 silent", "b7 sparse", "b7 active",
    ]  # fmt: skip


def test_a_case_has_the_variant_that_was_asked_for_or_the_default():
    assert case_of("b1", 5.0, weights=None) == Case("b1", 5.0)
    assert case_of("b3") == Case("b3", 1.0, "own")
    assert case_of("b3", weights="one") == Case("b3", 1.0, "one")
    assert case_of("b7", activity="0.01") == Case("b7", 1.0, "sparse")


@pytest.mark.parametrize(
    ("name", "options", "message"),
    [
        ("b9", {}, r"bench: must be known, got 'b9'"),
        ("b1", dict(weights="own"), r"b1\.weights: is no option of b1, got 'own'"),
        ("b3", dict(activity="silent"), r"b3\.activity: is no option"),
        ("b3", dict(weights="two"), r"b3\.weights: must be one of"),
        ("b7", dict(activity="loud"), r"b7\.activity"),
        ("b2", dict(scale=0.0), r"bench\.scale"),
    ],
)
def test_nonsense_names_the_argument(name, options, message):
    with pytest.raises(NeurosimError, match=message):
        case_of(name, **options)


def test_a_benchmark_without_variants_refuses_one():
    with pytest.raises(NeurosimError, match="b1: has no variants, got 'own'"):
        benchmark("b1").checked(Case("b1", 1.0, "own"))
