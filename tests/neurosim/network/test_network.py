import warnings

import numpy as np
import pytest

import neurosim as ns
from neurosim.errors import (
    LoweringError,
    ParameterError,
    RoundingWarning,
    UnsupportedError,
    WiringError,
)
from neurosim.plan.lower import lower
from tests.neurosim.network.examples import everything


def network(timing="standard"):
    net = ns.Network(timing=timing)
    net.population("in", 2, ns.SpikeSourceArray())
    net.population("a", 4, ns.IFCurrExp())
    net.population("b", 3, ns.IFCondExp())
    return net


def test_populations_are_found_by_name():
    net = network()
    assert list(net.populations) == ["in", "a", "b"]
    assert net["a"].size == len(net["a"]) == 4
    assert net["in"].is_source
    assert not net["a"].is_source
    with pytest.raises(WiringError, match=r"no population 'c'. Use one of: a, b, in"):
        net["c"]


def test_names_must_differ():
    net = network()
    with pytest.raises(WiringError, match="population 'a': names must differ"):
        net.population("a", 1, ns.IFCurrExp())
    net.project("in", "a", ns.AllToAll(), ns.Static(0.1), name="p")
    with pytest.raises(WiringError, match="projection 'p': names must differ"):
        net.project("in", "a", ns.AllToAll(), ns.Static(0.1), name="p")
    net.inject(ns.DCSource(), "a", name="x")
    net.inject(ns.PoissonInput(rate=1.0, weight=0.1), "a", name="x")
    with pytest.raises(WiringError, match="input 'x': names must differ"):
        net.inject(ns.DCSource(), "a", name="x")


def test_names_are_made_where_none_is_given():
    net = network()
    made = [net.project("in", "a", ns.AllToAll(), ns.Static(0.1)).name for _ in range(3)]
    assert made == ["in->a", "in->a (2)", "in->a (3)"]
    assert net.project(["in", "a"], "b", ns.AllToAll(), ns.Static(0.1)).name == "in+a->b"
    net.inject(ns.PoissonInput(rate=1.0, weight=0.1), ["a", "b", net["a"][:1]])
    assert list(net.inputs) == ["poisson->a", "poisson->b", "poisson->a (2)"]
    net.inject(ns.DCSource(), ["a", "b", net["a"][:1]], name="drive")
    assert list(net.injections) == ["drive->a", "drive->b", "drive->a (2)"]


@pytest.mark.parametrize("name", ["", "  ", "a/b", 3, None])
def test_names_are_texts_without_slashes(name):
    with pytest.raises(ParameterError, match="must be a non-empty text without '/'"):
        network().population(name, 1, ns.IFCurrExp())


def test_initial_values_are_checked():
    net = network()
    made = net.population(
        "c", 2, ns.IFCurrExp(), {"v": ["-60 mV", "-61 mV"][0], "isyn_exc": [0, 1]}
    )
    assert made.initial["v"] == -60.0
    assert made.initial["isyn_exc"].tolist() == [0.0, 1.0]
    with pytest.raises(ParameterError, match=r"Population.initial: .*IFCurrExp.*Did you mean 'v'"):
        net.population("d", 2, ns.IFCurrExp(), {"vm": -60.0})
    with pytest.raises(ParameterError, match=r"initial\['v'\]: must be a number or 2 values"):
        net.population("d", 2, ns.IFCurrExp(), {"v": [1.0, 2.0, 3.0]})
    with pytest.raises(ParameterError, match="must name state variables of SpikeSourceArray"):
        net.population("d", 2, ns.SpikeSourceArray(), {"v": 1.0})


def test_parameters_have_one_value_per_unit():
    with pytest.raises(ParameterError, match=r"IFCurrExp.tau_m: must be a number or 3 values.*'c'"):
        network().population("c", 3, ns.IFCurrExp(tau_m=[10.0, 20.0]))
    with pytest.raises(ParameterError, match=r"spike_times: must hold one list or 3 lists"):
        network().population("c", 3, ns.SpikeSourceArray(spike_times=[[1.0], [2.0]]))
    with pytest.raises(ParameterError, match=r"PoissonInput.rate: must be a number or 4 values"):
        network().inject(ns.PoissonInput(rate=[1.0], weight=0.1), "a")


@pytest.mark.parametrize("positions", [[1.0, 2.0], np.zeros((4, 4)), [[np.nan]] * 4, "abcd"])
def test_positions_have_a_row_per_unit(positions):
    with pytest.raises(ParameterError, match=r"positions: must be an array of shape \(4, 1 to 3\)"):
        network().population("c", 4, ns.IFCurrExp(), positions=positions)


def test_flat_positions_are_one_dimension():
    made = network().population("c", 4, ns.IFCurrExp(), positions=range(4))
    assert made.positions.shape == (4, 1)
    assert not made.positions.flags.writeable


