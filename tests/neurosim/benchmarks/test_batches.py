from __future__ import annotations

import json

import pytest

from neurosim.benchmarks.batches import BatchBenchmark
from neurosim.benchmarks.cases import Case, Settings
from neurosim.benchmarks.peers.snntorch import run
from neurosim.errors import SpecError

NUMBERS = dict(
    inputs=70, hidden=100, batch=4, steps=10, probability=0.2, beta=0.95, threshold=1.0,
    input_sd=0.1, recurrent_sd=0.02,
)  # fmt: skip


@pytest.fixture
def made():
    asked = []

    def timed(**options):
        asked.append(options)
        return dict(wall_s=0.1, cpu_s=0.1, rate=0.036, rates_ok=True, precision="single", threads=1)

    return BatchBenchmark("b6", timed, NUMBERS, (0.032, 0.040)), asked


def test_it_hands_the_settings_on_and_says_what_it_is(made):
    chosen, asked = made
    found = chosen.measure(Case("b6"), Settings(repeats=2, precision="single", seed=4))
    assert asked == [dict(repeats=2, precision="single", seed=4)]
    assert (found["bench"], found["scale"], found["variant"], found["rate"]) == (
        "b6", 1.0, "", 0.036,
    )  # fmt: skip
    assert found["calibration_s"] > 0.0
    chosen.step(Case("b6"), Settings())
    assert asked[1]["repeats"] == 1


def test_a_peer_gets_all_numbers_and_is_judged_by_its_rate(made):
    chosen, _ = made
    task = chosen.task(Case("b6"), Settings(repeats=2))
    assert json.loads(json.dumps(task)) == task
    assert (task["inputs"], task["repeats"], task["backward"]) == (70, 2, False)
    assert chosen.judge(Case("b6"), dict(rate_per_step=0.035), 1.0)["rates_ok"] is True
    assert chosen.judge(Case("b6"), dict(rate_per_step=0.05), 1.0)["rates_ok"] is False


@pytest.mark.slow
def test_the_peer_understands_its_task(made):
    pytest.importorskip("snntorch")
    chosen, _ = made
    answer = run(chosen.task(Case("b6"), Settings(repeats=1)))
    assert chosen.judge(Case("b6"), answer, 1.0)["rate"] > 0.0


def test_it_has_one_size_and_one_backend(made):
    chosen, _ = made
    assert chosen.checked(Case("b6")) == Case("b6") == chosen.cases[0]
    with pytest.raises(SpecError, match="b6: has one size and no variants, got 'b6 x5'"):
        chosen.checked(Case("b6", 5.0))
    with pytest.raises(SpecError, match="got backend 'reference'"):
        chosen.measure(Case("b6"), Settings(backend="reference"))
