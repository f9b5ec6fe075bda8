from __future__ import annotations

import numpy as np
import pytest

from neurosim.errors import ParameterError
from neurosim.experiments.ca3_capacity import EXPERIMENT
from neurosim.experiments.ca3_capacity.experiment import GAPS, SIZES, SPACINGS, Params, causes
from neurosim.experiments.ca3_capacity.workloads import (
    WORKLOADS,
    content,
    errors,
    errors_frozen,
    once,
    several,
    single,
)
from neurosim.models.ca3 import CA3Params, Learn, RecallContent, RecallCue
from neurosim.models.ca3.timing import DOCUMENTED, SAFE
from neurosim.runner.experiment import Context

from .running import drawn, failed, run

SIZE = CA3Params(5, 10)


@pytest.fixture
def context(tmp_path):
    return Context(seed=1, backend="numba", scratch=tmp_path, progress=False)


def test_workloads_hold_what_they_say():
    rng = np.random.default_rng(0)
    made = {name: workload(rng, 300, SIZE, 0.5) for name, workload in WORKLOADS.items()}
    kinds = {name: {type(o) for o in operations} for name, operations in made.items()}
    assert kinds["address"] == {Learn, RecallCue}
    assert kinds["single"] == kinds["several"] == {Learn, RecallCue, RecallContent}
    queries = {
        name: {len(o.bits()) for o in operations if isinstance(o, RecallContent)}
        for name, operations in made.items()
    }
    assert queries["single"] == {1}
    assert queries["several"] == {1, 2, 3, 4}
    written = once(rng, 0, SIZE, 0.5)
    assert [o.cue for o in written[:-1]] == list(range(5))
    assert 2 <= len(written[-1].bits()) <= 4


def test_contents_have_their_density():
    rng = np.random.default_rng(0)
    sizes = [len(content(rng, 100, 0.3)) for _ in range(200)]
    assert np.mean(sizes) == pytest.approx(30.0, abs=1.5)
    assert all(len(content(rng, 3, 1e-6)) == 1 for _ in range(5))


def test_errors_by_spacing_and_without_plasticity(context):
    operations = single(context.rng("x"), 300, SIZE, 0.5)
    documented = errors(operations, SIZE, DOCUMENTED, context)
    safe = errors(operations, SIZE, SAFE, context)
    assert documented.recalls == safe.recalls > 150
    assert documented.wrong > 10 * max(1, safe.wrong)
    queries = several(context.rng("y"), 150, SIZE, 0.5)
    assert (
        errors_frozen(queries, SIZE, SAFE, context).wrong
        < errors(queries, SIZE, SAFE, context).wrong
    )


def test_causes_follow_the_pair_rule(context):
    shared, cross = causes(Params(), context)
    gaps, pair = np.array(GAPS), 6 * (1 + np.exp(-2 / 3))
    own = 6 - pair * (np.exp(-(gaps - 3) / 3) + np.exp(-(gaps - 1) / 3))
    link = pair * (np.exp(-(gaps - 1) / 3) + np.exp(-(gaps + 1) / 3))
    np.testing.assert_allclose(shared, own, atol=0.01)
    np.testing.assert_allclose(cross, link, atol=0.01)


def test_a_small_run():
    outcome = run(EXPERIMENT, runs=1, operations=60, single_runs=3)
    arrays = outcome.result.arrays
    assert arrays["spacing_errors"].shape == (4, len(SPACINGS), 2)
    assert arrays["size_errors"].shape == (len(SIZES), 2)
    metrics = outcome.result.metrics
    wrong, recalls = arrays["spacing_errors"][1, 0]
    assert metrics["single_7_6"] == wrong / recalls
    assert {v.claim.metric for v in outcome.claims} <= set(metrics)
    figure = drawn(EXPERIMENT, outcome)
    assert len(figure.axes) == 4
    assert figure.axes[3].get_xticklabels()[0].get_text() == "5 x 10\n(56)"


def test_same_seed_same_numbers():
    small = {"runs": 1, "operations": 20, "single_runs": 1}
    first, second, other = (run(EXPERIMENT, seed=s, **small).result.arrays for s in (1, 1, 2))
    np.testing.assert_array_equal(first["spacing_errors"], second["spacing_errors"])
    assert (first["spacing_errors"] != other["spacing_errors"]).any()


@pytest.mark.slow
def test_claims_hold():
    outcome = run(EXPERIMENT)
    assert list(failed(outcome)) == []
    missed = [v.claim.name for v in outcome.claims if not v.holds]
    assert missed == ["single bits are right at safe spacing"]  # marked as not reproduced


def test_bad_parameters_are_named():
    with pytest.raises(ParameterError, match="density"):
        run(EXPERIMENT, density=0.0)
