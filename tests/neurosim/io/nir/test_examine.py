"""Every feature that NIR lacks is found, one by one."""

from __future__ import annotations

import numpy as np
import pytest

import neurosim as ns
from neurosim.io.nir import NIRMembrane, examine


def net(kind=None, size=2, initial=None, **changes):
    made = ns.Network("net", **changes)
    made.population("in", 2, ns.SpikeSourceArray())
    made.population("a", size, ns.IFCurrExp(tau_refrac=0.0) if kind is None else kind, initial)
    made.record("a")
    return made


def found(made, dt=0.5):
    return [(f.effect, f.where, f.what) for f in examine(made, dt).findings]


def only(made, effect, where, what):
    ((e, w, t),) = found(made)
    assert (e, w) == (effect, where)
    assert what in t


def test_nothing_is_found_where_nothing_is_lost():
    assert found(net()) == []
    assert found(net(ns.Leaky())) == []


@pytest.mark.parametrize(
    "kind",
    [
        ns.AdEx(),
        ns.HHCondExp(),
        ns.IFCondExp(),
        ns.IFCondAlpha(),
        ns.IFCurrAlpha(),
        ns.Izhikevich(),
    ],
    ids=lambda k: type(k).__name__,
)
def test_kinds_without_a_node(kind):
    only(net(kind), "impossible", "population 'a'", "has no node in NIR")


def test_refractory_periods():
    only(net(ns.IFCurrExp()), "changes", "population 'a'", "tau_refrac becomes 0")
    delta = ns.IFCurrDelta(tau_refrac=[0.0, 1.0])
    only(net(delta), "changes", "population 'a'", "tau_refrac becomes 0")


def test_two_synaptic_time_constants_matter_with_two_receptors():
    made = net(ns.IFCurrExp(tau_refrac=0.0, tau_syn_E=2.0))
    made.project("in", "a", ns.AllToAll(), ns.Static(1.0))
    assert found(made) == []
    made.project("in", "a", ns.AllToAll(), ns.Static(-1.0), "inhibitory")
    only(made, "changes", "population 'a'", "tau_syn_I becomes tau_syn_E")


def test_leaks_of_one_and_less():
    only(net(ns.Leaky(beta=[0.5, 1.0])), "impossible", "population 'a'", "beta must be below 1")
    assert found(net(ns.Leaky(beta=1.0))) == []


def test_sources_inputs_and_currents():
    made = net()
    made.population("p", 1, ns.SpikeSourcePoisson())
    only(made, "changes", "population 'p'", "SpikeSourcePoisson becomes an Input")
    made = net()
    made.population("s", 1, ns.SpikeSourceArray([1.0]))
    only(made, "note", "population 's'", "spike times are data")
    made = net()
    made.inject(ns.PoissonInput(10.0, 0.1), "a", "noise")
    only(made, "changes", "input 'noise'", "left out")
    made = net()
    made.inject(ns.DCSource(0.1), "a", "dc")
    only(made, "changes", "injection 'dc'", "left out")


@pytest.mark.parametrize(
    "synapse",
    [ns.STDP(weight=0.1), ns.TsodyksMarkram(weight=0.1)],
    ids=lambda s: type(s).__name__,
)
def test_plasticity(synapse):
    made = net()
    made.project("in", "a", ns.AllToAll(), synapse)
    only(made, "changes", "projection 'in->a'", "becomes static")


def test_randomness_is_noted():
    made = net()
    made.project("in", "a", ns.FixedProbability(0.5), ns.Static(0.1))
    only(made, "note", "projection 'in->a'", "as drawn")
    made = net()
    made.project("in", "a", ns.AllToAll(), ns.Static(ns.Uniform(0.1, 0.2)))
    only(made, "note", "projection 'in->a'", "as drawn")
    drawn = ns.IFCurrExp(tau_m=ns.Uniform(5.0, 9.0), tau_refrac=0.0)
    only(net(drawn), "note", "population 'a'", "random parameters")


def test_start_values():
    only(net(initial={"v": -60.0}), "note", "population 'a'", "start values of v are in")
    only(net(initial={"isyn_exc": 0.1}), "changes", "population 'a'", "isyn_exc become 0")


def test_recordings_positions_and_timing():
    made = net()
    made.record("a", "v", every=1.0)
    only(made, "note", "probe of 'a'", "becomes an Output: spikes of all units")
    made = ns.Network()
    made.population("a", 2, ns.Leaky(), positions=[[0.0], [1.0]])
    only(made, "note", "population 'a'", "positions")
    only(net(timing="spinnaker"), "changes", "timing", "becomes 'standard'")


def test_delays_below_the_latency():
    made = ns.Network()
    made.population("a", 1, NIRMembrane("LIF"))
    made.population("b", 1, NIRMembrane("LIF", latency=3))
    made.project("a", "b", ns.AllToAll(), ns.Static(1.0, 1.0))
    assert found(made, 0.5)[0][0] == "impossible"
    made = ns.Network()
    made.population("a", 1, NIRMembrane("LIF"))
    made.population("b", 1, NIRMembrane("LIF", latency=3))
    made.project("a", "b", ns.AllToAll(), ns.Static(1.0, 1.5))
    assert found(made) == []


def test_projections_of_readouts_are_left_out():
    made = ns.Network()
    made.population("a", 1, NIRMembrane("LI"))
    made.project("a", "a", ns.AllToAll(), ns.Static(1.0))
    only(made, "note", "population 'a'", "sends no spikes")


@pytest.mark.parametrize("kind", [NIRMembrane("LI", i_offset=0.1), NIRMembrane("Output")])
def test_readouts_that_nothing_reaches(kind):
    made = net()
    made.population("b", 1, kind)
    only(made, "impossible", "population 'b'", "needs input")
    made.project("a", "b", ns.AllToAll(), ns.Static(1.0))
    assert found(made) == []


def test_lists_of_numbers_are_refused_as_time_steps():
    with pytest.raises(ns.errors.ParameterError):
        examine(net(), np.array([1.0, 2.0]))
