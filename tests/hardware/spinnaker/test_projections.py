from __future__ import annotations

import numpy as np
import pytest

import neurosim as ns
from neurosim.hardware.spinnaker.lower import map_plan
from neurosim.hardware.spinnaker.projections import describe
from neurosim.hardware.spinnaker.settings import Settings
from neurosim.plan.lower import lower

PAIRS = ((0, 0), (1, 0), (2, 0), (3, 0))


def described(synapse, limit=0.01, highest=None, cell=None, pairs=PAIRS):
    net = ns.Network()
    net.population("in", 4, ns.SpikeSourceArray([[1.0]]))
    net.population("cells", 256, ns.IFCurrExp() if cell is None else cell)
    net.project("in", "cells", ns.FromList(pairs), synapse, name="p")
    own = {} if highest is None else {"cells": {"max_expected_summed_weight": highest}}
    mapping = map_plan(lower(net, 1.0, 1), Settings(populations=own))
    return describe(mapping, mapping.routes[0], limit)


def test_weights_that_change_and_weights_that_vanish():
    # the sum of four fixed delays, 4 nA, asks for shift 3: a step of 2**-12 nA
    found = described(ns.Static(weight=np.array([1.0, 0.1, 1e-3, 1e-6])))
    step = 2.0**-12
    assert (found.step, found.ceiling) == (step, 65535 * step)
    assert (found.smallest, found.largest, found.reach) == (1e-6, 1.0, 1.0)
    assert (found.synapses, found.zeros, found.wrapped) == (4, 1, 0)
    # 0.1 nA are 409.6 steps, 0.001 nA 4.096 and 1e-6 nA none
    assert found.changed == 2
    assert found.worst == 1.0
    assert described(ns.Static(weight=np.array([1.0, 0.1, 1e-3, 1e-6])), 0.03).changed == 1
    assert (found.name, found.pre, found.post) == ("p", "in", "cells")
    assert (found.receptor, found.unit, found.plastic) == ("excitatory", "nA", False)


def test_the_change_is_that_of_the_stored_word():
    found = described(ns.Static(weight=np.array([1.0, 1.0, 1.0, 1e-3])))
    assert found.worst == pytest.approx(abs(4 - 4.096) / 4.096, rel=1e-12)


def test_weights_that_wrap():
    found = described(ns.Static(weight=np.array([10.0, 1.0, 2.0, 3.0])), highest=1.0)
    # shift 1: words of 2**-14 nA, the largest is nearly 4 nA
    assert (found.ceiling, found.wrapped) == (65535 * 2.0**-14, 1)


def test_plastic_weights_wrap_when_their_bound_does():
    rule = ns.STDP(weight=1.0, w_max=10.0)
    found = described(rule, highest=1.0)
    assert (found.plastic, found.largest, found.reach, found.wrapped) == (True, 1.0, 10.0, 4)
    assert described(rule).wrapped == 0


def test_conductances_are_in_their_unit():
    found = described(ns.Static(weight=0.05), cell=ns.IFCondExp())
    assert (found.unit, found.largest) == ("uS", 0.05)
    assert found.step == 2.0 ** (6 - 15) / 1024


def test_delays():
    # a core of 256 neurons has a ring of 32 ticks
    found = described(ns.Static(weight=1.0, delay=np.array([1.0, 32.0, 33.0, 70.0])))
    assert (found.shortest, found.longest) == (1, 70)
    assert (found.extended, found.stages, found.rounded, found.lost) == (2, 3, 0, 0)


@pytest.mark.filterwarnings("ignore::neurosim.errors.RoundingWarning")
@pytest.mark.parametrize(
    ("delay", "rounded"),
    [(1.4, 4), (np.array([1.0, 1.2, 2.0, 3.4]), 2), (ns.Uniform(1.0, 5.0), 0), (2.0, 0)],
)
def test_rounded_delays(delay, rounded):
    assert described(ns.Static(weight=1.0, delay=delay)).rounded == rounded


@pytest.mark.parametrize(
    ("delays", "lost"),
    [
        ((2.0, 2.0, 1.0, 1.0), 2),  # a ring of 2: 2 is a full turn
        ((3.0, 2.0, 4.0, 4.0), 2),  # a ring of 4
        ((3.0, 3.0, 1.0, 2.0), 0),
        ((32.0, 64.0, 33.0, 1.0), 2),  # a ring of 32 and a stage: both are full turns
    ],
)
def test_plastic_synapses_that_are_lost(delays, lost):
    assert described(ns.STDP(weight=0.5, delay=np.array(delays))).lost == lost
    assert described(ns.Static(weight=0.5, delay=np.array(delays))).lost == 0
