"""How large the sums of weights may become, and the shift that the toolchain chooses for them."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from neurosim.hardware.spinnaker.mapping import Statistics

POISSON_SIGMAS = 3
"""Standard deviations up to which the sum over numbers of spikes goes."""
LARGEST_LOGARITHM = 701.0
"""Beyond, the sum over numbers of spikes is left out."""


@dataclass
class _Pooled:
    """Mean and variance of items of which groups are known."""

    n: int = 0
    mean: float = 0.0
    squares: float = 0.0

    def add(self, mean: float, variance: float, n: int) -> None:
        if n > 0:
            total = self.n + n
            apart = mean - self.mean
            self.squares += variance * (n - 1.0) + apart * apart * self.n * n / total
            self.mean = (self.n * self.mean + n * mean) / total
            self.n = total

    @property
    def variance(self) -> float:
        return self.squares / (self.n - 1.0) if self.n > 1 else 0.0


def expected_sum(
    statistics: Iterable[Statistics], gain: int, dt: float, spikes_per_second: float, sigma: float
) -> float:
    """Sum of weights in a tick that a receptor's accumulators are made for, with gain.

    Parameters
    ----------
    statistics : iterable of Statistics
        Of all projections onto the receptor.
    gain : int
        Factor on stored weights.
    dt : float
        Tick, ms.
    spikes_per_second : float
        Rate of each source, Hz. The declared rate of Poisson sources is not looked at.
    sigma : float
        Standard deviations above the mean.
    """
    weights, delays = _Pooled(), _Pooled()
    total = biggest = 0.0
    ticks_per_second = 1000.0 / dt
    spikes_per_tick = max(1.0, spikes_per_second / ticks_per_second)
    for s in statistics:
        weights.add(s.mean * gain, s.variance * gain * gain, s.n)
        delays.add(0.0, s.delay_variance, s.n)
        biggest = max(biggest, s.largest * gain)
        total += spikes_per_tick * (s.largest * s.n)  # without gain, as the toolchain has it
    if delays.variance == 0.0:
        return max(total, biggest)
    deviation = math.sqrt(max(0.0, weights.variance))
    mean_spikes = weights.n * spikes_per_second / ticks_per_second
    bound = upper_bound(weights.mean, deviation, mean_spikes, sigma)
    return max(min(bound, total), biggest)


def upper_bound(mean: float, deviation: float, spikes: float, sigma: float) -> float:
    """Mean plus ``sigma`` standard deviations of a sum of weights over a Poisson number of spikes.

    Parameters
    ----------
    mean, deviation : float
        Of the weights.
    spikes : float
        Mean number of spikes in a tick.
    sigma : float
        Standard deviations.
    """
    of_weights = 0.0
    most = round(spikes + POISSON_SIGMAS * math.sqrt(spikes))
    if deviation > 0.0 and spikes > 0.0:
        last = most * math.log(spikes) - math.lgamma(1 + most)
        if abs(last) < LARGEST_LOGARITHM and last != 0.0:
            rest = _upper_sum(most, spikes) - math.exp(last)
            if rest > 0.0:
                of_weights = math.exp(
                    -spikes + math.log(spikes) + 2.0 * math.log(deviation) + math.log(rest)
                )
    return spikes * mean + sigma * math.sqrt(spikes * mean * mean + of_weights)


def _upper_sum(most: int, mean: float) -> float:
    """``exp(mean)`` times the regularised upper incomplete gamma function ``Q(1 + most, mean)``,
    which for whole numbers is the sum of ``mean**k / k!`` for k from 0 to ``most``."""
    term = total = 1.0
    for k in range(1, most + 1):
        term *= mean / k
        total += term
    return total


def shift_of(expected: float) -> int:
    """Bits by which an accumulator of 15 bits must be shifted to hold an expected sum.

    Examples
    --------
    >>> shift_of(0.99), shift_of(1.0), shift_of(2.0), shift_of(0.0)
    (0, 1, 2, 0)
    """
    if expected <= 0.0:
        return 0
    shift = math.ceil(max(0.0, math.log2(expected)))
    return shift + 1 if 2.0**shift <= expected else shift
