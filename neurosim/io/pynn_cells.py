"""Neuron kinds -> PyNN cells: names, parameters, start values, and what weights must be times.

Built-in kinds have PyNN's names and parameters. ``Leaky`` and the kinds of imported NIR graphs have
no PyNN counterpart, but with a reset to a fixed value their steps are those of ``IF_curr_delta`` or
``IF_curr_exp`` with other constants; then they are translated, otherwise refused with the reason.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from neurosim.io.pynn_records import Call
from neurosim.neurons import (
    AdEx,
    HHCondExp,
    IFCondAlpha,
    IFCondExp,
    IFCurrAlpha,
    IFCurrDelta,
    IFCurrExp,
    Izhikevich,
    Leaky,
)
from neurosim.neurons.base import NeuronKind
from neurosim.neurons.propagators import exponential_gain

STANDARD: Mapping[type[NeuronKind], str] = {
    IFCurrExp: "IF_curr_exp",
    IFCurrAlpha: "IF_curr_alpha",
    IFCurrDelta: "IF_curr_delta",
    IFCondExp: "IF_cond_exp",
    IFCondAlpha: "IF_cond_alpha",
    AdEx: "EIF_cond_exp_isfa_ista",
    HHCondExp: "HH_cond_exp",
    Izhikevich: "Izhikevich",
}

RECORDABLE: Mapping[str, frozenset[str]] = {
    "IF_curr_exp": frozenset({"spikes", "v"}),
    "IF_curr_alpha": frozenset({"spikes", "v"}),
    "IF_curr_delta": frozenset({"spikes", "v"}),
    "IF_cond_exp": frozenset({"spikes", "v", "gsyn_exc", "gsyn_inh"}),
    "IF_cond_alpha": frozenset({"spikes", "v", "gsyn_exc", "gsyn_inh"}),
    "EIF_cond_exp_isfa_ista": frozenset({"spikes", "v", "w", "gsyn_exc", "gsyn_inh"}),
    "HH_cond_exp": frozenset({"spikes", "v", "gsyn_exc", "gsyn_inh"}),
    "Izhikevich": frozenset({"spikes", "v", "u"}),
    "SpikeSourceArray": frozenset({"spikes"}),
    "SpikeSourcePoisson": frozenset({"spikes"}),
}
"""What PyNN's standard cells can record."""

CONDUCTANCE = frozenset({"IF_cond_exp", "IF_cond_alpha", "EIF_cond_exp_isfa_ista", "HH_cond_exp"})
ZERO_AT_START = ("isyn_exc", "isyn_inh", "gsyn_exc", "gsyn_inh", "w", "i")
"""State variables that start at 0 in PyNN as here, and are set only where they do not."""

NEVER = 1e9
"""A threshold (mV) that read-outs never reach."""

Numbers = Mapping[str, Any]


class NoCell(Exception):
    """A kind has no exact PyNN counterpart; the text says why."""


@dataclass(frozen=True)
class Cell:
    """A PyNN cell for a population.

    Parameters
    ----------
    call : Call
        Class and parameters.
    initial : mapping
        Start values by PyNN's variable.
    gain : float or ndarray
        What the weights of synapses onto each unit are multiplied with.
    either : bool
        Whether excitatory and inhibitory synapses act in the same way, so that a weight of either
        sign can go to the receptor of its sign.
    injectable : bool
        Whether an injected current (nA) does what it does in neurosim.
    notes : tuple of str
        What differs.
    """

    call: Call
    initial: Numbers
    gain: float | NDArray[np.float64] = 1.0
    either: bool = False
    injectable: bool = True
    notes: tuple[str, ...] = ()

    @property
    def conductance(self) -> bool:
        """Whether weights are conductances, >= 0 at both receptors."""
        return self.call.name in CONDUCTANCE


@dataclass(frozen=True)
class Given:
    """What is known of a population: words, numbers and start values (floats or arrays)."""

    kind: NeuronKind
    numbers: Numbers
    initial: Numbers
    dt: float
    words: Numbers


