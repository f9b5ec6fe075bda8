"""What is handed to PyNN, and what is refused; runs against NEST are in test_pynn_nest."""

from __future__ import annotations

import ast
import re

import numpy as np
import pytest

import neurosim as ns
from neurosim.errors import (
    LoweringError,
    ParameterError,
    StoreError,
    UnsupportedError,
    WiringError,
)
from neurosim.io.pynn import pynn_script
from neurosim.io.pynn_backends import backend_name
from neurosim.io.pynn_translate import translate
from neurosim.neurons.base import KINDS
from neurosim.neurons.currents import NoisySource, StepSource


def net_of(kind=None, size=4, weight=0.5, receptor="excitatory", synapse=None, **options):
    """A spike source onto cells of a kind, all to all."""
    net = ns.Network("small", timing=options.pop("timing", "standard"))
    source = net.population("in", 3, ns.SpikeSourceArray(spike_times=[[4.0], [6.0], [8.0]]))
    cells = net.population("cells", size, kind or ns.IFCurrExp(), **options)
    made = synapse or ns.Static(weight, 1.0)
    net.project(source, cells, ns.AllToAll(), made, receptor, name="wires")
    return net


def refused(net, backend="nest", **options):
    """The message with which a network is refused, by both ways out."""
    with pytest.raises(UnsupportedError) as error:
        pynn_script(net, backend, dt=0.5, seed=1, **options)
    return str(error.value)


def records(net, backend="nest", **options):
    return translate(net, backend, 0.5, 1, **options)


# names


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ("nest", "nest"), ("pyNN.nest", "nest"), ("pyNN.spiNNaker", "spiNNaker"),
        ("spinnaker", "spiNNaker"), ("spynnaker.pyNN", "spiNNaker"), ("brian2", "brian2"),
    ],
)  # fmt: skip
def test_names_of_back_ends(given, name):
    assert backend_name(given) == name


@pytest.mark.parametrize("bad", ["", "a b", "nest; import os", None, 3])
def test_a_back_end_that_is_no_name(bad):
    with pytest.raises(ParameterError, match=r"pynn_script.backend: must be the name"):
        pynn_script(net_of(), bad, dt=0.5)


@pytest.mark.parametrize("bad", [0.0, -1.0, np.nan, "long", None])
def test_a_duration_that_is_none(bad):
    with pytest.raises(ParameterError, match=r"pynn_script.duration: must be > 0 ms"):
        pynn_script(net_of(), "nest", dt=0.5, duration=bad)


def test_other_arguments_are_checked_where_they_are_used():
    with pytest.raises(ParameterError, match="connections: must be one of"):
        pynn_script(net_of(), "nest", dt=0.5, connections="list")
    with pytest.raises(ParameterError, match="dt: must be > 0 ms"):
        pynn_script(net_of(), "nest", dt=0.0)
    with pytest.raises(ParameterError, match="network: must be a Network"):
        pynn_script({}, "nest", dt=0.5)
    with pytest.raises(ParameterError, match="seed: must be a whole number"):
        pynn_script(net_of(), "nest", dt=0.5, seed="a")
    with pytest.raises(LoweringError, match="delay 1 ms is below one step"):
        pynn_script(net_of(), "nest", dt=2.0)


# cells


def standard_kinds():
    own = [k for k in KINDS.values() if k.__module__.startswith("neurosim.neurons.")]
    return [k for k in own if k not in (ns.Leaky, ns.IzhikevichCurrExp)]  # PyNN has neither


@pytest.mark.parametrize("kind", standard_kinds(), ids=lambda k: k.kind)
def test_every_kind_has_the_names_and_defaults_of_pynn(kind):
    from pyNN.standardmodels import cells

    net = ns.Network()
    net.population("a", 2, kind())
    (made,) = records(net).cells
    known = getattr(cells, made.cell.name)
    assert dict(made.cell.args) == known.default_parameters
    start = {k: v for k, v in known.default_initial_values.items() if k in made.initial}
    assert dict(made.initial) == start
    assert "v" in start


