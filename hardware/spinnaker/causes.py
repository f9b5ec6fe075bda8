"""What makes a board differ from the network as it was described: rounded weights and constants."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from neurosim.hardware.spinnaker import fixed_point as fp
from neurosim.hardware.spinnaker.conversion import parameter
from neurosim.hardware.spinnaker.layout_cells import constants
from neurosim.hardware.spinnaker.mapping import Mapping, Route, Target


@dataclass(frozen=True)
class Cause:
    """A number that differs on the board.

    Parameters
    ----------
    subject : str
        Population or projection.
    what : str
        Which number.
    exact, board : float
        Its value, the mean over units or synapses, as described and on the board.
    largest : float
        Largest relative difference of a unit or synapse.
    lost : int
        Synapses whose weight became 0.
    """

    subject: str
    what: str
    exact: float
    board: float
    largest: float
    lost: int = 0

    @property
    def relative(self) -> float:
        """Relative difference of the means."""
        return (self.board - self.exact) / abs(self.exact) if self.exact else 0.0

    def __str__(self) -> str:
        lost = f", {self.lost} became 0" if self.lost else ""
        return (
            f"{self.subject}: {self.what} {self.board:.6g} in place of {self.exact:.6g} "
            f"({self.relative:+.2e}, at most {self.largest:.2e}{lost})"
        )


def causes(mapping: Mapping) -> tuple[Cause, ...]:
    """All numbers that differ on the board, the largest relative difference of means first."""
    found = [c for route in mapping.routes if route.size for c in _of_weights(mapping, route)]
    for target in mapping.targets:
        found += _of_constants(mapping, target)
    differing = [c for c in found if c.largest > 0.0]
    return tuple(sorted(differing, key=lambda c: -abs(c.relative)))


def _cause(
    subject: str, what: str, exact: NDArray[np.float64], board: NDArray[np.float64], lost: int = 0
) -> Cause:
    apart = np.abs(board - exact)
    scale = np.where(exact == 0.0, 1.0, np.abs(exact))
    largest = float((apart / scale).max(initial=0.0))
    return Cause(subject, what, float(exact.mean()), float(board.mean()), largest, lost)


def _of_weights(mapping: Mapping, route: Route) -> Iterator[Cause]:
    target = mapping.target(route.post)
    board = route.words / target.scale(route.receptor)
    lost = int(((board == 0.0) & (route.weights > 0.0)).sum())
    unit = "uS" if target.cell.gain > 1 else "nA"
    yield _cause(f"projection {route.name!r}", f"weight ({unit})", route.weights, board, lost)


def _of_constants(mapping: Mapping, target: Target) -> Iterator[Cause]:
    plan, n = mapping.plan, target.size
    board = constants(plan, target)

    def of(name: str) -> NDArray[np.float64]:
        return parameter(plan, target.population, name)

    def words(name: str, scale: float) -> NDArray[np.float64]:
        return np.broadcast_to(np.asarray(board[name], dtype=np.float64) / scale, n)

    subject = f"population {target.name!r}"
    if target.cell.membrane == "lif":
        exact = np.exp(-plan.dt / of("tau_m"))
        yield _cause(subject, "decay of the membrane in a tick", exact, words("decay", fp.ONE))
        exact = of("tau_m") / of("cm")
        yield _cause(subject, "resistance (MOhm)", exact, words("resistance", fp.ONE))
        for name in ("v_rest", "v_reset", "v_thresh"):
            field = {"v_rest": "rest", "v_reset": "reset", "v_thresh": "threshold"}[name]
            yield _cause(subject, f"{name} (mV)", of(name), words(field, fp.ONE))
    else:
        for name in ("a", "b", "d"):
            yield _cause(subject, name, of(name), words(name, fp.ONE))
    yield _cause(subject, "i_offset (nA)", of("i_offset"), words("offset", fp.ONE))
    if target.cell.synapse == "exponential":
        for side, name in (("exc", "tau_syn_E"), ("inh", "tau_syn_I")):
            exact = np.exp(-plan.dt / of(name))
            yield _cause(
                subject, f"decay by {name} in a tick", exact, words(f"decay_{side}", 2.0**32)
            )
