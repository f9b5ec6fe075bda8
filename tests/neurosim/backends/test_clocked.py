import numpy as np
import pytest

import neurosim as ns
from neurosim.backends import clocked
from neurosim.backends.base import Options
from neurosim.backends.clocked import Clocked, ClockedEngine, useful_threads
from neurosim.backends.layout import LONGEST_WINDOW
from neurosim.backends.share import step_cost
from neurosim.benchmarks.networks import b1
from neurosim.errors import UnsupportedError
from neurosim.kernels.layout import STRIP
from neurosim.plan.connect import Drawer
from neurosim.plan.lower import lower
from neurosim.testing.cases import CASES
from neurosim.testing.compare import observe, require_same


def engine(name, **options):
    case = CASES[name]
    return ClockedEngine(lower(case.network(), case.dt, 20, **options))


def small(**options):
    """Four given sources, four cells, one plain projection of many weights and one of a single."""
    net = ns.Network()
    net.population("source", 4, ns.SpikeSourceArray(spike_times=[[1.0], [], [9.0], []]))
    net.population("cells", 4, ns.IFCurrDelta(v_thresh=-55.0))
    net.project("source", "cells", ns.AllToAll(), ns.Static(ns.Uniform(1.0, 2.0), 1.0), name="own")
    net.project("source", "cells", ns.OneToOne(), ns.Static(0.5, 1.0), name="one")
    net.record("source", "spikes")
    net.record("cells", ["spikes", "v"])
    return ClockedEngine(lower(net, 0.5, 1, **options))


def same(first, second):
    assert len(first.entries) == len(second.entries)
    for a, b in zip(first.entries, second.entries, strict=True):
        np.testing.assert_equal(a, b)


def test_it_refuses_what_it_cannot_run_and_runs_the_rest():
    plan = lower(CASES["recurrent"].network(), 0.5, 1)
    backend = Clocked()
    assert backend.check(plan) == []
    assert backend.prepare(plan, Options()).backend == "numba"
    other = lower(CASES["recurrent"].network(), 0.5, 1)
    object.__setattr__(other, "timing", "another")
    (found,) = backend.check(other)
    assert "timing 'another'" in str(found)
    with pytest.raises(UnsupportedError, match="timing 'another'"):
        backend.prepare(other, Options())


# advancing


@pytest.mark.parametrize("name", ["recurrent", "recurrent spinnaker", "stdp mixed", "probes"])
def test_pieces_of_any_length_give_the_same(name):
    whole, made = engine(name), engine(name)
    expected = whole.advance(100)
    pieces = [made.advance(steps) for steps in (0, 1, 2, 30, 0, 67)]
    assert made.step == whole.step == 100
    for i, entry in enumerate(expected.entries):
        parts = [piece.entries[i] for piece in pieces]
        if isinstance(entry, tuple):
            for column, values in enumerate(entry):
                assert (np.concatenate([part[column] for part in parts]) == values).all()
        else:
            assert (np.concatenate(parts) == entry).all()
    np.testing.assert_equal(made.state(), whole.state())


def test_no_steps_change_nothing():
    made = engine("recurrent")
    made.advance(7)
    before = made.state()
    found = made.advance(0)
    assert [len(e[0]) if isinstance(e, tuple) else len(e) for e in found.entries] == [0] * 6
    np.testing.assert_equal(made.state(), before)


@pytest.mark.parametrize("name", ["recurrent", "stdp mixed", "tsodyks-markram", "currents"])
def test_the_loop_is_compiled_once_for_all_that_may_happen(name, tmp_path):
    case = CASES[name]
    with ns.prepare(case.network(), dt=case.dt, seed=20) as simulation:
        run = simulation._engine.team.module.run
        for duration in (1.0, 0.5, 0.0, 20.0):
            simulation.run(duration)
        for block in simulation.plan.synapses:
            weights = simulation.weights(block.name).weight
            simulation.set_weights(block.name, weights[::-1] * 0.9)
            simulation.set_weights(block.name, 0.1)
            simulation.freeze(block.name)
            simulation.run(0.5)
            simulation.freeze(block.name, False)
        for given in simulation.plan.arrays:
            population = simulation.plan.populations[given.population].name
            simulation.feed(population, [(0, simulation.t)] * 30)
        simulation.run(1.0).save(tmp_path / "state.npz")
        simulation.load(tmp_path / "state.npz").run(1.0)
        simulation.reset(21).run(1.0)
        assert simulation._engine.team.module.run is run
        assert len(run.signatures) == 1


