"""Poisson sources: their statistics, and where they stand in for what is not known."""

import numpy as np
import pytest

from neurosim.hardware.spinnaker.kernels.sources import FAST, NONE, SLOW, VERY_FAST, packets
from neurosim.hardware.spinnaker.layout import lay_out
from neurosim.hardware.spinnaker.lower import map_plan
from neurosim.hardware.spinnaker.settings import Disturbance
from neurosim.network import Network
from neurosim.neurons import IFCurrExp
from neurosim.neurons.sources import PoissonInput, SpikeSourcePoisson
from neurosim.plan.lower import lower


def sources(rate, n=400, **window):
    net = Network("sources")
    net.population("sources", n, SpikeSourcePoisson(rate, **window))
    return lay_out(map_plan(lower(net, 1.0, 1)), Disturbance()).sources


def inputs(rate, n=400):
    net = Network("inputs")
    net.inject(PoissonInput(rate, 0.1), net.population("cells", n, IFCurrExp()))
    return lay_out(map_plan(lower(net, 1.0, 1)), Disturbance()).sources


def drawn(made, ticks=1000):
    out = np.zeros((ticks, len(made.kind)), dtype=np.int64)
    packets(made, 0, ticks, out)
    return out


@pytest.mark.parametrize(
    ("made", "kind", "mean"),
    [
        (sources(20.0), FAST, 0.02), (sources(500.0), FAST, 0.5), (inputs(5000.0), FAST, 5.0),
        (sources(0.0), NONE, 0.0),
    ],
)  # fmt: skip
def test_counts_are_poisson(made, kind, mean):
    assert set(made.kind.tolist()) == {kind}
    counts = drawn(made)
    error = 5.0 * np.sqrt(max(mean, 1e-9) / counts.size)
    assert counts.mean() == pytest.approx(mean, abs=error)
    assert counts.var() == pytest.approx(mean, rel=0.03, abs=1e-9)


def test_the_square_root_of_very_fast_rates_is_rounded_down_as_in_the_firmware():
    made = inputs(40000.0)
    assert set(made.kind.tolist()) == {VERY_FAST}
    counts = drawn(made)
    assert counts.mean() == pytest.approx(6.0**2 + 0.25, rel=0.003)  # not 40
    assert counts.var() == pytest.approx(6.0**2, rel=0.03)


def test_slow_sources_wait_for_whole_ticks_so_that_they_are_too_fast():
    made = sources(7.0)
    assert set(made.kind.tolist()) == {SLOW}
    assert set(made.interval.tolist()) == {142}  # 1000 / 7 = 142.86
    counts = drawn(made, 5000)
    assert counts.mean() * 142 == pytest.approx(1.0, rel=0.03)


def test_sources_are_silent_outside_their_window():
    for rate in (5.0, 50.0):
        counts = drawn(sources(rate, start=100.0, duration=200.0))
        assert not counts[:100].any()
        assert not counts[300:].any()
        assert counts[100:300].sum() == pytest.approx(rate / 1000.0 * 200 * 400, rel=0.15)


def test_cores_have_generators_of_their_own():
    made = sources(100.0, n=1001)
    assert made.core_ptr.tolist() == [0, 500, 1000, 1001]
    assert len(np.unique(made.seed, axis=0)) == 3
    counts = drawn(made, 50)
    assert not np.array_equal(counts[:, :500], counts[:, 500:1000])
