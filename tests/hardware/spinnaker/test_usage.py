from __future__ import annotations

import numpy as np
import pytest

import neurosim as ns
from neurosim.hardware.spinnaker import memory
from neurosim.hardware.spinnaker.lower import map_plan
from neurosim.hardware.spinnaker.machine import SPINN_5
from neurosim.hardware.spinnaker.rates import rates_of
from neurosim.hardware.spinnaker.realtime import Traffic, load
from neurosim.hardware.spinnaker.settings import Settings
from neurosim.hardware.spinnaker.usage import usage
from neurosim.plan.lower import lower


def counted(net, dt=1.0, rates=10.0, duration=100.0, **settings):
    made = Settings(**settings)
    mapping = map_plan(lower(net, dt, 1), made)
    return usage(mapping, SPINN_5, rates_of(mapping.plan, made, rates, duration), duration)


def mixed():
    """Sources, delay stages, plastic synapses, a Poisson input, and cells without any."""
    net = ns.Network()
    net.population("array", 1000, ns.SpikeSourceArray([[5.0]]))
    net.population("poisson", 1200, ns.SpikeSourcePoisson(rate=10.0))
    net.population("cells", 600, ns.IFCurrExp())
    net.population("plastic", 300, ns.IFCondExp())
    net.population("alone", 30, ns.IFCurrDelta())
    near, far = ns.Static(weight=0.01, delay=1.0), ns.Static(weight=0.01, delay=40.0)
    net.project("array", "cells", ns.FixedProbability(0.02), near)
    net.project("poisson", "cells", ns.FixedProbability(0.02), far)
    net.project("cells", "plastic", ns.FixedProbability(0.02), ns.STDP(weight=0.01, delay=1.0))
    net.inject(ns.PoissonInput(rate=20.0, weight=0.01), "plastic", name="background")
    return net


def test_cores_as_the_toolchain_splits_populations():
    # seen in sPyNNaker 7.4.1 for this network: 14 cores on the first chip
    found = counted(mixed())
    cores = [(s.name, s.role, s.cores) for s in found.shares]
    assert cores == [
        ("array", "array", 1), ("poisson", "poisson", 3), ("cells", "cells", 3),
        ("plastic", "cells", 2), ("alone", "cells", 1), ("background", "poisson", 1),
        ("poisson", "delay", 3),
    ]  # fmt: skip
    assert [chip.cores for chip in found.placement.chips] == [14]
    assert found.entries.each == 11  # 'plastic' and 'alone' send nothing
    assert found.entries.merged == 5


def test_split_cores_below_a_millisecond():
    net = ns.Network()
    net.population("in", 10, ns.SpikeSourceArray([[1.0]]))
    net.population("cells", 600, ns.IFCurrExp())
    net.population("alone", 300, ns.IFCurrExp())
    net.project("in", "cells", ns.AllToAll(), ns.Static(weight=0.01))
    found = counted(net, 0.1)
    assert [(u.synapse_cores, u.cores) for u in found.uses] == [(1, 6), (0, 2)]
    assert [u.cores for u in counted(net, 1.0).uses] == [3, 2]


def test_traffic_of_the_busiest_slice():
    net = ns.Network()
    net.population("in", 100, ns.SpikeSourcePoisson(rate=50.0))
    net.population("cells", 6, ns.IFCurrExp())
    # the first slice of three gets two synapses of each source, the second one of half of them
    pairs = [(i, t) for i in range(100) for t in (0, 1)] + [(i, 4) for i in range(50)]
    net.project("in", "cells", ns.FromList(pairs), ns.Static(weight=0.1, delay=1.0))
    (use,) = counted(net, neurons_per_core=3).uses
    wanted = Traffic(5.0, 0.0, 10.0, 0.0, 5.0)
    assert use.busiest == Traffic(*map(pytest.approx, vars(wanted).values()))
    assert use.load.peak == pytest.approx(load(use.target.cell, 3, wanted, 1.0).peak)


def test_a_smaller_last_slice_may_be_the_busiest():
    net = ns.Network()
    net.population("in", 100, ns.SpikeSourcePoisson(rate=1000.0))
    net.population("cells", 4, ns.IFCurrExp())
    net.project("in", "cells", ns.FromList([(i, 3) for i in range(100)]), ns.Static(weight=0.1))
    (use,) = counted(net, neurons_per_core=3).uses
    assert use.busiest.static_rows == pytest.approx(100.0)
    assert use.load.idle == pytest.approx(load(use.target.cell, 1, Traffic(), 1.0).idle)


