from __future__ import annotations

import nir
import numpy as np
import pytest

from neurosim.errors import SpecError, UnsupportedError
from neurosim.io.nir.shapes import flattened, inferred

from .graphs import chain, graph, lif


def conv(weight=None, **changes):
    kernels = np.ones((4, 2, 3, 3)) if weight is None else weight
    values = {"stride": 1, "padding": 0, "dilation": 1, "groups": 1, "bias": np.zeros(4)}
    values |= {"input_shape": None, "weight": kernels}
    return nir.Conv2d(**(values | changes))


def pool(what=nir.SumPool2d, size=(2, 2), stride=(2, 2), padding=(0, 0)):
    return what(np.array(size), np.array(stride), np.array(padding))


def shapes(made):
    return inferred(flattened(made))


def test_shapes_follow_from_the_input():
    made = chain(
        conv(padding=1, stride=(2, 1)), lif(1), pool(), nir.Flatten(None, 0),
        nir.Linear(np.ones((5, 16))), n_in=(2, 8, 4), n_out=5,
    )  # fmt: skip
    found = shapes(made)
    assert [found[name] for name in "abcde"] == [(4, 4, 4), (4, 4, 4), (4, 2, 2), (16,), (5,)]


def test_kernels_that_are_not_square_and_groups():
    made = chain(conv(np.ones((4, 1, 1, 3)), groups=2), n_in=(2, 8, 4), n_out=(4, 8, 2))
    assert shapes(made)["a"] == (4, 8, 2)
    made = chain(conv(np.ones((4, 2, 2, 3)), padding="same", dilation=2), n_in=(2, 8, 4),
                 n_out=(4, 8, 4))  # fmt: skip
    assert shapes(made)["out"] == (4, 8, 4)
    one = nir.Conv1d(7, np.ones((3, 2, 2)), 2, 1, 1, 1, np.zeros(3))
    assert shapes(chain(one, n_in=(2, 7), n_out=(3, 4)))["a"] == (3, 4)


def test_parameters_of_one_value_take_the_shape_of_the_input():
    assert shapes(chain(lif(1), n_in=(2, 3), n_out=(2, 3)))["a"] == (2, 3)
    scalar = nir.LIF(np.array(0.01), np.array(1.0), np.array(0.0), np.array(1.0), np.array(0.0))
    assert shapes(chain(scalar, n_in=4, n_out=4))["a"] == (4,)


def test_neurons_without_input_have_the_shape_of_their_parameters():
    made = graph({"a": lif(3), "b": lif(1)}, [("in", "out")])
    assert shapes(made)["a"] == (3,)
    assert shapes(made)["b"] == (1,)


def test_flatten_of_some_dimensions():
    found = shapes(chain(nir.Flatten(None, 1, -1), n_in=(2, 3, 4), n_out=(2, 12)))
    assert found["a"] == (2, 12)


def inner():
    return nir.NIRGraph(
        {
            "i": nir.Input({"input": np.array([3])}), "cells": lif(3),
            "back": nir.Linear(np.ones((3, 3))), "o": nir.Output({"output": np.array([3])}),
        },
        [("i", "cells"), ("cells", "back"), ("back", "cells"), ("cells", "o")],
    )  # fmt: skip


def test_subgraphs_are_put_in_their_places():
    outer = nir.NIRGraph(
        {"i": nir.Input({"input": np.array([3])}), "deep": inner(),
         "o": nir.Output({"output": np.array([3])})},
        [("i", "deep"), ("deep", "o")],
    )  # fmt: skip
    flat = flattened(chain(outer, n_in=3, n_out=3))
    assert {"a.i", "a.o", "a.deep.i", "a.deep.cells", "a.deep.back", "a.deep.o"} <= set(flat.nodes)
    assert flat.types["a.deep.i"] == flat.types["a.o"] == "Pass"
    assert ("a.i", "a.deep.i") in flat.edges
    assert ("a.deep.o", "a.o") in flat.edges
    assert inferred(flat)["a.deep.o"] == (3,)


# bad input


def test_names_of_inner_and_outer_nodes_must_differ():
    made = graph({"a": inner(), "a.cells": lif(3)}, [("in", "a"), ("a", "out")], 3, 3)
    refused("'a.cells': names must differ", made)


