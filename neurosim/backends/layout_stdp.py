"""Constants and decay tables of plastic blocks for the compiled step loop."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from neurosim.kernels import stdp_rule as place
from neurosim.kernels.layout import GAPS
from neurosim.neurons.arithmetic import exp_each
from neurosim.synapses import STDP


def constants(rule: STDP, real: NDArray[np.float64], whole: NDArray[np.int64]) -> None:
    """Put the constants of a rule into its rows of ``Synapses.real`` and ``Synapses.whole``."""
    soft_plus = rule.dependence == "multiplicative"
    soft_minus = rule.dependence not in ("additive", "gutig")
    real[[place.TAU_PLUS, place.TAU_MINUS]] = rule.tau_plus, rule.tau_minus
    real[[place.A_PLUS, place.A_MINUS]] = rule.A_plus, rule.A_minus
    real[[place.W_MIN, place.W_MAX]] = rule.w_min, rule.w_max
    real[[place.MU_PLUS, place.MU_MINUS]] = rule.mu_plus, rule.mu_minus
    real[[place.PLUS_AT, place.PLUS_BY]] = rule.w_max, soft_plus
    real[[place.MINUS_AT, place.MINUS_BY]] = -rule.w_min if soft_minus else rule.w_max, soft_minus
    whole[[place.NEAREST, place.GUTIG]] = rule.pairing == "nearest", rule.dependence == "gutig"


class Tables:
    """Decay tables end to end, one for each time constant.

    A table holds ``exp(-(gap * dt) / tau)`` for gaps of 0 to ``GAPS - 1`` steps in the precision of
    the weights, and a zero.

    Parameters
    ----------
    dt : float
        Time step, ms.
    dtype : dtype
        Type of the weights.
    """

    def __init__(self, dt: float, dtype: np.dtype[Any]) -> None:
        self._times = np.arange(GAPS, dtype=np.float64) * dt
        self._dtype = dtype
        self._found: dict[float, int] = {}
        self.values = np.empty(0, dtype=dtype)

    def find(self, tau: float) -> int:
        """Where the table of a time constant (ms) begins."""
        if tau not in self._found:
            self._found[tau] = len(self.values)
            table = np.append(exp_each(-self._times / tau), 0.0).astype(self._dtype)
            self.values = np.concatenate([self.values, table])
        return self._found[tau]