def test_parameters_and_start_values_are_drawn_here():
    kind = ns.IFCurrExp(tau_m=ns.Uniform(10.0, 20.0), v_rest=ns.Uniform(-66.0, -65.0), v_reset=-70)
    net = net_of(kind, initial={"isyn_exc": 0.25})
    cells = records(net, "neuron").cells[1]
    tau = cells.cell.args["tau_m"]
    assert tau.shape == (4,)
    assert len(set(tau)) == 4
    assert cells.cell.args["cm"] == 1.0
    np.testing.assert_array_equal(cells.initial["v"], cells.cell.args["v_rest"])
    assert cells.initial["isyn_exc"] == 0.25
    with ns.prepare(net, dt=0.5, seed=1, backend="reference") as simulation:
        np.testing.assert_array_equal(simulation.read("cells", "v"), cells.initial["v"])


def test_kinds_without_a_counterpart_are_refused_with_the_reason():
    class Own(ns.NeuronKind):
        state = {"v": 0.0}  # noqa: RUF012

        @staticmethod
        def step(v, excitatory, inhibitory, injected):
            return v, False

    try:
        text = refused(net_of(Own()))
    finally:
        KINDS.pop("own")
    assert "population 'cells': kind 'own' is not among PyNN's standard cells" in text
    text = refused(net_of(ns.Leaky()))
    assert "population 'cells': Leaky with reset='subtract' has no PyNN cell" in text
    text = refused(net_of(ns.Leaky(beta=1.0, reset="zero", i_offset=0.1)))
    assert "i_offset needs a leak" in text


def test_leaky_takes_currents_as_they_are():
    """One step from 0 with a current I moves v by I, in neurosim and by PyNN's equation."""
    net = net_of(ns.Leaky(beta=0.75, threshold=2.0, reset="zero", i_offset=0.5))
    net.inject(StepSource([0.0], [0.125]), "cells")
    p = records(net).cells[1].cell.args
    step = p["tau_m"] / p["cm"] * (1.0 - np.exp(-0.5 / p["tau_m"])) * (0.5 + 0.125)
    assert step == pytest.approx(0.625, rel=1e-14)
    assert np.exp(-0.5 / p["tau_m"]) == pytest.approx(0.75, rel=1e-14)
    assert p["v_thresh"] == np.nextafter(2.0, 3.0)
    net = net_of(ns.Leaky(beta=1.0, reset="zero"))
    net.inject(StepSource([0.0], [0.125]), "cells", "current")
    assert "injection 'current': currents into population 'cells'" in refused(net)


def test_spikes_and_positions():
    net = ns.Network()
    times = [[3.0, 4.5], [], [2.0]]
    net.population(
        "in", 3, ns.SpikeSourceArray(spike_times=times), positions=[[1, 2], [3, 4], [5, 6]]
    )
    net.population("shared", 2, ns.SpikeSourceArray(spike_times=[1.0, 2.0]))
    first, second = records(net, "brian2").cells
    assert first.cell.args["spike_times"].lists() == times
    assert second.cell.args["spike_times"].lists() == [[1.0, 2.0]] * 2
    np.testing.assert_array_equal(first.positions, [[1, 3, 5], [2, 4, 6], [0, 0, 0]])


def test_spikes_can_be_given_in_place_of_the_networks():
    net = net_of()
    pairs = [(2, 3.0), (0, 4.5), (2, 2.0)]
    source = records(net, spikes={"in": pairs}).cells[0]
    got = [np.round(t, 3).tolist() for t in source.cell.args["spike_times"].lists()]
    assert got == [[4.5], [], [2.0, 3.0]]
    raster = np.zeros((9, 3), dtype=bool)
    raster[[4, 8], [1, 0]] = True
    source = records(net, "brian2", spikes={"in": raster}).cells[0]
    assert source.cell.args["spike_times"].lists() == [[4.0], [2.0], []]
    assert records(net, "brian2", spikes={}).cells[0].cell.args["spike_times"].lists() == [
        [4.0], [6.0], [8.0]
    ]  # fmt: skip
    assert "2 times rounded" in records(net, spikes={"in": [(0, 3.1), (1, 4.2)]}).notes[0]


