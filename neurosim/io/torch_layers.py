"""Torch modules -> NIR graph: what the front ends of snnTorch and Norse have in common.

Layers are read one after the other. Modules with a ``forward`` of their own are not traced: their
layers are given as a list.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from neurosim.errors import ParameterError, SpecError, UnsupportedError
from neurosim.io.nir.reader import METADATA
from neurosim.io.optional import package

Shape = tuple[int, ...]

SKIPPED = ("Dropout", "Dropout1d", "Dropout2d", "Identity")
"""Layers that do nothing when a module is not in training."""


class Builder:
    """A NIR graph that grows by one layer after the other.

    Parameters
    ----------
    owner : str
        Name of the front end, for messages.
    shape : tuple of int
        Shape of the input of one step, without the batch.
    leading : int
        Dimensions before that shape in the framework's tensors: 1 for the batch, 2 with time.
    """

    def __init__(self, owner: str, shape: Shape, leading: int) -> None:
        self.nir = package("nir", owner, "nir")
        self.owner, self.shape, self.leading = owner, shape, leading
        self.nodes: dict[str, Any] = {"input": self.nir.Input({"input": np.array(shape)})}
        self.edges: list[tuple[str, str]] = []
        self.last = "input"

    def add(self, name: str, node: Any, shape: Shape | None = None) -> None:
        """Put a node behind the last one; ``shape`` is that of its output if it changes."""
        self.nodes[name] = node
        self.edges.append((self.last, name))
        self.last = name
        self.shape = self.shape if shape is None else shape

    def loop(self, name: str, node: Any) -> None:
        """Lead the last node's output back to itself through a node."""
        self.nodes[name] = node
        self.edges += [(self.last, name), (name, self.last)]

    def filled(self, name: str, field: str, value: Any) -> NDArray[np.float64]:
        """A parameter with one value per neuron of the present layer.

        Raises
        ------
        SpecError
            If its shape does not fit.
        """
        given = numbers(value)
        try:
            return np.broadcast_to(given, self.shape).copy()
        except ValueError as error:
            raise SpecError(
                f"{self.owner}: layer {name!r}: {field} must have one value, or the shape "
                f"{self.shape}, got {given.shape}. Correct the module or input_shape."
            ) from error

    def graph(self, convention: str) -> Any:
        """The graph, with its Output and the convention in its metadata."""
        self.add("output", self.nir.Output({"output": np.array(self.shape)}))
        return self.nir.NIRGraph(
            self.nodes, self.edges, metadata={METADATA: convention}, type_check=False
        )


Add = Callable[[Builder, str, Any], bool]
"""Adds a layer of a framework's own, or says that it is none."""


def numbers(value: Any) -> NDArray[np.float64]:
    """A tensor or number as a float64 array."""
    taken = value.detach().cpu().numpy() if hasattr(value, "detach") else value
    return np.asarray(taken, dtype=np.float64)


def translated(
    owner: str, module: Any, input_shape: Sequence[int] | None, add: Add, convention: str,
    leading: int = 1,
) -> Any:  # fmt: skip
    """A graph of a module's layers.

    Parameters
    ----------
    owner : str
        Name of the front end, for messages.
    module : torch.nn.Sequential or sequence of modules
        The layers.
    input_shape : sequence of int, optional
        Shape of the input of one step, without batch and time; may be left out before a layer that
        tells its input size.
    add : function
        Adds the framework's own layers.
    convention : str
        Name of the convention, for the graph's metadata.
    leading : int
        Dimensions before that shape in the framework's tensors.

    Raises
    ------
    SpecError
        If the module is in training, of a wrong dtype, or shapes are missing or do not fit.
    UnsupportedError
        If a layer is unknown.
    """
    layers = list(_layers(owner, module, ""))
    if not layers:
        raise SpecError(f"{owner}.module: must hold layers, it is empty. Add some.")
    for name, layer in layers:
        _check(owner, name, layer)
    builder = Builder(owner, _shape(owner, layers[0], input_shape), leading)
    for name, layer in layers:
        what = type(layer).__name__
        if what in SKIPPED and type(layer).__module__.startswith("torch."):
            continue
        if not _add_plain(builder, name, layer) and not add(builder, name, layer):
            raise UnsupportedError(
                f"{owner}: layer {name!r}: must be one that NIR knows, got {what}. Leave it out, "
                "or express it by Linear, Conv1d, Conv2d, AvgPool2d, Flatten and spiking layers; a "
                "batch normalisation can be folded into the layer before it."
            )
    return builder.graph(convention)


