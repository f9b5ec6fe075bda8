"""What both front ends share; their own tests compare spikes."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from neurosim.errors import SpecError
from neurosim.io.torch_layers import Builder, numbers


def test_numbers_come_from_tensors_and_plain_values():
    made = numbers(torch.tensor([1.0, 2.5], requires_grad=True))
    assert made.dtype == np.float64
    assert made.tolist() == [1.0, 2.5]
    assert numbers(0.5).shape == ()


def test_a_builder_chains_layers_and_loops():
    builder = Builder("test", (2, 3), 1)
    nir = builder.nir
    builder.add("flat", nir.Flatten({"input": np.array([2, 3])}, 0), (6,))
    builder.add("cells", nir.IF(np.ones(6), np.ones(6)))
    builder.loop("back", nir.Linear(np.eye(6)))
    graph = builder.graph("norse")
    assert graph.edges == [
        ("input", "flat"), ("flat", "cells"), ("cells", "back"), ("back", "cells"),
        ("cells", "output"),
    ]  # fmt: skip
    assert graph.nodes["output"].output_type["output"].tolist() == [6]
    assert graph.metadata == {"neurosim": "norse"}


def test_parameters_take_the_shape_of_the_layer():
    builder = Builder("test", (2, 3), 1)
    assert builder.filled("x", "beta", torch.tensor(0.5)).tolist() == [[0.5] * 3] * 2
    with pytest.raises(SpecError, match=r"layer 'x': beta must have one value, or the shape \(2"):
        builder.filled("x", "beta", torch.rand(4))
