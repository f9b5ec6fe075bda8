"""Graphs without nesting, and the shape of every signal in them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from neurosim.errors import SpecError, UnsupportedError, close_matches
from neurosim.io.nir.kinds import CURRENT_BASED, MEMBRANES
from neurosim.io.nir.matrix import Window

Shape = tuple[int, ...]

NEURONS = (*(set(MEMBRANES) - {"Output"}), *CURRENT_BASED)
LINEAR = (
    "Affine", "Linear", "Scale", "Conv1d", "Conv2d", "SumPool2d", "AvgPool2d", "Flatten", "Delay",
    "Pass",
)  # fmt: skip
KNOWN = ("Input", "Output", *LINEAR, *NEURONS)
SHAPED_BY = {
    "LIF": ("tau", "r", "v_leak", "v_threshold", "v_reset"),
    "IF": ("r", "v_threshold", "v_reset"),
    "LI": ("tau", "r", "v_leak"),
    "I": ("r",),
    "CubaLIF": ("tau_syn", "tau_mem", "r", "v_leak", "v_threshold", "v_reset", "w_in"),
    "CubaLI": ("tau_syn", "tau_mem", "r", "v_leak", "w_in"),
    "Threshold": ("threshold",),
    "Scale": ("scale",),
    "Delay": ("delay",),
}
"""Parameters of nodes that have one value per element of their signal."""


@dataclass(frozen=True)
class Flat:
    """A graph without subgraphs.

    Parameters
    ----------
    nodes : mapping of str to node
        NIR nodes by name; inner ones are called ``outer.inner``.
    types : mapping of str to str
        What each is; ``"Pass"`` for the ends of what was a subgraph.
    edges : tuple of (str, str)
        Edges.
    """

    nodes: Mapping[str, Any]
    types: Mapping[str, str]
    edges: tuple[tuple[str, str], ...]

    def before(self, name: str) -> list[str]:
        """Nodes with an edge to this one, in the order of the edges."""
        return [a for a, b in self.edges if b == name]

    def where(self, name: str) -> str:
        """The node in words, for messages."""
        return f"node {name!r} ({self.types[name]})"


def array(flat: Flat, name: str, field: str) -> NDArray[np.float64]:
    """A parameter of a node as float64.

    Raises
    ------
    SpecError
        If it is not made of finite numbers.
    """
    value = getattr(flat.nodes[name], field, None)
    try:
        numbers = np.asarray(value, dtype=np.float64)
    except (TypeError, ValueError, RuntimeError):
        numbers = np.array(np.nan)
    if value is None or not np.isfinite(numbers).all():
        raise SpecError(
            f"{flat.types[name]}.{field}: must be finite numbers, got {value!r} ({flat.where(name)}"
            "). Correct the graph."
        )
    return numbers


def flattened(graph: Any) -> Flat:
    """The graph with its subgraphs put in their places.

    Raises
    ------
    SpecError
        If an edge leads to no node or is there twice, or a subgraph has not one input and output.
    UnsupportedError
        If a node is of an unknown type.
    """
    if type(graph).__name__ != "NIRGraph":
        raise SpecError(
            f"nir graph: must be a nir.NIRGraph, got {type(graph).__name__}. Wrap the node: "
            "nir.NIRGraph.from_list(node)."
        )
    nodes: dict[str, Any] = {}
    types: dict[str, str] = {}
    edges: list[tuple[str, str]] = []
    _collect(graph, "", nodes, types, edges)
    if not nodes:
        raise SpecError("nir graph: must hold nodes, it is empty. Add Input, neurons and Output.")
    return Flat(nodes, types, tuple(edges))


def _collect(
    graph: Any, prefix: str, nodes: dict[str, Any], types: dict[str, str],
    edges: list[tuple[str, str]],
) -> None:  # fmt: skip
    ends: dict[str, tuple[str, str]] = {}
    for name, node in graph.nodes.items():
        what, label = type(node).__name__, f"{prefix}{name}"
        if what == "NIRGraph":
            _collect(node, f"{label}.", nodes, types, edges)
            ends[name] = _end(node, label, "Input"), _end(node, label, "Output")
            continue
        if what not in KNOWN or what == "Pass":
            raise UnsupportedError(
                f"node {label!r}: type must be known, got {what!r}. "
                f"{close_matches(what, set(KNOWN) - {'Pass'})}"
            )
        if label in nodes:
            raise SpecError(
                f"node {label!r}: names must differ, also of nodes in subgraphs. Rename one."
            )
        nodes[label] = node
        types[label] = "Pass" if prefix and what in ("Input", "Output") else what
        ends[name] = label, label
    seen = set()
    for pair in graph.edges:
        a, b = (str(end) for end in pair)
        for end in (a, b):
            if end not in ends:
                raise SpecError(
                    f"edge ({a!r}, {b!r}): must join nodes, there is no {prefix}{end!r}. "
                    f"{close_matches(end, ends)}"
                )
        if (a, b) in seen:
            raise SpecError(f"edge ({a!r}, {b!r}): must be there once, got it twice. Remove one.")
        seen.add((a, b))
        edges.append((ends[a][1], ends[b][0]))


def _end(graph: Any, label: str, what: str) -> str:
    found = [name for name, node in graph.nodes.items() if type(node).__name__ == what]
    if len(found) != 1:
        raise SpecError(
            f"subgraph {label!r}: must have one {what}, got {len(found)}. Join or split them."
        )
    return f"{label}.{found[0]}"


def window(flat: Flat, name: str) -> Window:
    """How the kernel of a convolution or pooling node is laid.

    Raises
    ------
    SpecError
        If its numbers make no sense.
    """
    node, what = flat.nodes[name], flat.types[name]
    pools = what in ("SumPool2d", "AvgPool2d")
    n = 1 if what == "Conv1d" else 2
    size = _whole(flat, name, "kernel_size", n, 1) if pools else node.weight.shape[2:]
    stride = _whole(flat, name, "stride", n, 1)
    dilation = (1,) * n if pools else _whole(flat, name, "dilation", n, 1)
    given = node.padding.decode() if isinstance(node.padding, bytes) else node.padding
    if isinstance(given, str):
        if given not in ("same", "valid"):
            raise SpecError(
                f"{what}.padding: must be numbers, 'same' or 'valid', got {given!r} "
                f"({flat.where(name)}). Use one of them."
            )
        spans = [d * (k - 1) if given == "same" else 0 for d, k in zip(dilation, size, strict=True)]
        padding = tuple((span // 2, span - span // 2) for span in spans)
    else:
        padding = tuple((p, p) for p in _whole(flat, name, "padding", n, 0))
    return Window(tuple(map(int, size)), stride, padding, dilation)


def _whole(flat: Flat, name: str, field: str, n: int, low: int) -> Shape:
    values = array(flat, name, field)
    if values.size not in (1, n) or (values < low).any() or (values != np.floor(values)).any():
        raise SpecError(
            f"{flat.types[name]}.{field}: must be {n} whole number(s) >= {low}, got "
            f"{values.tolist()} ({flat.where(name)}). Correct the graph."
        )
    return tuple(np.broadcast_to(values.astype(int).ravel(), n).tolist())


def inferred(flat: Flat) -> dict[str, Shape]:
    """Shape of every node's output.

    Raises
    ------
    SpecError
        If a shape is missing or two do not fit.
    """
    shapes: dict[str, Shape] = {}
    changed = True
    while changed:
        changed = False
        for name in flat.nodes:
            if name not in shapes:
                known = [shapes[p] for p in flat.before(name) if p in shapes]
                found = _output(flat, name, known[0] if known else None)
                if found is not None:
                    shapes[name], changed = found, True
    for name in flat.nodes:
        if name not in shapes:
            raise SpecError(
                f"nir graph: every shape must be known, that of {flat.where(name)} is missing. "
                "Give the Input before it a shape."
            )
        for source in flat.before(name):
            if _output(flat, name, shapes[source]) != shapes[name]:
                raise SpecError(
                    f"edge ({source!r}, {name!r}): shapes must fit, got {shapes[source]} from "
                    f"{flat.where(source)} where other inputs or parameters of {flat.where(name)} "
                    f"say {shapes[name]}. Correct one of them."
                )
    return shapes


def _output(flat: Flat, name: str, shape: Shape | None) -> Shape | None:
    """Shape of a node's output for that of an input, None while it is not known."""
    what = flat.types[name]
    if what in ("Input", "Output", "Pass"):
        return _declared(flat, name, shape)
    if what in ("Linear", "Affine"):
        weight = array(flat, name, "weight")
        if weight.ndim != 2:
            raise UnsupportedError(
                f"{what}.weight: must have shape (out, in), got {weight.shape} "
                f"({flat.where(name)}). Put a Flatten node before it."
            )
        _fits(flat, name, shape, (weight.shape[1],))
        return (weight.shape[0],)
    if what in SHAPED_BY:
        return _elementwise(flat, name, shape)
    if what == "Flatten":
        return None if shape is None else _flat_shape(flat, name, shape)
    return _image(flat, name, shape)


