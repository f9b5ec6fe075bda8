"""Delay stages that the toolchain lays out wrongly are known beforehand."""

from __future__ import annotations

import pytest

import neurosim as ns
from neurosim.hardware.spinnaker.lower import map_plan
from neurosim.hardware.spinnaker.settings import Settings
from neurosim.hardware.spinnaker.stages import misplaced
from neurosim.plan.lower import lower


def mapped(kind, n_pre, n_post, longest, per_core=256, synapse=None):
    net = ns.Network()
    pre = net.population("pre", n_pre, kind)
    cells = net.population("cells", n_post, ns.IFCurrExp())
    synapse = synapse or ns.Static(0.01, delay=ns.Uniform(1.0, longest))
    net.project(pre, cells, ns.AllToAll(), synapse, name="long")
    return map_plan(lower(net, 1.0, 1), Settings(neurons_per_core=per_core))


def test_rows_are_exchanged_where_source_and_target_differ():
    # 4 neurons a core leave 2048 ticks; delays of 5000 need two stages: of 3 sources, the rows of
    # stage 2 are written from row 4 on, and looked for from row 3 on
    synapse = ns.Static(0.01, delay=5000.0)
    made = list(misplaced(mapped(ns.SpikeSourceArray(), 3, 4, 0.0, 4, synapse)))
    assert [(m.projection, m.target, m.n, m.of) for m in made] == [("long", "cells", 12, 12)]
    assert made[0].neurons_per_core == 2
    text = str(made[0])
    assert "projection 'long': 12 of 12 synapses would be lost" in text
    assert "neurons_per_core <= 2 for 'cells'" in text


@pytest.mark.parametrize(
    ("kind", "n_pre", "longest", "wrong"),
    [
        (ns.IFCurrExp(), 100, 80.0, True),
        (ns.IFCurrExp(), 100, 60.0, False),  # one stage
        (ns.IFCurrExp(), 256, 80.0, False),
        (ns.IFCurrExp(), 512, 80.0, False),
        (ns.IFCurrExp(), 513, 80.0, True),  # the last core has one neuron
        (ns.SpikeSourceArray(), 512, 80.0, True),  # all on one core
        (ns.SpikeSourcePoisson(10.0), 256, 80.0, False),
        (ns.SpikeSourcePoisson(10.0), 512, 80.0, True),  # 500 on a core
    ],
)
def test_only_several_stages_of_unequal_cores_are_wrong(kind, n_pre, longest, wrong):
    assert bool(list(misplaced(mapped(kind, n_pre, 256, longest)))) == wrong


def test_the_remedy_helps():
    (found,) = misplaced(mapped(ns.IFCurrExp(), 100, 256, 80.0))
    assert found.neurons_per_core == 128
    assert not list(misplaced(mapped(ns.IFCurrExp(), 100, 256, 80.0, found.neurons_per_core)))


@pytest.mark.parametrize(
    ("kind", "n_pre", "n_post", "delay", "wrong"),
    [
        # which of these are right was seen in the memory images of sPyNNaker 7.4.1
        (ns.IFCurrExp(), 10, 600, 40.0, 0),  # one stage
        (ns.IFCurrExp(), 10, 600, 70.0, 10),
        (ns.IFCurrExp(), 10, 200, 70.0, 10),
        (ns.IFCurrExp(), 256, 256, 70.0, 0),
        (ns.IFCurrExp(), 512, 512, 70.0, 0),
        (ns.IFCurrExp(), 300, 300, 70.0, 44),  # the last slice is not full
        (ns.IFCurrExp(), 20, 20, 600.0, 0),
        (ns.SpikeSourceArray([[1.0]]), 512, 600, 70.0, 256),  # 512 on one core
        (ns.SpikeSourcePoisson(), 500, 600, 70.0, 500),
    ],
)
def test_rows_that_lie_elsewhere_are_counted(kind, n_pre, n_post, delay, wrong):
    net = ns.Network()
    pre = net.population("pre", n_pre, kind)
    cells = net.population("cells", n_post, ns.IFCurrExp())
    pairs = [(i, i % n_post) for i in range(n_pre)]
    net.project(pre, cells, ns.FromList(pairs), ns.Static(1.0, delay))
    assert sum(m.n for m in misplaced(map_plan(lower(net, 1.0, 1)))) == wrong
