from __future__ import annotations

import math

import numpy as np
import pytest

from neurosim.backends.reference_spikes import Spikes
from neurosim.backends.reference_synapses import Part, TsodyksMarkramPart
from neurosim.network import AllToAll, FromList, Network
from neurosim.neurons import IFCurrExp
from neurosim.neurons.sources import SpikeSourceArray
from neurosim.plan import Plan, lower
from neurosim.synapses import Static, SynapseKind, TsodyksMarkram


def plan(synapse: SynapseKind, pairs: list[tuple[int, int]] | None = None) -> Plan:
    network = Network()
    network.population("source", 6, SpikeSourceArray())
    network.population("cells", 3, IFCurrExp())
    rule = AllToAll() if pairs is None else FromList(np.array(pairs))
    network.project("source", "cells", rule, synapse)
    return lower(network, 0.5, 1)


LISTED = Static(np.array([1.0, 0.1, 3.0, 4.0]), np.array([2.0, 0.5, 0.5, 0.5]))
PAIRS = [(3, 0), (3, 2), (3, 1), (1, 1)]


def part(synapse: SynapseKind, pairs: list[tuple[int, int]] | None = None) -> Part:
    made = plan(synapse, pairs)
    kind = TsodyksMarkramPart if isinstance(synapse, TsodyksMarkram) else Part
    return kind(made.synapses[0], made)


def test_synapses_are_listed_by_source_delay_and_target() -> None:
    table = part(LISTED, PAIRS).table(True)
    assert table.pre.tolist() == [1, 3, 3, 3]
    assert table.post.tolist() == [1, 1, 2, 0]
    assert table.delay.tolist() == [0.5, 0.5, 0.5, 2.0]
    assert table.weight.tolist() == [4.0, 3.0, np.float32(0.1), 1.0]
    assert [array.dtype for array in table] == [np.int32, np.int32, np.float32, np.float64]


def test_spikes_are_delivered_after_their_delay() -> None:
    made, spikes = part(LISTED, PAIRS), Spikes()
    spikes.add(0, 10, [0, 3, 5])
    for stamp, expected in ((11, [0.0, 3.0, float(np.float32(0.1))]), (14, [1.0, 0.0, 0.0])):
        into = np.zeros(3)
        made.deliver(stamp, spikes, into)
        assert into.tolist() == expected


def test_one_weight_for_all_is_not_rounded() -> None:
    made = part(Static(0.1))
    assert made.weight(4) == 0.1
    assert made.present(True).tolist() == [0.1] * 18
    made.set_weights(np.full(18, 0.3))
    assert made.weight(17) == 0.3
    made.set_weights(np.linspace(0.1, 1.8, 18))
    assert made.weight(0) == float(np.float32(0.1))
    made.set_weights(np.full(18, 0.3))
    assert made.weight(0) == float(np.float32(0.3))


def test_efficacies_follow_the_recursion_of_each_segment() -> None:
    rule = TsodyksMarkram(2.0, 0.5, U=0.2, tau_rec=40.0, tau_facil=60.0)
    made = part(rule)
    assert made.factor(0, 3) == 0.2
    x, u, h = 1.0, 0.2, 4 * 0.5
    x = 1.0 + (x - x * u - 1.0) * math.exp(-h / 40.0)
    u = 0.2 + u * 0.8 * math.exp(-h / 60.0)
    assert made.factor(0, 7) == pytest.approx(x * u, rel=1e-14)
    assert made.factor(1, 7) == 0.2


def test_full_use_without_facilitation_leaves_what_recovered() -> None:
    made = part(TsodyksMarkram(1.0, 0.5, U=1.0, tau_rec=10.0))
    assert made.factor(0, 0) == 1.0
    assert made.factor(0, 0) == 0.0
    assert made.factor(0, 20) == pytest.approx(1.0 - math.exp(-1.0), rel=1e-14)


def test_the_state_goes_back() -> None:
    made = part(TsodyksMarkram(1.0, 0.5, U=0.5))
    made.factor(2, 4)
    state = made.state()
    found = made.factor(2, 9)
    made.restore(state)
    assert made.factor(2, 9) == found
    assert state["last"][2] == 4
