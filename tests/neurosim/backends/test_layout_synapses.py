import threading
import time

import numpy as np
import pytest

import neurosim as ns
from neurosim.backends import layout_synapses
from neurosim.backends.layout import lay_out
from neurosim.errors import LoweringError
from neurosim.kernels.layout import STRIP
from neurosim.plan.connect import Drawer, expand
from neurosim.plan.lower import lower
from tests.neurosim.backends.networks import plastic


@pytest.mark.parametrize(("size", "dtype"), [(65536, np.uint16), (65537, np.int32)])
def test_targets_are_as_narrow_as_ids_allow(size, dtype):
    net = ns.Network()
    net.population("a", size, ns.IFCurrDelta())
    net.project("a", "a", ns.FromList([(0, size - 1), (1, 0)]), ns.Static(1.0, 1.0))
    (shard,) = lay_out(lower(net, 0.5, 1)).shards
    assert shard.synapses.targets.dtype == dtype
    assert shard.synapses.targets.tolist() == [size - 1, 0]


def test_shards_make_targets_narrower():
    net = ns.Network()
    net.population("a", 65537, ns.IFCurrDelta())
    net.project("a", "a", ns.FromList([(0, 65536), (1, 0)]), ns.Static(1.0, 1.0))
    first, second = lay_out(lower(net, 0.5, 1), None, 2).shards
    assert first.synapses.targets.dtype == second.synapses.targets.dtype == np.uint16
    assert first.synapses.targets.tolist() == [0]
    assert second.synapses.targets.tolist() == [65536 - first.neurons.size[0]]


def test_blocks_with_state_come_first():
    made = lay_out(lower(plastic(1.0, 1.0), 0.5, 1))
    (shard,) = made.shards
    assert [bundle.blocks for bundle in made.bundles] == [[0], [1], [2]]
    assert [part.size for part in shard.segments] == [24, 24, 24]
    begins = [
        int(np.flatnonzero([np.shares_memory(shard.synapses.ptr[i : i + 1], part.ptr[:1])
                            for i in range(len(shard.synapses.ptr))])[0])
        for part in shard.segments
    ]  # fmt: skip
    assert begins == [12, 0, 5]
    assert len(shard.synapses.last) == 5 + 7
    assert len(shard.synapses.weights) == 24


SIZES = {"a": 100, "b": STRIP + 60, "c": 90}


def wired(order=1):
    """Projections of every kind over three populations of a block, some with descending views."""
    net = ns.Network()
    net.population("noise", 7, ns.SpikeSourcePoisson(rate=5.0))
    for name, size in SIZES.items():
        net.population(name, size, ns.IFCurrExp())
    delays = ns.Uniform(0.5, 10.0)
    own = ns.Static(ns.Uniform(0.5, 1.0), delays)
    for post in SIZES:
        view = net[post][::order]
        net.project("a", view, ns.FixedProbability(0.2), ns.Static(0.5, delays), name=f"one {post}")
        net.project("b", view, ns.FixedProbability(0.2), own, name=f"own {post}")
        net.project("noise", view, ns.FixedNumberPre(3), ns.Static(0.5, 1.0), name=f"noise {post}")
    net.project("c", net["b"][::order], ns.FixedTotalNumber(500), ns.STDP(0.5, delays), name="stdp")
    rule = ns.TsodyksMarkram(ns.Uniform(0.1, 0.2), delays)
    net.project("c", net["b"][30:90], ns.FixedProbability(0.3), rule, name="fading")
    net.project("c", net["a"][:1], ns.FixedProbability(0.0), ns.Static(1.0, 1.0), name="none")
    return lower(net, 0.5, 3)


