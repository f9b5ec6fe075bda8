"""Differences between our mapping and the toolchain's are found, one by one."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import neurosim as ns
from neurosim.hardware.spinnaker.crosscheck import cross_check
from neurosim.hardware.spinnaker.deployment import Facts, Placed
from neurosim.hardware.spinnaker.images import MATRICES, TABLE
from neurosim.hardware.spinnaker.lower import map_plan
from neurosim.hardware.spinnaker.settings import Settings
from neurosim.plan.lower import lower
from tests.hardware.spinnaker.memory import database, matrix, table

KEY, LATE = 0x100, 0x400


def word(weight, delay, receptor, neuron):
    """A static synapse onto a core of 2 neurons and 2 receptors, whose ring holds 4096 ticks."""
    return weight << 16 | delay << 2 | receptor << 1 | neuron


def mapping():
    """Three sources onto three cells on two cores; shift 1, so that a weight of 1 is 16384."""
    net = ns.Network()
    pre = net.population("pre", 3, ns.SpikeSourceArray())
    cells = net.population("cells", 3, ns.IFCurrExp())
    pairs = ns.FromList([(0, 0), (0, 1), (0, 2), (2, 1), (2, 2)])
    synapse = ns.Static(1.0, delay=[1.0, 2.0, 3.0, 4096.0, 4097.0])
    net.project(pre, cells, pairs, synapse)
    plastic = ns.STDP(0.5, w_max=1.0, delay=2.0)
    net.project(pre, cells, ns.FromList([(1, 0)]), plastic)
    settings = Settings(
        neurons_per_core=2, populations={"cells": {"max_expected_summed_weight": 1}}
    )
    return map_plan(lower(net, 1.0, 1), settings)


def cores():
    """Placements: cells 0 and 1, then cell 2."""
    return (
        Placed("SYSTEM:m", "", 0, 0, 1, "extra_monitor_support.aplx", 0, 0),
        Placed("cells(0:1)", "cells", 0, 0, 3, "IF_curr_exp.aplx", 0, 1),
        Placed("cells(2:2)", "cells", 0, 0, 4, "IF_curr_exp.aplx", 2, 2),
        Placed("pre(0:2)", "pre", 0, 0, 5, "reverse_iptag_multicast_source.aplx", 0, 2),
    )


def facts():
    return Facts(
        "7.4.1", True, cores(), {"cells": (1, 1)}, {"cells": 4096}, {"pre": 1}, {"pre": KEY},
        {"pre": LATE},
    )  # fmt: skip


FIRST = [[word(16384, 2, 0, 1), word(16384, 1, 0, 0)], [], [word(16384, 4096, 0, 1)]]
SECOND = [[word(16384, 3, 0, 0)], [], []]
SECOND_LATE = [[], [], [word(16384, 1, 0, 0)]]


def images(path, first=FIRST, second=SECOND, late=SECOND_LATE, keys=(KEY, LATE)):
    """What the toolchain would write for both cores; words of a row may come in any order."""
    plastic = np.zeros((3, 5), dtype="<u4")
    plastic[1] = 1, 8192, 0, 1, 0x9  # a plastic word, and its control
    content = plastic.tobytes() + bytes(4)
    mask, offset = 0xFFFFFF00, len(content)
    regions = {}
    for p, rows, delayed in ((3, first, [[], [], []]), (4, second, late)):
        undelayed = matrix(rows, 2)
        early = keys[0], mask, 1, [(offset, 2), (0, 2)]
        stages = keys[1], mask, 3, [(offset + len(undelayed), 1), None]
        regions[TABLE, 0, 0, p] = table(early, stages)
        regions[MATRICES, 0, 0, p] = content + undelayed + matrix(delayed, 1)
    return database(path, regions)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "ds.sqlite3"


def test_our_mapping_is_as_the_test_assumes():
    made = mapping()
    target = made.targets[0]
    assert target.shifts == (1, 1)
    assert target.bits.slots == 4096
    assert [(r.stages, r.rule is None) for r in made.routes] == [(2, True), (1, False)]
    assert set(made.routes[0].words.tolist()) == {16384}


def test_equal_mappings_have_no_differences(path):
    assert cross_check(mapping(), facts(), images(path)) == []


@pytest.mark.parametrize(
    ("change", "text"),
    [
        ({"placements": cores()[:2] + cores()[3:]}, "takes 2 cores of 2 neurons here and 1 there"),
        ({"shifts": {"cells": (2, 1)}}, "shifts are (1, 1) here and (2, 1) there"),
        ({"shifts": {}}, "shifts are (1, 1) here and None there"),
        ({"slots": {"cells": 8}}, "the ring holds 4096 ticks here and 8 there"),
        ({"stages": {"pre": 2}}, "population 'pre': has 1 delay stages here and 2 there"),
    ],
)
def test_figures_that_differ_are_named(path, change, text):
    found = cross_check(mapping(), replace(facts(), **change), images(path))
    assert any(text in line for line in found), found


def test_other_words_are_found_with_their_place(path):
    other = [FIRST[0], [], [word(16383, 4096, 0, 1)]]
    (line,) = cross_check(mapping(), facts(), images(path, first=other))
    assert "rows from 'pre' to 'cells' on core (0, 0, 3): 1 of 3 static synapses differ" in line
    assert "(source 2, stage 0, 0x40004001) here and (source 2, stage 0, 0x3fff4001) there" in line


def test_a_synapse_at_another_source_is_found(path):
    other = [FIRST[0], FIRST[2], []]
    (line,) = cross_check(mapping(), facts(), images(path, first=other))
    assert "(source 2, stage 0" in line
    assert "(source 1, stage 0" in line


def test_synapses_that_are_missing_are_found(path):
    (line,) = cross_check(mapping(), facts(), images(path, late=[[], [], []]))
    assert "on core (0, 0, 4): hold 2 static synapses here and 1 there" in line


def test_rows_of_a_key_that_no_packet_has_do_not_count(path):
    found = cross_check(mapping(), facts(), images(path, keys=(KEY, LATE + 0x100)))
    assert found == [
        "rows from 'pre' to 'cells' on core (0, 0, 4): hold 2 static synapses here and 1 there"
    ]