def test_single_precision_is_close_to_double_and_its_own():
    net = b1(0.05).network
    net.record("cells", "v")
    single, double = (ClockedEngine(lower(net, 0.1, 1, word)) for word in ("single", "double"))
    found, expected = (one.advance(30).entries[1] for one in (single, double))
    assert (found.dtype, expected.dtype) == (np.float32, np.float64)
    np.testing.assert_allclose(found, expected, rtol=1e-5)
    assert (found[1:] != expected[1:]).mean() > 0.5


@pytest.mark.parametrize("precision", ["double", "single"])
def test_a_published_network_has_its_rate(precision):
    bench = b1()
    found = ns.simulate(bench.network, 500.0, dt=0.1, seed=1, precision=precision)
    low, high = bench.accepted["mean"]
    assert low <= found.rate("cells") <= high


# spikes given on the way


def test_fed_spikes_join_those_given_before():
    made = small()
    made.advance(4)
    made.feed(0, np.array([20, 4, 6, 20, 6]), np.array([1, 3, 0, 1, 0], dtype=np.int32))
    stamps, ids = made.advance(30).entries[0]
    found = list(zip(stamps.tolist(), ids.tolist(), strict=True))
    assert found == [(4, 3), (6, 0), (6, 0), (18, 2), (20, 1), (20, 1)]


def test_a_spike_of_the_present_time_is_in_time_and_arrives():
    made = small()
    made.advance(4)
    before = made.read(1, "v")
    made.feed(0, np.array([4, 4]), np.array([1, 1], dtype=np.int32))
    made.advance(2)
    weights = made.synapses(0, True)
    jump = 2.0 * weights.weight[weights.pre == 1].astype(float)
    jump[1] += 2.0 * 0.5
    assert (made.read(1, "v") > before).all()
    still = small()
    still.advance(6)
    np.testing.assert_allclose(made.read(1, "v") - still.read(1, "v"), jump, rtol=1e-6)


