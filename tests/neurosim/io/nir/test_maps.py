from __future__ import annotations

import nir
import numpy as np
import pytest

from neurosim.errors import SpecError, UnsupportedError
from neurosim.io.nir.maps import Signal, Term, passed
from neurosim.io.nir.matrix import diagonal
from neurosim.io.nir.shapes import flattened, inferred

from .graphs import chain


def through(node, n_in, n_out, constant=0.0, dt=1.0):
    flat = flattened(chain(node, n_in=n_in, n_out=n_out))
    shapes = inferred(flat)
    size = int(np.prod(n_in))
    before = Signal((Term("in", None, diagonal(np.ones(size))),), np.full(size, constant))
    return passed(flat, "a", before, shapes["in"], shapes["a"], dt)


def test_affine_adds_its_bias_and_multiplies_the_constant():
    weight = np.arange(6.0).reshape(2, 3)
    found = through(nir.Affine(weight, np.array([1.0, -1.0])), 3, 2, constant=2.0)
    assert np.array_equal(found.terms[0].matrix.dense(), weight)
    assert found.constant.tolist() == [7.0, 23.0]


def test_scale_flatten_and_pools():
    found = through(nir.Scale(np.array([2.0, 3.0])), 2, 2)
    assert found.terms[0].matrix.dense().tolist() == [[2.0, 0.0], [0.0, 3.0]]
    flat = through(nir.Flatten(None, 0), (2, 3), 6, constant=1.5)
    assert np.array_equal(flat.terms[0].matrix.dense(), np.eye(6))
    assert (flat.constant == 1.5).all()
    two = np.array([2, 2])
    for what, value in ((nir.SumPool2d, 1.0), (nir.AvgPool2d, 0.25)):
        pooled = through(what(two, two, 0 * two), (1, 2, 2), (1, 1, 1), constant=1.0)
        assert pooled.terms[0].matrix.dense().tolist() == [[value] * 4]
        assert pooled.constant.tolist() == [4.0 * value]


def test_a_convolution_repeats_its_bias_over_the_image():
    node = nir.Conv2d(None, np.ones((2, 1, 1, 1)), 1, 0, 1, 1, np.array([1.0, 2.0]))
    assert through(node, (1, 1, 2), (2, 1, 2)).constant.tolist() == [1.0, 1.0, 2.0, 2.0]


def test_delays_split_a_signal():
    found = through(nir.Delay(np.array([0.002, 0.0, 0.002])), 3, 3, dt=0.5)
    assert [term.delay for term in found.terms] == [0, 4]
    assert found.terms[1].matrix.dense().tolist() == [[1, 0, 0], [0, 0, 0], [0, 0, 1]]


@pytest.mark.parametrize("delay", [0.0015, -0.001])
def test_delays_off_the_grid_are_refused(delay):
    with pytest.raises(SpecError, match=r"Delay.delay: must be multiples of dt = 1 ms"):
        through(nir.Delay(np.array([0.001, delay])), 2, 2)


def test_a_constant_is_not_delayed():
    with pytest.raises(UnsupportedError, match="Put the Delay before"):
        through(nir.Delay(np.array([0.001])), 1, 1, constant=0.5)


def test_a_bias_of_a_wrong_shape_is_refused():
    with pytest.raises(SpecError, match="bias: must have shape"):
        through(nir.Affine(np.ones((2, 3)), np.zeros(3)), 3, 2)
