from __future__ import annotations

import pytest

from neurosim.benchmarks.peers import snntorch as script

TASK = dict(
    inputs=70, hidden=100, batch=4, steps=10, probability=0.2, beta=0.95, threshold=1.0,
    input_sd=0.1, recurrent_sd=0.02, seed=1, threads=1, repeats=2, backward=False,
)  # fmt: skip


def test_memory_and_age_of_the_process():
    assert script.peak_mb() > 10.0
    assert script.since_process_start() > 0.0


@pytest.mark.slow
@pytest.mark.parametrize("backward", [False, True])
def test_it_runs_a_batch(backward):
    pytest.importorskip("snntorch")
    found = script.run(TASK | {"backward": backward})
    assert 0.0 < found["rate_per_step"] < 1.0
    assert found["wall_s"] <= found["wall_median_s"]
