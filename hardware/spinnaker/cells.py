"""Cells of the board and what they are here, as data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Cell:
    """A cell of sPyNNaker.

    Parameters
    ----------
    name : str
        Its name in PyNN.
    kind : str
        The neuron kind that it runs.
    membrane : str
        ``"lif"`` or ``"izhikevich"``.
    synapse : str
        ``"exponential"``, ``"delta"`` or ``"alpha"``.
    gain : int
        Factor on stored weights: 1024 for conductances, else 1.
    binary : str
        Stem of the program's file name.
    recordables : mapping
        Name of the board's recordable by state variable.
    state_bytes : int
        Memory of a neuron in a core, bytes.
    instructions : int
        Instructions of the update of a neuron without input.
    """

    name: str
    kind: str
    membrane: str
    synapse: str
    gain: int
    binary: str
    recordables: Mapping[str, str]
    state_bytes: int
    instructions: int


_CURRENTS = {"v": "v", "isyn_exc": "gsyn_exc", "isyn_inh": "gsyn_inh"}
_CONDUCTANCES = {"v": "v", "gsyn_exc": "gsyn_exc", "gsyn_inh": "gsyn_inh"}

CELLS: dict[str, Cell] = {
    kind: Cell(name, kind, membrane, synapse, gain, binary, recordables, state_bytes, instructions)
    for name, kind, membrane, synapse, gain, binary, recordables, state_bytes, instructions in (
        ("IF_curr_exp", "if_curr_exp", "lif", "exponential", 1, "IF_curr_exp", _CURRENTS, 72, 113),
        ("IF_curr_delta", "if_curr_delta", "lif", "delta", 1, "IF_curr_delta", {"v": "v"}, 60, 112),
        ("IF_curr_alpha", "if_curr_alpha", "lif", "alpha", 1, "IF_curr_alpha", _CURRENTS, 88, 138),
        ("IF_cond_exp", "if_cond_exp", "lif", "exponential", 1024, "IF_cond_exp", _CONDUCTANCES,
         80, 145),
        ("Izhikevich", "izhikevich_curr_exp", "izhikevich", "exponential", 1, "IZK_curr_exp",
         {**_CURRENTS, "u": "u"}, 76, 168),
    )
}  # fmt: skip
"""Cells by neuron kind."""

RECEPTORS = ("excitatory", "inhibitory")
"""Receptors of every cell, in the board's order."""
