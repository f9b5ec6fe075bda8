"""What PyNN's back ends can and cannot do, as far as a network must be told beforehand."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from neurosim.errors import ParameterError
from neurosim.io.pynn_records import Call

BOARD = "spiNNaker"
NEST = "nest"

BOARD_CELLS = frozenset({
    "IF_curr_exp", "IF_curr_alpha", "IF_curr_delta", "IF_cond_exp", "Izhikevich",
    "SpikeSourceArray", "SpikeSourcePoisson",
})  # fmt: skip
OTHER_ON_BOARD = {
    "IF_curr_delta": "weights are nA in one step there, not mV",
    "IF_curr_alpha": "currents there do not peak with the weight",
    "Izhikevich": "it has decaying currents in nA there, not jumps in mV",
}
"""Cells that mean something else on a board than in PyNN's other back ends."""
BOARD_SYNAPSES = frozenset({"StaticSynapse", "STDPMechanism"})
BOARD_DEPENDENCES = frozenset({"AdditiveWeightDependence", "MultiplicativeWeightDependence"})
BOARD_VARIABLES = frozenset({"spikes", "v", "gsyn_exc", "gsyn_inh"})


def backend_name(name: Any) -> str:
    """PyNN's name of a back end, from the name or from that of its module.

    Examples
    --------
    >>> backend_name("pyNN.nest"), backend_name("spynnaker.pyNN"), backend_name("brian2")
    ('nest', 'spiNNaker', 'brian2')

    Raises
    ------
    ParameterError
        If it is no name that Python can import.
    """
    if not isinstance(name, str) or not all(part.isidentifier() for part in name.split(".")):
        raise ParameterError(
            "pynn_script", "backend", "must be the name of a PyNN back end", name,
            "Give for example 'nest', 'brian2', 'neuron' or 'spiNNaker'.",
        )  # fmt: skip
    if "spinnaker" in name.lower() or "spynnaker" in name.lower():
        return BOARD
    return name.rpartition(".")[2]


def is_complete(backend: str, cell: str) -> bool:
    """Whether the back end's class of a cell has all that it needs.

    ``IF_curr_delta`` of pyNN.nest lacks the names of NEST's variables, so that ``v`` can neither be
    set nor recorded.
    """
    return (backend, cell) != (NEST, "IF_curr_delta")


def setup_options(backend: str) -> dict[str, Any]:
    """Arguments of the back end's ``setup`` beside the time step."""
    return {"spike_precision": "on_grid"} if backend == NEST else {}


def cell_problem(backend: str, cell: Call, initial: Mapping[str, Any], earliest: float) -> str:
    """Why a back end cannot have these cells; empty if it can.

    Parameters
    ----------
    backend : str
        Its name.
    cell : Call
        The cell.
    initial : mapping
        Start values.
    earliest : float
        Latest time (ms) at which sources cannot spike yet, where the back end has one.
    """
    if backend == BOARD and cell.name not in BOARD_CELLS:
        return f"{cell.name} is not among the cells of {BOARD} ({', '.join(sorted(BOARD_CELLS))})"
    if backend == BOARD and cell.name in OTHER_ON_BOARD:
        return (
            f"{cell.name} is another cell on a board: {OTHER_ON_BOARD[cell.name]}; use "
            "'neurosim deploy' or backend 'spinnaker-board', which convert (Izhikevich: "
            "IzhikevichCurrExp)"
        )
    if backend == NEST:
        held = sorted({"isyn_exc", "isyn_inh"} & set(initial))
        if held:
            return f"pyNN.nest cannot set the start value of {' and '.join(held)}; start them at 0"
        times = cell.args.get("spike_times")
        first = times.times.min(initial=float("inf")) if times is not None else float("inf")
        if first <= earliest:
            return (
                f"pyNN.nest loses or refuses spikes up to {earliest:g} ms, its smallest delay, "
                f"and the first is at {first:.3g} ms; move the spikes"
            )
    return ""


def synapse_problem(backend: str, synapse: Call, cell: Call) -> str:
    """Why a back end cannot have these synapses onto this cell; empty if it can."""
    if backend == BOARD and synapse.name not in BOARD_SYNAPSES:
        return f"{synapse.name} is not among the synapses of {BOARD}"
    short_term = synapse.name == "TsodyksMarkramSynapse"
    if short_term and backend == NEST and "tau_syn_E" not in cell.args:
        return f"pyNN.nest has TsodyksMarkramSynapse onto cells with tau_syn only, not {cell.name}"
    if synapse.name != "STDPMechanism":
        return ""
    dependence = synapse.args["weight_dependence"]
    fraction = synapse.args["dendritic_delay_fraction"]
    if backend == BOARD and dependence.name not in BOARD_DEPENDENCES:
        return f"{dependence.name} is not among the weight dependences of {BOARD}"
    if backend in (BOARD, NEST) and fraction != 1.0:
        return f"{backend} has dendritic_delay_fraction 1 only, got {fraction:g}"
    if backend == NEST:
        if dependence.args["w_min"] != 0.0:
            return f"pyNN.nest has STDP with w_min 0 only, got {dependence.args['w_min']:g}"
        if cell.name in ("IF_curr_delta", "Izhikevich"):
            return f"pyNN.nest does not convert the unit of w_max for {cell.name}"
    return ""