def test_more_spikes_at_once_than_there_was_room_for():
    made = small()
    room = made.shards[0].history.ids.shape[2]
    made.advance(4)
    many = 40 * room
    made.feed(0, np.full(many, 5), np.arange(many, dtype=np.int32) % 4)
    stamps, ids = made.advance(3).entries[0]
    assert (stamps == 5).all()
    assert np.bincount(ids).tolist() == [many // 4] * 4


def test_feeding_in_the_wrong_order_makes_no_difference():
    first, second = small(), small()
    first.feed(0, np.array([5, 9, 9]), np.array([0, 1, 3], dtype=np.int32))
    second.feed(0, np.array([9]), np.array([3], dtype=np.int32))
    second.feed(0, np.array([9, 5]), np.array([1, 0], dtype=np.int32))
    same(first.advance(20), second.advance(20))


# weights


def test_own_weights_are_replaced_in_their_order():
    made = small()
    table = made.synapses(0, True)
    assert table.weight.dtype == np.float32
    assert table.pre.tolist() == np.repeat(np.arange(4), 4).tolist()
    assert table.post.tolist() == np.tile(np.arange(4), 4).tolist()
    assert (table.delay == 1.0).all()
    new = np.linspace(0.1, 1.6, 16)
    made.set_weights(0, new)
    assert (made.synapses(0, True).weight == new.astype(np.float32)).all()
    assert (made.synapses(1, True).weight == 0.5).all()


def test_a_shared_weight_becomes_many_only_where_needed():
    made = small()
    assert made.synapses(1, True).weight.dtype == np.float64
    made.set_weights(1, np.full(4, 0.3))
    assert made.shards[0].lanes.shared.tolist() == [False, True]
    assert (made.synapses(1, True).weight == 0.3).all()
    new = np.array([1.0, 2.0, 3.0, 4.0])
    made.set_weights(1, new)
    assert made.shards[0].lanes.shared.tolist() == [False, False]
    assert (made.synapses(1, True).weight == new).all()
    before = made.synapses(0, True).weight
    made.set_weights(1, np.full(4, 7.0))
    assert (made.synapses(1, True).weight == 7.0).all()
    assert (made.synapses(0, True).weight == before).all()


@pytest.mark.parametrize("weights", [np.full(4, 3.0), np.array([1.0, 2.0, 3.0, 4.0])])
def test_new_weights_are_those_transmitted(weights):
    made = small(weights="double")
    made.set_weights(0, np.zeros(16))
    made.set_weights(1, weights)
    still = small()
    for one in (made, still):
        one.feed(0, np.zeros(4, dtype=np.int64), np.arange(4, dtype=np.int32))
    still.set_weights(0, np.zeros(16))
    still.set_weights(1, np.zeros(4))
    for one in (made, still):
        one.advance(2)
    np.testing.assert_allclose(made.read(1, "v") - still.read(1, "v"), weights, rtol=1e-12)


def test_new_plastic_weights_start_without_what_waited():
    made = engine("stdp axonal")
    made.advance(60)
    plastic = [i for i, b in enumerate(made.plan.synapses) if b.synapse.kind == "stdp"]
    waited = 0
    for block in plastic:
        raw, present = (made.synapses(block, pending).weight for pending in (False, True))
        waited += (raw != present).sum()
        made.set_weights(block, np.full(len(raw), 0.125))
        assert (made.synapses(block, True).weight == 0.125).all()
    assert waited > 0


# state


@pytest.mark.parametrize("name", ["recurrent", "recurrent spinnaker", "stdp mixed", "currents"])
def test_a_state_is_complete_and_apart(name):
    made = engine(name)
    made.advance(43)
    for block, _ in enumerate(made.plan.synapses):
        made.set_weights(block, np.linspace(0.1, 0.2, len(made.synapses(block, True).weight)))
    for given in made.plan.arrays:
        made.feed(given.population, np.full(40, 50), np.zeros(40, dtype=np.int32))
    state = made.state()
    kept = {key: value.copy() for key, value in state.items()}
    expected = made.advance(60)
    np.testing.assert_equal(state, kept)
    other = engine(name)
    other.advance(5)
    other.restore(state)
    same(other.advance(60), expected)
    np.testing.assert_equal(other.state(), made.state())
    np.testing.assert_equal(state, kept)


def test_reading_gives_a_copy_of_the_population():
    made = engine("recurrent")
    made.advance(10)
    for index, population in enumerate(made.plan.populations):
        if population.block < 0:
            continue
        block = made.plan.neurons[population.block]
        for variable in block.state:
            values = made.read(index, variable)
            assert values.shape == (population.size,)
            values += 1.0
            assert (made.read(index, variable) != values).all()


def test_notes_are_plain_facts():
    notes = small().notes()
    assert notes["engine"] == "clocked"
    assert notes["threads"] == 1
    assert notes["processors"] >= 1


def test_a_simulation_of_it_repeats_to_the_bit():
    case = CASES["recurrent"]
    with ns.prepare(case.network(), dt=case.dt, seed=20) as simulation:
        first = observe(simulation.run(30.0))
        require_same(first, observe(simulation.reset().run(30.0)), "after a reset")


# threads


def threaded(size=2000, degree=100, delay=1.5, synapse=None, timing="standard"):
    net = ns.Network(timing=timing)
    net.population("a", size, ns.IFCurrExp())
    rule = synapse or ns.Static(0.1, delay)
    net.project("a", "a", ns.FixedNumberPre(degree), rule)
    plan = lower(net, 0.1, 1)
    return plan, [Drawer(block, plan.dt) for block in plan.synapses]


def test_large_networks_take_the_threads_that_are_asked_for():
    for threads in (1, 2, 4):
        assert useful_threads(*threaded(), threads) == threads


def test_small_networks_and_few_steps_between_meetings_stay_on_one(monkeypatch):
    plan, drawers = threaded(degree=10)
    step = step_cost(plan, drawers)
    for times, threads in ((14.0, 2), (16.0, 1)):
        monkeypatch.setattr(clocked, "SMALLEST_WORK_S", times * step)
        assert useful_threads(plan, drawers, 2) == threads
    monkeypatch.setattr(clocked, "SMALLEST_WORK_S", 2.0 * step)
    assert useful_threads(*threaded(degree=10, delay=0.1), 2) == 1
    axonal = ns.STDP(0.1, 1.5, dendritic_delay_fraction=0.0)
    dendritic = ns.STDP(0.1, 1.5, dendritic_delay_fraction=1.0)
    assert useful_threads(*threaded(degree=10, synapse=axonal), 2) == 2
    assert useful_threads(*threaded(degree=10, synapse=dendritic), 2) == 1


def test_very_long_delays_count_up_to_the_longest_window(monkeypatch):
    plan, drawers = threaded(degree=10, delay=1000.0)
    step = step_cost(plan, drawers)
    for times, threads in ((0.9 * LONGEST_WINDOW, 2), (1.1 * LONGEST_WINDOW, 1)):
        monkeypatch.setattr(clocked, "SMALLEST_WORK_S", times * step)
        assert useful_threads(plan, drawers, 2) == threads


def test_there_are_no_more_threads_than_strips(monkeypatch):
    monkeypatch.setattr(clocked, "SMALLEST_WORK_S", 0.0)
    for size, threads in ((1, 1), (STRIP, 1), (STRIP + 1, 2), (5 * STRIP, 4)):
        assert useful_threads(*threaded(size, 1), 4) == threads


def test_where_threads_would_meet_inside_a_step_there_is_one():
    rule = ns.STDP(0.1, 1.5, dendritic_delay_fraction=1.0)
    assert useful_threads(*threaded(synapse=rule, timing="spinnaker"), 2) == 1
    assert useful_threads(*threaded(timing="spinnaker"), 2) == 2


def test_without_neurons_there_is_one():
    net = ns.Network()
    net.population("noise", 10**6, ns.SpikeSourcePoisson(rate=1.0))
    assert useful_threads(lower(net, 0.1, 1), [], 2) == 1


def test_a_small_network_uses_several_threads_only_to_have_them_compiled():
    plan = lower(CASES["recurrent"].network(), 0.5, 20)
    shared = ClockedEngine(plan, 2, small_too=True)
    assert (len(ClockedEngine(plan, 2).shards), len(shared.shards)) == (1, 2)
    same(ClockedEngine(plan).advance(40), shared.advance(40))


def test_a_network_that_cannot_be_shared_stays_on_one_thread():
    net = ns.Network(timing="spinnaker")
    cells = net.population("cells", 300, ns.IFCurrExp())
    net.project(cells, cells, ns.OneToOne(), ns.STDP(0.5, 1.0))
    assert len(ClockedEngine(lower(net, 1.0, 1), 2, small_too=True).shards) == 1
    nothing = ns.Network()
    nothing.population("source", 2, ns.SpikeSourcePoisson(10.0))
    assert len(ClockedEngine(lower(nothing, 1.0, 1), 2, small_too=True).shards) == 1


def test_spikes_are_in_order_whichever_way_the_neurons_are_gone_through():
    fires = np.array([2, 130, 131, 300, 383])
    drive = np.zeros(3 * STRIP)
    drive[fires] = 1000.0
    net = ns.Network()
    net.population("one", len(drive), ns.IFCurrExp(i_offset=drive, tau_refrac=0.2))
    net.population("two", 7, ns.IFCurrExp(i_offset=[0, 0, 0, 0, 1000.0, 0, 1000.0], tau_refrac=0.2))
    net.record("one", "spikes")
    net.record("two", "spikes")
    (one, ids), (two, others) = ClockedEngine(lower(net, 0.1, 1)).advance(8).entries
    stamps = np.unique(one)
    assert {0, 1} == set(stamps % 2)
    assert np.array_equal(one, np.repeat(stamps, 5))
    assert np.array_equal(ids, np.tile(fires, len(stamps)))
    assert np.array_equal(two, np.repeat(stamps, 2))
    assert np.array_equal(others, np.tile([4, 6], len(stamps)))
