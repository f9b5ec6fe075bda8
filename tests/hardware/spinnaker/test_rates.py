from __future__ import annotations

import numpy as np
import pytest

import neurosim as ns
from neurosim.errors import ParameterError
from neurosim.hardware.spinnaker.rates import assumed_rates, rates_of
from neurosim.hardware.spinnaker.settings import Settings
from neurosim.plan.lower import lower

SETTINGS = Settings(spikes_per_second=40.0)


@pytest.fixture(scope="module")
def plan():
    net = ns.Network()
    net.population("array", 10, ns.SpikeSourceArray([[1.0, 3.0]]))
    net.population("poisson", 5, ns.SpikeSourcePoisson(rate=np.array([1.0, 2.0, 3.0, 4.0, 5.0])))
    net.population("cells", 4, ns.IFCurrExp())
    net.population("more", 4, ns.IFCurrExp())
    return lower(net, 1.0, 1)


def test_what_is_known_and_what_is_assumed(plan):
    array, poisson, cells, _ = rates_of(plan, SETTINGS, None, 100.0)
    # two spikes of each unit in 0.1 s, all ten at once
    assert (array.hz, array.origin) == (20.0, "source")
    assert array.spread == pytest.approx(10.0 - 0.2)  # of counts: 10**2 * 2 / 100 / 0.2 - 0.2
    assert (poisson.hz, poisson.spread, poisson.origin) == (3.0, 1.0, "source")
    assert (cells.hz, cells.origin) == (40.0, "assumed")
    (note,) = assumed_rates(plan, SETTINGS, rates_of(plan, SETTINGS))
    assert "those of 'cells', 'more' are not known: 40 Hz" in note.problem


def test_without_a_duration_an_array_lasts_until_its_last_spike(plan):
    assert rates_of(plan, SETTINGS)[0].hz == 500.0  # two spikes in ticks 0 to 3


def test_spikes_after_the_run_do_not_count(plan):
    assert rates_of(plan, SETTINGS, None, 2.0)[0].hz == 500.0
    assert rates_of(plan, SETTINGS, None, 1.0)[0].hz == 0.0


def test_one_rate_is_that_of_all_cells(plan):
    found = rates_of(plan, SETTINGS, 7)
    assert [r.hz for r in found[1:]] == [3.0, 7.0, 7.0]
    assert [r.origin for r in found] == ["source", "source", "given", "given"]
    assert assumed_rates(plan, SETTINGS, found) == []


def test_rates_by_population(plan):
    found = rates_of(plan, SETTINGS, {"cells": 12.0, "array": 1.0})
    assert [(r.hz, r.origin) for r in found[2:]] == [(12.0, "given"), (40.0, "assumed")]
    assert found[0].hz == 1.0


def test_measured_rates_and_how_bundled_spikes_are():
    net = ns.Network()
    a = net.population("a", 8, ns.IFCurrExp(i_offset=np.linspace(1.0, 3.0, 8)))
    b = net.population("b", 8, ns.IFCurrExp(i_offset=2.0))
    net.record(a)
    net.record(b[:4])
    recording = ns.simulate(net, 200.0, dt=1.0, seed=1, backend="reference")
    alone, together = rates_of(lower(net, 1.0, 1), SETTINGS, recording)
    assert alone.hz == pytest.approx(recording.rate("a"))
    assert together.hz == pytest.approx(recording.rate("b"))
    assert together.origin == "measured"
    # all four at once: the variance of the counts is (nearly) four times their mean
    assert together.spread == pytest.approx(4.0 - 4.0 * together.hz / 1000.0)
    assert alone.spread < together.spread


@pytest.mark.parametrize(
    "rates", [-1.0, "fast", {"cells": float("nan")}, {"cells": [1.0]}, {"x": 1}]
)
def test_what_is_no_rate(plan, rates):
    with pytest.raises(ParameterError, match=r"preflight\.rates"):
        rates_of(plan, SETTINGS, rates)


def test_a_recording_of_something_else(plan):
    net = ns.Network()
    net.record(net.population("other", 1, ns.IFCurrExp()))
    recording = ns.simulate(net, 5.0, dt=1.0, seed=1, backend="reference")
    with pytest.raises(ParameterError, match="must name populations of the network, got 'other'"):
        rates_of(plan, SETTINGS, recording)
