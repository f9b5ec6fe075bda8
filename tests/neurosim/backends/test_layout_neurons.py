import numpy as np
import pytest

import neurosim as ns
from neurosim.backends.layout import lay_out
from neurosim.backends.layout_neurons import aligned, strips
from neurosim.kernels.layout import STRIP
from neurosim.plan.lower import lower
from tests.neurosim.backends.networks import mixed


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


@pytest.mark.parametrize("rows", [[], [np.zeros(0), np.zeros(0)]], ids=["no rows", "no neurons"])
def test_nothing_has_no_strips(rows):
    found = strips(rows, np.float32)
    assert (found.dtype, found.shape) == (np.float32, (0,))


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("size", [1, 7, 1000])
def test_copies_begin_at_cache_lines(dtype, size):
    for _ in range(5):
        given = np.random.default_rng(size).normal(size=size).astype(dtype)
        made = aligned(given)
        assert made.ctypes.data % 64 == 0
        assert made.dtype == dtype
        assert (made == given).all()
        assert not np.shares_memory(made, given)


def test_blocks_list_their_populations_in_order():
    (shard,) = lay_out(lower(mixed(), 0.5, 1)).shards
    neurons = shard.neurons
    assert neurons.size.tolist() == [5 + 2 * STRIP, STRIP + 3]
    assert neurons.pop_first.tolist() == [0, 2, 3]
    assert neurons.pop_index.tolist() == [0, 1, 2]
    assert neurons.pop_origin.tolist() == [0, 5, 0]
    assert neurons.pop_end.tolist() == [5, 5 + 2 * STRIP, STRIP + 3]


def test_a_shard_lists_the_populations_that_it_has_a_part_of():
    first, second = (s.neurons for s in lay_out(lower(mixed(), 0.5, 1), None, 2).shards)
    cut = int(first.size[0])
    assert cut % STRIP == 0
    assert 0 < cut < 5 + 2 * STRIP
    assert (first.size + second.size).tolist() == [5 + 2 * STRIP, STRIP + 3]
    assert first.pop_origin.tolist() == [0, 5, 0]
    assert first.pop_end.tolist() == [5, cut, first.size[1]]
    assert second.pop_origin.tolist() == [-cut, 5 - cut, -first.size[1]]
    assert second.pop_end.tolist() == [0, 5 + 2 * STRIP - cut, STRIP + 3 - first.size[1]]


def test_only_constants_that_differ_have_rows():
    plan = lower(mixed(), 0.5, 1)
    made = lay_out(plan)
    lif, jump = made.code
    assert lif.varied == ()
    assert jump.varied == ("decay_m", "gain_injected")
    assert made.rows.tolist() == [len(plan.neurons[0].state), len(plan.neurons[1].state) + 2]
    neurons = made.shards[0].neurons
    assert len(neurons.scalars) == len(lif.uniform) + len(jump.uniform)
    start = int(neurons.scalar_start[1])
    where = jump.uniform.index("v_thresh")
    assert neurons.scalars[start + where] == plan.neurons[1].constants["v_thresh"]


@pytest.mark.parametrize("threads", [1, 2])
def test_rows_hold_the_values_of_the_shards_own_neurons(threads):
    plan = lower(mixed(), 0.5, 1)
    made = lay_out(plan, None, threads)
    row = len(plan.neurons[1].state) + made.code[1].varied.index("decay_m")
    parts = []
    for shard in made.shards:
        start, size = int(shard.neurons.start[1]), int(shard.neurons.size[1])
        table = shard.neurons.state[start:].reshape(-1, made.rows[1], STRIP)
        parts.append(table[:, row].ravel()[:size])
    assert (np.concatenate(parts) == plan.neurons[1].constants["decay_m"]).all()


def test_accumulators_are_padded_to_whole_strips_and_apart():
    net = mixed()
    net.inject(ns.DCSource(0.1), "jump")
    neurons = lay_out(lower(net, 0.5, 1)).shards[0].neurons
    starts = neurons.input_start
    assert starts[0].tolist() == [0, 3 * STRIP, 6 * STRIP]
    assert starts[1].tolist()[:2] == [9 * STRIP, 11 * STRIP]
    assert len(neurons.inputs) == 13 * STRIP
    assert neurons.inputs.ctypes.data % 64 == 0
    assert neurons.state.ctypes.data % 64 == 0
