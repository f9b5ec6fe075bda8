"""Threads change nothing: several shards, side by side or by turns, give the bits of one."""

import json
import os
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st

import neurosim as ns
from neurosim.backends import clocked
from neurosim.kernels.layout import STRIP
from neurosim.testing.cases import CASES
from neurosim.testing.compare import observe, require_same
from neurosim.testing.conformance import CHECKS, check_agreement, check_saved
from neurosim.testing.strategies import DT, cases
from tests.neurosim.backends.sharded import WAYS, shards, small_networks_too

every_way = pytest.mark.parametrize("way", WAYS)


# every conformance case, cut within its few neurons


@pytest.mark.slow
def test_every_case_in_plain_python(tmp_path):
    path = tmp_path / "found.json"
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-m", "tests.neurosim.backends.sharded", str(path)],
        capture_output=True, text=True, env={**os.environ, "NUMBA_DISABLE_JIT": "1"},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    found = json.loads(path.read_text())
    assert {key.rpartition(",")[0] for key in found} == set(CASES)
    assert {key: f["texts"] for key, f in found.items() if f["texts"]} == {}
    alone = {key for key, f in found.items() if min(f["calls"]) == 0}
    assert {key.rpartition(",")[0] for key in alone} == {"stdp spinnaker", "recurrent spinnaker"}
    assert sum(f["spikes"] > 0 for f in found.values()) > 0.9 * len(found)


@pytest.mark.parametrize("name", ["recurrent", "stdp mixed", "tsodyks-markram spinnaker"])
def test_cases_compiled(name):
    with shards("mixed", 0.4) as calls:
        check_agreement("numba", CASES[name])
    assert min(calls.values()) > 0


@pytest.mark.parametrize("name", ["recurrent", "stdp mixed"])
@pytest.mark.parametrize("way", ["together", "by turns"])
def test_saving_in_the_middle(name, way):
    with shards(way, 0.4) as calls:
        check_saved("numba", CASES[name])
    assert calls[way == "together"] > 0 == calls[way != "together"]


@pytest.mark.parametrize("check", ["seeds", "feeding"])
def test_checks_of_a_backend(check):
    with shards("mixed", 0.4) as calls:
        CHECKS[check]("numba")
    assert min(calls.values()) > 0


@settings(
    max_examples=25,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.large_base_example],
)
@given(case=cases(), cut=st.floats(0.0, 1.0), way=st.sampled_from(WAYS))
def test_random_networks_cut_anywhere(case, cut, way):
    note(repr(case.network()))
    with shards(way, cut) as calls:
        check_agreement("numba", case)
    assert sum(calls.values()) > 0


# networks of several strips, by the threads that are asked for


SIZES = {"first": 200, "second": 300, "third": 150}