def rows(plan, made, block):
    """(source, delay, target, weight) of each synapse of a plan block, from all shards."""
    (number,) = (i for i, b in enumerate(made.bundles) if block in b.blocks)
    bundle, found = made.bundles[number], []
    for shard in made.shards:
        part = shard.segments[number]
        mine = shard.share.part(plan, plan.synapses[block].post)
        ids = part.targets.astype(np.int64) + part.base - mine.place
        source, column = np.divmod(
            np.repeat(np.arange(len(part.ptr) - 1), np.diff(part.ptr)), len(part.delays)
        )
        start = shard.synapses.weight_start[number]
        weights = shard.synapses.weights[start : start + part.size]
        if bundle.weight is not None:
            weights = np.full(part.size, bundle.weight)
        kept = (ids >= mine.low) & (ids < mine.high)
        columns = part.first + source, part.delays[column], ids, weights.astype(np.float64)
        found.append(np.stack([c[kept] for c in columns], axis=1))
    return np.concatenate(found)


@pytest.mark.parametrize("order", [1, -1], ids=["ascending", "descending"])
@pytest.mark.parametrize("threads", [1, 2, 3])
@pytest.mark.parametrize("workers", [1, 2])
def test_shards_together_hold_what_was_drawn(monkeypatch, order, threads, workers):
    if workers > 1:
        monkeypatch.setattr(layout_synapses, "ALONE", 0)
        monkeypatch.setattr(layout_synapses, "PORTION", 50)
        monkeypatch.setattr(layout_synapses.os, "cpu_count", lambda: 4)
    plan = wired(order)
    made = lay_out(plan, None, threads)
    assert (len(made.bundles) < len(plan.synapses)) == (order == 1)
    for number, block in enumerate(plan.synapses):
        drawn = expand(block, plan.dt, plan.weight_dtype)
        source = np.repeat(np.arange(drawn.n_sources), np.diff(drawn.ptr[:: len(drawn.delays)]))
        column = np.repeat(np.arange(len(drawn.ptr) - 1), np.diff(drawn.ptr)) % len(drawn.delays)
        weights = drawn.weights
        weights = np.full(drawn.size, weights) if np.ndim(weights) == 0 else weights
        expected = np.stack(
            [drawn.first + source, drawn.delays[column], drawn.targets, weights], axis=1
        ).astype(np.float64)
        found = rows(plan, made, number)
        by = np.lexsort(found.T[::-1])
        assert (found[by] == expected[np.lexsort(expected.T[::-1])]).all(), block.name
    sizes = [sum(s.segments[b].size for s in made.shards) for b in range(len(made.bundles))]
    assert sum(sizes) > 20_000


@pytest.mark.parametrize("order", [1, -1], ids=["ascending", "descending"])
@pytest.mark.parametrize("threads", [1, 2])
def test_targets_ascend_in_each_segment(order, threads):
    for shard in lay_out(wired(order), None, threads).shards:
        for part in shard.segments:
            falls = np.flatnonzero(np.diff(part.targets.astype(np.int64)) < 0) + 1
            assert set(falls) <= set(part.ptr.tolist())


def test_empty_projections_have_one_delay_and_no_synapses():
    plan = wired()
    made = lay_out(plan, None, 2)
    block = [b.name for b in plan.synapses].index("none")
    (number,) = (i for i, b in enumerate(made.bundles) if block in b.blocks)
    for shard in made.shards:
        part = shard.segments[number]
        assert (part.size, len(part.delays)) == (0, 1)
        assert not part.ptr.any()


def test_an_error_in_a_thread_stops_all_and_comes_out(monkeypatch):
    monkeypatch.setattr(layout_synapses, "ALONE", 0)
    monkeypatch.setattr(layout_synapses, "PORTION", 10)
    calls, once = [], threading.Lock()
    count = Drawer.count

    def failing(self, low, high, counts):
        with once:
            calls.append(low)
            if len(calls) == 3:
                raise LoweringError("drawn badly")
        if len(calls) > 3:
            time.sleep(0.01)  # for the others to hear of it
        count(self, low, high, counts)

    monkeypatch.setattr(Drawer, "count", failing)
    before = threading.active_count()
    with pytest.raises(LoweringError, match="drawn badly"):
        lay_out(wired(), None, 2)
    assert threading.active_count() == before
    assert len(calls) < 100  # of nearly 400 for the first bundle
