from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import pytest

from neurosim.backends import reference_stdp
from neurosim.backends.reference_stdp import STDPPart
from neurosim.synapses import STDP
from neurosim.testing.pair_rule import CHECKS, DT, change


def pre_first(monkeypatch: pytest.MonkeyPatch) -> None:
    """At equal times the presynaptic event comes first."""
    post = STDPPart.on_post
    waiting: list[tuple[Any, ...]] = []

    def learn(self: STDPPart, *args: Any) -> None:
        original(self, *args)
        while waiting:
            post(*waiting.pop())

    original = STDPPart.learn
    monkeypatch.setattr(STDPPart, "on_post", lambda *args: waiting.append(args))
    monkeypatch.setattr(STDPPart, "learn", learn)


def rounded_down(monkeypatch: pytest.MonkeyPatch) -> None:
    """The dendritic part of a delay is rounded to the other side."""

    class Floor:
        @staticmethod
        def floor(x: float) -> int:
            return math.ceil(x - 1.0)

    monkeypatch.setattr(reference_stdp, "math", Floor)


def all_axonal(monkeypatch: pytest.MonkeyPatch) -> None:
    """The dendritic part of a delay is left out."""
    made = STDPPart.__init__

    def init(self: STDPPart, *args: Any) -> None:
        made(self, *args)
        self.axonal, self.dendritic = self.delays, [0 for _ in self.delays]

    monkeypatch.setattr(STDPPart, "__init__", init)


FAULTS: dict[str, tuple[Callable[[pytest.MonkeyPatch], None], ...]] = {
    "pairs, dendritic share 0.0": (pre_first,),
    "pairs, dendritic share 0.5": (pre_first, rounded_down, all_axonal),
    "pairs, dendritic share 1.0": (pre_first, all_axonal),
}


@pytest.mark.parametrize("check", CHECKS)
def test_the_reference_passes(check: str) -> None:
    CHECKS[check]("reference")


@pytest.mark.parametrize(
    ("check", "fault"), [(check, fault) for check, faults in FAULTS.items() for fault in faults]
)
def test_faults_are_found(check: str, fault: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    fault(monkeypatch)
    with pytest.raises(AssertionError):
        CHECKS[check]("reference")


def test_change_by_single_pairs() -> None:
    rule = STDP(0.5, A_plus=0.1, A_minus=0.2, tau_plus=10.0, tau_minus=20.0, w_max=3.0)
    assert change([0], [4], rule) == pytest.approx(0.3 * math.exp(-4 * DT / 10.0), rel=1e-15)
    assert change([4], [0], rule) == pytest.approx(-0.6 * math.exp(-4 * DT / 20.0), rel=1e-15)
    assert change([4], [4], rule) == pytest.approx(-0.6, rel=1e-15)
    assert change([4], [], rule) == change([], [4], rule) == 0.0


def test_nearest_pairing_leaves_out_older_events() -> None:
    rule = STDP(0.5, pairing="nearest")
    assert change([0, 4], [6], rule) == change([4], [6], rule)
    assert change([6], [0, 4], rule) == change([6], [4], rule)