def _declared(flat: Flat, name: str, shape: Shape | None) -> Shape | None:
    node = flat.nodes[name]
    sides = (node.input_type, node.output_type) if flat.types[name] != "Output" else (
        node.output_type, node.input_type
    )  # fmt: skip
    for side in sides:
        for value in (side or {}).values():
            if value is not None:
                declared = tuple(int(n) for n in np.atleast_1d(value))
                if shape is not None:
                    _fits(flat, name, shape, declared)
                return declared
    return shape


def _elementwise(flat: Flat, name: str, shape: Shape | None) -> Shape | None:
    parts = [array(flat, name, field).shape for field in SHAPED_BY[flat.types[name]]]
    try:
        own = np.broadcast_shapes(*parts)
        if shape is None:
            alone = not flat.before(name)
            return (own or (1,)) if alone or int(np.prod(own)) > 1 else None
        fits = np.broadcast_shapes(own, shape) == shape
    except ValueError:
        fits = False
    if not fits:
        raise SpecError(
            f"{flat.types[name]}: parameters must have the shape of the input {shape}, or one "
            f"value, got {parts} ({flat.where(name)}). Correct the graph."
        )
    return shape


def _flat_shape(flat: Flat, name: str, shape: Shape) -> Shape:
    node, n = flat.nodes[name], len(shape)
    first, last = int(node.start_dim), int(node.end_dim)
    first, last = first + n * (first < 0), last + n * (last < 0)
    if not 0 <= first <= last < n:
        raise SpecError(
            f"Flatten.start_dim: must choose dimensions of {shape}, got {node.start_dim} to "
            f"{node.end_dim} ({flat.where(name)}). Count from 0, without the batch."
        )
    return (*shape[:first], int(np.prod(shape[first : last + 1])), *shape[last + 1 :])