def refused(match, made, error=SpecError):
    with pytest.raises(error, match=match):
        shapes(made)


def test_missing_shapes_are_refused_by_node():
    made = chain(pool(), n_out=1)
    made.nodes["in"] = nir.Input({"input": None})
    made.nodes["out"] = nir.Output({"output": None})
    refused(r"node 'in' \(Input\) is missing", made)


def test_shapes_that_do_not_fit_are_refused():
    refused(r"'a' \(Linear\): input must have shape \(3,\), got \(4,\)",
            chain(nir.Linear(np.ones((2, 3))), n_in=4, n_out=2))  # fmt: skip
    three = chain(lif(3), n_in=4, n_out=4)
    refused(r"LIF: parameters must have the shape of the input \(4,\)", three)
    refused(r"'out' \(Output\): input must have shape \(5,\)", chain(lif(4), n_in=4, n_out=5))
    refused("weight: must have shape", chain(conv(np.ones((4, 2, 3))), n_in=(2, 8, 4)))
    refused("weight: must have shape", chain(conv(groups=3), n_in=(2, 8, 4)))
    refused(r"must have shape \(2, 8, 4\), got \(1, 8, 4\)", chain(conv(), n_in=(1, 8, 4)))
    refused(r"must have shape \(2, 6, 4\)", chain(conv(input_shape=(6, 4)), n_in=(2, 8, 4)))
    refused("kernel must fit", chain(conv(), n_in=(2, 2, 4)))
    refused(r"must have shape \(channels", chain(pool(), n_in=(8, 4)))
    refused("start_dim: must choose", chain(nir.Flatten(None, 3), n_in=(2, 3)))
    two = graph({"a": lif(2), "b": lif(3)}, [("in", "a"), ("a", "b"), ("b", "out")], 2, 3)
    refused("parameters must have the shape", two)


def test_two_inputs_of_one_node_must_have_one_shape():
    nodes = {"a": nir.Linear(np.ones((2, 3))), "b": nir.Linear(np.ones((4, 3)))}
    edges = [("in", "a"), ("in", "b"), ("a", "out"), ("b", "out")]
    refused(
        r"'out' \(Output\): input must have shape \(2,\), got \(4,\)", graph(nodes, edges, 3, 2)
    )


def test_matrices_of_more_dimensions_are_refused():
    refused("Put a Flatten", chain(nir.Linear(np.ones((2, 2, 3))), n_in=(2, 3), n_out=(2, 2)),
            UnsupportedError)  # fmt: skip


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("stride", 0),
        ("stride", (1, 2, 3)),
        ("dilation", 1.5),
        ("padding", -1),
        ("dilation", np.nan),
    ],
)
def test_numbers_that_make_no_sense_are_refused(field, value):
    made = conv()
    setattr(made, field, value)
    refused(f"Conv2d.{field}: must be", chain(made, n_in=(2, 8, 4)))


def test_parameters_that_are_no_numbers_are_refused():
    refused("LIF.tau: must be finite", chain(lif(2, tau=np.nan), n_in=2, n_out=2))
    made = lif(2)
    made.r = None
    refused("LIF.r: must be finite", chain(made, n_in=2, n_out=2))
    made.r = "x"
    refused("LIF.r: must be finite", chain(made, n_in=2, n_out=2))


def test_edges_to_nowhere_and_twice_are_refused():
    refused("there is no 'b'.*Did you mean", graph({"bb": lif()}, [("in", "b")]))
    refused("got it twice", graph({"b": lif()}, [("in", "b"), ("in", "b"), ("b", "out")]))


def test_unknown_nodes_are_refused_by_name():
    class Sigmoid:
        input_type = output_type = None

    made = graph({"a": Sigmoid()}, [("in", "a"), ("a", "out")])
    refused("node 'a': type must be known, got 'Sigmoid'", made, UnsupportedError)


def test_subgraphs_with_two_inputs_and_what_is_no_graph_are_refused():
    two = inner()
    two.nodes["j"] = nir.Input({"input": np.array([3])})
    refused("subgraph 'a': must have one Input, got 2", chain(two, n_in=3, n_out=3))
    refused("must be a nir.NIRGraph, got LIF", lif())
    refused("must be a nir.NIRGraph", None)
    refused("it is empty", nir.NIRGraph({}, [], type_check=False))
