"""Odd networks, odd numbers and Ctrl-C, with two shards where there can be two."""

import os
import signal
import subprocess
import sys
import threading
import time

import numpy as np
import pytest

import neurosim as ns
from neurosim.backends.team import Team
from neurosim.errors import Interrupted, ParameterError, SimulationError
from neurosim.kernels.layout import STRIP
from neurosim.testing.compare import observe, require_same
from tests.neurosim.backends.sharded import shards, small_networks_too


def prepared(net, **options):
    return ns.prepare(net, **{"dt": 0.5, "seed": 1, "progress": False, **options})


def agree(net, duration=10.0, **options):
    """What two shards give, of either way in turn, if the reference gives the same."""
    with prepared(net, backend="reference", **options) as sim:
        expected = observe(sim.run(duration))
    with shards("mixed", 0.5), prepared(net, **options) as sim:
        found = observe(sim.run(duration))
    require_same(expected, found, "differs from the reference")
    return found


def driven(synapse, size=3):
    """Cells that get three spikes at 1 ms over a projection."""
    net = ns.Network()
    net.population("source", 3, ns.SpikeSourceArray(spike_times=[[1.0]] * 3))
    net.population("cells", size, ns.IFCurrExp())
    net.project("source", "cells", ns.AllToAll(), synapse, name="drive")
    net.record("cells", ["spikes", "v"])
    return net


def rich(rule, size=3, offset=0.0):
    """As :func:`driven`, with synapses of every kind besides, drawn by a rule."""
    net = ns.Network()
    net.population("source", 3, ns.SpikeSourceArray(spike_times=[[1.0]] * 3))
    kind = ns.IFCurrExp(i_offset=offset)
    net.population("cells", size, kind, {"v": ns.Uniform(-65.0, -51.0)} if offset else {})
    net.project("source", "cells", ns.AllToAll(), ns.Static(3.0, 1.0), name="drive")
    for pre in ("source", "cells"):
        for name, synapse in SYNAPSES.items():
            net.project(pre, "cells", rule, synapse, name=f"{name} {pre}")
    net.record("cells", ["spikes", "v"], stop=60.0)
    return net


SYNAPSES = {
    "one": ns.Static(0.05, 1.0),
    "own": ns.Static(ns.Uniform(0.01, 0.05), ns.Uniform(1.0, 9.0)),
    "dendritic": ns.STDP(0.05, 1.0),
    "axonal": ns.STDP(0.05, 2.0, dendritic_delay_fraction=0.0),
    "dynamic": ns.TsodyksMarkram(0.05, 1.0),
}


# hardly a network


def test_no_steps_are_no_run():
    net = driven(ns.Static(1.0, 1.0))
    with shards("mixed", 0.5), prepared(net) as sim:
        before = observe(sim)
        require_same(before, observe(sim.run(0.0)), "after no steps")
        sim.run(0.0).run(4.0).run(0.0)
        assert sim.t == 4.0
        with prepared(net, backend="reference") as whole:
            require_same(observe(whole.run(4.0)), observe(sim), "with empty runs between")


def test_sources_alone_are_a_network():
    net = ns.Network()
    net.population("noise", 3, ns.SpikeSourcePoisson(rate=200.0))
    net.population("always", 3, ns.SpikeSourcePoisson(rate=2000.0))
    net.population("given", 1, ns.SpikeSourceArray(spike_times=[[1.0, 2.0]]))
    for name in net.populations:
        net.record(name, "spikes")
    with small_networks_too("mixed"), prepared(net, threads=2) as sim:
        found = observe(sim.run(50.0))
    with prepared(net, backend="reference") as sim:
        require_same(observe(sim.run(50.0)), found, "sources alone")
    spikes = found.recording.spikes
    assert len(spikes["noise"]) > 10
    assert len(spikes["always"]) == 3 * 100  # one in each step
    assert found.recording.info["backend_notes"]["threads"] == 1


