"""Constants and decay tables of plastic blocks for the compiled step loop."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from neurosim.kernels import stdp_rule as place
from neurosim.neurons.arithmetic import exp_each
from neurosim.synapses import STDP

LONGEST = 1 << 15
"""Most entries of a decay table; longer gaps are computed."""


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

    A table of ``size`` gaps holds ``exp(-(gap * dt) / tau)`` in the precision of the weights, and a
    zero after the last.

    Parameters
    ----------
    dt : float
        Time step, ms.
    dtype : dtype
        Type of the weights.
    """

    def __init__(self, dt: float, dtype: np.dtype[Any]) -> None:
        self._dt, self._dtype = dt, dtype
        self._found: dict[float, tuple[int, int]] = {}
        self.values = np.empty(0, dtype=dtype)

    def find(self, tau: float) -> tuple[int, int]:
        """Where the table of a time constant (ms) begins, and its size."""
        if tau not in self._found:
            vanished = (1.0 - math.log(np.finfo(self._dtype).smallest_subnormal)) * tau
            size = int(min(LONGEST, vanished / self._dt + 2.0))
            decays = exp_each(-(np.arange(size, dtype=np.float64) * self._dt) / tau)
            self._found[tau] = len(self.values), size
            table = np.append(decays, 0.0).astype(self._dtype)
            self.values = np.concatenate([self.values, table])
        return self._found[tau]