@pytest.mark.parametrize(
    ("spikes", "error", "text"),
    [
        ({"inn": []}, WiringError, r"to_pynn.spikes: 'inn' is no .* Did you mean 'in'"),
        ({"cells": []}, WiringError, r"to_pynn.spikes: 'cells' is no SpikeSourceArray"),
        ({"in": [(3, 1.0)]}, ParameterError, r"to_pynn.spikes: .*ids from 0 to 2.*population 'in'"),
        ({"in": [(0, -1.0)]}, ParameterError, r"to_pynn.spikes: .*times >= 0 ms"),
        ({"in": np.zeros((3, 2), bool)}, ParameterError, r"to_pynn.spikes: .*shape \(steps, 3\)"),
        ([(0, 1.0)], ParameterError, r"to_pynn.spikes: must hold mappings"),
    ],
)
def test_spikes_that_do_not_fit(spikes, error, text):
    with pytest.raises(error, match=text):
        pynn_script(net_of(), "nest", dt=0.5, spikes=spikes)


# synapses


def test_weights_and_delays_are_those_that_neurosim_draws():
    net = net_of(synapse=ns.Static(ns.Uniform(0.1, 0.9), ns.Uniform(0.5, 4.0)))
    (wires,) = records(net).wires
    table = wires.connector.args["conn_list"]
    assert wires.connector.args["column_names"] == ["weight", "delay"]
    with ns.prepare(net, dt=0.5, seed=1, backend="reference", weights="double") as simulation:
        ours = simulation.weights("wires")
    np.testing.assert_array_equal(
        table[np.lexsort(table.T)],
        (lambda t: t[np.lexsort(t.T)])(
            np.column_stack([ours.pre, ours.post, ours.weight, ours.delay])
        ),
    )


def test_columns_of_one_value_become_that_value():
    (wires,) = records(net_of(synapse=ns.Static(0.25))).wires
    assert wires.connector.args["conn_list"].shape == (12, 2)
    assert dict(wires.synapse.args) == {"weight": 0.25, "delay": 0.5}


@pytest.mark.parametrize(
    ("kind", "weight", "there"),
    [(ns.IFCurrExp(), -0.5, 0.5), (ns.IFCondExp(), 0.5, 0.5)],
)
@pytest.mark.parametrize("connections", ["drawn", "rules"])
def test_the_board_wants_positive_inhibitory_weights(kind, weight, there, connections):
    net = net_of(kind, weight=weight, receptor="inhibitory")
    for backend, wanted in (("nest", weight), ("spiNNaker", there)):
        (wires,) = records(net, backend, connections=connections).wires
        assert (wires.receptor, wires.synapse.args["weight"]) == ("inhibitory", wanted)


@pytest.mark.parametrize("kind", [ns.IFCurrDelta(), ns.IFCurrAlpha(), ns.Izhikevich()])
def test_cells_that_are_others_on_a_board_are_refused(kind):
    text = refused(net_of(kind), "spiNNaker")
    assert "is another cell on a board" in text
    assert "neurosim deploy" in text


@pytest.mark.parametrize(
    ("given", "name", "numbers"),
    [
        (ns.Uniform(-0.5, -0.25), "uniform", {"low": 0.25, "high": 0.5}),
        (
            ns.Normal(-0.5, 0.25), "normal_clipped",
            {"mu": 0.5, "sigma": 0.25, "low": 0.0, "high": np.inf},
        ),
    ],
)  # fmt: skip
def test_signs_of_random_weights_change_too(given, name, numbers):
    net = net_of(synapse=ns.Static(given, 1.0), receptor="inhibitory")
    (wires,) = records(net, "spiNNaker", connections="rules").wires
    assert dict(wires.synapse.args["weight"].args) == {"distribution": name, **numbers}
    (wires,) = records(net, "brian2", connections="rules").wires
    assert wires.synapse.args["weight"].args["rng"].name == "NumpyRNG"


def test_the_board_takes_no_generators_and_lists_of_currents():
    net = net_of()
    net.project("in", "cells", ns.FixedProbability(0.5), ns.Static(ns.Uniform(0.1, 0.2), 1.0))
    net.inject(StepSource([1.0, 2.0], [0.5, 0.25]), "cells")
    made = records(net, "spiNNaker", connections="rules")
    assert "rng" not in made.wires[1].connector.args
    assert "rng" not in made.wires[1].synapse.args["weight"].args
    assert any("seeds of its own" in note for note in made.notes)
    assert made.electrodes[0].source.args["times"] == [1.0, 2.0]