@pytest.mark.parametrize("size", [1, 2, STRIP, STRIP + 1])
def test_one_neuron_and_one_more_than_a_strip(size):
    net = driven(ns.Static(ns.Uniform(3.0, 6.0), 1.0), size)
    net.project("cells", "cells", ns.AllToAll(), ns.Static(ns.Uniform(0.01, 0.02), 1.0))
    with prepared(net, backend="reference") as sim:
        expected = observe(sim.run(20.0))
    assert len(expected.recording.spikes["cells"]) >= size
    with small_networks_too("mixed"), prepared(net, threads=2) as sim:
        assert len(sim._engine.shards) == (2 if size > STRIP else 1)
        require_same(expected, observe(sim.run(20.0)), "with two threads")


@pytest.mark.parametrize("cut", [0.0, 1.0])
def test_all_in_one_shard_and_none_in_the_other(cut):
    net = rich(ns.AllToAll())
    with prepared(net, backend="reference") as sim:
        expected = observe(sim.run(10.0))
    assert len(expected.recording.spikes["cells"]) > 0
    with shards("mixed", cut), prepared(net) as sim:
        assert sorted(s.neurons.size[0] for s in sim._engine.shards) == [0, 3]
        require_same(expected, observe(sim.run(10.0)), f"cut at {cut}")


NOTHING = [ns.FixedProbability(0.0), ns.FixedTotalNumber(0), ns.FixedNumberPre(0)]


@pytest.mark.parametrize("rule", NOTHING, ids=repr)
def test_projections_without_synapses_change_nothing(rule):
    net = rich(rule)
    with shards("mixed", 0.5), prepared(net) as sim:
        found = observe(sim.run(10.0))
        for name in SYNAPSES:
            for pre in ("source", "cells"):
                assert [len(column) for column in sim.weights(f"{name} {pre}")] == [0] * 4
                sim.freeze(f"{name} {pre}")
        sim.run(1.0)
    with prepared(driven(ns.Static(3.0, 1.0)), backend="reference") as sim:
        require_same(observe(sim.run(10.0)), found, "empty projections change something")


@pytest.mark.parametrize("backend", ["numba", "reference"])
@pytest.mark.parametrize("synapse", SYNAPSES)
@pytest.mark.parametrize("weights", [1.0, []], ids=["one", "none"])
def test_their_weights_can_be_set(backend, synapse, weights):
    net = driven(ns.Static(3.0, 1.0))
    net.project("source", "cells", NOTHING[0], SYNAPSES[synapse], name="none")
    with prepared(net, backend=backend) as sim:
        sim.set_weights("none", weights)
        assert len(sim.weights("none").weight) == 0


# delays


@pytest.mark.parametrize(
    ("delay", "seen"), [(8.5, True), (9.0, False), (9.5, False), (500.0, False), (1e5, False)]
)
def test_spikes_that_arrive_after_the_run_are_not_seen(delay, seen):
    """At 9.0 they arrive with the last step and move the membrane in the next."""
    found = agree(driven(ns.Static(2.0, delay)))
    moved = found.recording.signal("cells", "v").values[-1] > -65.0
    assert moved.all() == seen
    assert moved.any() == seen


def test_they_are_in_flight_and_arrive_in_the_next_run(tmp_path):
    net = driven(ns.Static(2.0, 100.0))
    with shards("mixed", 0.5), prepared(net) as sim:
        sim.run(50.0).save(tmp_path / "state.npz")
        sim.load(tmp_path / "state.npz")
        found = observe(sim.run(100.0))
    with prepared(net, backend="reference") as sim:
        require_same(observe(sim.run(150.0)), found, "after a break")


# numbers


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("shape", [(), (3, 3)])
def test_weights_are_finite(value, shape):
    with pytest.raises(ParameterError, match=r"Static.weight: must be a finite number"):
        prepared(driven(ns.Static(np.full(shape, value) if shape else value, 1.0)))


