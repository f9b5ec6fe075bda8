"""Rules that need the mapping; each test makes the defect that its rule is for."""

from __future__ import annotations

import numpy as np
import pytest

import neurosim as ns
from neurosim.hardware.spinnaker.report import preflight
from neurosim.hardware.spinnaker.settings import Settings

ALL = ns.AllToAll()


def network(cell=None, size=4, sources=3, rate=None):
    net = ns.Network(timing="standard")
    source = ns.SpikeSourceArray([[1.0]]) if rate is None else ns.SpikeSourcePoisson(rate=rate)
    net.population("in", sources, source)
    net.population("cells", size, ns.IFCurrExp() if cell is None else cell)
    return net


def of(rule, net, dt=1.0, board="spinn-5", duration=100.0, rates=None, **settings):
    """Findings of a rule in the report."""
    report = preflight(
        net, dt=dt, settings=Settings(**settings), board=board, duration=duration, rates=rates
    )
    return [f for f in report.findings if f.rule == rule]


def one(rule, net, **options):
    (found,) = of(rule, net, **options)
    return found


# weights


def test_weights_above_what_can_be_stored():
    # the toolchain stores a weight of 10 with a limit of 1 as 2.0
    net = network()
    net.project("in", "cells", ALL, ns.Static(weight=10.0), name="heavy")
    found = one("weight_range", net, populations={"cells": {"max_expected_summed_weight": 1.0}})
    assert (found.level, found.subject) == ("error", "projection 'heavy'")
    assert found.problem.startswith("12 weights are above 3.99994 nA")
    assert "max_expected_summed_weight of 'cells'" in found.remedy
    assert of("weight_range", net) == []


def test_weights_that_become_nothing_or_change():
    net = network(sources=4)
    weights = np.array([1.0, 0.1, 1e-3, 1e-6])
    net.project("in", "cells", ns.FromList([(i, 0) for i in range(4)]), ns.Static(weight=weights))
    found = one("small_weights", net)
    assert (found.level, found.subject) == ("warning", "projection 'in->cells'")
    assert found.problem.startswith(
        "1 of 4 weights become 0, 2 of 4 change by more than 1 % (at most 100 %): the step of "
        "receptor 'excitatory' of 'cells' is 0.000244 nA, the weights begin at 1e-06 nA"
    )
    assert found.numbers["zeros"] == 1


# plasticity


@pytest.mark.parametrize("strict", [True, False])
def test_plastic_synapses_with_the_delay_of_a_full_turn(strict):
    net = network()
    net.project("in", "cells", ALL, ns.STDP(weight=0.5, delay=4.0), name="lost")
    found = one("full_turn", net, strict=strict)
    assert (found.level, found.subject) == ("warning", "projection 'lost'")
    assert found.problem.startswith(
        "12 of 12 plastic synapses have a delay of 4 ticks in a ring of 4: their spikes never reach"
    )
    assert ("strict=False concerns the emulator only" in found.problem) is not strict
    assert "a synapse with a delay of 5 ticks" in found.remedy
    net.project("in", "cells", ns.FromList([(0, 0)]), ns.Static(weight=0.1, delay=5.0))
    assert of("full_turn", net) == []


def test_rows_with_too_many_plastic_synapses():
    net = network(size=10, sources=1)
    pairs = [(0, i % 10) for i in range(255)]
    net.project("in", "cells", ns.FromList(pairs), ns.STDP(weight=0.01), name="long")
    found = one("long_rows", net)
    assert (found.level, found.subject) == ("error", "projection 'long'")
    assert found.problem == (
        "a source has 255 plastic synapses on one core of 'cells'; a row takes 254 at most"
    )
    assert found.remedy == "Set neurons_per_core of 'cells' to 9."
    assert of("long_rows", net, neurons_per_core=9) == []


@pytest.mark.parametrize(("synapses", "found"), [(256, 0), (257, 1)])
def test_rows_with_too_many_static_synapses(synapses, found):
    net = network(size=10, sources=1)
    pairs = [(0, i % 10) for i in range(synapses)]
    net.project("in", "cells", ns.FromList(pairs), ns.Static(weight=0.01))
    assert len(of("long_rows", net)) == found


