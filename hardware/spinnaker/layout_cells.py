"""Parameters and start values of cells as the whole numbers that cores work with."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from neurosim.hardware.spinnaker import fixed_point as fp
from neurosim.hardware.spinnaker.conversion import parameter
from neurosim.hardware.spinnaker.kernels.arrays import Cells
from neurosim.hardware.spinnaker.mapping import Mapping, Target
from neurosim.neurons.izhikevich import PEAK
from neurosim.plan.plan import Plan

FRACTIONS = ("decay_exc", "decay_inh", "charge_exc", "charge_inh")
"""Fields that are 32-bit fractions."""
Column = NDArray[Any]


def lay_out_cells(mapping: Mapping) -> Cells:
    """All cells of a mapping at tick 0."""
    n = sum(t.size for t in mapping.targets)
    made = Cells(*(_empty(name, n) for name in Cells._fields))
    start = 0
    for target in mapping.targets:
        for name, values in constants(mapping.plan, target).items():
            getattr(made, name)[start : start + target.size] = values
        start += target.size
    return made


def _empty(name: str, n: int) -> Column:
    if name == "fired":
        return np.zeros(n, dtype=np.bool_)
    return np.zeros(n, dtype=np.uint32 if name in FRACTIONS else np.int32)


def constants(plan: Plan, target: Target) -> dict[str, Any]:
    """Constants and start values of a population, by field of :class:`Cells`."""
    tick = fp.to_k(plan.dt)

    def of(name: str) -> NDArray[np.int32]:
        return fp.to_k_array(parameter(plan, target.population, name), target.size)

    membrane = _izhikevich(of, tick) if target.cell.membrane == "izhikevich" else _lif(of, tick)
    synapses = {"exponential": _exponential, "alpha": _alpha, "delta": _delta}
    found = {**membrane, **synapses[target.cell.synapse](of, tick), "offset": of("i_offset")}
    if target.cell.gain > 1:
        found |= {"reversal_exc": of("e_rev_E"), "reversal_inh": of("e_rev_I")}
    return found | _start(plan, target)


Of = Callable[[str], NDArray[np.int32]]


def _lif(of: Of, tick: int) -> dict[str, Column]:
    tau_m = of("tau_m")
    return {
        "rest": of("v_rest"), "reset": of("v_reset"), "threshold": of("v_thresh"),
        "resistance": fp.for_each(fp.divide, tau_m, of("cm")),
        "decay": fp.for_each(lambda tau: fp.exp_k(-fp.divide(tick, tau)), tau_m),
        "refractory_ticks": fp.for_each(lambda t: fp.up(fp.divide(t, tick)), of("tau_refrac")),
    }  # fmt: skip


def _izhikevich(of: Of, tick: int) -> dict[str, Any]:
    return {
        "a": of("a"), "b": of("b"), "reset": of("c"), "d": of("d"), "threshold": fp.to_k(PEAK),
        "h": tick,
    }  # fmt: skip


def _exponential(of: Of, tick: int) -> dict[str, Column]:
    exc, inh = of("tau_syn_E"), of("tau_syn_I")
    return {
        "decay_exc": fp.for_each(lambda tau: fp.synapse_decay(tau, tick), exc),
        "decay_inh": fp.for_each(lambda tau: fp.synapse_decay(tau, tick), inh),
        "charge_exc": fp.for_each(lambda tau: fp.synapse_charge(tau, tick), exc),
        "charge_inh": fp.for_each(lambda tau: fp.synapse_charge(tau, tick), inh),
    }


def _alpha(of: Of, tick: int) -> dict[str, Column]:
    exc, inh = of("tau_syn_E"), of("tau_syn_I")

    def rise(tau: int) -> int:
        return fp.divide(tick, fp.multiply(tau, tau)) & (fp.ONE - 1)  # a fraction on the board

    return {
        "decay_exc": fp.for_each(lambda tau: fp.synapse_decay(tau, tick), exc),
        "decay_inh": fp.for_each(lambda tau: fp.synapse_decay(tau, tick), inh),
        "rise_exc": fp.for_each(rise, exc), "rise_inh": fp.for_each(rise, inh),
    }  # fmt: skip


def _delta(of: Of, tick: int) -> dict[str, Column]:
    return {}


def _start(plan: Plan, target: Target) -> dict[str, Any]:
    """Start values; those of alpha synapses are always 0, as on the board."""
    place = plan.populations[target.population]
    found = {}
    for name, values in plan.neurons[place.block].state.items():
        field, scale = STATE.get(name, ("", 1))
        if field and not (target.cell.synapse == "alpha" and field != "v"):
            mine = values[place.offset : place.offset + place.size]
            gain = target.cell.gain if field.startswith("value") else 1
            found[field] = fp.to_k_array(scale * gain * mine, target.size)
    return found


STATE = {
    "v": ("v", 1), "u": ("u", 1), "isyn_exc": ("value_exc", 1), "isyn_inh": ("value_inh", -1),
    "gsyn_exc": ("value_exc", 1), "gsyn_inh": ("value_inh", 1),
}  # fmt: skip
"""Field of :class:`Cells` and sign by state variable."""
