"""The arrays that a plan is laid out in are what the comments of the declarations say."""

import inspect
import re

import numpy as np
import pytest

import neurosim as ns
from neurosim.backends.layout import lay_out
from neurosim.kernels import layout
from neurosim.plan.lower import lower
from neurosim.testing.cases import CASES

GROUPS = {
    "neurons": layout.Neurons, "history": layout.History, "arrays": layout.Arrays,
    "poisson": layout.Poisson, "inputs": layout.Inputs, "currents": layout.Currents,
    "lanes": layout.Lanes, "plastic": layout.Lanes, "synapses": layout.Synapses,
    "posts": layout.Posts, "probes": layout.Probes,
}  # fmt: skip
FIELD = re.compile(r"^    (\w+): Any  # (.*)$", re.MULTILINE)
KIND = re.compile(r"(u?int\d+|float\d*|bool)\[([^\]]*)\]")
NUMBER = re.compile(r"int64, ")


def declared(group):
    """(types, number of axes) by field, from the comments; plain numbers have no axes."""
    found = {}
    for name, comment in FIELD.findall(inspect.getsource(group)):
        kinds = KIND.findall(comment)
        assert kinds or NUMBER.match(comment), f"{group.__name__}.{name}: {comment}"
        found[name] = {word for word, _ in kinds}, {axes.count(",") + 1 for _, axes in kinds}
    return found


def check(name, group, values, floats):
    """Every array of a group is what its comment says."""
    types = declared(group)
    assert list(types) == list(group._fields)
    for field, array in values._asdict().items():
        words, axes = types[field]
        if not axes:
            assert isinstance(array, int), f"{name}.{field}"
            continue
        dtypes = [floats if word == "float" else np.dtype(word) for word in words]
        assert array.dtype in dtypes, f"{name}.{field}"
        assert array.ndim in axes, f"{name}.{field}"
        assert array.flags.c_contiguous, f"{name}.{field}"
        assert array.flags.aligned, f"{name}.{field}"
        assert array.flags.writeable, f"{name}.{field}"


@pytest.mark.parametrize("threads", [1, 2])
@pytest.mark.parametrize("precision", ["double", "single"])
@pytest.mark.parametrize("case", ["recurrent", "stdp mixed", "currents", "poisson", "probes"])
def test_arrays_are_contiguous_and_of_the_declared_types(case, precision, threads):
    plan = lower(CASES[case].network(), CASES[case].dt, 1, precision)
    for shard in lay_out(plan, None, threads).shards:
        for name, group in GROUPS.items():
            check(name, group, getattr(shard, name), plan.dtype)


def test_masks_are_seen_eight_neurons_at_a_time_and_have_room_for_one_strip_more():
    assert layout.STRIP % 8 == 0
    net = ns.Network()
    net.population("few", 5, ns.IFCurrExp())
    net.population("many", 2 * layout.STRIP + 1, ns.IFCurrDelta())
    neurons = lay_out(lower(net, 0.5, 1)).shards[0].neurons
    assert len(neurons.masks) == 4 * layout.STRIP == 8 * len(neurons.groups)
    assert len(neurons.hits) == 4
    neurons.masks[19] = 1
    assert np.flatnonzero(neurons.groups).tolist() == [2]


@pytest.mark.parametrize(
    ("part", "name"),
    [
        (layout.PlainLanes, "lanes"),
        (layout.PlainSynapses, "synapses"),
        (layout.SpikeProbes, "probes"),
    ],
)
def test_parts_hold_the_arrays_of_the_group(part, name):
    group = getattr(lay_out(lower(CASES["probes"].network(), 0.1, 1)).shards[0], name)
    found = layout.part_of(part, group)
    assert [f for f in group._fields if f in part._fields] == list(part._fields)
    assert all(getattr(found, field) is getattr(group, field) for field in part._fields)