def _image(flat: Flat, name: str, shape: Shape | None) -> Shape | None:
    if shape is None:
        return None
    what, node = flat.types[name], flat.nodes[name]
    n = 1 if what == "Conv1d" else 2
    if len(shape) != 1 + n:
        raise SpecError(
            f"{what}: input must have shape (channels, *{n} of space), got {shape} "
            f"({flat.where(name)}). Correct the graph."
        )
    channels = shape[0]
    if what.startswith("Conv"):
        weight = array(flat, name, "weight")
        groups = int(node.groups)
        if weight.ndim != 2 + n or groups < 1 or weight.shape[0] % groups:
            raise SpecError(
                f"{what}.weight: must have shape (out, in / groups, kernel) with {n} kernel "
                f"dimension(s), got {weight.shape} and groups={groups} ({flat.where(name)}). "
                "Correct the graph."
            )
        space = shape[1:] if node.input_shape is None else np.atleast_1d(node.input_shape)
        _fits(flat, name, shape, (weight.shape[1] * groups, *(int(s) for s in space)))
        channels = weight.shape[0]
    extent = window(flat, name).output(shape[1:])
    if not all(extent):
        raise SpecError(
            f"{what}: kernel must fit into the input, got {shape} ({flat.where(name)}). Use a "
            "larger input or padding."
        )
    return (channels, *extent)


def _fits(flat: Flat, name: str, shape: Shape | None, wanted: Shape) -> None:
    if shape is not None and tuple(shape) != tuple(wanted):
        raise SpecError(
            f"{flat.where(name)}: input must have shape {tuple(wanted)}, got {tuple(shape)}. "
            "Correct the graph."
        )
