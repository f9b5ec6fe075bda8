import numpy as np
import pytest

import neurosim as ns
from neurosim.plan.lower import lower


def network(change=None):
    net = ns.Network("n")
    net.population("in", 2, ns.SpikeSourceArray(spike_times=[5.0]))
    tau = np.linspace(10.0, 20.0, 100)
    net.population("a", 100, ns.IFCurrExp(tau_m=tau), {"v": ns.Uniform(-65.0, -60.0)})
    net.project("in", "a", ns.FixedProbability(0.5), ns.Static(0.5, 1.0), name="p")
    net.record("a", "v")
    if change is not None:
        change(net)
    return net


def test_equal_plans_have_equal_hashes():
    assert lower(network(), 0.5, 1).hash == lower(network(), 0.5, 1).hash
    assert len(lower(network(), 0.5, 1).hash) == 32


@pytest.mark.parametrize(
    ("args", "named"),
    [
        ((0.25, 1), {}),
        ((0.5, 2), {}),
        ((0.5, 1), {"precision": "single"}),
        ((0.5, 1), {"weights": "double"}),
    ],
)
def test_time_step_seed_and_precision_count(args, named):
    assert lower(network(), *args, **named).hash != lower(network(), 0.5, 1).hash


@pytest.mark.parametrize(
    "change",
    [
        lambda net: net.record("a", "spikes"),
        lambda net: net.population("b", 1, ns.IFCurrExp()),
        lambda net: net.project("in", "a", ns.AllToAll(), ns.Static(0.1)),
        lambda net: net.inject(ns.DCSource(), "a"),
    ],
)
def test_everything_in_the_network_counts(change):
    assert lower(network(change), 0.5, 1).hash != lower(network(), 0.5, 1).hash


def test_constants_count_also_where_they_differ_between_neurons(monkeypatch):
    before = lower(network(), 0.5, 1)
    derive = ns.IFCurrExp.derive

    def changed(p, dt):
        values = derive(p, dt)
        values["decay_m"] = np.nextafter(values["decay_m"], 1.0)
        return values

    monkeypatch.setattr(ns.IFCurrExp, "derive", staticmethod(changed))
    after = lower(network(), 0.5, 1)
    assert after.network == before.network
    assert after.hash != before.hash


def test_step_functions_count(monkeypatch):
    before = lower(network(), 0.5, 1).hash
    text = ns.IFCurrExp.steps("standard")[-1].source
    monkeypatch.setattr(ns.IFCurrExp, "step", text.replace("v >= v_thresh", "v > v_thresh"))
    assert lower(network(), 0.5, 1).hash != before
