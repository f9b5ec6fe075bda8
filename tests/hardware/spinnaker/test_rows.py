from __future__ import annotations

import numpy as np
import pytest

import neurosim as ns
from neurosim.hardware.spinnaker.lower import map_plan
from neurosim.hardware.spinnaker.rows import Rows, route_bytes, row_words, rows_of
from neurosim.hardware.spinnaker.settings import Settings
from neurosim.plan.lower import lower


def mapped(pairs, delays, size=6, **settings):
    net = ns.Network()
    net.population("a", 3, ns.SpikeSourceArray([[1.0]]))
    net.population("b", size, ns.IFCurrExp())
    net.project("a", "b", ns.FromList(pairs), ns.Static(weight=1.0, delay=delays))
    mapping = map_plan(lower(net, 1.0, 1), Settings(**settings))
    return mapping.routes[0], mapping.targets[0]


def test_rows_by_source_and_core():
    route, target = mapped(
        [(0, 0), (0, 1), (0, 5), (2, 3), (2, 3)], 1.0, neurons_per_core=3
    )  # fmt: skip
    rows = rows_of(route, target)
    found = list(zip(rows.source.tolist(), rows.core.tolist(), rows.length.tolist(), strict=True))
    assert found == [(0, 0, 2), (0, 1, 1), (2, 1, 2)]
    assert (rows.near, rows.far, rows.longest, rows.fan_out) == (2, 0, 2, 2)


def test_synapses_in_delay_stages_share_the_room_of_a_far_row():
    # a core of 256 neurons has a ring of 32 ticks: 1 is near, 40 and 70 are in stages 1 and 2
    pairs = [(0, 0), (0, 1), (0, 2), (1, 0)]
    route, target = mapped(pairs, np.array([1.0, 40.0, 70.0, 40.0]), size=256)
    rows = rows_of(route, target)
    assert (target.bits.slots, route.stages) == (32, 3)
    assert (rows.near, rows.far, rows.longest, rows.fan_out) == (1, 2, 2, 3)
    # 3 sources: a near row of 3 + 1 words, and two far ones of 3 + 2 words
    assert route_bytes(rows, 3, None) == 3 * 4 * 4 + 3 * 2 * 5 * 4


def test_no_synapses_take_no_rows():
    empty = Rows(*(np.empty(0, dtype=np.int64) for _ in range(3)), 1)
    assert (empty.longest, empty.fan_out, route_bytes(empty, 100, None)) == (0, 0, 0)


@pytest.mark.parametrize(
    ("synapses", "pairing", "words"),
    [(0, "all_to_all", 0), (1, "all_to_all", 4), (254, "all_to_all", 256), (255, "nearest", 257)],
)
def test_words_of_plastic_rows(synapses, pairing, words):
    assert row_words(synapses, ns.STDP(weight=1.0, pairing=pairing)) == words
