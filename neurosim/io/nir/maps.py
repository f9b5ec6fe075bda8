"""What linear nodes do to flat signals: a matrix, a constant, a delay."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from neurosim.errors import SpecError, UnsupportedError
from neurosim.io.nir.matrix import Matrix, convolution, diagonal, full, pooling
from neurosim.io.nir.shapes import Flat, Shape, array, window

Float = NDArray[np.float64]


class Term(NamedTuple):
    """Part of a signal: what one stateful node sends over one delay.

    Parameters
    ----------
    source : str
        The Input or neuron node.
    delay : int or None
        Steps of the Delay nodes on the way, None if there is none.
    matrix : Matrix
        What the spikes are multiplied by.
    """

    source: str
    delay: int | None
    matrix: Matrix


class Signal(NamedTuple):
    """What reaches a node: the sum of terms and a constant, shape (size,)."""

    terms: tuple[Term, ...]
    constant: Float


def passed(flat: Flat, name: str, signal: Signal, before: Shape, after: Shape, dt: float) -> Signal:
    """A signal behind a linear node.

    Parameters
    ----------
    flat : Flat
        The graph.
    name : str
        The linear node.
    signal : Signal
        What reaches it.
    before, after : tuple of int
        Shapes of its input and output.
    dt : float
        Time step, ms.

    Raises
    ------
    SpecError
        If a delay is negative or no multiple of the time step.
    UnsupportedError
        If a constant would have to be delayed.
    """
    what = flat.types[name]
    if what in ("Pass", "Flatten"):
        return signal
    if what == "Delay":
        return _delayed(flat, name, signal, after, dt)
    matrix = _matrix(flat, name, before)
    terms = (Term(t.source, t.delay, matrix @ t.matrix) for t in signal.terms)
    return Signal(tuple(terms), matrix.apply(signal.constant) + _bias(flat, name, after))


def _matrix(flat: Flat, name: str, before: Shape) -> Matrix:
    what, node = flat.types[name], flat.nodes[name]
    if what in ("Affine", "Linear"):
        return full(array(flat, name, "weight"))
    if what == "Scale":
        return diagonal(np.broadcast_to(array(flat, name, "scale"), before).ravel())
    laid = window(flat, name)
    if what.startswith("Conv"):
        weight = array(flat, name, "weight")
        return convolution(weight, laid, int(node.groups), before[1:])
    value = 1.0 / np.prod(laid.size) if what == "AvgPool2d" else 1.0
    return pooling(before[0], laid, before[1:], float(value))


def _bias(flat: Flat, name: str, after: Shape) -> Float:
    size = int(np.prod(after))
    if getattr(flat.nodes[name], "bias", None) is None:
        return np.zeros(size)
    bias = array(flat, name, "bias")
    if bias.shape != after[:1]:
        raise SpecError(
            f"{flat.types[name]}.bias: must have shape {after[:1]}, got {bias.shape} "
            f"({flat.where(name)}). Correct the graph."
        )
    return np.repeat(bias, size // len(bias))


def _delayed(flat: Flat, name: str, signal: Signal, shape: Shape, dt: float) -> Signal:
    if signal.constant.any():
        raise UnsupportedError(
            f"{flat.where(name)}: must not delay a constant, a bias stands before it. Put the "
            "Delay before the Affine or convolution node."
        )
    delays = np.broadcast_to(array(flat, name, "delay"), shape).ravel() * (1000.0 / dt)
    steps = np.round(delays)
    off = np.abs(delays - steps) > 1e-6 * np.maximum(steps, 1.0)
    if off.any() or (steps < 0).any():
        bad = float(delays[off | (steps < 0)][0] * dt)
        raise SpecError(
            f"Delay.delay: must be multiples of dt = {dt:g} ms, >= 0, got {bad:g} ms "
            f"({flat.where(name)}). Use another dt, or round the delays."
        )
    terms = [
        Term(t.source, int(d) + (t.delay or 0), t.matrix.only(steps == d))
        for t in signal.terms
        for d in np.unique(steps)
    ]
    return Signal(tuple(terms), signal.constant)
