"""Form of the graphs; that they spike alike is tested with files."""

from __future__ import annotations

import numpy as np
import pytest

import neurosim as ns
from neurosim.errors import UnsupportedError
from neurosim.io.nir import NIRCurrent, NIRMembrane, from_graph, to_graph
from neurosim.io.nir.writer_drawn import matrices, parameters, state
from neurosim.io.nir.writer_nodes import KINDS, node_of
from neurosim.plan.lower import lower

DT = 0.5


def net(*sizes, kind=None):
    made = ns.Network()
    made.population("in", 2, ns.SpikeSourceArray())
    for name, n in zip("abc", sizes, strict=False):
        made.population(name, n, ns.Leaky(beta=0.5) if kind is None else kind)
    return made


def test_one_step_needs_no_delay_and_more_do():
    made = net(2)
    made.project("in", "a", ns.AllToAll(), ns.Static(0.5, DT))
    made.project("a", "a", ns.AllToAll(), ns.Static(0.5, DT))
    graph = to_graph(made, DT)
    assert set(graph.nodes) == {"in", "a", "in->a", "a->a", "a output"}
    made.project("in", "a", ns.OneToOne(), ns.Static(0.25, 3 * DT))
    graph = to_graph(made, DT)
    assert graph.nodes["in->a delay"].delay.tolist() == [2 * DT / 1000.0] * 2
    assert ("in", "in->a delay") in graph.edges
    assert ("in->a delay", "in->a (2)") in graph.edges
    assert graph.nodes["in->a (2)"].weight.tolist() == [[0.25, 0.0], [0.0, 0.25]]


def test_synapses_of_one_delay_are_added_and_identity_is_an_edge():
    made = net(2, 2)
    made.project("in", "a", ns.OneToOne(), ns.Static(0.5, DT))
    made.project("in", "a", ns.AllToAll(), ns.Static(0.25, DT), "inhibitory")
    made.project("a", "b", ns.OneToOne(), ns.Static(1.0, DT))
    graph = to_graph(made, DT)
    assert graph.nodes["in->a"].weight.tolist() == [[0.75, 0.25], [0.25, 0.75]]
    assert ("a", "b") in graph.edges


def test_views_and_assemblies_are_places_of_their_populations():
    made = net(3, 2)
    made.project(made["a"][[2, 0]] + made["b"][:1], made["b"], ns.AllToAll(), ns.Static(
        np.arange(6.0).reshape(3, 2), DT))  # fmt: skip
    graph = to_graph(made, DT)
    assert graph.nodes["a->b"].weight.tolist() == [[2.0, 0.0, 0.0], [3.0, 0.0, 1.0]]
    assert graph.nodes["b->b"].weight.tolist() == [[4.0, 0.0], [5.0, 0.0]]


def test_constant_input_is_a_bias():
    made = net(2, kind=NIRMembrane("LIF", i_offset=[0.1, 0.2]))
    made.project("in", "a", ns.AllToAll(), ns.Static(0.5, DT))
    assert to_graph(made, DT).nodes["in->a"].bias.tolist() == [0.1, 0.2]


def test_constant_input_of_neurons_that_get_no_other():
    made = net(2, kind=NIRCurrent("CubaLIF", r=30.0, i_offset=[0.1, 0.2]))
    made.record("a")
    back = from_graph(to_graph(made, DT), DT)
    assert back["a"].kind == made["a"].kind
    assert not back.projections


def test_outputs_are_what_is_recorded_else_what_sends_nowhere():
    made = net(2, 2)
    made.project("a", "b", ns.AllToAll(), ns.Static(0.5, DT))
    assert list(to_graph(made, DT).outputs) == ["b output"]
    made.record("a")
    assert list(to_graph(made, DT).outputs) == ["a output"]


def test_sums_are_outputs_themselves():
    made = net(2, 3)
    made.population("sum", 3, NIRMembrane("Output"))
    made.project("b", "sum", ns.AllToAll(), ns.Static(0.5, DT))
    made.record("sum", "v")
    graph = to_graph(made, DT)
    assert list(graph.outputs) == ["sum"]
    assert from_graph(graph, DT)["sum"].kind.node == "Output"


def test_kinds_that_nir_has_not_are_refused():
    with pytest.raises(UnsupportedError, match="AdEx has no node"):
        to_graph(net(2, kind=ns.AdEx()), DT, allow_lossy=True)


def test_nodes_have_the_parameters_of_the_population():
    made = net(2, kind=ns.IFCurrExp(tau_m=[10.0, 20.0], cm=0.5, tau_refrac=0.0))
    plan = lower(made, DT, 1)
    values = parameters(plan, "a")
    assert values["tau_m"].tolist() == [10.0, 20.0]
    assert state(plan, "a", "v").tolist() == [-65.0, -65.0]
    node = node_of(made["a"], values, DT)
    assert node.type == "CubaLIF"
    assert node.fields["r"].tolist() == [20.0, 40.0]
    assert node.convention["threshold"] == "reached"
    assert set(KINDS) == {NIRMembrane, NIRCurrent, ns.Leaky, ns.IFCurrExp, ns.IFCurrDelta}


def test_synapses_are_drawn_by_delay():
    made = net(2)
    synapse = ns.Static([0.1, 0.2, 0.3], [DT, 2 * DT, DT])
    made.project("in", "a", ns.FromList([(0, 0), (0, 1), (1, 1)]), synapse)
    (one, first), (two, second) = matrices(lower(made, DT, 1), 0)
    assert (one, two) == (1, 2)
    assert first.dense().tolist() == [[0.1, 0.0], [0.0, 0.3]]
    assert second.dense().tolist() == [[0.0, 0.0], [0.2, 0.0]]