def test_weights_of_both_signs_need_a_receptor_of_the_same_effect():
    weights = np.array([[0.5, -0.25, 0.0, 1.0]] * 3)

    def signed(kind):
        net = ns.Network()
        a, b = net.population("a", 3, ns.IFCurrExp()), net.population("b", 4, kind)
        net.project(a, b, ns.AllToAll(), ns.Static(weights, 1.0), name="w", signed=True)
        return net

    plus, minus = records(signed(ns.Izhikevich())).wires
    assert (plus.name, plus.receptor) == ("w (excitatory)", "excitatory")
    assert (minus.name, minus.receptor) == ("w (inhibitory)", "inhibitory")
    assert len(plus.connector.args["conn_list"]) == 9
    assert minus.synapse.args["weight"] == -0.25
    text = refused(signed(ns.IFCurrExp(tau_syn_I=2.0)))
    assert "projection 'w': weights of both signs at receptor 'excitatory' of 'b'" in text
    assert "other receptor" in text
    assert "conductances" in refused(signed(ns.IFCondExp()))
    text = refused(signed(ns.IFCurrDelta()), connections="rules")
    assert "projection 'w': weights of the other sign belong to another receptor" in text


def test_stdp_rules():
    rule = ns.STDP(
        0.5, 1.0, tau_plus=10.0, tau_minus=30.0, A_plus=0.02, A_minus=0.03, w_max=2.0,
        dependence="gutig", mu_plus=0.25, mu_minus=0.75,
    )  # fmt: skip
    (wires,) = records(net_of(synapse=rule)).wires
    made = wires.synapse
    assert made.name == "STDPMechanism"
    assert made.args["dendritic_delay_fraction"] == 1.0
    assert dict(made.args["timing_dependence"].args) == {
        "tau_plus": 10.0, "tau_minus": 30.0, "A_plus": 0.02, "A_minus": 0.03,
    }  # fmt: skip
    assert made.args["weight_dependence"].name == "GutigWeightDependence"
    assert dict(made.args["weight_dependence"].args) == {
        "w_min": 0.0, "w_max": 2.0, "mu_plus": 0.25, "mu_minus": 0.75,
    }  # fmt: skip


def test_amplitudes_of_the_boards_additive_rule_are_weights():
    rule = ns.STDP(0.5, 1.0, A_plus=0.02, A_minus=0.03, w_max=2.0)
    (wires,) = records(net_of(synapse=rule), "spiNNaker").wires
    there = wires.synapse.args["timing_dependence"].args
    assert (there["A_plus"], there["A_minus"]) == (0.04, 0.06)
    (wires,) = records(net_of(synapse=rule.replace(dependence="multiplicative")), "spiNNaker").wires
    assert wires.synapse.args["timing_dependence"].args["A_plus"] == 0.02


@pytest.mark.parametrize(
    ("rule", "backend", "reason"),
    [
        ({"pairing": "nearest"}, "nest", "takes all pairs, got pairing='nearest'"),
        ({"w_min": 0.1}, "nest", "STDP with w_min 0 only, got 0.1"),
        ({"dendritic_delay_fraction": 0.5}, "nest", "dendritic_delay_fraction 1 only, got 0.5"),
        ({"dependence": "gutig"}, "spiNNaker", "GutigWeightDependence is not among"),
    ],
)
def test_stdp_that_is_missing_there(rule, backend, reason):
    text = refused(net_of(synapse=ns.STDP(0.5, 1.0, **rule)), backend)
    assert re.search(rf"projection 'wires': [^;]*{re.escape(reason)}", text)


def test_back_ends_with_one_rule_for_a_population():
    net = net_of(synapse=ns.STDP(0.5, 1.0))
    net.project("in", "cells", ns.AllToAll(), ns.STDP(0.5, 1.0, tau_minus=30.0), name="other")
    assert "projection 'other': pyNN.nest has one tau_minus" in refused(net)
    text = refused(net, "spiNNaker")
    assert "projection 'other': spiNNaker has one plastic rule for all synapses onto" in text
    assert len(records(net, "brian2").wires) == 2


def test_nest_does_not_convert_bounds_of_voltage_jumps():
    text = refused(net_of(ns.IFCurrDelta(), synapse=ns.STDP(0.5, 1.0)))
    assert "does not convert the unit of w_max for IF_curr_delta" in text


