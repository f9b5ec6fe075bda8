"""Norse modules -> NIR graph and network.

::

    import norse.torch as norse, torch
    from neurosim.io import norse as front

    net = norse.SequentialState(torch.nn.Linear(64, 32), norse.LIFCell(), norse.LICell())
    network = front.from_module(net.eval())

Layers: LIFBoxCell, LIFCell, LIF, LIFRecurrentCell, LIFRecurrent, LIBoxCell, LICell, LI,
LILinearCell, IAFCell, IAF, Lift, and torch's Linear, Conv1d, Conv2d, AvgPool2d, LPPool2d (norm 1),
Flatten and Dropout.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from neurosim.declare import Bounds, number
from neurosim.errors import ParameterError, UnsupportedError
from neurosim.io.nir.reader import METADATA, from_graph
from neurosim.io.optional import package
from neurosim.io.torch_layers import Builder, numbers, translated
from neurosim.network import Network

OWNER = "norse"
CURRENT = frozenset({"LIFCell", "LIF", "LIFRecurrentCell", "LIFRecurrent"})
READOUT = frozenset({"LICell", "LI", "LILinearCell"})
KNOWN = CURRENT | READOUT | {"LIFBoxCell", "LIBoxCell", "IAFCell", "IAF"}
TIMED = frozenset({"LIF", "LIFRecurrent", "LI", "IAF", "Lift"})
"""Layers whose tensors have time as their first dimension."""
METHODS = ("heaviside", "super", "triangle", "tanh", "circ", "heavi_erfc")
"""Threshold functions that are steps forward; all spike above the threshold only."""


def to_graph(module: Any, input_shape: Sequence[int] | None = None, dt: float | None = None) -> Any:
    """A NIR graph of a module.

    Parameters
    ----------
    module : norse.torch.SequentialState or sequence of modules
        The layers in order, in evaluation mode, float32 or float64.
    input_shape : sequence of int, optional
        Shape of one step's input without time and batch; may be left out if the first layer tells
        its input size.
    dt : float, optional
        Time step, ms. The layers have their own, which must be this one.

    Returns
    -------
    nir.NIRGraph
        With shapes, and with the convention of each layer in the metadata.

    Raises
    ------
    ParameterError
        If the layers have different time steps, or ``dt`` is another.
    SpecError
        If the module is in training, of a wrong dtype, or shapes are missing.
    UnsupportedError
        If it holds what NIR or the import cannot express.
    """
    package("norse.torch", "neurosim.io.norse", "norse")
    seconds = time_step(module, dt) / 1000.0

    def add(builder: Builder, name: str, layer: Any) -> bool:
        if type(layer).__name__ not in KNOWN:
            return False
        _add_neurons(builder, name, layer, seconds)
        return True

    timed = any(type(layer).__name__ in TIMED for layer in _all(module))
    return translated(OWNER, module, input_shape, add, "norse", leading=1 + timed)


def from_module(
    module: Any, input_shape: Sequence[int] | None = None, dt: float | None = None
) -> Network:
    """A network that does what the module does; parameters and errors as in :func:`to_graph`.

    It is to be simulated with ``dt=time_step(module)``. Populations are called like the layers, the
    input ``"input"``. See :func:`neurosim.io.nir.from_graph` and :func:`neurosim.io.nir.output`.
    """
    return from_graph(to_graph(module, input_shape, dt), time_step(module, dt))


def time_step(module: Any, dt: float | None = None) -> float:
    """Time step of a module's layers, ms.

    Parameters
    ----------
    module : norse.torch.SequentialState or sequence of modules
        The layers.
    dt : float, optional
        What it should be, ms.

    Raises
    ------
    ParameterError
        If layers differ in it, or it is not ``dt``.
    """
    if dt is not None:
        dt = number(OWNER, "dt", dt, Bounds("ms", above=0.0), scalar=True)
    steps = {
        1000.0 * float(layer.dt): type(layer).__name__
        for layer in _all(module)
        if type(layer).__name__ in KNOWN
    }
    if dt is None and not steps:
        raise ParameterError(
            OWNER, "module", "must hold a neuron layer that tells the time step", None, "Give dt."
        )
    wanted = next(iter(steps)) if dt is None else dt
    for found, what in steps.items():
        if abs(found - wanted) > 1e-6 * wanted:
            raise ParameterError(
                OWNER, "dt", f"must be one for all layers, {wanted:g} ms here", found,
                "Make the layers with the same dt.", f"layer {what}",
            )  # fmt: skip
    return wanted


def _all(module: Any) -> Iterator[Any]:
    for item in module if isinstance(module, (list, tuple)) else (module,):
        if hasattr(item, "modules"):
            yield from item.modules()


def _add_neurons(builder: Builder, name: str, layer: Any, dt: float) -> None:
    what, nir, p = type(layer).__name__, builder.nir, layer.p
    if what in ("LILinearCell", "LIFRecurrentCell", "LIFRecurrent"):
        weight = numbers(layer.input_weights)
        builder.add(f"{name}_input", nir.Linear(weight), (weight.shape[0],))

    def filled(field: str) -> Any:
        return builder.filled(name, field, getattr(p, field))

    def tau(field: str) -> Any:
        inverse = filled(field)
        if (inverse <= 0.0).any():
            raise UnsupportedError(
                f"{OWNER}: layer {name!r}: {field} must be > 0, got {inverse.min():g}. Use IAFCell "
                "for an integrator without leak."
            )
        return 1.0 / inverse

    one = np.ones(builder.shape)
    if what in READOUT:
        tau_syn = tau("tau_syn_inv")
        node = nir.CubaLI(tau_syn, tau("tau_mem_inv"), one, filled("v_leak"), tau_syn / dt)
    elif what == "LIBoxCell":
        node = nir.LI(tau("tau_mem_inv"), one, filled("v_leak"))
    else:
        reset = _reset(name, p)
        low = 0.0 * one if reset == "subtract" else filled("v_reset")
        metadata = {METADATA: {"reset": reset}}
        high = filled("v_th")
        if (low >= high).any():
            raise UnsupportedError(
                f"{OWNER}: layer {name!r}: v_th must be above the reset potential, got "
                f"{high.min():g}. Raise it."
            )
        if what == "LIFBoxCell":
            leak = filled("v_leak")
            node = nir.LIF(tau("tau_mem_inv"), one, leak, high, low, metadata=metadata)
        elif what in CURRENT:
            tau_syn, tau_mem, leak = tau("tau_syn_inv"), tau("tau_mem_inv"), filled("v_leak")
            node = nir.CubaLIF(
                tau_syn, tau_mem, one, leak, high, low, tau_syn / dt, metadata=metadata
            )
        else:
            node = nir.IF(one / dt, high, low, metadata=metadata)
    builder.add(name, node)
    if what.startswith("LIFRecurrent"):
        builder.loop(f"{name}_recurrent", nir.Linear(numbers(layer.recurrent_weights)))


def _reset(name: str, p: Any) -> str:
    functional = package("norse.torch.functional.reset", OWNER, "norse")
    if p.method not in METHODS:
        raise UnsupportedError(
            f"{OWNER}: layer {name!r}: method must be one of {', '.join(METHODS)}, got "
            f"{p.method!r}. Use one of them for inference."
        )
    method = getattr(p, "reset_method", functional.reset_value)
    if method is functional.reset_value:
        return "value"
    if method is functional.reset_subtract:
        return "subtract"
    raise UnsupportedError(
        f"{OWNER}: layer {name!r}: reset_method must be reset_value or reset_subtract, got "
        f"{method!r}. Use one of them."
    )
