import numpy as np
import pytest

import neurosim as ns
from neurosim.backends import layout, layout_synapses
from neurosim.backends.layout import capacity, lay_out, sorted_arrays, strips
from neurosim.kernels.driver import Features
from neurosim.kernels.layout import STRIP
from neurosim.plan.lower import lower


def mixed():
    """Sources and two kinds of neurons, declared in turn."""
    net = ns.Network()
    net.population("given", 3, ns.SpikeSourceArray(spike_times=[[1.0, 1.0, 2.0], [1.0], []]))
    net.population("lif", 5, ns.IFCurrExp())
    net.population("jump", STRIP + 3, ns.IFCurrDelta(tau_m=np.linspace(10.0, 20.0, STRIP + 3)))
    net.population("noise", 4, ns.SpikeSourcePoisson(rate=5.0))
    net.population("more", 2 * STRIP, ns.IFCurrExp())
    return net


@pytest.mark.parametrize("size", [1, STRIP - 1, STRIP, STRIP + 1, 3 * STRIP])
@pytest.mark.parametrize("rows", [1, 3])
def test_strips_hold_whole_groups_of_each_row(size, rows):
    values = [np.arange(size) + 1000.0 * row for row in range(rows)]
    found = strips(values, np.float32)
    count = -(-size // STRIP)
    assert (found.dtype, found.shape) == (np.float32, (count * rows * STRIP,))
    table = found.reshape(count, rows, STRIP)
    for row in range(rows):
        flat = table[:, row].ravel()
        assert (flat[:size] == values[row]).all()
        assert (flat[size:] == values[row][-1]).all()


def test_neurons_come_first_block_by_block_then_sources():
    made = lay_out(lower(mixed(), 0.5, 1))
    assert made.order == [3, 0, 2, 4, 1]
    assert made.split == 3
    neurons = made.neurons
    assert neurons.size.tolist() == [5 + 2 * STRIP, STRIP + 3]
    assert neurons.pop_first.tolist() == [0, 2, 3]
    assert neurons.pop_index.tolist() == [0, 1, 2]
    assert neurons.pop_end.tolist() == [5, 5 + 2 * STRIP, STRIP + 3]


def test_only_constants_that_differ_have_rows():
    plan = lower(mixed(), 0.5, 1)
    made = lay_out(plan)
    lif, jump = made.code
    assert lif.varied == ()
    assert jump.varied == ("decay_m", "gain_injected")
    assert made.rows.tolist() == [len(plan.neurons[0].state), len(plan.neurons[1].state) + 2]
    assert len(made.neurons.scalars) == len(lif.uniform) + len(jump.uniform)
    start = int(made.neurons.scalar_start[1])
    where = jump.uniform.index("v_thresh")
    assert made.neurons.scalars[start + where] == plan.neurons[1].constants["v_thresh"]


def test_accumulators_are_padded_to_whole_strips_and_apart():
    net = mixed()
    net.inject(ns.DCSource(0.1), "jump")
    neurons = lay_out(lower(net, 0.5, 1)).neurons
    starts = neurons.input_start
    assert starts[0].tolist() == [0, 3 * STRIP, 6 * STRIP]
    assert starts[1].tolist()[:2] == [9 * STRIP, 11 * STRIP]
    assert len(neurons.inputs) == 13 * STRIP


def test_a_stamp_has_room_for_all_units_and_all_given_spikes():
    plan = lower(mixed(), 0.5, 1)
    made = lay_out(plan)
    assert capacity(plan, made.arrays) == 3 + 5 + STRIP + 3 + 4 + 2 * STRIP + 3
    assert made.history.ids.shape[1] == capacity(plan, made.arrays)
    empty = sorted_arrays(*(np.empty(0, np.int64) for _ in range(3)))
    assert capacity(plan, empty) == capacity(plan, made.arrays) - 3


def test_given_spikes_are_sorted_by_stamp_population_and_id():
    rng = np.random.default_rng(1)
    stamp, population, ids = (rng.integers(0, 4, 50) for _ in range(3))
    found = sorted_arrays(stamp, population, ids)
    rows = np.stack([found.stamp, found.population, found.id], axis=1)
    assert rows.tolist() == sorted(np.stack([stamp, population, ids], axis=1).tolist())
    assert found.next.tolist() == [0]


@pytest.mark.parametrize(("size", "dtype"), [(65536, np.uint16), (65537, np.int32)])
def test_targets_are_as_narrow_as_ids_allow(size, dtype):
    net = ns.Network()
    net.population("a", size, ns.IFCurrDelta())
    net.project("a", "a", ns.FromList([(0, size - 1), (1, 0)]), ns.Static(1.0, 1.0))
    made = lay_out(lower(net, 0.5, 1))
    assert made.synapses.targets.dtype == dtype
    assert made.synapses.targets.tolist() == [size - 1, 0]


def plastic(fraction, delay):
    net = ns.Network()
    net.population("a", 4, ns.IFCurrExp())
    net.population("b", 6, ns.IFCurrExp())
    net.project("a", "b", ns.AllToAll(), ns.Static(0.5, 1.0), name="plain")
    rule = ns.STDP(0.25, delay, dendritic_delay_fraction=fraction)
    net.project("a", "b", ns.AllToAll(), rule, name="plastic")
    net.project("b", "a", ns.AllToAll(), ns.TsodyksMarkram(0.5, 2.0), name="dynamic")
    return lay_out(lower(net, 0.5, 1))


def test_blocks_with_state_come_first():
    made = plastic(1.0, 1.0)
    assert [part.size for part in made.expanded] == [24, 24, 24]
    begins = [
        int(np.flatnonzero([np.shares_memory(made.synapses.ptr[i : i + 1], part.ptr[:1])
                            for i in range(len(made.synapses.ptr))])[0])
        for part in made.expanded
    ]  # fmt: skip
    assert begins == [12, 0, 5]
    assert len(made.synapses.last) == 5 + 7
    assert len(made.synapses.weights) == 24


@pytest.mark.parametrize(
    ("fraction", "axonal", "dendritic"),
    [(0.0, [2, 7], [0, 0]), (0.25, [1, 5], [1, 2]), (0.2, [2, 6], [0, 1]), (1.0, [0, 0], [2, 7])],
)
def test_delays_are_shared_out_in_steps(fraction, axonal, dendritic):
    delay = np.full((4, 6), 1.0)
    delay[2] = 3.5
    made = plastic(fraction, delay)
    assert made.plastic.delay.tolist() == [2, 7]
    assert made.plastic.axonal.tolist() == axonal
    assert made.plastic.dendritic.tolist() == dendritic
    on_arrival = made.lanes.delay[made.lanes.block == 1].tolist()
    assert on_arrival == [d for d, share in zip([2, 7], dendritic, strict=True) if share == 0]
    assert made.features.on_arrival == (0 in dendritic)
    assert made.features.on_emission == any(dendritic)
    fixed = any(dendritic)
    rows = 1 + max([d for d, share in zip([2, 7], dendritic, strict=True) if share], default=0)
    assert made.posts.ring.shape == (rows, len(made.neurons.inputs) if fixed else 0)


def test_shared_weights_stay_with_the_lane():
    made = plastic(1.0, 1.0)
    assert made.lanes.shared.tolist() == [True, True]
    assert made.lanes.weight.tolist() == [0.5, 0.5]
    assert (made.synapses.weights == np.float32(0.25)).all()
    assert made.lanes.kind.tolist() == [0, 1]


def test_the_history_reaches_back_to_the_longest_delay():
    net = ns.Network()
    net.population("a", 4, ns.IFCurrExp())
    net.project("a", "a", ns.AllToAll(), ns.Static(0.5, 20.0))
    assert len(lay_out(lower(net, 0.5, 1)).history.count) == 42
    assert len(lay_out(lower(mixed(), 0.5, 1)).history.count) == 3


@pytest.mark.parametrize(
    ("ids", "rate", "shared"),
    [
        (slice(None), 1000.0, True), (slice(2, 3), 1000.0, True), (slice(1, 4), 1000.0, True),
        (slice(None, None, 2), 1000.0, False), (slice(None, None, -1), 1000.0, False),
        ([3, 4, 0], 1000.0, False), (slice(None), np.linspace(1.0, 9.0, 5), False),
        (slice(None), np.full(5, 7.0), True), (slice(None), 1e6, False),
    ],
    ids=str,
)  # fmt: skip
def test_neighbours_with_one_short_table_are_counted_together(ids, rate, shared):
    net = mixed()
    net.inject(ns.PoissonInput(rate, 0.1), net["lif"][ids])
    assert layout._shares_table(lower(net, 0.5, 1).inputs[0]) == shared


def test_features_are_those_that_the_network_uses():
    none = lay_out(lower(mixed(), 0.5, 1)).features
    assert none == Features(1, poisson=True)
    net = mixed()
    net.inject(ns.PoissonInput(5.0, 0.1), "lif")
    net.inject(ns.DCSource(0.1), "lif")
    net.project("given", "lif", ns.AllToAll(), ns.TsodyksMarkram(0.1, 1.0))
    some = lay_out(lower(net, 0.5, 1, "single")).features
    assert some == Features(1, True, True, True, True, True)


def test_the_place_of_a_population_is_that_of_its_first_unit():
    plan = lower(mixed(), 0.5, 1)
    neurons = lay_out(plan).neurons
    assert layout_synapses.place(plan, neurons, plan.population("lif"), 1) == 3 * STRIP
    assert layout_synapses.place(plan, neurons, plan.population("more"), 0) == 5