def large(timing="standard"):
    """Everything at once: three populations in two blocks, with the kinds of
    :func:`neurosim.testing.strategies.cases`."""
    rng = np.random.default_rng(5)
    net = ns.Network("large", timing)
    trains = [sorted(DT * rng.integers(0, 100, 12)) for _ in range(40)]
    net.population("array", 40, ns.SpikeSourceArray(spike_times=trains))
    net.population("noise", 30, ns.SpikeSourcePoisson(rate=150.0))
    kinds = {"first": ns.IFCurrExp, "second": ns.IFCurrExp, "third": ns.IFCondExp}
    for name, kind in kinds.items():
        kind = kind if timing == "standard" else ns.IFCurrExp
        offsets = np.linspace(0.6, 1.1, SIZES[name])
        net.population(name, SIZES[name], kind(tau_refrac=1.0, i_offset=offsets))
    weak = 0.02 if timing == "standard" else 0.5
    scales = {"first": 1.0, "second": 1.0, "third": weak}
    delays = ns.Uniform(DT, 20.0 * DT)
    for post, scale in scales.items():
        sparse = ns.FixedProbability(0.1)
        rest = ns.Uniform(0.2 * scale, scale)
        net.project(
            "array", post, ns.FixedNumberPre(3), ns.Static(2.0 * scale, 2.0), name=f"a {post}"
        )
        net.project("noise", post, ns.FixedNumberPre(4), ns.Static(rest, delays), name=f"n {post}")
        net.project("first", post, sparse, ns.Static(0.3 * scale, 1.0), name=f"one {post}")
        net.project("second", post, sparse, ns.Static(rest, delays), name=f"own {post}")
        down = net[post][::-1]
        fading = ns.TsodyksMarkram(0.4 * scale, delays, U=0.4, tau_rec=20.0, tau_facil=5.0)
        net.project("third", down, sparse, fading, name=f"fading {post}")
    net.project("second", "first", sparse, ns.Static(-0.3, delays), "inhibitory", name="inhibition")
    rule = {"tau_plus": 9.0, "tau_minus": 13.0, "A_plus": 0.1, "A_minus": 0.08, "w_max": 2.0}
    for fraction in (0.0, 0.4, 1.0) if timing == "standard" else ():
        plastic = ns.STDP(ns.Uniform(0.2, 1.0), delays, dendritic_delay_fraction=fraction, **rule)
        net.project("first", "second", sparse, plastic, name=f"plastic {fraction}")
    few = ns.FixedTotalNumber(40)
    net.project("third", "third", few, ns.Static(weak, 1.0), name="few")
    net.project("third", "first", ns.FixedProbability(0.0), ns.Static(1.0, 1.0), name="empty")
    net.inject(ns.PoissonInput(1500.0, 0.1), "second")
    net.inject(ns.NoisySource(0.2, 0.5), net["first"][20:180])
    for name in ("array", "noise", *SIZES):
        net.record(name, "spikes")
        if name in SIZES:
            size = SIZES[name]
            net.record(net[name][[0, 1, STRIP - 1, STRIP, size - 1]], "v", every=1.5)
            net.record(
                net[name][[size // 2]],
                "isyn_exc" if size > 150 or timing != "standard" else "gsyn_exc",
            )
    return net


def prepared(timing="standard", threads=1):
    return ns.prepare(
        large(timing), dt=DT, seed=9, weights="single", threads=threads, progress=False
    )


def plastic_of(simulation):
    return [b.name for b in simulation.plan.synapses if b.synapse.kind == "stdp"]


def stages(timing, threads, folder):
    """All that a simulation offers, one thing after the other, with what is seen after each."""
    found = []

    def see(simulation):
        found.append(observe(simulation))

    with prepared(timing, threads) as sim:
        assert len(sim._engine.shards) == threads
        see(sim)
        see(sim.run(20.0))
        sim.feed("array", [(unit, sim.t + DT * (unit % 7)) for unit in range(40)] * 20)
        sim.run(0.0).run(DT)
        see(sim.run(4.5))
        for name in plastic_of(sim):
            sim.freeze(name)
        see(sim.run(5.0))
        for name in plastic_of(sim):
            sim.freeze(name, False)
        sim.set_weights("one first", 0.25)
        see(sim.run(3.0))
        order = np.arange(len(sim.weights("one second").pre)) % 17
        sim.set_weights("one second", 0.02 * order)
        for name in ("own third", "fading first", *plastic_of(sim)):
            sim.set_weights(name, 0.9 * sim.weights(name).weight[::-1])
        see(sim.run(5.0))
        sim.save(folder / "state.npz")
        see(sim.run(6.0))
        sim.load(folder / "state.npz")
        again = observe(sim.run(6.0))
        require_same(found[-1], again, "from the saved state")
        see(sim.reset(10).run(12.0))
        require_same(found[1], observe(sim.reset(9).run(20.0)), "after a reset")
    return found


@pytest.fixture(scope="module")
def expected(tmp_path_factory):
    """What one shard gives, by timing."""
    folder = tmp_path_factory.mktemp("state")
    return {timing: stages(timing, 1, folder) for timing in ("standard", "spinnaker")}


def test_there_is_something_to_see(expected):
    for found in expected.values():
        last = found[-2]
        counts = {name: len(t) for name, t in last.recording.spikes.items()}
        assert min(counts.values()) > 100, counts
    for name in ("plastic 0.0", "plastic 0.4", "plastic 1.0"):
        first, last = (expected["standard"][i].synapses[name, True].weight for i in (0, 3))
        assert (first != last).mean() > 0.5


@pytest.mark.parametrize(
    ("timing", "threads", "way"),
    [
        ("standard", 2, "together"), ("standard", 2, "by turns"), ("standard", 2, "mixed"),
        ("standard", 3, "mixed"), ("spinnaker", 2, "mixed"),
    ],
)  # fmt: skip
def test_all_that_a_simulation_offers(expected, timing, threads, way, tmp_path):
    with small_networks_too(way) as calls:
        found = stages(timing, threads, tmp_path)
    wanted = {"together": {True}, "by turns": {False}, "mixed": {True, False}}[way]
    assert {together for together, n in calls.items() if n} == wanted
    for number, pair in enumerate(zip(expected[timing], found, strict=True)):
        require_same(*pair, f"stage {number} differs")


@pytest.mark.parametrize(("first", "second"), [(2, 1), (1, 2), (3, 2)])
def test_a_state_goes_on_under_any_number_of_threads(first, second, tmp_path):
    path = tmp_path / "state.npz"
    with small_networks_too("mixed"):
        with prepared(threads=first) as sim:
            sim.run(17.5).save(path)
            expected = observe(sim.run(20.0))
        with ns.resume(path, threads=second, progress=False) as sim:
            assert sim.t == 17.5
            require_same(expected, observe(sim.run(20.0)), "resumed")
        with prepared(threads=second) as sim:
            require_same(expected, observe(sim.run(3.0).load(path).run(20.0)), "loaded")
            assert sim.reset().run(3.0).t == 3.0


@pytest.fixture(scope="module")
def long():
    """What one shard gives after some time, without weights whose potentiation waits."""
    with prepared() as sim:
        return settled(sim.run(150.0))


def settled(simulation):
    found = observe(simulation)
    return found._replace(synapses={k: v for k, v in found.synapses.items() if k[1]})


@every_way
def test_histories_and_buffers_that_run_full_make_no_difference(long, way, monkeypatch):
    """Rows of few postsynaptic spikes, and room for two windows of recorded ones."""
    monkeypatch.setattr(clocked, "SPIKES_HELD", 1)
    emptied = []
    with small_networks_too(way), prepared(threads=2) as sim:
        access, engine_shards = sim._engine.access, sim._engine.shards
        for shard in engine_shards:
            posts = shard.posts
            shape = len(posts.count), len(posts.ring) + posts.margin + 3
            fields = {"stamp": np.zeros(shape, np.int64), "trace": np.zeros(shape)}
            shard.posts = posts._replace(**fields)
        make_room = access.make_room

        def noted(step):
            emptied.append([int(shard.posts.full[0]) for shard in engine_shards])
            make_room(step)

        access.make_room = noted
        require_same(long, settled(sim.run(150.0)), "with little room")
    full = np.array(emptied)
    assert full.any(axis=0).all()
    assert (full[:, 0] != full[:, 1]).any()


def test_provenance_tells_how_threads_worked():
    with small_networks_too("mixed"), prepared(threads=2) as sim:
        info = sim.run(5.0).recording().info
    notes = info["backend_notes"]
    assert notes["threads"] == 2
    assert notes["steps_between_meetings"] == 1
    assert 0 < notes["steps_by_one_thread"] < 10
    assert json.loads(json.dumps(notes)) == notes
