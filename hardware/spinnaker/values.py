"""Values of state variables from the words of cells, and back."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from neurosim.hardware.spinnaker import fixed_point as fp
from neurosim.hardware.spinnaker.mapping import Target

FIELDS = {
    "v": "v", "u": "u", "isyn_exc": "value_exc", "isyn_inh": "value_inh",
    "gsyn_exc": "value_exc", "gsyn_inh": "value_inh",
}  # fmt: skip
"""Field of the emulator's cells by state variable."""
RISES = {"rise_exc": "exc", "rise_inh": "inh"}
"""Variables of alpha synapses that the board keeps in another form."""


def factor(variable: str, target: Target) -> float:
    """Value of a variable, in its unit and with our sign, for a word of 1."""
    if variable == "isyn_inh":
        return -1.0 / fp.ONE
    gain = target.cell.gain if variable.startswith("gsyn") else 1
    return 1.0 / (fp.ONE * gain)


def from_words(words: NDArray[Any], variable: str, target: Target) -> NDArray[np.float64]:
    """Values of a variable as a board records them, in our unit and with our sign."""
    if target.cell.gain > 1 and variable.startswith("gsyn"):
        return np.asarray((words >> 10) / fp.ONE)  # the board's own scale, rounded down
    return np.asarray(words * factor(variable, target))
