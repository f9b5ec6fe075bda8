"""snnTorch modules -> NIR graph and network.

::

    import torch, snntorch
    from neurosim.io import nir, snntorch as front

    net = torch.nn.Sequential(torch.nn.Linear(64, 32), snntorch.Leaky(beta=0.9, init_hidden=True))
    network = front.from_module(net.eval(), dt=1.0)

Layers: Leaky, RLeaky, Synaptic, RSynaptic with every reset and reset delay, and torch's Linear,
Conv1d, Conv2d, AvgPool2d, LPPool2d (norm 1), Flatten and Dropout.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from neurosim.declare import Bounds, number
from neurosim.errors import SpecError, UnsupportedError
from neurosim.io.nir.reader import METADATA, from_graph
from neurosim.io.optional import package
from neurosim.io.torch_layers import Builder, convolution, linear, numbers, translated
from neurosim.network import Network

OWNER = "snntorch"
FORMS = {"_base_sub": "subtract", "_base_zero": "zero", "_base_int": "none"}
"""Reset mechanism by the state function that a layer chose when it was made."""


def to_graph(module: Any, input_shape: Sequence[int] | None = None, dt: float = 1.0) -> Any:
    """A NIR graph of a module.

    Parameters
    ----------
    module : torch.nn.Sequential or sequence of modules
        The layers in order, in evaluation mode, float32 or float64.
    input_shape : sequence of int, optional
        Shape of one step's input without the batch; may be left out if the first layer is Linear.
    dt : float
        What a step stands for, ms. snnTorch has no time; ``beta`` becomes a time constant of it.

    Returns
    -------
    nir.NIRGraph
        With shapes, and with the convention of each layer in the metadata.

    Raises
    ------
    SpecError
        If the module is in training, of a wrong dtype, or shapes are missing.
    UnsupportedError
        If it holds what NIR or the import cannot express.
    """
    dt = number(OWNER, "dt", dt, Bounds("ms", above=0.0), scalar=True)
    package("snntorch", "neurosim.io.snntorch", "torch")

    def add(builder: Builder, name: str, layer: Any) -> bool:
        if type(layer).__name__ not in ("Leaky", "RLeaky", "Synaptic", "RSynaptic"):
            return False
        _add_neurons(builder, name, layer, dt / 1000.0)
        return True

    return translated(OWNER, module, input_shape, add, "snntorch")


def from_module(module: Any, input_shape: Sequence[int] | None = None, dt: float = 1.0) -> Network:
    """A network that does what the module does; parameters and errors as in :func:`to_graph`.

    Populations are called like the layers, the input ``"input"``. See
    :func:`neurosim.io.nir.from_graph` and :func:`neurosim.io.nir.output`.
    """
    return from_graph(to_graph(module, input_shape, dt), dt)


def _add_neurons(builder: Builder, name: str, layer: Any, dt: float) -> None:
    _check_layer(name, layer)
    what, nir = type(layer).__name__, builder.nir
    beta = np.clip(builder.filled(name, "beta", layer.beta), 0.0, 1.0)
    threshold = builder.filled(name, "threshold", layer.threshold)
    if (threshold <= 0.0).any():
        raise UnsupportedError(
            f"{OWNER}: layer {name!r}: threshold must be > 0, got {threshold.min():g}. Scale the "
            "weights instead."
        )
    zero = np.zeros(builder.shape)
    metadata = {METADATA: _convention(name, layer)}
    if what.endswith("Synaptic"):
        alpha = np.clip(builder.filled(name, "alpha", layer.alpha), 0.0, 1.0)
        if (alpha >= 1.0).any() or (beta >= 1.0).any():
            _refuse_one(name)
        node = nir.CubaLIF(
            tau_syn=dt / (1.0 - alpha), tau_mem=dt / (1.0 - beta), r=1.0 / (1.0 - beta),
            v_leak=zero, v_threshold=threshold, v_reset=zero, w_in=1.0 / (1.0 - alpha),
            metadata=metadata,
        )  # fmt: skip
    elif (beta >= 1.0).all():
        node = nir.IF(zero + 1.0 / dt, threshold, zero, metadata=metadata)
    else:
        if (beta >= 1.0).any():
            _refuse_one(name)
        node = nir.LIF(
            dt / (1.0 - beta), 1.0 / (1.0 - beta), zero, threshold, zero, metadata=metadata
        )
    builder.add(name, node)
    if what.startswith("R"):
        builder.loop(f"{name}_recurrent", _recurrent(builder, layer))


def _refuse_one(name: str) -> None:
    raise UnsupportedError(
        f"{OWNER}: layer {name!r}: alpha must be < 1, and beta below 1 or 1 for all neurons, got 1 "
        "for some. NIR has no time constant for it; use a value slightly below."
    )


def _recurrent(builder: Builder, layer: Any) -> Any:
    inner, nir = layer.recurrent, builder.nir
    if type(inner).__name__ == "Linear":
        return linear(nir, inner)
    if type(inner).__name__ == "Conv2d":
        return convolution(nir, inner, builder.shape[1:])
    return nir.Scale(np.broadcast_to(numbers(inner.V), builder.shape).copy())


def _check_layer(name: str, layer: Any) -> None:
    factor = numbers(getattr(layer, "graded_spikes_factor", 1.0))
    for wrong, field in (
        (layer.inhibition, "inhibition"),
        (layer.state_quant, "state_quant"),
        ((factor != 1.0).any(), "graded_spikes_factor"),
        (type(layer).__name__ == "RSynaptic" and not layer.reset_delay, "reset_delay"),
    ):
        if wrong:
            raise UnsupportedError(
                f"{OWNER}: layer {name!r} ({type(layer).__name__}): {field} must be at its "
                f"default, got {getattr(layer, field)}. Train without it."
            )


def _convention(name: str, layer: Any) -> dict[str, str]:
    """What the layer does other than, or as, the convention ``"snntorch"``."""
    reset = FORMS.get(layer.state_function.__name__)
    if reset != layer.reset_mechanism:
        raise SpecError(
            f"{OWNER}: layer {name!r}: reset_mechanism must be the one it was made with, got "
            f"{layer.reset_mechanism!r} after {reset!r}. Make the layer again."
        )
    late = "next" if type(layer).__name__ == "Leaky" else "held"
    times = {"subtract": ("next", "once"), "zero": (late, "same"), "none": ("next", "next")}
    assert reset is not None
    return {
        "reset": "value" if reset == "zero" else reset,
        "reset_time": times[reset][not layer.reset_delay],
        "threshold": _threshold(name, layer),
    }


def _threshold(name: str, layer: Any) -> str:
    """Whether the layer spikes at its threshold, asked from its spike function."""
    torch = package("torch", OWNER, "torch")
    with torch.no_grad():
        distance = torch.tensor([-1.0, -1e-3, 0.0, 1e-3, 1.0])
        spikes = [numbers(layer.spike_grad(distance)).tolist() for _ in range(2)]
    for form, at in (("above", 0.0), ("reached", 1.0)):
        if all(s == [0.0, 0.0, at, 1.0, 1.0] for s in spikes):
            return form
    raise UnsupportedError(
        f"{OWNER}: layer {name!r}: spike_grad must be a step forward (0 below the threshold, 1 "
        f"above), got {spikes[0]} around it. Use another surrogate for inference."
    )
