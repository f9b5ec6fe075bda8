from __future__ import annotations

import numpy as np
import pytest

from neurosim.io.nir.matrix import (
    Matrix,
    Window,
    convolution,
    diagonal,
    full,
    pooling,
    summed,
    total,
)


def random(rng, n_out, n_in, density=0.5):
    return rng.normal(size=(n_out, n_in)) * (rng.random((n_out, n_in)) < density)


@pytest.mark.parametrize("density", [0.0, 0.3, 1.0])
def test_products_are_those_of_dense_matrices(density):
    rng = np.random.default_rng(1)
    a, b = random(rng, 7, 5, density), random(rng, 5, 9, density)
    product = full(a) @ full(b)
    assert np.abs(product.dense() - a @ b).max() < 1e-14
    places = product.columns * product.n_out + product.rows
    assert (np.diff(places) > 0).all()


def test_sums_and_application():
    rng = np.random.default_rng(2)
    a, b, x = random(rng, 6, 4), random(rng, 6, 4), rng.normal(size=4)
    assert np.array_equal(total([full(a), full(b)]).dense(), a + b)
    assert total([full(a)]).dense() is not a
    assert np.abs(full(a).apply(x) - a @ x).max() < 1e-14
    assert np.array_equal(diagonal(x).dense(), np.diag(x))
    chosen = np.array([True, False, True, True, False, False])
    assert np.array_equal(full(a).only(chosen).dense(), a * chosen[:, None])


def test_entries_at_one_place_are_added():
    made = summed(2, 2, np.array([1, 0, 1]), np.array([0, 1, 0]), np.array([1.0, 2.0, 4.0]))
    assert isinstance(made, Matrix)
    assert made.dense().tolist() == [[0.0, 2.0], [5.0, 0.0]]
    assert len(made.values) == 2


def by_hand(image, weight, stride, padding, dilation, groups):
    """A convolution in four loops: image (channels, height, width)."""
    out, per_group, kh, kw = weight.shape
    image = np.pad(image, ((0, 0), padding[0], padding[1]))
    height = (image.shape[1] - dilation[0] * (kh - 1) - 1) // stride[0] + 1
    width = (image.shape[2] - dilation[1] * (kw - 1) - 1) // stride[1] + 1
    result = np.zeros((out, height, width))
    for o in range(out):
        first = o // (out // groups) * per_group
        for y in range(height):
            for x in range(width):
                for c in range(per_group):
                    rows = y * stride[0] + dilation[0] * np.arange(kh)
                    columns = x * stride[1] + dilation[1] * np.arange(kw)
                    part = image[first + c][np.ix_(rows, columns)]
                    result[o, y, x] += (part * weight[o, c]).sum()
    return result


@pytest.mark.parametrize(
    ("stride", "padding", "dilation", "groups"),
    [
        ((1, 1), ((0, 0), (0, 0)), (1, 1), 1),
        ((2, 1), ((1, 1), (0, 2)), (1, 1), 1),
        ((1, 2), ((2, 1), (1, 1)), (2, 1), 2),
        ((3, 3), ((1, 1), (1, 1)), (1, 2), 2),
    ],
)
def test_convolutions_are_those_made_by_hand(stride, padding, dilation, groups):
    rng = np.random.default_rng(3)
    image, weight = rng.normal(size=(4, 8, 7)), rng.normal(size=(6, 4 // groups, 3, 2))
    window = Window((3, 2), stride, padding, dilation)
    expected = by_hand(image, weight, stride, padding, dilation, groups)
    matrix = convolution(weight, window, groups, (8, 7))
    assert window.output((8, 7)) == expected.shape[1:]
    assert np.abs(matrix.apply(image.ravel()) - expected.ravel()).max() < 1e-12


def test_one_dimension():
    weight, signal = np.array([[[1.0, -2.0, 3.0]]]), np.arange(6.0)
    window = Window((3,), (1,), ((0, 0),), (1,))
    matrix = convolution(weight, window, 1, (6,))
    assert np.array_equal(matrix.apply(signal), np.correlate(signal, weight.ravel()))


def test_pooling_adds_pixels_of_each_channel():
    image = np.arange(2 * 4 * 6, dtype=np.float64).reshape(2, 4, 6)
    window = Window((2, 3), (2, 3), ((0, 0), (0, 0)), (1, 1))
    matrix = pooling(2, window, (4, 6), 0.5)
    expected = 0.5 * image.reshape(2, 2, 2, 2, 3).sum(axis=(2, 4))
    assert np.array_equal(matrix.apply(image.ravel()), expected.ravel())


def test_a_kernel_that_does_not_fit_gives_nothing():
    assert Window((5,), (1,), ((0, 0),), (1,)).output((3,)) == (0,)