def test_short_term_plasticity_needs_a_current_in_nest():
    net = net_of(ns.Izhikevich(), synapse=ns.TsodyksMarkram(0.5, 1.0))
    assert "TsodyksMarkramSynapse onto cells with tau_syn only" in refused(net)
    assert "TsodyksMarkramSynapse is not among the synapses of spiNNaker" in refused(
        net, "spiNNaker"
    )
    (wires,) = records(net, "brian2").wires
    assert dict(wires.synapse.args) == {
        "U": 0.5, "tau_rec": 100.0, "tau_facil": 0.0, "weight": 0.5, "delay": 1.0,
    }  # fmt: skip


def test_a_projection_that_draws_nothing_is_left_out_with_a_note():
    net = ns.Network()
    a = net.population("a", 3, ns.IFCurrExp())
    net.project(a, a, ns.FixedProbability(0.0), ns.Static(0.5))
    made = records(net)
    assert not made.wires
    assert made.notes == ("projection 'a->a': has no synapses and is left out",)


# rules


def ruled(connector, weight=0.5, pre="a", post="b", backend="nest"):
    net = ns.Network()
    net.population("a", 6, ns.IFCurrExp(), positions=np.arange(6.0)[:, np.newaxis])
    net.population("b", 6, ns.IFCurrExp(), positions=np.arange(6.0)[:, np.newaxis])
    sides = [[net[n] if isinstance(n, str) else net[n[0]][n[1]] for n in s] if isinstance(s, list)
             else net[s] for s in (pre, post)]  # fmt: skip
    net.project(*sides, connector, ns.Static(weight, 1.0), name="w")
    return net


@pytest.mark.parametrize(
    ("connector", "name", "arguments"),
    [
        (ns.AllToAll(), "AllToAllConnector", {"allow_self_connections": True}),
        (ns.OneToOne(), "OneToOneConnector", {}),
        (ns.FixedProbability(0.5), "FixedProbabilityConnector", {"p_connect": 0.5}),
        (ns.FixedNumberPre(2), "FixedNumberPreConnector", {"n": 2, "with_replacement": False}),
        (ns.FixedNumberPost(2), "FixedNumberPostConnector", {"n": 2}),
        (ns.FixedTotalNumber(7), "FixedTotalNumberConnector", {"n": 7, "with_replacement": True}),
        (
            ns.DistanceDependent("exp(-d)", False), "DistanceDependentProbabilityConnector",
            {"d_expression": "exp(-d)", "allow_self_connections": False},
        ),
    ],
)  # fmt: skip
def test_connectors(connector, name, arguments):
    (wires,) = records(ruled(connector), connections="rules").wires
    assert wires.connector.name == name
    assert {k: wires.connector.args[k] for k in arguments} == arguments
    if "rng" in wires.connector.args:
        assert 0 <= wires.connector.args["rng"].args["seed"] < 2**32


@pytest.mark.parametrize(
    ("net", "reason"),
    [
        (ruled(ns.SmallWorld(2, 0.1), post="a"), "SmallWorld of PyNN is another rule"),
        (ruled(ns.DistanceDependent("where(d < 2, 1, 0)")), "have no 'where'"),
        (ruled(ns.AllToAll(), np.full((6, 6), 0.5)), "a matrix of weights"),
        (ruled(ns.OneToOne(), pre=[("a", [5, 1, 2, 3, 4, 0])]), "in ascending order"),
        (
            ruled(ns.AllToAll(False), pre=[("a", slice(0, 3))], post=[("a", slice(2, 6))]),
            "of one and the same group only",
        ),
        (ruled(ns.AllToAll(), ns.LogNormal(0.0, 1.0, high=2.0)), "no LogNormal with bounds"),
    ],
)
def test_rules_without_a_counterpart_are_refused_and_can_be_drawn(net, reason):
    text = refused(net, connections="rules")
    assert re.search(rf"projection 'w': .*{re.escape(reason)}.*; use connections='drawn'", text)
    assert records(net, connections="drawn").wires


def test_receptors_without_a_sign_get_one():
    net = net_of(ns.Leaky(reset="zero"), weight=-0.5)
    assert "weights of the other sign" in refused(net, connections="rules")
    (wires,) = records(net).wires
    assert (wires.name, wires.receptor) == ("wires", "inhibitory")
    net = net_of(ns.Leaky(reset="zero"), weight=0.5)
    (wires,) = records(net, connections="rules").wires
    assert (wires.receptor, wires.synapse.args["weight"]) == ("excitatory", 0.5)


