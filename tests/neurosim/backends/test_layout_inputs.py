import numpy as np
import pytest

import neurosim as ns
from neurosim.backends.layout import lay_out
from neurosim.backends.layout_inputs import merged_arrays, sorted_arrays
from neurosim.kernels.layout import STRIP
from neurosim.plan.lower import lower
from tests.neurosim.backends.networks import mixed


def test_given_spikes_are_sorted_by_stamp_population_and_id():
    rng = np.random.default_rng(1)
    stamp, population, ids = (rng.integers(0, 4, 50) for _ in range(3))
    found = sorted_arrays(stamp, population, ids)
    rows = np.stack([found.stamp, found.population, found.id], axis=1)
    assert rows.tolist() == sorted(np.stack([stamp, population, ids], axis=1).tolist())
    assert found.next.tolist() == [0]


def test_spike_arrays_are_merged_under_their_place():
    net = mixed()
    net.population("other", 2, ns.SpikeSourceArray(spike_times=[[1.0], [0.5]]))
    made = merged_arrays(lower(net, 0.5, 1), [3, 0, 2, 4, 1, 5])
    assert made.stamp.tolist() == [1, 2, 2, 2, 2, 4]
    assert made.population.tolist() == [5, 3, 3, 3, 5, 3]
    assert made.id.tolist() == [1, 0, 0, 1, 0, 0]


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
    (shard,) = lay_out(lower(net, 0.5, 1)).shards
    assert shard.inputs.shared.tolist() == [shared]


VIEWS = {
    "all": slice(None), "backwards": slice(None, None, -1), "first shard": slice(0, 40),
    "last shard": slice(-40, None), "both sides": [2 * STRIP - 1, 0, 130, 3],
}  # fmt: skip


def shards_with(*drives, threads=2):
    net = mixed()
    for view in VIEWS.values():
        for drive in drives:
            net.inject(drive, net["more"][view])
    plan = lower(net, 0.5, 1)
    return plan, lay_out(plan, None, threads).shards


def accumulator(plan, shard, column, ids):
    """Where neurons of "more" get their input in a shard; their places in the block otherwise."""
    where = plan.populations[plan.population("more")]
    start = int(shard.neurons.input_start[where.block, column])
    return start + where.offset + ids - shard.share.low[where.block]


def test_each_shard_has_the_poisson_inputs_of_its_own_neurons():
    rates = ns.PoissonInput(900.0, 0.25)
    plan, shards = shards_with(rates)
    found = {block.key: [] for block in plan.inputs}
    for shard in shards:
        low, high, _ = shard.share.part(plan, plan.population("more"))
        assert 0 <= low < high
        inputs = shard.inputs
        assert len(inputs.key) < len(plan.inputs)
        for s, key in enumerate(inputs.key.tolist()):
            ids = inputs.id[inputs.id_start[s] : inputs.id_start[s + 1]]
            assert ((ids >= low) & (ids < high)).all()
            assert (inputs.place[s] + ids == accumulator(plan, shard, 0, ids)).all()
            found[key] += ids.tolist()
    for block in plan.inputs:
        assert sorted(found[block.key]) == sorted(block.ids.tolist())


def test_tables_of_inputs_with_many_rates_stay_with_their_neurons():
    net = mixed()
    rates = np.linspace(10.0, 5000.0, 2 * STRIP)
    net.inject(ns.PoissonInput(rates[:5], 0.25), "lif")
    net.inject(ns.PoissonInput(rates, 0.25), "more")
    plan = lower(net, 0.5, 1)
    expected = {
        (block.key, int(i)): block.tables[block.starts[t] : block.starts[t + 1]].tolist()
        for block in plan.inputs
        for i, t in zip(block.ids, block.table, strict=True)
    }
    found = {}
    for shard in lay_out(plan, None, 2).shards:
        inputs = shard.inputs
        for s, key in enumerate(inputs.key.tolist()):
            mine = slice(inputs.id_start[s], inputs.id_start[s + 1])
            for i, t in zip(inputs.id[mine], inputs.table[mine], strict=True):
                start, stop = inputs.table_start[t : t + 2]
                found[key, int(i)] = inputs.tables[start:stop].tolist()
    assert found == expected


def test_each_shard_has_the_currents_into_its_own_neurons():
    plan, shards = shards_with(ns.DCSource(0.5))
    found = [[] for _ in plan.currents]
    for shard in shards:
        currents = shard.currents
        for s, ids in enumerate(np.split(currents.id, currents.id_start[1:-1])):
            assert (currents.place[s] + ids == accumulator(plan, shard, 2, ids)).all()
            found[s] += ids.tolist()
        assert len(currents.id) > 0
    for block, ids in zip(plan.currents, found, strict=True):
        assert sorted(ids) == sorted(block.ids.tolist())


def test_every_shard_draws_all_poisson_sources():
    net = mixed()
    net.population("fast", 3, ns.SpikeSourcePoisson(rate=[1.0, 5.0, 9.0], start=2.0))
    plan = lower(net, 0.5, 1)
    first, second = (shard.poisson for shard in lay_out(plan, None, 2).shards)
    for field, array in first._asdict().items():
        assert (array == getattr(second, field)).all(), field
    assert first.unit_start.tolist() == [0, 4, 7]
    assert first.first.tolist() == [0, 0, 0, 0, 4, 4, 4]


@pytest.mark.parametrize("threads", [1, 2])
def test_probes_sample_where_the_neurons_are_and_sources_are_recorded_once(threads):
    net = mixed()
    net.record("noise", "spikes")
    net.record("more", "spikes")
    ids = [2 * STRIP - 1, 0, 130, 3]
    net.record(net["more"][ids], "v")
    plan = lower(net, 0.5, 1)
    made = lay_out(plan, None, threads)
    noise, more = (made.order[plan.population(name)] for name in ("noise", "more"))
    wanted = [np.flatnonzero(shard.probes.wanted).tolist() for shard in made.shards]
    assert wanted == [sorted([noise, more]), *[[more]] * (threads - 1)]
    offset = plan.populations[plan.population("more")].offset
    places = [shard.probes.place + shard.share.low[0] - offset for shard in made.shards]
    assert np.concatenate(places).tolist() == sorted(ids)
    assert all(len(part) for part in places)
