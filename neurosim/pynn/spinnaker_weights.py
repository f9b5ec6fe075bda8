"""Weights between the board's units and those of the core, without loss."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import numpy as np
from numpy.typing import NDArray

from neurosim.network import Network
from neurosim.plan.lower import lower

FloatArray = NDArray[np.float64]

HARDWARE = "neurosim.hardware.spinnaker"
"""Where the board's constants are known; loaded when a cell needs it, as backends are."""
GRID = 2.0**15
"""Every weight of currents that a board stores is a multiple of the inverse, nA."""
RECEPTORS = ("excitatory", "inhibitory")


def scales(kind: Any, size: int, dt: float, receptor: str) -> FloatArray:
    """Weights on the board that are weights of 1 of the core, for each neuron.

    Parameters
    ----------
    kind : NeuronKind
        The neurons, IFCurrDelta or IFCurrAlpha.
    size : int
        How many there are.
    dt : float
        Tick, ms.
    receptor : {"excitatory", "inhibitory"}
        Where the weights end.

    Returns
    -------
    ndarray, shape (size,)
        nA/mV, or a factor.
    """
    network = Network()
    network.population("cells", size, kind)
    mapping = import_module(f"{HARDWARE}.lower").map_plan(lower(network, dt, 0))
    to_board = import_module(f"{HARDWARE}.conversion").to_board
    ids = np.arange(size, dtype=np.int32)
    at = RECEPTORS.index(receptor)
    found: FloatArray = to_board(mapping.plan, mapping.targets[0], at, ids, np.ones(size))
    return found


def factors(products: FloatArray, by: FloatArray) -> FloatArray:
    """Numbers that give products when they are multiplied, in floating point.

    Where no number gives the product itself, one beside it is taken, on the side to which a board
    would round the product if it lay between two words (half to even; there the last two binary
    digits of the product decide), or above for powers of two, at which the scale of weights
    changes. So a product and its factor become the same word at the same scale.

    Parameters
    ----------
    products : ndarray, shape (n,), >= 0
        What is wanted.
    by : ndarray, shape (n,), > 0
        The other factors.

    Examples
    --------
    >>> by = np.array([0.04877])
    >>> (factors(np.array([1.5]), by) * by).tolist()
    [1.5]
    """
    products, by = np.broadcast_arrays(np.asarray(products, dtype=np.float64), by)
    first = products / by
    tried = np.stack([first, np.nextafter(first, np.inf), np.nextafter(first, 0.0)])
    made = tried * by
    significand = (np.frexp(products)[0] * 2.0**53).astype(np.int64)
    odd = significand // np.maximum(significand & -significand, 1)
    up = (odd <= 1) | (odd % 4 == 3)
    wrong_side = np.where(up, made < products, made > products)
    error = np.where(wrong_side, np.inf, np.abs(made - products))
    best = np.argmin(error, axis=0)
    found: FloatArray = np.take_along_axis(tried, best[np.newaxis], axis=0)[0]
    return found


def one_factor(product: float, by: float) -> float:
    """The same of one number."""
    return float(factors(np.array([product]), np.array([by]))[0])


def on_grid(weights: FloatArray) -> FloatArray:
    """Weights (nA) that a board stores, from values that differ by rounding alone."""
    return np.asarray(np.rint(weights * GRID) / GRID)
