from __future__ import annotations

from time import perf_counter
from typing import Any

import nir
import numpy as np
import pytest

from neurosim.errors import ParameterError, SpecError, UnsupportedError
from neurosim.facade import prepare_batch
from neurosim.io.nir import NIRCurrent, NIRMembrane, from_graph, latency, output
from neurosim.network import AllToAll, FromList
from neurosim.synapses import Static
from tests.neurosim.io.frameworks import played

from .graphs import chain, graph, lif, node

PULSE = lif(1, tau=0.001)
"""Euler with dt = tau: the potential is the input, so that it spikes at once or never."""


def run(made: Any, times: Any, steps: int = 12, convention: Any = None) -> Any:
    """Steps in which each unit of ``out``'s population spikes, for input at these steps."""
    network = from_graph(made, 1.0, convention)
    x = np.zeros((steps, len(times)), dtype=np.bool_)
    for unit, train in enumerate(times):
        x[train, unit] = True
    found = played(network, x, 1.0, name="in")
    (name,) = found.spikes
    return [np.flatnonzero(unit).tolist() for unit in output(found, network, name, steps).T]


def test_nodes_become_populations_with_their_parameters_in_ms():
    affine = nir.Affine(np.ones((2, 3)), np.array([0.5, 0.5]))
    made = chain(affine, lif(2, tau=[0.01, 0.02]), n_in=3, n_out=2)
    network = from_graph(made, 1.0)
    assert list(network.populations) == ["in", "b"]
    kind = network["b"].kind
    assert isinstance(kind, NIRMembrane)
    assert kind.node == "LIF"
    assert kind.tau.tolist() == [10.0, 20.0]
    assert kind.i_offset == 0.5
    (projection,) = network.projections.values()
    assert isinstance(projection.connector, AllToAll)
    assert projection.synapse.delay == 1.0


@pytest.mark.parametrize("what", ["LIF", "IF", "LI", "I", "CubaLIF", "CubaLI", "Threshold"])
def test_every_neuron_node_is_read(what):
    network = from_graph(chain(node(what, 2), n_in=2, n_out=2), 1.0)
    kind = network["a"].kind
    assert kind.node == what
    assert isinstance(kind, NIRCurrent if what.startswith("Cuba") else NIRMembrane)
    (probe,) = network.probes
    assert probe.variables == (("v",) if what in ("LI", "I", "CubaLI") else ("spikes",))


def test_conventions_reach_the_kinds_and_nodes_may_have_their_own():
    made = chain(lif(), lif())
    made.metadata = {"neurosim": "snntorch"}
    made.nodes["b"].metadata = {"neurosim": {"reset": "none"}}
    network = from_graph(made, 1.0)
    assert [network[n].kind.reset for n in "ab"] == ["subtract", "none"]
    assert network["b"].kind.reset_time == "next"
    given = from_graph(made, 1.0, "norse")
    assert [given[n].kind.reset for n in "ab"] == ["value", "value"]
    made.metadata = {}
    assert from_graph(made, 1.0)["a"].kind.reset_time == "same"


def test_layers_of_one_step_run_behind_one_another():
    made = chain(PULSE, PULSE, PULSE)
    for convention, late in (("norse", 0), ("nir", 2)):
        network = from_graph(made, 1.0, convention)
        assert [latency(network, n) for n in "abc"] == ([0, 1, 2] if late == 0 else [0, 0, 0])
        assert run(made, [[1, 4]], convention=convention) == [[1 + late, 4 + late]]


def test_delays_are_kept_and_a_delay_of_nothing_counts():
    made = chain(nir.Delay(np.array([0.003])), PULSE, nir.Delay(np.array([0.0])), PULSE)
    assert run(made, [[1, 4]]) == [[4, 7]]
    assert run(made, [[1, 4]], convention="norse") == [[4, 7]]
    two = chain(nir.Delay(np.array([0.001])), nir.Delay(np.array([0.002])), PULSE)
    assert run(two, [[1]]) == [[4]]


def test_a_skip_waits_for_the_longer_way():
    nodes = {"a": PULSE, "b": PULSE, "c": lif(1, tau=0.001, v_threshold=1.5)}
    edges = [("in", "a"), ("a", "b"), ("b", "c"), ("a", "c"), ("c", "out")]
    assert run(graph(nodes, edges), [[2]], convention="norse") == [[2]]
    assert run(graph(nodes, edges), [[2, 3]], convention="nir") == [[4]]


def test_recurrence_takes_a_step():
    edges = [("in", "a"), ("a", "w"), ("w", "a"), ("a", "out")]
    made = graph({"a": PULSE, "w": nir.Linear(np.ones((1, 1)))}, edges)
    for convention in ("nir", "norse"):
        assert run(made, [[3]], 8, convention) == [[3, 4, 5, 6, 7]]


def test_a_longer_loop_needs_a_delay():
    edges = [("in", "a"), ("a", "b"), ("b", "d"), ("d", "a"), ("b", "out")]
    made = graph({"a": PULSE, "b": PULSE, "d": nir.Delay(np.array([0.003]))}, edges)
    assert run(made, [[1]], 10, "norse") == [[1, 4, 7]]
    without = graph({"a": PULSE, "b": PULSE}, [("in", "a"), ("a", "b"), ("b", "a"), ("b", "out")])
    assert run(without, [[1]], 8, "nir") == [[2, 4, 6]]
    with pytest.raises(SpecError, match="every cycle must take a step, got"):
        from_graph(without, 1.0, "norse")


def test_constant_input_begins_when_the_layer_does():
    bias = nir.Affine(np.zeros((1, 1)), np.array([0.3]))
    made = chain(PULSE, bias, lif(1, tau=0.002, v_threshold=0.2))
    assert from_graph(made, 1.0, "norse")["c"].kind.latency == 1.0
    assert run(made, [[]], 4, "norse") == [[1, 3]]


