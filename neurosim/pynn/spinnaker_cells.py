"""The cells of SpiNNaker boards under PyNN's names, with the board's units and recordables."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
from pyNN.standardmodels import build_translations

from neurosim import neurons
from neurosim.neurons import sources
from neurosim.pynn import cells, simulator

FOREVER = 1e10
"""Duration (ms) of a Poisson source that never ends."""


class _Board:
    """A cell as sPyNNaker has it.

    Currents are recorded under the names of conductances, in nA and as magnitudes.
    """

    board = True
    conductance_based: ClassVar[bool]

    def __init_subclass__(cls, kind: Any, recordable: tuple[str, ...]) -> None:
        """The parameters are those of the cell, and those that the class declares itself."""
        parent: Any = cls.__bases__[-1]
        own = cls.__dict__.get("default_parameters", parent.default_parameters)
        names: Any = cls
        names.kind, names.__doc__ = kind, parent.__doc__
        names.translations = build_translations(*((name, name) for name in own))
        names.recordable = ["spikes", *recordable]
        unit = "uS" if cls.conductance_based else "nA"
        names.units = {**parent.units, "gsyn_exc": unit, "gsyn_inh": unit}

    def native_variable(self, name: str) -> tuple[str, float]:
        """Inhibitory currents are negative in the core."""
        if self.conductance_based or not name.startswith("gsyn"):
            return name, 1.0
        return name.replace("gsyn", "isyn"), 1.0 if name == "gsyn_exc" else -1.0


INPUTS = ("v", "gsyn_exc", "gsyn_inh")


class IF_curr_exp(_Board, cells.IF_curr_exp, kind=neurons.IFCurrExp, recordable=INPUTS):
    pass


class IF_curr_alpha(_Board, cells.IF_curr_alpha, kind=neurons.IFCurrAlpha, recordable=INPUTS):
    pass


class IF_curr_delta(_Board, cells.IF_curr_delta, kind=neurons.IFCurrDelta, recordable=("v",)):
    pass


class IF_cond_exp(_Board, cells.IF_cond_exp, kind=neurons.IFCondExp, recordable=INPUTS):
    pass


class Izhikevich(_Board, cells.Izhikevich, kind=neurons.IzhikevichCurrExp, recordable=INPUTS):
    voltage_based_synapses = False
    default_parameters: ClassVar[dict[str, Any]] = {
        **cells.Izhikevich.default_parameters, "tau_syn_E": 5.0, "tau_syn_I": 5.0,
    }  # fmt: skip


class SpikeSourceArray(
    _Board, cells.SpikeSourceArray, kind=sources.SpikeSourceArray, recordable=()
):
    def native_kind(self, parameters: dict[str, Any]) -> Any:
        """With times on ticks: whole microseconds, rounded up."""
        tick = round(simulator.state.dt * 1000.0)
        times = [
            np.ceil(np.floor(np.asarray(train) * 1000.0) / tick) * tick / 1000.0
            for train in parameters["spike_times"]
        ]
        return self.kind(times)


class SpikeSourcePoisson(
    _Board, cells.SpikeSourcePoisson, kind=sources.SpikeSourcePoisson, recordable=()
):
    default_parameters: ClassVar[dict[str, Any]] = {
        "rate": 0.0, "start": 0.0, "duration": FOREVER,
    }  # fmt: skip

    def __init__(self, **parameters: Any) -> None:
        super().__init__(**{k: v for k, v in parameters.items() if v is not None})


CELLS: dict[str, type] = {
    cell.__name__: cell
    for cell in (
        IF_curr_exp, IF_curr_alpha, IF_curr_delta, IF_cond_exp, Izhikevich, SpikeSourceArray,
        SpikeSourcePoisson,
    )
}  # fmt: skip
"""Cells by name: all that sPyNNaker has of PyNN's."""