def test_groups_are_populations_views_assemblies_names_and_lists():
    net = network()
    a, b = net["a"], net["b"]
    for pre in (a, "a", a[:], [a], ("a",), [a[:2], a[2:]], a[:2] + a[2:]):
        assert net.project(pre, b, ns.AllToAll(), ns.Static(0.1)).n_pre == 4
    mixed = net.project([a[1:], "in"], [b, b[:1]], ns.AllToAll(), ns.Static(0.1))
    assert (mixed.n_pre, mixed.n_post) == (5, 4)
    assert [v.name for v in mixed.pre] == ["a", "in"]
    with pytest.raises(ParameterError, match=r"Network.pre: must hold a population"):
        net.project([], b, ns.AllToAll(), ns.Static(0.1))
    with pytest.raises(WiringError, match=r"Network.post: no population 'c'"):
        net.project(a, ["b", "c"], ns.AllToAll(), ns.Static(0.1))


def test_populations_of_another_network_are_refused():
    other = network()["a"]
    with pytest.raises(WiringError, match="'a' belongs to another network"):
        network().project(other, "a", ns.AllToAll(), ns.Static(0.1))
    with pytest.raises(WiringError, match="'a' belongs to another network"):
        network().record(other[:1])


def test_sources_receive_nothing():
    net = network()
    with pytest.raises(WiringError, match="'in' is a spike source and receives nothing"):
        net.project("a", "in", ns.AllToAll(), ns.Static(0.1))
    with pytest.raises(WiringError, match="'in' is a spike source and receives nothing"):
        net.inject(ns.PoissonInput(rate=1.0, weight=0.1), "in")
    with pytest.raises(WiringError, match=r"'in' \(SpikeSourceArray\) takes no injected current"):
        net.inject(ns.DCSource(), "in")


def test_unknown_receptors_have_close_matches():
    with pytest.raises(WiringError, match=r"no receptor 'excitator'. Did you mean 'excitatory'"):
        network().project("in", "a", ns.AllToAll(), ns.Static(0.1), "excitator")


@pytest.mark.parametrize(
    ("synapse", "connector", "words"),
    [
        (ns.Static(np.ones((3, 4))), ns.AllToAll(), r"weight: must have shape \(2, 4\)"),
        (ns.Static(0.1, np.ones((4, 2))), ns.AllToAll(), r"delay: must have shape \(2, 4\)"),
        (ns.Static([0.1, 0.2]), ns.AllToAll(), "weight: .*unless the connector is FromList"),
        (ns.Static([0.1, 0.2]), ns.FromList([(0, 0)]), "weight: must have 1 values, one per pair"),
    ],
)
def test_arrays_of_weights_and_delays_must_fit(synapse, connector, words):
    with pytest.raises(ParameterError, match=words):
        network().project("in", "a", connector, synapse)


def test_delays_are_at_least_one_step():
    net = network()
    net.project("in", "a", ns.AllToAll(), ns.Static(0.1, 0.4), name="p")
    with pytest.raises(LoweringError) as caught:
        lower(net, 1.0, 1)
    assert str(caught.value) == (
        "projection 'p': delay 0.4 ms is below one step (dt = 1 ms). Use delay >= 1 ms or a "
        "smaller dt."
    )
    with warnings.catch_warnings():
        warnings.simplefilter("error", RoundingWarning)
        lower(net, 0.1, 1)


def test_spinnaker_timing_refuses_axonal_delays():
    net = network("spinnaker")
    net.project("in", "a", ns.AllToAll(), ns.STDP(0.1))
    with pytest.raises(UnsupportedError, match=r"needs dendritic_delay_fraction 1, got 0.5"):
        net.project("in", "a", ns.AllToAll(), ns.STDP(0.1, dendritic_delay_fraction=0.5))


def test_unknown_timings_have_close_matches():
    with pytest.raises(ParameterError, match=r"Network.timing: .*Did you mean 'spinnaker'"):
        ns.Network(timing="spinaker")


def test_networks_are_equal_if_they_describe_the_same():
    assert everything() == everything()
    for change in (
        lambda net: net.population("more", 1, ns.IFCurrExp()),
        lambda net: net.project("shared", "started", ns.AllToAll(), ns.Static(0.1)),
        lambda net: net.inject(ns.DCSource(), "started"),
        lambda net: net.inject(ns.PoissonInput(rate=1.0, weight=0.1), "started"),
        lambda net: net.record("started"),
    ):
        changed = everything()
        change(changed)
        assert changed != everything()
    assert ns.Network("a") != ns.Network("b")
    assert ns.Network(timing="spinnaker") != ns.Network()
    assert ns.Network() != "network"