def test_assemblies_are_drawn_for_the_board():
    net = ruled(ns.AllToAll(), pre=["a", "b"])
    assert "no projections of assemblies" in refused(net, "spiNNaker", connections="rules")
    assert [w.name for w in records(net, "spiNNaker").wires] == ["w [a->b]", "w [b->b]"]


# inputs, currents, probes


def test_poisson_input_is_a_population_of_sources():
    net = net_of()
    net.inject(ns.PoissonInput(ns.Uniform(10.0, 20.0), -0.5, "inhibitory", 5.0, 25.0),
               net["cells"][[2, 0]], "cells")  # fmt: skip
    made = records(net, "spiNNaker")
    source, wires = made.cells[-1], made.wires[-1]
    assert (source.name, source.size) == ("cells (poisson)", 2)
    assert source.cell.args["rate"].shape == (2,)
    assert (source.cell.args["start"], source.cell.args["duration"]) == (5.0, 20.0)
    assert wires.connector.args["conn_list"].tolist() == [[0, 2], [1, 0]]
    assert dict(wires.synapse.args) == {"weight": 0.5, "delay": 0.5}
    assert (wires.name, wires.receptor) == ("cells (poisson)", "inhibitory")


def test_currents_that_differ_are_noted():
    net = net_of()
    net.inject(NoisySource(0.5, 0.1), "cells", "noise")
    made = records(net)
    assert made.electrodes[0].source.args["dt"] == 0.5
    assert any("injection 'noise': pyNN.nest starts it at 0.5 ms" in n for n in made.notes)
    assert any("injection 'noise': the back end draws" in n for n in made.notes)


def test_probes():
    net = net_of(ns.IFCondExp())
    net.record(net["cells"][[3, 1]], ["spikes", "v"], every=1.0)
    net.record("cells", "gsyn_exc", every=1.0, start=5.0)
    made = records(net)
    assert made.recorded[0].variables == ("spikes", "v")
    assert made.recorded[0].every == 1.0
    assert made.recorded[0].target.ids.tolist() == [1, 3]
    assert made.recorded[1].target.ids is None
    assert any("not in a window" in note for note in made.notes)
    net.record("in")
    assert records(net).recorded[2].every is None
    net = net_of()
    net.record("cells")
    net.record("cells", "v", every=1.0)
    assert [r.every for r in records(net).recorded] == [1.0, 1.0]
    net = net_of()
    net.record("cells", every=2.0)
    net.record("cells", "v")
    assert [r.every for r in records(net).recorded] == [None, None]


def test_probes_without_a_counterpart():
    net = net_of()
    net.record("cells", ["v", "isyn_exc"], every=1.0)
    text = refused(net)
    assert "probe of 'cells': PyNN's IF_curr_exp cannot record 'isyn_exc' (spikes, v)" in text
    made = records(net, "spiNNaker")
    assert made.recorded[0].variables == ("v", "gsyn_exc")
    assert any("isyn_exc is called gsyn_exc" in note for note in made.notes)
    net = net_of()
    net.record(net["cells"][:2], "v", every=1.0)
    net.record(net["cells"][2:], "v", every=1.0)
    assert len(records(net).recorded) == 2
    net = net_of(ns.IFCondExp())
    net.record("cells", "v", every=1.0)
    net.record("cells", "gsyn_exc")
    assert "at one interval, got 1 and 0.5 ms" in refused(net)


# back ends


def test_all_that_is_missing_is_listed_at_once():
    net = net_of(ns.AdEx(), synapse=ns.TsodyksMarkram(0.5, 1.0))
    net.population("hh", 1, ns.HHCondExp())
    net.record("cells", "w")
    text = refused(net, "spiNNaker")
    assert text.startswith("network 'small' cannot be handed to pyNN.spiNNaker: ")
    for part in (
        "population 'cells': EIF_cond_exp_isfa_ista", "population 'hh': HH_cond_exp",
        "projection 'wires': TsodyksMarkramSynapse", "probe of 'cells'",
    ):  # fmt: skip
        assert part in text