@pytest.mark.parametrize("value", [np.nan, np.inf, [0.5] * 8 + [-np.inf]])
def test_weights_stay_finite(value):
    with shards("mixed", 0.5), prepared(driven(ns.Static(0.5, 1.0))) as sim:
        with pytest.raises(ParameterError, match=r"weights: must be finite"):
            sim.set_weights("drive", value)
        assert (sim.weights("drive").weight == 0.5).all()


OWN = [np.full((3, 3), 1e39), ns.Uniform(1e38, 1e39)]


@pytest.mark.parametrize("weight", OWN, ids=["array", "distribution"])
@pytest.mark.parametrize("kind", [ns.Static, ns.STDP, ns.TsodyksMarkram])
def test_weights_that_do_not_fit_are_refused(weight, kind):
    more = {"w_max": 1e40} if kind is ns.STDP else {}
    with pytest.raises(ns.errors.NeurosimError, match=r"weight.*single"):
        prepared(driven(kind(weight, 1.0, **more)))


@pytest.mark.parametrize("value", [1e39, [1e39] * 8 + [0.5]], ids=["one", "each"])
def test_new_weights_that_do_not_fit_are_refused(value):
    with prepared(driven(ns.Static(ns.Uniform(0.5, 1.0), 1.0))) as sim:
        with pytest.raises(ns.errors.NeurosimError, match=r"weight.*single"):
            sim.set_weights("drive", value)
        assert np.isfinite(sim.weights("drive").weight).all()


@pytest.mark.parametrize("weight", OWN, ids=["array", "distribution"])
def test_such_weights_fit_into_double(weight):
    found = agree(driven(ns.Static(weight, 1.0)), weights="double")
    assert len(found.recording.spikes["cells"]) >= 3
    assert (found.synapses["drive", True].weight >= 1e38).all()


def test_one_weight_for_all_is_kept_in_the_precision_of_the_state():
    found = agree(driven(ns.Static(1e39, 1.0)))
    assert len(found.recording.spikes["cells"]) >= 3
    assert (found.synapses["drive", True].weight == 1e39).all()


def test_one_weight_for_all_does_not_fit_into_a_single_precision_state():
    with pytest.raises(ns.errors.NeurosimError, match=r"weight 1e\+39 is above.*single"):
        ns.prepare(driven(ns.Static(1e39, 1.0)), dt=0.5, seed=1, precision="single")


def test_poisson_input_has_a_ceiling():
    net = ns.Network()
    net.population("cells", 1, ns.IFCurrDelta())
    net.inject(ns.PoissonInput(1e12, 1.0), "cells")
    with pytest.raises(ParameterError, match=r"PoissonInput.rate: must be <= 2e\+08 Hz"):
        ns.prepare(net, dt=0.5, seed=1)


def test_poisson_input_may_be_very_fast():
    """A million events a second: 500 a step of 0.5 ms."""
    net = ns.Network()
    net.population("cells", 40, ns.IFCurrDelta(tau_m=1e9, v_thresh=1e9, v_reset=0.0, v_rest=0.0))
    net.inject(ns.PoissonInput(1e6, 1.0), "cells")
    net.inject(ns.PoissonInput(np.linspace(9e5, 1.1e6, 40), 1.0), "cells")
    net.record("cells", "v")
    counts = np.diff(agree(net).recording.signal("cells", "v").values, axis=0)
    assert abs(counts.mean() - 1000.0) < 5.0 * np.sqrt(1000.0 / counts.size)


@pytest.mark.parametrize(("dt", "rate"), [(0.5, 2000.1), (0.1, 1e4 + 1), (1.0, 1e9)])
def test_sources_of_more_than_one_spike_a_step_are_refused(dt, rate):
    net = ns.Network()
    net.population("noise", 3, ns.SpikeSourcePoisson(rate=rate))
    with pytest.raises(ParameterError, match=r"rate: must be <= \d+ Hz, one spike a step, got"):
        prepared(net, dt=dt)


# Ctrl-C


