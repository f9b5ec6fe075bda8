from __future__ import annotations

from neurosim.experiments.ca3_functional import EXPERIMENT as FUNCTIONAL
from neurosim.experiments.ca3_map import EXPERIMENT as MAP
from neurosim.experiments.ca3_stress import EXPERIMENT
from neurosim.experiments.ca3_stress.experiment import Params, one_round
from neurosim.models.ca3.oracle import Oracle

from .running import drawn, failed, run, same_spikes


def test_schedule_is_the_published_one():
    timed = Params().operations()
    assert [t.step for t in timed] == [1 + 14 * i for i in range(60)]
    codes = [o.content for o in one_round(complement=False)[:5]]
    assert codes == [{0}, {1}, {0, 1}, {2}, {0, 2}]
    others = [o.content for o in one_round(complement=True)[:5]]
    assert [set(a) | set(b) for a, b in zip(codes, others, strict=True)] == [set(range(10))] * 5
    assert not any(set(a) & set(b) for a, b in zip(codes, others, strict=True))


def test_bits_3_to_9_recall_no_cue_or_all():
    oracle = Oracle(5, 10)
    for complement in (False, True):
        for operation in one_round(complement)[:5]:
            oracle.answer(operation)
        found = [oracle.recall_content({bit}) for bit in range(3, 10)]
        assert found == [set(range(5)) if complement else set()] * 7


def test_claims_hold():
    outcome = run(EXPERIMENT)
    assert list(failed(outcome)) == []
    assert outcome.result.metrics["right"] == 60
    assert outcome.result.recordings["spikes"].duration == 851.0
    figure = drawn(EXPERIMENT, outcome)
    assert len(figure.axes) == 3
    assert "round 2, their complements: 20 of 20" in figure.axes[1].get_title()


def test_spikes_of_the_three_published_experiments():
    """The recorded tables of the board hold 2654 spikes in 1081 steps."""
    outcomes = [run(e) for e in (FUNCTIONAL, EXPERIMENT, MAP)]
    assert sum(o.result.metrics["spikes"] for o in outcomes) == 2654
    assert sum(o.result.recordings["spikes"].duration for o in outcomes) == 1081.0


def test_the_test_can_fail():
    metrics = run(EXPERIMENT, **{"circuit.plasticity.A_minus": 0.5}).result.metrics
    assert metrics["right"] < 60
    assert metrics["right_round_1"] > metrics["right_round_3"]


def test_the_network_for_elsewhere_is_the_one_that_runs():
    assert same_spikes(EXPERIMENT)
