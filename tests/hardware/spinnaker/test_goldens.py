"""Golden traces, taken from the board's own programs: equal to the last bit."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from neurosim import prepare
from neurosim.backends.base import Options
from neurosim.backends.simulation import Simulation
from neurosim.hardware.spinnaker.counters import total
from neurosim.hardware.spinnaker.emulator import Emulator, EmulatorEngine
from neurosim.hardware.spinnaker.kernels.arrays import COUNTERS, MOST_LATE, SKIPPED
from neurosim.hardware.spinnaker.kernels.sources import packets
from neurosim.hardware.spinnaker.layout import lay_out
from neurosim.hardware.spinnaker.lower import map_plan
from neurosim.hardware.spinnaker.settings import Disturbance, Settings
from neurosim.network import AllToAll, FromList, Network
from neurosim.neurons import IFCurrExp, IzhikevichCurrExp
from neurosim.neurons.sources import SpikeSourceArray, SpikeSourcePoisson
from neurosim.plan.lower import lower
from neurosim.synapses import STDP, Static

GOLDEN = Path(__file__).parents[2] / "golden"
PRE = [
    (3, 1), (5, 1), (10, 0), (11, 0), (18, 0), (19, 0), (22, 0), (30, 0), (31, 0), (36, 1), (37, 0),
    (38, 1), (39, 0), (41, 0),
]  # fmt: skip
"""Packets of the goldens of plasticity: tick and source."""


def engine(simulation: Simulation) -> EmulatorEngine:
    made = simulation._engine
    assert isinstance(made, EmulatorEngine)
    return made


def spikes(simulation: Simulation, population: str) -> list[tuple[int, int]]:
    trains = simulation.recording().spikes[population]
    return list(zip(trains.times.astype(int).tolist(), trains.ids.tolist(), strict=True))


def test_if_curr_exp() -> None:
    net = Network("G1")
    a = net.population("A", 1, SpikeSourceArray([[5.0]]))
    b = net.population("B", 1, SpikeSourceArray([[8.0]]))
    cells = net.population(
        "cells", 4, IFCurrExp(tau_refrac=2.0, i_offset=np.array([0.0, 0.5, 1.0, 2.0]))
    )
    two = FromList([(0, 0), (0, 1)])
    net.project(a, cells, two, Static(np.array([2.0, 1.5]), np.array([1.0, 3.0])))
    net.project(b, cells, FromList([(0, 2)]), Static(0.3, 2.0))
    other = FromList([(0, 0), (0, 3)])
    net.project(b, cells, other, Static(np.array([-0.7, -1.1]), 1.0), "inhibitory")
    net.record(cells, ["spikes", "v", "isyn_exc", "isyn_inh"])
    with prepare(net, dt=1.0, seed=1, backend="spinnaker-emulator") as sim:
        sim.run(60.0)
        (target,) = engine(sim).mapping.targets
        assert target.shifts == (2, 1)
        assert (target.bits.neuron, target.bits.receptor, target.bits.delay) == (2, 1, 2)
        stored = np.concatenate([r.words for r in engine(sim).mapping.routes])
        assert stored.tolist() == [16384, 12288, 2458, 11469, 18022]
        cells_ = engine(sim).arrays.cells
        assert (cells_.resistance[0], cells_.decay[0]) == (655360, 31170)
        assert (cells_.decay_exc[0], cells_.charge_exc[0]) == (3516490311, 3892384920)
        recording = sim.recording()
        assert spikes(sim, "cells") == [
            (10, 3), (23, 3), (24, 2), (35, 3), (47, 3), (54, 2), (59, 3),
        ]  # fmt: skip
    v, exc, inh = (
        recording.signals["cells", name].values * 32768 for name in ("v", "isyn_exc", "isyn_inh")
    )
    assert v.shape == (60, 4)  # a run of N ticks has N samples
    with (GOLDEN / "spinnaker_if_curr_exp.csv").open() as file:
        rows = [[int(x) for x in row] for row in list(csv.reader(file))[1:]]
    assert len(rows) == 21
    for tick, v0, v1, v2, v3, exc0, inh0, exc1, inh3 in rows:
        assert v[tick].tolist() == [v0, v1, v2, v3]
        assert [exc[tick, 0], -inh[tick, 0], exc[tick, 1], -inh[tick, 3]] == [
            exc0,
            inh0,
            exc1,
            inh3,
        ]


def plastic(delay: float = 1.0, times: Any = None, **rule: Any) -> Simulation:
    """Two sources onto two cells by a plastic projection."""
    net = Network("pairs")
    trains = [[float(t) for t, s in PRE if s == source] for source in (0, 1)]
    pre = net.population("pre", 2, SpikeSourceArray(trains if times is None else times))
    cells = net.population("cells", 2, IFCurrExp(tau_refrac=2.0, i_offset=np.array([1.6, 2.3])))
    scale = 3.0 if rule.get("dependence", "additive") == "additive" else 1.0
    synapse = STDP(
        1.0, delay, tau_plus=16.8, tau_minus=33.7, A_plus=0.05 / scale, A_minus=0.035 / scale,
        w_min=0.0, w_max=3.0, **rule,
    )  # fmt: skip
    net.project(pre, cells, AllToAll(), synapse, name="plastic")
    net.record(cells, ["spikes", "isyn_exc"])
    return prepare(net, dt=1.0, seed=1, backend="spinnaker-emulator")


def words(sim: Simulation, source: int) -> tuple[int, int]:
    found = engine(sim).arrays.routes.word.reshape(2, 2)[source]
    return int(found[0]), int(found[1])


PLASTIC = {
    "additive": (
        {},
        [
            (4096, 4096), (4096, 4096), (3956, 3965), (3821, 3837), (3850, 3939), (3608, 3715),
            (3387, 3943), (3711, 4056), (3422, 3661), (4391, 4497), (3745, 3852), (4029, 4045),
            (3393, 3414), (3720, 3659),
        ],
    ),
    "multiplicative": (
        {"dependence": "multiplicative"},
        [
            (4096, 4096), (4096, 4096), (3956, 3965), (3825, 3841), (4132, 4271), (3888, 4037),
            (3678, 4753), (4622, 5143), (4296, 4648), (4875, 5054), (5139, 5205), (4444, 4497),
            (4698, 4648), (5467, 5309),
        ],
    ),
    "nearest": (
        {"pairing": "nearest"},
        [
            (4096, 4096), (4096, 4096), (4076, 4099), (3941, 3971), (3945, 4015), (3810, 3891),
            (3686, 3933), (3733, 3941), (3613, 3810), (4122, 4138), (3653, 3836), (3994, 4007),
            (3529, 3708), (3567, 3746),
        ],
    ),
}  # fmt: skip


@pytest.mark.parametrize("rule", PLASTIC)
def test_weights_after_each_packet(rule: str) -> None:
    options, expected = PLASTIC[rule]
    with plastic(**options) as sim:
        route = engine(sim).arrays.routes
        assert engine(sim).mapping.targets[0].shifts[0] == 3
        assert (route.a_plus[0], route.a_minus[0]) == (1638, 1147)
        assert (route.rise_size[0], route.fall_size[0]) == (130, 258)
        found = []
        for tick, source in PRE:
            found.append(words(sim.run_until(tick + 1.0), source))
        assert found == expected
        if rule == "additive":
            sim.run_until(50.0)  # later ones depend on packets after those that are known
            assert spikes(sim, "cells") == [
                (6, 1), (8, 0), (13, 1), (16, 0), (20, 1), (24, 0), (27, 1), (33, 0), (34, 1),
                (40, 0), (40, 1), (47, 1), (48, 0),
            ]  # fmt: skip


def test_a_plastic_delay_of_a_full_turn_is_lost_as_in_the_firmware() -> None:
    with plastic(delay=2.0) as sim:
        assert words(sim.run_until(11.0), 0) == (4096, 3965)
        assert words(sim.run_until(12.0), 0) == (4096, 3837)
        sim.run_until(54.0)
        assert not sim.recording().signals["cells", "isyn_exc"].values.any()
        assert total(engine(sim).notes()["provenance"], "n_skipped_synapses") == 2 * len(PRE)


def test_without_strict_it_arrives() -> None:
    net = Network.from_dict(plastic(delay=2.0).plan.network)
    relaxed = Emulator(Settings(strict=False))
    with prepare(net, dt=1.0, seed=1, backend=relaxed) as sim:
        sim.run_until(54.0)
        arrived = sim.recording().signals["cells", "isyn_exc"].values
        assert np.flatnonzero(arrived.any(axis=1))[0] == PRE[0][0] + 2
        assert total(engine(sim).notes()["provenance"], "n_skipped_synapses") == 0


def test_izhikevich() -> None:
    net = Network("G6")
    cells = net.population("cells", 1, IzhikevichCurrExp(d=8.0, i_offset=10.0))
    net.record(cells, ["spikes", "v"])
    with prepare(net, dt=1.0, seed=1, backend="spinnaker-emulator") as sim:
        sim.run(8.0)
        v = sim.recording().signals["cells", "v"].values[:, 0] * 32768
        assert v.tolist() == [
            -2293760, -2030541, -1751161, -1222173, -2129920, -2136662, -2134258, -2128206,
        ]  # fmt: skip
        assert spikes(sim, "cells") == [(3, 0)]


def test_saturation() -> None:
    ticks = [[float(t) for t in range(1, 56)]]
    net = Network("G7")
    sources = net.population("sources", 4, SpikeSourceArray(ticks * 4))
    other = net.population("other", 3, SpikeSourceArray(ticks * 3))
    cells = net.population("cells", 4, IFCurrExp(tau_refrac=2.0))
    net.project(sources, cells, FromList([(i, 0) for i in range(4)]), Static(2.0, 1.0))
    net.project(other, cells, FromList([(i, 1 + i) for i in range(3)]), Static(0.1, 1.0))
    settings = Settings(populations={"cells": {"max_expected_summed_weight": [1.0, 1.0]}})
    with prepare(net, dt=1.0, seed=1, backend=Emulator(settings)) as sim:
        made = engine(sim.run(2.0))
        assert made.mapping.targets[0].shifts == (1, 1)
        assert made.mapping.routes[0].words.tolist() == [32768] * 4
        slot = made.arrays.rings.ring.reshape(-1, 2, 4)[2 % made.arrays.targets.slots[0]]
        assert slot[0, 0] == 65535
        found = made.notes()["provenance"]
        assert total(found, "n_saturations") == 3
        found = engine(sim.run(55.0)).notes()["provenance"]
        assert total(found, "n_saturations") == 165
        assert total(found, "n_pre_synaptic_events") == 385


def late(ticks: int, at: int, delay: float, weight: float, steps: int) -> Simulation:
    """A packet that arrives in a tick, some ticks after it was sent."""
    net = Network("G8")
    source = net.population("source", 1, SpikeSourceArray([[float(at - ticks)]]))
    cells = net.population("cells", 4, IFCurrExp())
    net.project(source, cells, FromList([(0, 0)]), Static(weight, delay))
    net.record(cells, "isyn_exc")
    always = Emulator(disturbance=Disturbance(late=1.0, latest=15))
    plan = lower(net, 1.0, 1)
    sim = always.prepare(plan, Options()).run(float(at - ticks))
    packets_ = engine(sim).arrays.packets
    slot = at % 16
    packets_.disturbance[:] = 0
    packets_.late_unit[slot, 0], packets_.late_count[slot, 0] = 0, 1
    packets_.late_by[slot, 0], packets_.late_size[slot] = ticks, 1
    engine(sim).arrays.sources.next[0] = 1  # it is on its way already
    return sim.run(float(steps))


def test_a_late_packet_whose_time_has_passed() -> None:
    with late(2, 5, 1.0, 1.0, 10) as sim:
        assert not sim.recording().signals["cells", "isyn_exc"].values.any()
        row = engine(sim).arrays.rings.counters.reshape(-1, COUNTERS)[0]
        assert (row[SKIPPED], row[MOST_LATE]) == (1, 2)
        found = engine(sim).notes()["provenance"]
        assert total(found, "n_late_spikes") == 0


def test_a_static_delay_of_a_full_turn() -> None:
    with late(0, 5, 4.0, 1.0, 10) as sim:
        exc = sim.recording().signals["cells", "isyn_exc"].values[:, 0] * 32768
        assert exc[:9].tolist() == [0] * 9
        assert exc[9:12].tolist() == [29696, 24313, 19906]


def test_poisson_sources() -> None:
    net = Network("Poisson")
    rates = np.array([5.0, 12.0, 15.0, 19.0, 30.0, 500.0])
    net.population("sources", 6, SpikeSourcePoisson(rates))
    plan = lower(net, 1.0, 1)
    sources = lay_out(map_plan(plan), Disturbance()).sources
    sources.seed[0] = 0x5FE1DC66, 0xCBEA3DB3, 0xF362035C, 0x054F3663
    out = np.zeros((200, 6), dtype=np.int64)
    first = sources._replace(counter=sources.counter.copy(), seed=sources.seed.copy())
    packets(first, 0, 0, out)
    packets(sources, 0, 200, out)
    found = [(t, s, int(out[t, s])) for t, s in zip(*np.nonzero(out), strict=True)]
    assert found[:12] == [
        (0, 5, 1), (2, 5, 3), (4, 5, 1), (6, 5, 1), (7, 5, 1), (9, 5, 1), (10, 5, 1), (15, 5, 1),
        (17, 5, 1), (20, 5, 1), (21, 5, 1), (23, 1, 1),
    ]  # fmt: skip
    assert len(found) == 95