def test_nest_loses_early_spikes_and_start_values_of_currents():
    net = ns.Network()
    net.population("in", 1, ns.SpikeSourceArray(spike_times=[[0.5]]))
    assert "population 'in': pyNN.nest loses or refuses spikes up to 0.5 ms" in refused(net)
    assert records(net, "brian2").cells
    net = net_of(initial={"isyn_inh": -0.5})
    assert "cannot set the start value of isyn_inh" in refused(net)
    assert "isyn_inh" in records(net, "brian2").cells[1].initial


def test_another_order_of_events_is_noted():
    assert any("move by a step a hop" in n for n in records(net_of(), "spiNNaker").notes)
    assert not records(net_of(timing="spinnaker"), "spiNNaker").notes
    assert any("move by a step a hop" in n for n in records(net_of(timing="spinnaker")).notes)


def test_an_integrator_that_was_chosen_is_noted():
    notes = records(net_of(ns.Izhikevich(integrator="rk4"))).notes
    assert notes == ("population 'cells': integrator 'rk4' is left to the back end",)
    assert not records(net_of(ns.Izhikevich())).notes


# scripts


def test_a_script_for_the_board_is_python_and_has_its_signs():
    net = net_of(weight=-0.5, receptor="inhibitory", size=40)
    net.record("cells", ["spikes", "v"])
    text = pynn_script(net, dt=1.0, duration=50.0, seed=7)
    tree = ast.parse(text)
    calls = [n.func.attr for n in ast.walk(tree)
             if isinstance(n, ast.Call) and isinstance(n.func, ast.Attribute)]  # fmt: skip
    assert {"setup", "Population", "Projection", "run", "end", "record"} <= set(calls)
    assert "import pyNN.spiNNaker as sim" in text
    assert "StaticSynapse(weight=0.5, delay=1.0)" in text
    assert "DURATION = 50.0" in text
    assert "spike_precision" not in text
    assert "root seed 7" in text
    assert pynn_script(net, dt=1.0, duration=50.0, seed=7) == text


def test_names_cannot_break_out_of_a_script():
    net = ns.Network('x"""\nimport os')
    a = net.population('it\'s "a"\n', 2, ns.IFCurrExp())
    net.project(a, a, ns.AllToAll(), ns.Static(0.5), name="p'\\")
    net.record(a)
    tree = ast.parse(pynn_script(net, "nest", dt=1.0))
    imported = {a.name for n in ast.walk(tree) if isinstance(n, ast.Import) for a in n.names}
    assert imported == {"sys", "numpy", "pyNN.nest"}


def test_large_arrays_lie_beside_the_script(tmp_path):
    net = net_of(size=40)
    text = pynn_script(net, "nest", dt=0.5, seed=1, path=tmp_path / "run.py")
    whole = pynn_script(net, "nest", dt=0.5, seed=1)
    assert len(text) < len(whole)
    assert 'ARRAYS["a0"]' in text
    assert "ARRAYS" not in whole
    with np.load(tmp_path / "run.npz", allow_pickle=False) as arrays:
        assert arrays["a0"].shape == (120, 2)
        assert f'"{arrays["digest"]}"' in text
    small = pynn_script(net_of(), "nest", dt=0.5, seed=1, path=tmp_path / "small.py")
    assert "ARRAYS" not in small
    assert sorted(p.name for p in tmp_path.iterdir()) == ["run.npz", "run.py", "small.py"]


def test_nothing_is_written_after_an_error(tmp_path):
    with pytest.raises(UnsupportedError):
        pynn_script(net_of(ns.Leaky()), "nest", dt=0.5, path=tmp_path / "run.py")
    with pytest.raises(StoreError, match=r"must not end in .npz"):
        pynn_script(net_of(size=40), "nest", dt=0.5, path=tmp_path / "run.npz")
    with pytest.raises(StoreError, match=r"cannot be written"):
        pynn_script(net_of(size=40), "nest", dt=0.5, path=tmp_path / "none" / "run.py")
    (tmp_path / "run.py").mkdir()
    with pytest.raises(StoreError, match=r"run.py.*cannot be written"):
        pynn_script(net_of(size=40), "nest", dt=0.5, path=tmp_path / "run.py")
    assert [p.name for p in tmp_path.iterdir()] == ["run.py"]