@pytest.fixture
def handler():
    """Python's own handler, restored afterwards."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def press(delay):
    """Press Ctrl-C after some seconds."""

    def work():
        time.sleep(delay)
        os.kill(os.getpid(), signal.SIGINT)

    thread = threading.Thread(target=work)
    thread.start()
    return thread


def busy():
    return rich(ns.FixedNumberPre(3), 2 * STRIP, 1.2)


def workers():
    return [t for t in threading.enumerate() if t.name.startswith("neurosim")]


@pytest.mark.usefixtures("handler")
@pytest.mark.parametrize("way", ["together", "by turns", "mixed"])
def test_ctrl_c_during_a_run_of_two_threads_leaves_a_valid_simulation(way):
    with small_networks_too(way), prepared(busy(), threads=2) as sim:
        sim.run(10.0)
        timer = press(0.3)
        with pytest.raises(Interrupted) as caught:
            sim.run(1e7)
        timer.join()
        reached = sim.t
        assert 10.0 < reached == caught.value.time < 1e7
        found = observe(sim), observe(sim.run(50.0))
    with small_networks_too("by turns"), prepared(busy(), threads=2) as whole:
        require_same(observe(whole.run(reached)), found[0], "when interrupted")
        require_same(observe(whole.run(50.0)), found[1], "going on differs")


@pytest.mark.usefixtures("handler")
def test_a_second_ctrl_c_closes_the_simulation_and_leaves_no_thread(monkeypatch):
    share = Team._share

    def pressed_twice(self, *args):
        if threading.current_thread() is threading.main_thread():  # the other one is at work
            signal.raise_signal(signal.SIGINT)
            signal.raise_signal(signal.SIGINT)
        return share(self, *args)

    before = len(workers())
    with small_networks_too("together"), prepared(busy(), threads=2) as sim:
        sim.run(500.0)
        monkeypatch.setattr(Team, "_share", pressed_twice)
        began = time.monotonic()
        with pytest.raises(KeyboardInterrupt) as caught:
            sim.run(1e7)
        assert not isinstance(caught.value, Interrupted)
        assert time.monotonic() - began < 15.0
        with pytest.raises(SimulationError, match="is closed"):
            sim.run(1.0)
        del caught
    deadline = time.monotonic() + 15.0
    while len(workers()) > before and time.monotonic() < deadline:
        time.sleep(0.05)
    assert len(workers()) <= before  # those of tests before may have gone meanwhile


BUILD = """
import sys
import neurosim as ns
net = ns.Network()
net.population("a", 20_000, ns.IFCurrExp())
net.project("a", "a", ns.FixedProbability(0.5), ns.Static(0.1, 1.0))
small = ns.Network()
small.population("a", 9, ns.IFCurrExp())
small.project("a", "a", ns.FixedProbability(0.5), ns.Static(0.1, 1.0))
ns.prepare(small, dt=0.5, seed=1)
print("now", flush=True)
ns.prepare(net, dt=0.5, seed=1, threads={threads}, progress=True)
"""


@pytest.mark.skipif(os.name != "posix", reason="signals of a process")
@pytest.mark.parametrize("threads", [1, 2])
def test_ctrl_c_while_synapses_are_drawn_ends_at_once(threads, tmp_path):
    """Some 200 million synapses: seconds of work in threads, ended in the first pass."""
    process = subprocess.Popen(
        [sys.executable, "-c", BUILD.format(threads=threads)],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        env={**os.environ, "TMPDIR": str(tmp_path)},
    )  # fmt: skip
    try:
        assert process.stdout.readline() == "now\n"
        time.sleep(0.4)
        assert process.poll() is None
        process.send_signal(signal.SIGINT)
        began = time.monotonic()
        _, errors = process.communicate(timeout=30.0)
    finally:
        process.kill()
    assert time.monotonic() - began < 5.0
    assert process.returncode != 0
    assert "KeyboardInterrupt" in errors
    assert "layout_synapses.py" in errors
    assert list(tmp_path.iterdir()) == []