def test_plastic_rows_cost_more():
    net = ns.Network()
    net.population("in", 10, ns.SpikeSourcePoisson(rate=100.0))
    net.population("cells", 4, ns.IFCurrExp())
    net.project("in", "cells", ns.AllToAll(), ns.STDP(weight=0.1))
    (use,) = counted(net).uses
    assert (use.busiest.static_rows, use.busiest.static_events) == (0.0, 0.0)
    assert use.busiest.plastic_rows == pytest.approx(1.0)
    assert use.busiest.plastic_events == pytest.approx(4.0)


def test_bundled_spikes_make_higher_peaks():
    net = ns.Network()
    net.population("in", 100, ns.SpikeSourceArray([[5.0, 55.0]]))
    net.population("cells", 4, ns.IFCurrExp())
    net.project("in", "cells", ns.AllToAll(), ns.Static(weight=0.1))
    (use,) = counted(net).uses
    assert use.busiest.static_rows == pytest.approx(2.0)
    assert use.busiest.variance == pytest.approx(2.0 * (100.0 - 2.0))


def test_memory_of_synapses_and_recordings():
    net = ns.Network()
    net.population("in", 200, ns.SpikeSourceArray([[1.0]]))
    net.population("cells", 100, ns.IFCurrExp())
    net.project("in", "cells", ns.AllToAll(), ns.Static(weight=0.01))
    net.record("in")
    net.record("cells", ["spikes", "v"])
    found = counted(net)
    # 200 rows of 100 synapses and 3 more words; 456 bytes a tick as the toolchain has it
    assert found.sdram == 200 * 4 * 103 + memory.CORE_SDRAM + memory.SOURCE_SDRAM
    assert found.per_tick == 456.0
    net.record("cells", "isyn_exc", every=4.0)
    assert counted(net).per_tick == 456.0 + 404.0 / 4.0


def test_recordings_of_the_slice_that_records_most():
    net = ns.Network()
    cells = net.population("cells", 6, ns.IFCurrExp())
    net.record(cells[:4], "v")
    assert counted(net, neurons_per_core=3).per_tick == 2 * (4 + 4 * 3)


def test_a_long_run_is_made_in_parts():
    net = ns.Network()
    cells = net.population("cells", 256 * 10, ns.IFCurrExp())
    net.record(cells, ["v", "isyn_exc", "isyn_inh"])
    short, long = counted(net, duration=1000.0), counted(net, duration=20_000.0)
    assert (short.parts, short.longest) == (1, 1000)
    (chip,) = long.placement.chips
    assert long.longest == chip.free // (10 * 3 * 1028)
    assert long.parts == -(-20_000 // long.longest) == 6


def test_energy_events_and_packets():
    net = ns.Network()
    net.population("in", 100, ns.SpikeSourcePoisson(rate=20.0))
    net.population("cells", 256 * 20, ns.IFCurrExp())
    net.project("in", "cells", ns.FixedNumberPost(10), ns.Static(weight=0.01))
    found = counted(net, duration=2000.0, time_scale_factor=3)
    assert found.events == pytest.approx(100 * 20.0 * 10)
    assert len(found.placement.chips) == 2
    assert found.packets == pytest.approx(100 * 20.0 * 2)
    energy = found.energy
    assert energy.seconds == 6.0
    assert energy.events == pytest.approx(2 * found.events)
    assert energy.cores == pytest.approx(0.034 * 21 * 6.0)
    assert energy.packets == pytest.approx(1e-9 * 2.0 * found.packets)


def test_delay_stages_send_packets_of_their_own():
    net = ns.Network()
    net.population("in", 10, ns.SpikeSourcePoisson(rate=10.0))
    net.population("cells", 256, ns.IFCurrExp())
    delays = np.array([1.0, 40.0])
    net.project("in", "cells", ns.FromList([(0, 0), (0, 1)]), ns.Static(weight=0.1, delay=delays))
    found = counted(net)
    # the source's to its target and its stage on one chip, and one stage's
    assert found.packets == pytest.approx(10 * 10.0 + 10 * 10.0)
    assert [s.role for s in found.shares] == ["poisson", "cells", "delay"]


def test_a_network_without_cells():
    net = ns.Network()
    net.population("in", 10, ns.SpikeSourcePoisson(rate=10.0))
    found = counted(net)
    assert (found.uses, found.placement.cores, found.events) == ((), 1, 0.0)