def cell_of(given: Given) -> Cell:
    """The PyNN cell of a population.

    Raises
    ------
    NoCell
        If there is none that does the same.
    """
    kind = type(given.kind)
    if kind in STANDARD:
        return _standard(given, STANDARD[kind])
    if kind is Leaky:
        return _leaky(given)
    if kind.__module__.startswith("neurosim.io.nir.") and kind.kind in NIR:
        return NIR[kind.kind](given)
    raise NoCell(f"kind {kind.kind!r} is not among PyNN's standard cells; use a built-in kind")


def _standard(given: Given, name: str) -> Cell:
    notes = []
    integrator = given.words.get("integrator")
    if integrator is not None and integrator != type(given.kind)().integrator:  # type: ignore[attr-defined]
        notes.append(f"integrator {integrator!r} is left to the back end")
    numbers = given.numbers
    same = name in ("IF_curr_exp", "IF_curr_alpha") and np.array_equal(
        numbers["tau_syn_E"], numbers["tau_syn_I"]
    )
    initial = {
        variable: value
        for variable, value in given.initial.items()
        if variable not in ZERO_AT_START or np.any(value)
    }
    either = same or name in ("IF_curr_delta", "Izhikevich")
    return Cell(Call(name, dict(numbers)), initial, either=either, notes=tuple(notes))


def _leaky(given: Given) -> Cell:
    if given.words["reset"] != "zero":
        raise NoCell(
            f"Leaky with reset={given.words['reset']!r} has no PyNN cell, which all reset to a "
            "fixed potential; train or build it with reset='zero'"
        )
    p = given.numbers
    return _delta(
        given, kept=p["beta"], gain=1.0, drift_to=0.0, threshold=p["threshold"], strict=True,
        reset=0.0, late="next", i_offset=p["i_offset"],
    )  # fmt: skip


def _delta(
    given: Given, *, kept: Any, gain: Any, drift_to: Any, threshold: Any, strict: bool, reset: Any,
    late: str, i_offset: Any,
) -> Cell:  # fmt: skip
    """The step ``v <- kept v + (1 - kept) drift_to + gain x`` as an ``IF_curr_delta``.

    A share that is kept is ``exp(-dt / tau_m)``. Currents need ``tau_m (1 - kept) / cm = gain``.
    A reset in the same step and one at the start of the next differ in a start value above the
    threshold only; one that is held through the next step is a refractory period.
    """
    tau = _time_constant(kept, given.dt)
    charge = tau * (1.0 - np.asarray(kept))
    injectable = bool(np.all(np.asarray(gain) > 0.0) and np.all(charge > 0.0))
    if not injectable and np.any(i_offset):
        raise NoCell("i_offset needs a leak and a resistance > 0 in PyNN's cells; set it to 0")
    capacitance = charge / gain if injectable else 1.0
    limit = np.nextafter(threshold, np.inf) if strict else threshold
    start = given.initial["v"]
    if late == "held" and np.any(start >= limit):
        raise NoCell("a start value above the threshold has no PyNN counterpart; start below it")
    parameters = {
        "v_rest": drift_to, "cm": capacitance, "tau_m": tau,
        "tau_refrac": given.dt if late == "held" else 0.0,
        "i_offset": i_offset, "v_reset": reset, "v_thresh": limit,
    }  # fmt: skip
    return Cell(
        Call("IF_curr_delta", {k: _plain(v) for k, v in parameters.items()}),
        {"v": _plain(np.where(start >= limit, reset, start)) if late == "next" else start},
        gain=_plain(gain), either=True, injectable=injectable,
        notes=("recorded v is the potential after a reset, in mV",),
    )  # fmt: skip


def _time_constant(kept: Any, dt: float) -> Any:
    """``tau`` with ``exp(-dt / tau) == kept`` up to rounding, to the bit where kept is 0 or 1."""
    kept = np.asarray(kept, dtype=np.float64)
    if np.any((kept < 0.0) | (kept > 1.0)):
        raise NoCell("a share kept in a step must be from 0 to 1 in PyNN; use a smaller time step")
    inner = np.where((kept > 0.0) & (kept < 1.0), kept, 0.5)
    tau = np.where(kept == 0.0, 1e-3 * dt, np.where(kept == 1.0, 1e20 * dt, -dt / np.log(inner)))
    return _plain(tau)


def _plain(value: Any) -> Any:
    array = np.asarray(value, dtype=np.float64)
    return float(array) if array.ndim == 0 else array