def test_what_reaches_an_output_without_neurons_is_summed():
    made = chain(PULSE, nir.Affine(np.array([[2.0], [3.0]]), np.array([0.5, 0.0])), n_out=2)
    network = from_graph(made, 1.0, "norse")
    assert network["out"].kind.node == "Output"
    x = np.zeros((6, 1), dtype=np.bool_)
    x[1] = True
    found = played(network, x, 1.0, name="in")
    assert output(found, network, "out", 3).tolist() == [[0.5, 0.0], [2.5, 3.0], [0.5, 0.0]]


def test_several_outputs_and_one_behind_a_flatten():
    nodes = {"a": lif(6), "f": nir.Flatten(None, 0), "out2": nir.Output({"output": np.array([6])})}
    edges = [("in", "a"), ("a", "f"), ("f", "out"), ("a", "out2")]
    made = graph(nodes, edges, (2, 3), 6)
    made.nodes["a"] = lif(1)
    made.nodes["out2"] = nir.Output({"output": np.array([2, 3])})
    network = from_graph(made, 1.0)
    assert [probe.target.name for probe in network.probes] == ["a"]


def test_convolutions_become_lists_and_zeros_are_left_out():
    conv = nir.Conv2d(None, np.ones((1, 1, 3, 3)), 1, 1, 1, 1, np.zeros(1))
    network = from_graph(chain(conv, lif(1), n_in=(1, 8, 8), n_out=(1, 8, 8)), 1.0)
    (projection,) = network.projections.values()
    assert isinstance(projection.connector, FromList)
    assert len(projection.connector.pairs) == 22 * 22
    assert projection.synapse.weight == 1.0
    none = from_graph(chain(nir.Linear(np.zeros((2, 2))), lif(2), n_in=2, n_out=2), 1.0)
    assert not none.projections


def test_potentials_at_the_start_are_those_of_the_metadata():
    made = chain(lif(2), n_in=2, n_out=2)
    made.nodes["a"].metadata = {"neurosim_v": np.array([0.1, 0.2])}
    assert from_graph(made, 1.0)["a"].initial["v"].tolist() == [0.1, 0.2]


# bad input


def refused(match: str, made: Any, error: type[Exception] = SpecError, **named: Any) -> None:
    with pytest.raises(error, match=match):
        from_graph(made, **({"dt": 1.0} | named))


@pytest.mark.parametrize("dt", [0.0, -1.0, np.nan, "x", None, [1.0]])
def test_time_steps_that_make_no_sense_are_refused(dt):
    refused("from_graph.dt", chain(lif()), ParameterError, dt=dt)


def test_unknown_conventions_are_refused():
    refused("convention", chain(lif()), ParameterError, convention="snn")
    made = chain(lif())
    made.metadata = {"neurosim": {"reset": "often"}}
    refused("Convention.reset", made, ParameterError)


def test_potentials_cannot_be_sent():
    made = chain(node("LI"), nir.Linear(np.ones((1, 1))), lif())
    refused("'a' \\(LI\\): sends a potential, which synapses cannot carry, to 'b'", made,
            UnsupportedError)  # fmt: skip


def test_cycles_without_neurons_are_refused():
    nodes = {"a": nir.Scale(np.ones(1)), "b": nir.Scale(np.ones(1)), "c": lif()}
    edges = [("in", "a"), ("a", "b"), ("b", "a"), ("b", "c"), ("c", "out")]
    refused("every cycle must hold a neuron, got .*a", graph(nodes, edges))


def test_outputs_lead_nowhere_and_are_reached():
    refused("must not have edges", graph({"a": lif()}, [("in", "out"), ("out", "a")]))
    refused("'out' \\(Output\\): must be reached", graph({"a": lif()}, [("in", "a")]))
    refused("'a' \\(Scale\\): must be reached",
            graph({"a": nir.Scale(np.ones(1))}, [("a", "out")]))  # fmt: skip


def test_names_that_populations_cannot_have_are_refused():
    refused("Network.population", graph({"a/b": lif()}, [("in", "a/b"), ("a/b", "out")]))


def test_thresholds_below_the_reset_are_refused():
    refused("v_threshold: must be > v_reset", chain(lif(v_threshold=0.0)), ParameterError)
    refused("tau: must be > 0", chain(lif(tau=0.0)), ParameterError)


@pytest.mark.slow
def test_shared_weights_do_not_pay():
    """A convolution as one list of pairs, and as one projection for each shared weight."""
    rng = np.random.default_rng(1)
    conv = nir.Conv2d(None, rng.normal(size=(16, 8, 3, 3)), 1, 1, 1, 1, np.zeros(16))
    made = chain(conv, lif(1, v_threshold=50.0), n_in=(8, 28, 28), n_out=(16, 28, 28))
    listed = from_graph(made, 1.0)
    (projection,) = listed.projections.values()
    pairs, weights = projection.connector.pairs, projection.synapse.weight
    shared = from_graph(made, 1.0)
    shared.projections.clear()
    for weight in np.unique(weights):
        own = FromList(pairs[weights == weight])
        shared.project("in", "b", own, Static(float(weight), 1.0), name=f"weight {weight}")
    x = rng.random((100, 8 * 28 * 28)) < 0.05
    spent = []
    for network in (listed, shared):
        prepared = prepare_batch(network, dt=1.0, seed=1)
        prepared.run([{"in": x}], 100.0)
        began = perf_counter()
        prepared.run([{"in": x}], 100.0)
        spent.append(perf_counter() - began)
    print(f"one list {spent[0]:.3f} s, {len(shared.projections)} shared weights {spent[1]:.3f} s")
    assert spent[0] < spent[1]
