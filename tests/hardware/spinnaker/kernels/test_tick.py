"""The loop over ticks: delay stages, currents, disturbances, order."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from neurosim import simulate
from neurosim.hardware.spinnaker.emulator import Emulator
from neurosim.hardware.spinnaker.settings import Disturbance
from neurosim.network import AllToAll, Network, OneToOne
from neurosim.neurons import IFCurrExp
from neurosim.neurons.currents import DCSource, StepSource
from neurosim.neurons.sources import PoissonInput, SpikeSourceArray, SpikeSourcePoisson
from neurosim.synapses import Static
from tests.hardware.spinnaker.nets import agree, network, pair_rule


def test_long_delays_pass_stages_and_keep_their_time() -> None:
    net = network("if_curr_exp", 1)
    big = Network.from_dict(net.to_dict())
    rest = big.population("rest", 250, IFCurrExp())
    big.project(big["source"], rest, AllToAll(), Static(0.0, 100.0))
    big.project(big["source"], big["cells"], AllToAll(), Static(0.5, 60.0))
    # a population of 256 neurons on a core has 32 slots: 100 ticks need three stages
    wide = big.population("wide", 256, IFCurrExp(i_offset=0.2))
    delays = np.random.default_rng(1).integers(1, 101, (4, 256)).astype(float)
    big.project(big["source"], wide, AllToAll(), Static(1.0, delays))
    big.record(wide, ["spikes", "v"])
    _, made = agree(big, ticks=200)
    stages = {r.name: r.stages for r in made.mapping.routes}
    assert stages["source->wide"] == 4


def test_plastic_rows_of_stages() -> None:
    net = Network("stages")
    rng = np.random.default_rng(2)
    times = [np.unique(rng.integers(0, 200, 25)).astype(float).tolist() for _ in range(4)]
    pre = net.population("pre", 4, SpikeSourceArray(times))
    cells = net.population("cells", 256, IFCurrExp(i_offset=0.9, tau_refrac=2.0))
    delays = rng.integers(1, 90, (4, 256)).astype(float)
    rule = pair_rule(rng)(rng.uniform(0.1, 0.5, (4, 256)), delays, 2.0)
    net.project(pre, cells, AllToAll(), rule)
    net.record(cells, ["spikes", "v"])
    _, made = agree(net, ticks=250)
    assert made.mapping.routes[0].stages == 3
    assert made.mapping.targets[0].per_core == 254


def test_currents_are_added_in_their_ticks() -> None:
    net = network("if_curr_exp", 4)
    net.inject(DCSource(0.7, start=10.0, stop=40.0), net["cells"][2:5])
    net.inject(StepSource([5.0, 30.0], [0.3, -0.2]), net["cells"][[0, 2]])
    agree(net)


def drive() -> Network:
    net = Network("drive")
    source = net.population("source", 300, SpikeSourcePoisson(90.0))
    cells = net.population("cells", 20, IFCurrExp())
    net.project(source, cells, AllToAll(), Static(0.02, 3.0))
    net.record([source, cells], "spikes")
    return net


def counts(backend: Emulator) -> dict[str, Any]:
    recording = simulate(drive(), 400.0, dt=1.0, seed=5, backend=backend)
    spikes = {k: (t.times.tolist(), t.ids.tolist()) for k, t in recording.spikes.items()}
    return {**spikes, "notes": recording.info["backend_notes"]}


def test_packets_are_lost_at_their_rate_and_by_a_seed_of_their_own() -> None:
    whole, half = counts(Emulator()), counts(Emulator(disturbance=Disturbance(loss=0.5)))
    sent = sum(len(half[name][0]) for name in ("source", "cells"))
    assert half["notes"]["lost_packets"] == pytest.approx(0.5 * sent, rel=0.05)
    assert half["source"] == whole["source"]  # sources are the same
    assert len(half["cells"][0]) < 0.8 * len(whole["cells"][0])
    assert counts(Emulator(disturbance=Disturbance(loss=0.5))) == half
    other = counts(Emulator(disturbance=Disturbance(loss=0.5, seed=1)))
    assert other["cells"] != half["cells"]


def test_late_packets_are_skipped_where_their_time_has_passed() -> None:
    late = counts(Emulator(disturbance=Disturbance(late=1.0, latest=1)))
    core = late["notes"]["provenance"]["cells"][0]
    assert (core["n_skipped_synapses"], core["max_late_spike"]) == (0, 1)
    assert late["cells"] == counts(Emulator())["cells"]  # a delay of 3 ticks bears one
    late = counts(Emulator(disturbance=Disturbance(late=1.0, latest=15)))
    core = late["notes"]["provenance"]["cells"][0]
    assert core["max_late_spike"] == 15
    assert core["n_skipped_synapses"] == pytest.approx(
        13 / 15 * core["n_pre_synaptic_events"], rel=0.02
    )


def test_the_order_of_packets_matters_for_saturation_only() -> None:
    shuffled = counts(Emulator(disturbance=Disturbance(shuffle=True)))
    assert shuffled["cells"] == counts(Emulator())["cells"]


def test_poisson_input_becomes_sources() -> None:
    net = Network("input")
    cells = net.population("cells", 50, IFCurrExp(tau_refrac=2.0))
    net.inject(PoissonInput(2000.0, 0.3), cells)
    net.record(cells, "spikes")
    recording = simulate(net, 1000.0, dt=1.0, seed=1, backend="spinnaker-emulator")
    float_ = simulate(net, 1000.0, dt=1.0, seed=1)
    rates = [len(r.spikes["cells"].times) / 50 for r in (recording, float_)]
    assert rates[0] == pytest.approx(rates[1], rel=0.1)


def test_a_unit_that_is_given_two_spikes_in_a_tick_sends_both() -> None:
    net = Network("twice")
    source = net.population("source", 1, SpikeSourceArray([[3.0, 3.0, 7.0]]))
    cells = net.population("cells", 1, IFCurrExp())
    net.project(source, cells, OneToOne(), Static(0.5, 1.0))
    net.record(cells, ["spikes", "v", "isyn_exc"])
    net.record(source, "spikes")
    recording = simulate(net, 12.0, dt=1.0, seed=1, backend="spinnaker-emulator")
    assert recording.spikes["source"].times.tolist() == [3.0, 3.0, 7.0]
    exc = recording.signals["cells", "isyn_exc"].values[:, 0]
    single = exc[8] - exc[7] * 0.8187
    assert exc[4] == pytest.approx(2.0 * single, rel=1e-3)