def test_rows_of_delay_stages_that_the_toolchain_loses():
    net = network(size=256, sources=10)
    net.project("in", "cells", ALL, ns.Static(weight=0.01, delay=70.0), name="far")
    found = one("delayed_rows", net)
    assert (found.level, found.subject) == ("error", "projection 'far'")
    assert found.problem.startswith("2560 of 2560 synapses would be lost")
    assert found.remedy.startswith(
        "Set neurons_per_core of 'cells' to 128: its ring is then longer"
    )
    assert of("delayed_rows", net, neurons_per_core=128) == []


def test_delays_of_one_stage_are_right():
    net = network(size=256, sources=10)
    net.project("in", "cells", ALL, ns.Static(weight=0.01, delay=64.0))
    assert of("delayed_rows", net) == []


def test_plastic_populations_have_smaller_slices():
    net = network(size=300)
    net.project("in", "cells", ALL, ns.STDP(weight=0.01, delay=1.0), name="plastic")
    assert of("long_rows", net) == []
    found = one("plastic_slices", net)
    assert (found.level, found.subject) == ("note", "population 'cells'")
    assert "254 neurons on a core instead of 256" in found.problem
    assert of("plastic_slices", net, neurons_per_core=254) == []
    assert of("plastic_slices", network(size=300)) == []


# accumulators


def test_conductances_with_many_inputs():
    net = network(ns.IFCondExp(), sources=1000, rate=30.0)
    net.project("in", "cells", ALL, ns.Static(weight=0.05))
    found = one("accumulator", net)
    assert (found.level, found.subject) == ("warning", "population 'cells'")
    # shift 6: 2 * 64 / 1024 uS; 30 spikes a tick of 0.05 uS, and 5 times their deviation
    capacity, need = 0.125, 30 * 0.05 + 5 * np.sqrt(30) * 0.05
    assert found.numbers["capacity"] == capacity
    assert found.numbers["need"] == pytest.approx(need)
    assert "1000 inputs reach 2.87 uS in a tick (mean + 5 SD)" in found.problem
    assert "leaves the number of inputs out of account" in found.problem
    assert found.remedy == "Set max_expected_summed_weight of 'cells' to 2.87 for it."
    enough = {"cells": {"max_expected_summed_weight": [2.87, 1.0]}}
    assert of("accumulator", net, populations=enough) == []


def test_conductances_with_few_inputs():
    net = network(ns.IFCondExp(), sources=1, rate=30.0)
    net.project("in", "cells", ALL, ns.Static(weight=0.05))
    assert of("accumulator", net) == []


def test_currents_of_a_limit_that_is_too_low():
    net = network(sources=100, rate=30.0)
    net.project("in", "cells", ALL, ns.Static(weight=1.0))
    assert of("accumulator", net) == []
    low = {"cells": {"max_expected_summed_weight": 2.0}}
    assert "conductances" not in one("accumulator", net, populations=low).problem


# memory


def test_a_core_without_enough_memory():
    # 192 plastic neurons with a ring of 32 ticks: the mapper takes them, the core stops
    net = network(size=192)
    net.project("in", "cells", ALL, ns.STDP(weight=0.1, delay=17.0), name="plastic")
    found = one("core_memory", net)
    assert (found.level, found.subject) == ("error", "population 'cells'")
    assert "192 neurons needs 70008 bytes of its own memory and has 59020" in found.problem
    assert found.remedy == "Set neurons_per_core of 'cells' to 128."
    assert of("core_memory", net, neurons_per_core=128) == []


def test_smaller_rings_leave_enough_memory():
    net = network(size=192)
    net.project("in", "cells", ALL, ns.STDP(weight=0.1, delay=15.0))
    assert of("core_memory", net) == []


def test_recordings_that_split_the_run():
    net = ns.Network()
    net.record(net.population("cells", 2560, ns.IFCurrExp()), ["v", "isyn_exc", "isyn_inh"])
    assert of("shared_memory", net, duration=1000.0) == []
    found = one("shared_memory", net, duration=20_000.0)
    assert found.level == "note"
    assert "the run of 20000 ms is made in 6 parts with pauses" in found.problem
    assert found.numbers["parts"] == 6


