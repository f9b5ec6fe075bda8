"""Small NIR graphs for tests."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import nir
import numpy as np


def lif(n: int = 1, tau: float = 0.01, **changes: Any) -> Any:
    """A LIF node of n neurons whose potential follows its input at once unless changed."""
    one = np.ones(n)
    values = {"tau": tau * one, "r": one, "v_leak": 0.0 * one, "v_threshold": 0.5 * one}
    return nir.LIF(**(values | {k: v * one for k, v in changes.items()}))


def node(what: str, n: int = 1) -> Any:
    """A neuron node of a type."""
    one = np.ones(n)
    made = {
        "LIF": lambda: lif(n),
        "IF": lambda: nir.IF(1000.0 * one, 0.5 * one, -0.5 * one),
        "LI": lambda: nir.LI(0.01 * one, one, 0.1 * one),
        "I": lambda: nir.I(1000.0 * one),
        "CubaLIF": lambda: nir.CubaLIF(0.005 * one, 0.01 * one, 8 * one, 0 * one, 0.5 * one),
        "CubaLI": lambda: nir.CubaLI(0.005 * one, 0.01 * one, 8 * one, 0 * one),
        "Threshold": lambda: nir.Threshold(0.5 * one),
    }
    return made[what]()


def graph(
    nodes: dict[str, Any], edges: list[tuple[str, str]], n_in: Any = 1, n_out: Any = 1
) -> Any:
    """The nodes between an Input ``in`` and an Output ``out``, unchecked."""
    ends = {
        "in": nir.Input({"input": np.atleast_1d(n_in)}),
        "out": nir.Output({"output": np.atleast_1d(n_out)}),
    }
    return nir.NIRGraph({**ends, **nodes}, edges, type_check=False)


def chain(*nodes: Any, n_in: Any = 1, n_out: Any = 1) -> Any:
    """Nodes called a, b, c ... one after the other."""
    named = dict(zip("abcdefgh", nodes, strict=False))
    names = ["in", *named, "out"]
    return graph(named, list(pairwise(names)), n_in, n_out)
