from __future__ import annotations

from typing import Any

import pytest

from neurosim.backends import reference, reference_synapses
from neurosim.backends.reference_neurons import Neurons
from neurosim.backends.reference_synapses import Part, TsodyksMarkramPart
from neurosim.neurons import IFCurrExp
from neurosim.testing.closed_forms import CHECKS


def late(monkeypatch: pytest.MonkeyPatch) -> None:
    """Spikes arrive a step late."""
    deliver = Part.deliver
    monkeypatch.setattr(Part, "deliver", lambda self, m, *rest: deliver(self, m - 1, *rest))


def leaky(monkeypatch: pytest.MonkeyPatch) -> None:
    """Potentials lose a little in each step."""
    advance = Neurons.advance

    def leak(self: Neurons, *args: Any) -> list[int]:
        self.state["v"] = self.state["v"] - 1e-6
        return advance(self, *args)

    monkeypatch.setattr(Neurons, "advance", leak)


def restless(monkeypatch: pytest.MonkeyPatch) -> None:
    """The refractory period is a step short."""
    derive = IFCurrExp.derive

    def short(p: Any, dt: float) -> dict[str, Any]:
        found = derive(p, dt)
        return {**found, "refractory_steps": found["refractory_steps"] - 1.0}

    monkeypatch.setattr(IFCurrExp, "derive", staticmethod(short))


def silent(monkeypatch: pytest.MonkeyPatch) -> None:
    """Some Poisson sources do not spike."""
    drawn = reference.poisson_spikes
    monkeypatch.setattr(reference, "poisson_spikes", lambda *args: drawn(*args)[5:])


def bursting(monkeypatch: pytest.MonkeyPatch) -> None:
    """Poisson input has the right mean, and events come in pairs."""
    counts = reference.poisson_counts

    def paired(block: Any, step: int) -> Any:
        return 2.0 * counts(block, step) if step % 2 else 0.0 * counts(block, step)

    monkeypatch.setattr(reference, "poisson_counts", paired)


def tireless(monkeypatch: pytest.MonkeyPatch) -> None:
    """Short-term plasticity recovers at once."""
    monkeypatch.setattr(reference_synapses, "exp", lambda x: 0.0)


def forgetful(monkeypatch: pytest.MonkeyPatch) -> None:
    """Short-term plasticity multiplies by the resources only."""
    factor = TsodyksMarkramPart.factor
    monkeypatch.setattr(
        TsodyksMarkramPart, "factor", lambda self, *args: factor(self, *args) / self.rule.U
    )


FAULTS = {
    "chain": (late,),
    "decay": (leaky,),
    "potential": (late, leaky),
    "rate": (restless,),
    "jump": (late,),
    "poisson": (silent, bursting),
    "efficacies": (tireless, forgetful),
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
