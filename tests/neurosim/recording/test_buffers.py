import numpy as np
import pytest

import neurosim as ns
from neurosim.backends.base import Options, Progress
from neurosim.errors import SimulationError, StoreError, WiringError
from neurosim.plan.lower import lower
from neurosim.recording.buffers import Buffers
from tests.neurosim.recording.fake import Counting, CountingEngine


def network(timing="standard", **window):
    net = ns.Network(timing=timing)
    net.population("exc", 5, ns.IFCurrExp())
    net.record(net["exc"][[4, 1]], ["spikes", "v"], **window)
    return net


def simulation(net, dt=0.5, memory_limit=None, precision="double"):
    plan = lower(net, dt, 1, precision=precision)
    return Counting().prepare(plan, Options(memory_limit=memory_limit))


@pytest.mark.parametrize(("timing", "samples"), [("standard", 9), ("spinnaker", 8)])
def test_samples_are_stamped_and_the_standard_timing_adds_the_last(timing, samples):
    signal = simulation(network(timing)).run(4.0).recording().signal("exc", "v")
    assert signal.ids.tolist() == [1, 4]
    assert (signal.unit, signal.dt) == ("mV", 0.5)
    assert signal.times.tolist() == [0.5 * k for k in range(samples)]
    assert signal.values.tolist() == [[10 * k + 1, 10 * k + 4] for k in range(samples)]


@pytest.mark.parametrize("split", [[8], [1, 7], [3, 3, 2], [1] * 8])
@pytest.mark.parametrize(
    ("window", "stamps"),
    [
        ({}, [0, 1, 2, 3, 4, 5, 6, 7, 8]),
        ({"every": 1.0}, [0, 2, 4, 6, 8]),
        ({"every": 1.5, "start": 1.0}, [2, 5, 8]),
        ({"every": 1.5, "start": 1.0, "stop": 4.0}, [2, 5]),
        ({"start": 4.0}, [8]),
        ({"start": 4.5}, []),
        ({"stop": 0.0}, []),
    ],
)
def test_every_split_of_a_run_gives_the_samples_of_the_grid(split, window, stamps):
    sim = simulation(network(**window))
    for steps in split:
        sim.run(0.5 * steps)
        looked = sim.recording()
    signal = looked.signal("exc", "v")
    assert signal.times.tolist() == [0.5 * m for m in stamps]
    assert signal.values[:, 0].tolist() == [10.0 * m + 1 for m in stamps]


def test_a_recording_taken_earlier_does_not_change():
    sim = simulation(network()).run(2.0)
    early = sim.recording()
    before = early.signal("exc", "v").values.copy(), early.spikes["exc"].times.copy()
    sim.run(500.0)
    assert (early.signal("exc", "v").values == before[0]).all()
    assert early.spikes["exc"].times.tolist() == before[1].tolist()
    assert len(sim.recording().signal("exc", "v")) == 1005


def test_recorded_arrays_are_contiguous_and_read_only():
    recording = simulation(network()).run(2.0).recording()
    for array in (recording.signal("exc", "v").values, recording.spikes["exc"].ids):
        assert array.flags.c_contiguous
        assert not array.flags.writeable


def test_spikes_are_times_and_ids_of_the_recorded_units():
    recording = simulation(network()).run(4.0).recording()
    spikes = recording.spikes["exc"]
    assert spikes.times.tolist() == [0.5, 2.0, 3.0]
    assert spikes.ids.tolist() == [1, 4, 1]
    assert spikes.recorded.tolist() == [1, 4]
    assert (spikes.start, spikes.stop, recording.duration) == (0.0, np.inf, 4.0)


def test_a_window_of_spikes_is_kept_for_the_rate():
    recording = simulation(network(start=1.0, stop=3.0)).run(4.0).recording()
    spikes = recording.spikes["exc"]
    assert (spikes.start, spikes.stop) == (1.0, 3.0)
    assert recording.rate("exc") == pytest.approx(1000.0 * len(spikes) / (2 * 2.0))


def test_precision_decides_the_type_of_samples():
    values = (
        simulation(network(), precision="single").run(1.0).recording().signal("exc", "v").values
    )
    assert values.dtype == np.float32


