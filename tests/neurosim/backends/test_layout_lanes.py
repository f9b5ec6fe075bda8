import numpy as np
import pytest

import neurosim as ns
from neurosim.backends.layout import lay_out
from neurosim.backends.layout_lanes import dendritic_steps
from neurosim.kernels.layout import STRIP
from neurosim.plan.lower import lower
from tests.neurosim.backends.networks import plastic

DELAYS = np.full((4, 6), 1.0)
DELAYS[2] = 3.5


@pytest.mark.parametrize(
    ("share", "delay", "steps"),
    [(0.0, 7, 0), (1.0, 7, 7), (0.5, 3, 2), (0.5, 1, 1), (0.49, 1, 0), (0.25, 6, 2), (0.2, 7, 1)],
)
def test_the_dendritic_part_is_rounded_half_up(share, delay, steps):
    assert dendritic_steps(share, delay) == steps


@pytest.mark.parametrize(
    ("fraction", "axonal", "dendritic"),
    [(0.0, [2, 7], [0, 0]), (0.25, [1, 5], [1, 2]), (0.2, [2, 6], [0, 1]), (1.0, [0, 0], [2, 7])],
)
def test_delays_are_shared_out_in_steps(fraction, axonal, dendritic):
    made = lay_out(lower(plastic(fraction, DELAYS), 0.5, 1))
    (shard,) = made.shards
    assert shard.plastic.delay.tolist() == [2, 7]
    assert shard.plastic.axonal.tolist() == axonal
    assert shard.plastic.dendritic.tolist() == dendritic
    on_arrival = shard.lanes.delay[shard.lanes.block == 1].tolist()
    assert on_arrival == [d for d, share in zip([2, 7], dendritic, strict=True) if share == 0]
    fixed = any(dendritic)
    rows = 1 + max([d for d, share in zip([2, 7], dendritic, strict=True) if share], default=0)
    assert shard.posts.ring.shape == (rows, len(shard.neurons.inputs) if fixed else 0)


def test_shared_weights_stay_with_the_lane():
    (shard,) = lay_out(lower(plastic(1.0, 1.0), 0.5, 1)).shards
    assert shard.lanes.shared.tolist() == [True, True]
    assert shard.lanes.weight.tolist() == [0.5, 0.5]
    assert (shard.synapses.weights == np.float32(0.25)).all()
    assert shard.lanes.kind.tolist() == [0, 1]


def split(n):
    """Three populations of a block cut within the second one, and a source, onto all of them."""
    net = ns.Network()
    net.population("noise", 3, ns.SpikeSourcePoisson(rate=5.0))
    for name, size in (("a", 40), ("b", 2 * STRIP), ("c", 50)):
        net.population(name, size, ns.IFCurrExp())
    for name in "abc":
        net.project("noise", name, ns.AllToAll(), ns.Static(0.5, 1.0), name=f"noise {name}")
        net.project("b", name, ns.AllToAll(), ns.STDP(0.5, 1.0), name=f"plastic {name}")
    plan = lower(net, 0.5, 1)
    return plan, lay_out(plan, None, n)


def test_spikes_of_sources_come_from_the_shards_own_row_and_those_of_neurons_from_all():
    plan, made = split(2)
    noise = made.order[plan.population("noise")]
    for own, shard in enumerate(made.shards):
        lanes, plastics = shard.lanes, shard.plastic
        assert (lanes.population == noise).all()
        assert lanes.low.tolist() == [own] * len(lanes.low)
        assert lanes.high.tolist() == [own + 1] * len(lanes.high)
        assert plastics.low.tolist() == [0] * len(plastics.low)
        assert plastics.high.tolist() == [2] * len(plastics.high)
        assert len(lanes.low) == 1  # one bundle
        assert len(plastics.low) == 3


def test_each_shard_keeps_the_histories_of_its_own_postsynaptic_neurons():
    plan, made = split(2)
    ids = {name: [] for name in "abc"}
    for shard in made.shards:
        row = 0
        for name, start in zip("abc", shard.posts.row.tolist(), strict=True):
            part = shard.share.part(plan, plan.population(name))
            assert start + part.low == row
            row += part.high - part.low
            ids[name] += range(part.low, part.high)
        assert len(shard.posts.count) == row
        assert shard.posts.stamp.shape == shard.posts.trace.shape
        assert shard.posts.stamp.shape[0] == row
    assert {name: len(found) for name, found in ids.items()} == {"a": 40, "b": 2 * STRIP, "c": 50}
    assert all(found == list(range(len(found))) for found in ids.values())


@pytest.mark.parametrize("name", ["a", "c"])
def test_a_shard_without_targets_of_a_bundle_has_lanes_without_synapses(name):
    plan, made = split(2)
    block = [b.name for b in plan.synapses].index(f"plastic {name}")
    (bundle,) = (i for i, b in enumerate(made.bundles) if block in b.blocks)
    sizes = [shard.segments[bundle].size for shard in made.shards]
    assert sorted(sizes) == [0, 2 * STRIP * {"a": 40, "c": 50}[name]]


@pytest.mark.parametrize("threads", [1, 2])
def test_rows_of_history_hold_more_than_what_comes_between_two_looks(threads):
    net = ns.Network()
    net.population("a", STRIP + 1, ns.IFCurrExp())
    rule = ns.STDP(0.5, 40.0, dendritic_delay_fraction=0.0)
    net.project("a", "a", ns.OneToOne(), rule)
    made = lay_out(lower(net, 0.5, 1), None, threads)
    assert made.window == (64 if threads == 2 else 1)
    for shard in made.shards:
        assert shard.posts.margin == made.window
        assert shard.posts.stamp.shape[1] >= 4 * made.window
