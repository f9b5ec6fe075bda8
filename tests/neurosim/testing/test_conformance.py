"""The checks find faults. That our backends pass them is tested in ``tests/conformance``."""

from __future__ import annotations

import pytest

from neurosim.backends import registry
from neurosim.testing.cases import CASES, Case
from neurosim.testing.conformance import CASE_CHECKS, CHECKS, SUITE
from neurosim.testing.plastic import stdp

FAULTS_OF_CASES = {
    "agreement": "Rounded",
    "repeats": "Moody",
    "additions": "Crowded",
    "pauses": "Restless",
    "saved": "Forgetful",
    "unchanged": "Absent",
    "changes": "Headstrong",
}
FAULTS = {
    "seeds": ("Seedless",),
    "single": ("Obliging", "Hasty"),
    "feeding": ("Deaf",),
    "control": ("Stubborn", "Careless"),
    "refusal": ("Unasked",),
}


@pytest.fixture
def fault(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    path = f"tests.neurosim.testing.faulty:{request.param}"
    monkeypatch.setitem(registry.BUILT_IN, "faulty", path)
    return "faulty"


@pytest.mark.parametrize(("check", "fault"), FAULTS_OF_CASES.items(), indirect=["fault"])
def test_faults_of_cases_are_found(check: str, fault: str) -> None:
    with pytest.raises(AssertionError):
        CASE_CHECKS[check](fault, CASES["recurrent"])


@pytest.mark.parametrize(
    ("check", "fault"),
    [(check, fault) for check, faults in FAULTS.items() for fault in faults],
    indirect=["fault"],
)
def test_faults_are_found(check: str, fault: str) -> None:
    with pytest.raises(AssertionError):
        CHECKS[check](fault)


def test_every_check_has_a_fault_that_it_finds() -> None:
    from tests.neurosim.testing.test_closed_forms import FAULTS as IN_CLOSED_FORMS
    from tests.neurosim.testing.test_pair_rule import FAULTS as IN_PAIRS

    assert FAULTS_OF_CASES.keys() == CASE_CHECKS.keys()
    assert {*FAULTS, *IN_CLOSED_FORMS, *IN_PAIRS} == CHECKS.keys()


def test_every_case_is_compared_and_every_check_runs() -> None:
    assert {case for check, case in SUITE if check == "agreement"} == set(CASES)
    assert {check for check, _ in SUITE} == set(CASE_CHECKS)


def test_a_case_without_spikes_cannot_be_saved_in_flight() -> None:
    silent = Case("silent", stdp(1.0), duration=1.0)
    with pytest.raises(AssertionError, match="'silent' has no spikes"):
        CASE_CHECKS["saved"]("reference", silent)
