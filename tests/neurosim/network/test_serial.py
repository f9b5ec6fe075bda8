import copy
import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import neurosim as ns
from neurosim.errors import RoundingWarning, StoreError
from neurosim.network.serial import from_dict, kind_hash, to_dict
from neurosim.neurons.base import KINDS
from neurosim.plan.lower import lower
from tests.neurosim.network.examples import everything, networks

STEP = """
def step(v, excitatory, decay):
    v = v * decay + excitatory
    return v, v > 1.0
"""


def kind(step=STEP, state=None):
    class Leak(ns.NeuronKind):
        kind = "leak_for_test"
        decay: float = ns.param(0.9)
        receptors = (ns.Receptor("excitatory", "excitatory", "1"),)

    body = dict(Leak.__dict__) | {"state": state or {"v": 0.0}, "step": step}
    body = {k: body[k] for k in ("kind", "decay", "__annotations__", "receptors", "state", "step")}
    return type("Leak", (ns.NeuronKind,), body | {"decay": ns.param(0.9)})


@pytest.fixture
def user_kind():
    yield kind()
    KINDS.pop("leak_for_test", None)


def through_json(network):
    return json.loads(json.dumps(to_dict(network), allow_nan=False))


def test_a_network_with_everything_comes_back_equal():
    net = everything()
    again = ns.Network.from_dict(through_json(net))
    assert again == net
    assert to_dict(again) == to_dict(net)
    with pytest.warns(RoundingWarning):
        assert lower(again, 0.5, 1).hash == lower(net, 0.5, 1).hash


@settings(max_examples=60, deadline=None, derandomize=True, database=None)
@given(networks())
def test_every_network_comes_back_equal(net):
    assert from_dict(through_json(net)) == net


@settings(max_examples=30, deadline=None, derandomize=True, database=None)
@given(networks(), networks())
def test_networks_are_equal_if_their_data_is(first, second):
    assert (first == second) == (to_dict(first) == to_dict(second))


def test_large_arrays_are_quick_to_describe():
    import time

    rng = np.random.default_rng(1)
    net = ns.Network()
    cells = net.population("cells", 1000, ns.IFCurrExp())
    pairs = rng.integers(0, 1000, (10**6, 2))
    net.project(cells, cells, ns.FromList(pairs), ns.Static(rng.random(10**6)))
    began = time.process_time()
    plan = lower(net, 0.1, 1)
    assert len(plan.hash) == 32
    assert time.process_time() - began < 2.0
    assert from_dict(through_json(net)) == net


def test_random_weights_are_not_truncated_twice():
    net = ns.Network()
    cells = net.population("cells", 2, ns.IFCurrExp())
    net.project(cells, cells, ns.AllToAll(), ns.Static(ns.Normal(0.5, 0.2)))
    weight = from_dict(through_json(net)).projections["cells->cells"].synapse.weight
    assert weight == ns.Normal(0.5, 0.2, low=0.0)


def test_a_user_kind_comes_back_if_it_is_defined(user_kind):
    net = ns.Network()
    net.population("cells", 2, user_kind(decay=0.5))
    assert from_dict(through_json(net)) == net


def test_a_user_kind_that_is_not_defined_is_refused(user_kind):
    net = ns.Network()
    net.population("cells", 2, user_kind())
    data = through_json(net)
    del KINDS["leak_for_test"]
    with pytest.raises(StoreError, match=r"'leak_for_test'.*must be defined"):
        from_dict(data)


@pytest.mark.parametrize(
    "change",
    [{"step": STEP.replace("1.0", "1.5")}, {"state": {"v": 0.5}}],
)
def test_a_user_kind_that_differs_is_refused(user_kind, change):
    net = ns.Network()
    net.population("cells", 2, user_kind())
    data = through_json(net)
    assert kind_hash(kind(**change)) != kind_hash(user_kind)
    with pytest.raises(StoreError, match=r"'leak_for_test' must be the one that was saved"):
        from_dict(data)


def test_layout_does_not_change_the_hash_of_a_kind(user_kind):
    spread = STEP.replace("v * decay", "v  *  decay").replace("return", "# out\n    return")
    assert kind_hash(kind(step=spread)) == kind_hash(user_kind)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"format": "neurosim-state"}, "must be of format 'neurosim-network'"),
        ({"format": None}, "must be of format"),
        ({"version": 2}, "must be of version 1, got 2"),
        ({"version": None}, "must be of version"),
    ],
)
def test_foreign_data_is_refused(change, words):
    with pytest.raises(StoreError, match=words):
        from_dict({**to_dict(everything()), **change})


@pytest.mark.parametrize("data", [None, 3, [], "neurosim-network", {}])
def test_what_is_no_description_is_refused(data):
    with pytest.raises(StoreError, match="must be of format"):
        from_dict(data)


def places(data, path=()):
    """Paths to everything inside."""
    if isinstance(data, dict | list):
        for key, value in data.items() if isinstance(data, dict) else enumerate(data):
            yield (*path, key)
            yield from places(value, (*path, key))


DATA = through_json(everything())
PLACES = [p for p in places(DATA) if p[0] not in ("format", "version")]


@settings(max_examples=120, deadline=None, derandomize=True, database=None)
@given(st.sampled_from(PLACES), st.sampled_from([None, "x", -7, {}, [], {"array": "!!"}, "drop"]))
def test_damaged_data_is_refused_or_means_something_else(place, value):
    data = copy.deepcopy(DATA)
    inside = data
    for key in place[:-1]:
        inside = inside[key]
    if value == "drop":
        del inside[place[-1]]
    else:
        inside[place[-1]] = value
    try:
        made = from_dict(data)
    except StoreError as error:
        made = str(error)
    assert isinstance(made, ns.Network) or made.startswith("network data: ")


@pytest.mark.parametrize(
    ("place", "value"),
    [
        (("projections", 0, "connector", "type"), "Everything"),
        (("projections", 0, "synapse", "kind"), "magic"),
        (("projections", 0, "synapse", "parameters", "weight", "dtype"), "object"),
        (("projections", 0, "pre", 0, "range"), [0, 99, 1]),
        (("projections", 0, "pre", 0, "range"), [0, 0, 1]),
        (("projections", 0, "pre", 0, "population"), "nobody"),
        (("populations", 0, "size"), 0),
        (("populations", 0, "kind", "neuron"), "if_curr"),
        (("populations", 0, "kind", "hash"), "0"),
        (("populations", 10, "kind", "source"), "river"),
        (("injections", 0, "type"), "Sun"),
        (("probes", 0, "variables"), ["u"]),
        (("timing",), "sometimes"),
    ],
)
def test_wrong_parts_are_refused(place, value):
    data = copy.deepcopy(DATA)
    inside = data
    for key in place[:-1]:
        inside = inside[key]
    inside[place[-1]] = value
    with pytest.raises(StoreError, match="network data: "):
        from_dict(data)