def _nir_fires(given: Given) -> dict[str, Any]:
    """Threshold and reset of a NIR node in PyNN's terms."""
    p, words = given.numbers, given.words
    node = words["node"]
    if node not in ("LIF", "IF", "CubaLIF", "Threshold"):
        return {"threshold": NEVER, "strict": False, "reset": 0.0, "late": "same"}
    if node != "Threshold" and words["reset"] != "value":
        raise NoCell(
            f"NIR node with reset {words['reset']!r} has no PyNN cell, which all reset to a fixed "
            "potential; import it with a convention whose reset is 'value'"
        )
    low = p["v_threshold"] - 1.0 if node == "Threshold" else p["v_reset"]
    late = "same" if node == "Threshold" else words["reset_time"]
    strict = words["threshold"] == "above"
    return {"threshold": p["v_threshold"], "strict": strict, "reset": low, "late": late}


def _nir_waits(given: Given) -> None:
    if given.numbers["latency"] and np.any(given.numbers["i_offset"]):
        raise NoCell(
            "NIR node with a constant input that begins after some steps has no PyNN cell; import "
            "it with propagation 'next'"
        )


def _nir_membrane(given: Given) -> Cell:
    p, words, dt = given.numbers, given.words, given.dt
    _nir_waits(given)
    if words["node"] in ("LIF", "LI"):
        kept = (
            1.0 - dt / p["tau"] if words["integrator_rule"] == "euler" else np.exp(-dt / p["tau"])
        )
        gain, rest = p["r"] * (1.0 - kept), p["v_leak"]
    elif words["node"] in ("IF", "I"):
        kept, gain, rest = 1.0, p["r"] * (dt / 1000.0), 0.0
    else:
        kept, gain, rest = 0.0, 1.0, 0.0
    return _delta(
        given, kept=kept, gain=gain, drift_to=rest, i_offset=p["i_offset"], **_nir_fires(given)
    )


def _nir_current(given: Given) -> Cell:
    p, words, dt = given.numbers, given.words, given.dt
    _nir_waits(given)
    if words["current"] != "old":
        raise NoCell(
            "NIR node CubaLIF or CubaLI whose potential follows the current of the same step has "
            "no PyNN cell, where it follows in the next one; import it with convention='neurosim'"
        )
    if np.any(p["i_offset"]):
        raise NoCell("NIR node CubaLIF or CubaLI with a constant input has no PyNN cell")
    if np.any(given.initial["i"]) or np.any(given.initial["v"] >= p["v_threshold"]):
        raise NoCell("NIR node CubaLIF or CubaLI must start without current, below its threshold")
    euler = words["integrator_rule"] == "euler"
    kept, kept_i = (
        1.0 - dt / p[k] if euler else np.exp(-dt / p[k]) for k in ("tau_mem", "tau_syn")
    )
    tau, tau_syn = _time_constant(kept, dt), _time_constant(kept_i, dt)
    unit = exponential_gain(tau, tau_syn, 1.0, dt)
    wanted = p["r"] * (1.0 - kept) if euler else p["r"] / p["tau_mem"] * unit
    gain = p["w_in"] * (1.0 - kept_i) * (wanted / unit)
    fires = _nir_fires(given)
    limit = np.nextafter(fires["threshold"], np.inf) if fires["strict"] else fires["threshold"]
    parameters = {
        "v_rest": p["v_leak"], "cm": 1.0, "tau_m": tau, 
        "tau_refrac": dt if fires["late"] == "held" else 0.0,
        "tau_syn_E": tau_syn, "tau_syn_I": tau_syn, "v_reset": fires["reset"], "v_thresh": limit,
    }  # fmt: skip
    return Cell(
        Call("IF_curr_exp", {k: _plain(v) for k, v in parameters.items()}),
        {"v": given.initial["v"]}, gain=_plain(gain), either=True, injectable=False,
        notes=("recorded v is the potential after a reset, in mV",),
    )  # fmt: skip


NIR: Mapping[str, Callable[[Given], Cell]] = {
    "nir_membrane": _nir_membrane,
    "nir_current": _nir_current,
}
"""Kinds of imported NIR graphs, by name: this module does not need the package ``nir``."""
