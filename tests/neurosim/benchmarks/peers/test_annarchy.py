from __future__ import annotations

import pytest

from neurosim.benchmarks.peers import annarchy as script
from tests.neurosim.benchmarks.peers.task import task


def test_equations_hold_the_numbers_of_the_task():
    b1 = task("b1")
    text = script.equations("if_curr_exp", b1["populations"][0]["parameters"], b1)
    assert "dv/dt = ((-49.0) - v + g_exc - g_inh + 0.0) / (20.0) : explicit" in text
    assert "dg_inh/dt = -g_inh / (10.0) : exponential" in text
    b2 = task("b2")
    text = script.equations("if_cond_exp", b2["populations"][0]["parameters"], b2)
    assert "g_exc * (0.0 - v) + g_inh * (-80.0 - v) + 20.0" in text


def test_poisson_input_becomes_noise_of_the_same_mean_and_variance():
    b3 = task("b3")
    word, rest = script.noise(b3).split("(")
    mean, sd = (float(x) for x in rest.rstrip(")").split(","))
    assert word == "Normal"
    assert mean == pytest.approx(0.1 * 2.0)
    assert sd**2 == pytest.approx(0.1**2 * 2.0)
    assert script.noise(task("b1")) == "0.0"
    assert "noise = Normal" in script.equations(
        "if_curr_delta", b3["populations"][0]["parameters"], b3
    )


@pytest.mark.slow
def test_it_runs_the_same_network():
    pytest.importorskip("ANNarchy")
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        found = script.run(task("b1", 0.25, duration=200.0), folder)
    assert 3.0 < sum(found["spikes"].values()) / 1000 / 0.2 < 8.0