def _layers(owner: str, module: Any, prefix: str) -> Iterable[tuple[str, Any]]:
    torch = package("torch", owner, "torch")
    if isinstance(module, torch.nn.Sequential):
        if module.training and not prefix:
            _training(owner)
        items: Iterable[tuple[str, Any]] = module.named_children()
    elif isinstance(module, (list, tuple, torch.nn.ModuleList)):
        items = ((str(i), m) for i, m in enumerate(module))
    else:
        raise ParameterError(
            owner, "module", "must be a torch.nn.Sequential or a list of layers",
            type(module).__name__, "Give the layers in order, for example [net.fc1, net.lif1].",
        )  # fmt: skip
    for name, item in items:
        if not isinstance(item, torch.nn.Module):
            raise ParameterError(
                owner, "module", "must hold torch modules", type(item).__name__, "Remove it."
            )
        lifted = getattr(item, "lifted_module", item)
        if isinstance(lifted, torch.nn.Sequential):
            yield from _layers(owner, lifted, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", lifted


def _training(owner: str) -> None:
    raise SpecError(
        f"{owner}.module: must not be in training mode, where layers such as Dropout are random. "
        "Call module.eval() first."
    )


def _check(owner: str, name: str, layer: Any) -> None:
    if layer.training:
        _training(owner)
    for field, tensor in (*layer.named_parameters(), *layer.named_buffers()):
        kind = str(tensor.dtype).removeprefix("torch.")
        if kind not in ("float32", "float64") and "int" not in kind and kind != "bool":
            raise SpecError(
                f"{owner}: layer {name!r}: {field} must be float32 or float64, got {kind}. Call "
                "module.float() first, and compare with what it then gives."
            )
        if tensor.numel() and not np.isfinite(numbers(tensor)).all():
            raise SpecError(
                f"{owner}: layer {name!r}: {field} must be finite numbers, it is not. Train or "
                "load the module again."
            )


def _shape(owner: str, first: tuple[str, Any], given: Sequence[int] | None) -> Shape:
    name, layer = first
    if given is None:
        size = getattr(layer, "in_features", getattr(layer, "input_size", None))
        if size is None:
            raise SpecError(
                f"{owner}.input_shape: must be given, layer {name!r} ({type(layer).__name__}) "
                "does not tell it. Give the shape of one step's input, for example (1, 28, 28)."
            )
        return (int(size),)
    try:
        shape = tuple(int(n) for n in given)
    except (TypeError, ValueError):
        shape = ()
    if not shape or min(shape) < 1 or list(shape) != list(given):
        raise ParameterError(
            owner, "input_shape", "must be whole numbers >= 1", given, "Give for example (1, 8, 8)."
        )
    return shape


def _add_plain(builder: Builder, name: str, layer: Any) -> bool:
    """Add a layer of torch itself, if it is one."""
    what, nir = type(layer).__name__, builder.nir
    if what == "Linear":
        builder.add(name, linear(nir, layer), (*builder.shape[:-1], layer.out_features))
    elif what in ("Conv1d", "Conv2d"):
        _add_convolution(builder, name, layer)
    elif what == "AvgPool2d":
        divided = layer.divisor_override is None and not layer.ceil_mode
        if not divided or not (layer.count_include_pad or not np.any(layer.padding)):
            _refuse(builder, name, "ceil_mode, divisor_override or count_include_pad")
        _add_pool(builder, name, layer, nir.AvgPool2d, layer.padding)
    elif what == "LPPool2d":
        if layer.norm_type != 1 or layer.ceil_mode:
            _refuse(builder, name, "norm_type or ceil_mode")
        _add_pool(builder, name, layer, nir.SumPool2d, 0)
    elif what == "Flatten":
        _add_flatten(builder, name, layer)
    else:
        return False
    return True


def _refuse(builder: Builder, name: str, what: str) -> None:
    raise UnsupportedError(
        f"{builder.owner}: layer {name!r}: {what} is not at its default, which NIR cannot express. "
        "Use the default."
    )


def linear(nir: Any, layer: Any) -> Any:
    """Linear or Affine node of a torch Linear layer."""
    weight = numbers(layer.weight)
    return nir.Linear(weight) if layer.bias is None else nir.Affine(weight, numbers(layer.bias))


def convolution(nir: Any, layer: Any, space: Shape | None) -> Any:
    """Conv1d or Conv2d node of a torch layer."""
    n = len(layer.kernel_size)
    given = layer.padding
    fields: Mapping[str, Any] = {
        "weight": numbers(layer.weight),
        "bias": np.zeros(layer.out_channels) if layer.bias is None else numbers(layer.bias),
        "groups": layer.groups,
    }
    laid = {"stride": layer.stride, "dilation": layer.dilation, "padding": given}
    if n == 1:
        single = {k: v if isinstance(v, str) else int(v[0]) for k, v in laid.items()}
        node = nir.Conv1d(input_shape=None, **fields, **single)
        node.input_shape = None if space is None else space[0]
        return node
    node = nir.Conv2d(input_shape=None, **fields, **laid)
    node.input_shape = space
    return node


def _add_convolution(builder: Builder, name: str, layer: Any) -> None:
    n = len(layer.kernel_size)
    if layer.padding_mode != "zeros":
        _refuse(builder, name, "padding_mode")
    if len(builder.shape) != n + 1 or builder.shape[0] != layer.in_channels:
        raise SpecError(
            f"{builder.owner}: layer {name!r}: input must have {layer.in_channels} channels and "
            f"{n} dimension(s) of space, got {builder.shape}. Correct input_shape."
        )
    node = convolution(builder.nir, layer, builder.shape[1:])
    builder.add(name, node, (layer.out_channels, *_extent(builder, name, layer, builder.shape[1:])))


def _extent(builder: Builder, name: str, layer: Any, space: Shape) -> Shape:
    """Extent of what a convolution or pooling layer gives, asked from the layer itself."""
    torch = package("torch", builder.owner, "torch")
    channels = getattr(layer, "in_channels", 1)
    dtype = next((p.dtype for p in layer.parameters()), torch.float32)
    try:
        with torch.no_grad():
            found = layer(torch.zeros((1, channels, *space), dtype=dtype))
    except RuntimeError as error:
        raise SpecError(
            f"{builder.owner}: layer {name!r}: kernel must fit into its input of {space}, got "
            f"{layer.kernel_size}. Use a larger input."
        ) from error
    return tuple(int(n) for n in found.shape[2:])


def _add_pool(builder: Builder, name: str, layer: Any, node: Any, padding: Any) -> None:
    if len(builder.shape) != 3:
        raise SpecError(
            f"{builder.owner}: layer {name!r}: input must have channels and two dimensions of "
            f"space, got {builder.shape}. Correct input_shape."
        )
    pair = [
        np.array(np.broadcast_to(v, 2))
        for v in (layer.kernel_size, layer.stride or layer.kernel_size, padding)
    ]
    extent = _extent(builder, name, layer, builder.shape[1:])
    builder.add(name, node(*pair), (builder.shape[0], *extent))


def _add_flatten(builder: Builder, name: str, layer: Any) -> None:
    n = len(builder.shape)
    first, last = (
        d + n if d < 0 else d - builder.leading for d in (layer.start_dim, layer.end_dim)
    )
    if not 0 <= first <= last < n:
        raise SpecError(
            f"{builder.owner}: layer {name!r}: must flatten dimensions of the signal "
            f"{builder.shape} only, got start_dim={layer.start_dim}, end_dim={layer.end_dim} with "
            f"{builder.leading} dimension(s) before it. Use Flatten({builder.leading})."
        )
    node = builder.nir.Flatten({"input": np.array(builder.shape)}, first, last)
    shape = builder.shape
    size = int(np.prod(shape[first : last + 1]))
    builder.add(name, node, (*shape[:first], size, *shape[last + 1 :]))
