"""Units that differ between a plan and the board."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from neurosim.hardware.spinnaker.fixed_point import ONE, divide, exp_k, for_each, multiply, to_k
from neurosim.hardware.spinnaker.fixed_point import to_k_array as words


def volts_per_current(cm: Any, tau_m: Any, dt: float, size: int) -> NDArray[np.float64]:
    """Jump (mV) of the potential of ``IF_curr_delta`` on the board for a weight of 1 nA.

    Parameters
    ----------
    cm, tau_m : float or ndarray
        Capacitance (nF) and time constant (ms).
    dt : float
        Time step, ms.
    size : int
        Number of neurons.

    Examples
    --------
    >>> float(volts_per_current(1.0, 20.0, 1.0, 1)[0])
    0.9753417968750...
    """
    tick = to_k(dt)

    def jump(tau: int, capacitance: int) -> int:
        resistance = multiply(divide(tau, capacitance), divide(ONE, tick))
        return resistance * (ONE - exp_k(-divide(tick, tau)))

    return for_each(jump, words(tau_m, size), words(cm, size)) / float(ONE) ** 2
