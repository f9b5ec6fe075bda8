import numpy as np
import pytest

import neurosim as ns
from neurosim.backends.layout import LONGEST_WINDOW, capacity, lay_out, working_space
from neurosim.backends.layout_inputs import sorted_arrays
from neurosim.errors import SimulationError
from neurosim.kernels.driver import Features
from neurosim.kernels.layout import QUEUE, STRIP
from neurosim.plan.lower import lower
from tests.neurosim.backends.networks import mixed, plastic


def one_projection(synapse, size=4):
    net = ns.Network()
    net.population("a", size, ns.IFCurrExp())
    net.project("a", "a", ns.AllToAll(), synapse)
    return lower(net, 0.5, 1)


def test_neurons_come_first_block_by_block_then_sources():
    made = lay_out(lower(mixed(), 0.5, 1))
    assert made.order == [3, 0, 2, 4, 1]
    assert made.split == 3


def test_a_stamp_has_room_for_all_units_and_all_given_spikes():
    plan = lower(mixed(), 0.5, 1)
    (shard,) = lay_out(plan).shards
    assert capacity(plan, shard.arrays) == 3 + 5 + STRIP + 3 + 4 + 2 * STRIP + 3
    assert shard.history.ids.shape[2] == capacity(plan, shard.arrays)
    empty = sorted_arrays(*(np.empty(0, np.int64) for _ in range(3)))
    assert capacity(plan, empty) == capacity(plan, shard.arrays) - 3


@pytest.mark.parametrize(
    ("threads", "delay", "depth"), [(1, 20.0, 42), (2, 20.0, 81), (2, 50.0, 165)]
)
def test_the_history_reaches_back_to_the_longest_delay(threads, delay, depth):
    made = lay_out(one_projection(ns.Static(0.5, delay), STRIP + 1), None, threads)
    window = min(int(delay / 0.5), LONGEST_WINDOW) if threads > 1 else 1
    assert (made.window, made.depth) == (window, depth)
    assert made.depth == int(delay / 0.5) + window + 1


def test_without_synapses_the_history_is_short():
    assert lay_out(lower(mixed(), 0.5, 1)).depth == 3


@pytest.mark.parametrize(
    ("fraction", "window"), [(0.0, 4), (0.25, 1), (1.0, 1)], ids=["axonal", "mixed", "dendritic"]
)
def test_weights_fixed_on_emission_need_a_meeting_every_step(fraction, window):
    rule = ns.STDP(0.5, 2.0, dendritic_delay_fraction=fraction)
    assert lay_out(one_projection(rule, STRIP + 1), None, 2).window == window


def test_the_shortest_delay_that_occurs_counts():
    delays = np.full((4, 4), 5.0)
    delays[2, 1] = 1.5
    made = lay_out(one_projection(ns.Static(0.5, delays)), None, 2)
    assert made.window == 3


def test_shards_share_the_history_and_nothing_else_that_is_written():
    net = mixed()
    net.project("more", "lif", ns.AllToAll(), ns.STDP(0.5, 1.0))
    net.project("more", "jump", ns.AllToAll(), ns.TsodyksMarkram(0.5, 1.0))
    net.record("more", ["spikes", "v"])
    first, second = lay_out(lower(net, 0.5, 1), None, 2).shards
    assert (first.history.own, second.history.own) == (0, 1)
    for field in ("ids", "count", "low", "high"):
        assert getattr(first.history, field) is getattr(second.history, field)
        assert len(getattr(first.history, field)) == 2
    assert not np.shares_memory(first.history.queue, second.history.queue)
    assert not np.shares_memory(first.arrays.next, second.arrays.next)
    for group in ("neurons", "inputs", "lanes", "plastic", "synapses", "posts", "probes"):
        mine, other = getattr(first, group), getattr(second, group)
        for field, array in mine._asdict().items():
            if isinstance(array, np.ndarray):
                assert not np.shares_memory(array, getattr(other, field)), f"{group}.{field}"


def test_every_neuron_and_synapse_is_in_one_shard():
    net = mixed()
    net.project("given", "more", ns.FixedProbability(0.5), ns.Static(0.5, 1.0))
    net.project("jump", "more", ns.FixedProbability(0.1), ns.Static(0.5, ns.Uniform(1.0, 5.0)))
    plan = lower(net, 0.5, 1)
    (whole,) = lay_out(plan).shards
    shards = lay_out(plan, None, 2).shards
    assert sum(s.neurons.size for s in shards).tolist() == whole.neurons.size.tolist()
    for bundle in range(2):
        assert sum(s.segments[bundle].size for s in shards) == whole.segments[bundle].size > 100
        assert all(s.segments[bundle].size > 0 for s in shards)


def test_the_working_space_holds_the_spikes_of_a_stamp():
    assert working_space(3).shape == (QUEUE, 3)
    assert working_space(QUEUE + 1).shape == (QUEUE + 1, 3)


def test_features_are_those_that_the_network_uses():
    none = ns.Network()
    none.population("cells", 3, ns.IFCurrExp())
    assert lay_out(lower(none, 0.5, 1)).features == Features(1)
    with_sources = lay_out(lower(mixed(), 0.5, 1)).features
    assert with_sources == Features(1, arrays=True, poisson=True)
    net = mixed()
    net.inject(ns.PoissonInput(5.0, 0.1), "lif")
    net.inject(ns.DCSource(0.1), "lif")
    net.project("given", "lif", ns.AllToAll(), ns.TsodyksMarkram(0.1, 1.0))
    net.record("lif", "spikes")
    net.record("lif", "v")
    some = lay_out(lower(net, 0.5, 1, "single")).features
    assert some == Features(
        1, single=True, arrays=True, samples=True, poisson=True, inputs=True, currents=True,
        dynamic=True,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("fraction", "on_emission", "on_arrival"),
    [(0.0, False, True), (1.0, True, False), (0.2, True, True)],
)
def test_the_kinds_of_plasticity_are_features(fraction, on_emission, on_arrival):
    delay = np.full((4, 6), 1.0)
    delay[2] = 3.5
    found = lay_out(lower(plastic(fraction, delay), 0.5, 1)).features
    assert (found.on_emission, found.on_arrival) == (on_emission, on_arrival)


def test_a_network_that_will_not_fit_is_refused_before_anything_is_drawn(monkeypatch):
    monkeypatch.setattr("neurosim.backends.footprint.available", lambda: 1_000)
    plan = one_projection(ns.Static(ns.Uniform(0.5, 1.0), 1.0), 300)
    with pytest.raises(SimulationError, match=r"9e\+04 synapses"):
        lay_out(plan)