def test_synapses_that_fill_a_chip():
    net = network(size=256, sources=200_000)
    pairs = [(0, t) for t in range(256)]
    net.project("in", "cells", ns.FromList(pairs), ns.Static(weight=0.01))
    found = one("shared_memory", net)
    assert found.level == "error"
    assert "the fullest chip lacks" in found.problem


def test_a_tick_of_recordings_that_does_not_fit():
    # 118,063 rows of 256 synapses leave 698 bytes of the chip; a sample of 256 cells takes 1,028
    net = network(size=256, sources=118_063)
    net.project("in", "cells", ns.FromList([(0, t) for t in range(256)]), ns.Static(weight=0.01))
    assert of("shared_memory", net) == []
    net.record("cells", "v")
    found = one("shared_memory", net)
    assert (found.level, found.subject) == ("error", "recordings")
    assert "does not fit into the 698 bytes that are left" in found.problem


# boards, time, packets, routers


def test_networks_larger_than_the_small_board():
    net = ns.Network()
    net.population("cells", 64, ns.IFCurrExp())
    found = one("board_size", net, board="spinn-3", neurons_per_core=1)
    assert found.level == "error"
    assert "the network takes 64 cores, a board has 63" in found.problem
    assert of("board_size", net, neurons_per_core=1) == []


def test_networks_that_take_several_large_boards():
    net = ns.Network()
    net.population("cells", 1500, ns.IFCurrExp())
    found = one("board_size", net, neurons_per_core=1)
    assert found.level == "note"
    assert "it takes 3 boards" in found.problem


def busy(rate=100.0):
    net = network(size=256, sources=800, rate=rate)
    net.project("in", "cells", ns.AllToAll(), ns.Static(weight=1e-3))
    return net


@pytest.mark.parametrize(
    ("sources_hz", "level", "verdict"),
    [(1.0, None, "ok"), (5.0, "warning", "risky"), (100.0, "error", "overrun")],
)
def test_cores_that_do_not_keep_up(sources_hz, level, verdict):
    net = busy(sources_hz)
    report = preflight(net)
    assert report.populations[1].verdict == verdict
    found = [f for f in report.findings if f.rule == "real_time"]
    assert [f.level for f in found] == ([] if level is None else [level])
    if level:
        assert found[0].problem.startswith(f"{verdict}: the busiest core takes")
        assert report.fits is (level == "warning")


def test_the_advice_helps():
    net = busy()
    factor = int(one("real_time", net).remedy.rstrip(".").split()[-1])
    assert of("real_time", net, time_scale_factor=factor) == []
    small = network(size=256)
    words = one("real_time", small, dt=0.1).remedy.split()
    neurons = int(words[words.index("or") - 1])
    assert of("real_time", small, dt=0.1, neurons_per_core=neurons) == []


def test_an_overrun_at_assumed_rates_is_a_warning():
    net = ns.Network()
    net.population("a", 2560, ns.IFCurrExp())
    net.population("b", 256, ns.IFCurrExp())
    net.project("a", "b", ALL, ns.Static(weight=1e-4))
    found = one("real_time", net)
    assert found.level == "warning"
    assert found.problem.startswith("overrun at assumed rates")
    assert found.remedy.endswith("or give measured rates.")
    assert one("real_time", net, rates=30.0).level == "error"
    assert of("real_time", net, rates=1.0) == []


def test_more_packets_than_a_core_keeps():
    net = network(size=1, sources=2000, rate=150.0)
    net.project("in", "cells", ALL, ns.Static(weight=1e-4))
    found = one("packet_queue", net)
    assert (found.level, found.subject) == ("warning", "population 'cells'")
    assert found.numbers["packets"] == pytest.approx(300 + 3 * np.sqrt(300))
    assert of("packet_queue", busy(10.0)) == []


def test_routing_tables_that_may_be_too_long():
    net = ns.Network()
    net.population("a", 1100, ns.IFCurrExp())
    net.population("b", 1, ns.IFCurrExp())
    net.project("a", "b", ALL, ns.Static(weight=1e-4))
    found = one("router", net, neurons_per_core=1, rates=0.1)
    assert found.level == "warning"
    assert "needs 1100 of 1023 entries, 1 if the keys" in found.problem
    assert of("router", net, neurons_per_core=2, rates=0.1) == []