def test_recent_spikes_are_those_of_the_last_run():
    sim = simulation(network()).run(2.5)
    assert sim.read("exc")[0].tolist() == [0.5, 2.0]
    sim.run(1.0)
    times, ids = sim.read("exc")
    assert (times.tolist(), ids.tolist()) == ([3.0], [1])


def test_recent_spikes_need_a_probe():
    net = network()
    net.population("other", 2, ns.IFCurrExp())
    with pytest.raises(WiringError, match=r"'other' are not recorded.*Network.record"):
        simulation(net).run(1.0).read("other")


def test_a_recording_that_does_not_fit_is_refused_before_the_run():
    net = ns.Network()
    net.population("exc", 1000, ns.IFCurrExp())
    net.record("exc", ["spikes", "v"])
    net.record(net["exc"][:1], "isyn_exc")
    sim = simulation(net, dt=0.1, memory_limit=64 * 2**20)
    sim.run(100.0)
    with pytest.raises(SimulationError) as caught:
        sim.run(1000.0)
    message = str(caught.value)
    assert "must fit into 64 MiB, it would take 84 MiB" in message
    assert "'v' of population 'exc': 1000 units every 0.1 ms, 76.3 MiB" in message
    assert "every=" in message
    assert "start=, stop=" in message
    assert sim.t == 100.0
    assert len(sim.recording().signal("exc", "v")) == 1001


def test_without_a_limit_the_free_memory_decides(monkeypatch):
    monkeypatch.setattr("neurosim.recording.buffers.available", lambda: 2**20)
    with pytest.raises(SimulationError, match="must fit into 819 KiB"):
        simulation(network()).run(1e6)


def test_unknown_free_memory_means_no_limit(monkeypatch):
    monkeypatch.setattr("neurosim.recording.buffers.available", lambda: None)
    assert len(simulation(network()).run(10.0).recording().signal("exc", "v")) == 21


def test_the_estimate_counts_windows_and_intervals_only():
    net = ns.Network()
    net.population("exc", 1000, ns.IFCurrExp())
    net.record("exc", "v", every=100.0, start=500.0, stop=700.0)
    buffers = Buffers(lower(net, 0.1, 1))
    buffers.reserve(0, 10**7, 2 * 8 * 1000)
    with pytest.raises(SimulationError):
        buffers.reserve(0, 10**7, 2 * 8 * 1000 - 1)


def test_an_engine_that_leaves_out_samples_is_noticed():
    plan = lower(network(), 0.5, 1)
    buffers, engine = Buffers(plan), CountingEngine(plan)
    buffers.append(0, engine.advance(3))
    spikes, samples = engine.advance(2).entries
    buffers.append(3, Progress([spikes, samples[1:]]))
    with pytest.raises(SimulationError, match="'v' 5 times before step 5, got 4"):
        buffers.append(5, engine.advance(1))


def test_state_and_restore_keep_everything():
    sim = simulation(network()).run(2.0).run(1.5)
    copy = Buffers(sim.plan, sim._buffers.started)
    copy.restore(sim._buffers.state())
    assert copy.started == sim._buffers.started
    assert copy.recent(0)[0].tolist() == sim.read("exc")[0].tolist()
    first, second = (b.recording(7, sim._engine.read, {}).to_dict() for b in (sim._buffers, copy))
    np.testing.assert_equal(first, second)


def test_a_state_of_other_probes_is_refused():
    state = simulation(network()).run(1.0)._buffers.state()
    del state["1/values"]
    with pytest.raises(StoreError, match="does not fit the probes"):
        Buffers(lower(network(), 0.5, 1)).restore(state)
    state = simulation(network()).run(1.0)._buffers.state()
    state["0/ids"] = state["0/ids"][:0]
    with pytest.raises(StoreError, match="differ in length"):
        Buffers(lower(network(), 0.5, 1)).restore(state)


def test_signals_know_their_unit():
    net = ns.Network()
    net.population("exc", 2, ns.IFCurrExp())
    net.record("exc", ["v", "isyn_exc"])
    recording = simulation(net).run(1.0).recording()
    assert recording.signal("exc", "isyn_exc").unit == "nA"
    assert recording.signal("exc", "v").unit == "mV"
