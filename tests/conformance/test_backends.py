"""Every backend against the conformance suite. A new backend adds one line to ``BACKENDS``."""

from __future__ import annotations

from collections.abc import Callable
from itertools import product
from typing import Any

import pytest
from hypothesis import HealthCheck, given, note, settings

from neurosim.backends.registry import backend as find_backend
from neurosim.errors import UnsupportedError
from neurosim.plan.lower import lower
from neurosim.testing import pair_rule
from neurosim.testing.cases import CASES, Case
from neurosim.testing.conformance import (
    CASE_CHECKS,
    CHECKS,
    SUITE,
    check_agreement,
    check_closeness,
    check_pauses,
)
from neurosim.testing.strategies import cases, linear_cases

EVENT, PRECISE = "numba-event", "numba-event-precise"
BACKENDS = ("numba", "reference", EVENT, PRECISE)
JUDGED = ("numba",)
"""Backends that must give the judge's bits."""

NEEDS = {
    "seeds": "its network has conductances and plasticity",
    "control": "its networks are plastic",
    "efficacies": "its synapses are Tsodyks-Markram's",
    **{check: "its synapses are plastic" for check in pair_rule.CHECKS},
}
OFF_GRID = "it asks for spikes on the grid"

EXEMPTIONS: dict[tuple[str, ...], str] = {
    **{(backend, check): why for backend in (EVENT, PRECISE) for check, why in NEEDS.items()},
    **{(PRECISE, check): OFF_GRID for check in ("chain", "rate")},
}
"""Checks that need not pass, by (backend, check) or (backend, check, case), with the reason."""

RUNS = {
    name
    for name, case in CASES.items()
    if not find_backend(EVENT).check(lower(case.network(), case.dt, 1))
}
"""Cases that event-driven backends do not refuse."""

CHANGES = ("unchanged", "changes")
"""Checks of what event-driven backends refuse (``check_refusal`` sees to it)."""

PAIRS = [
    (backend, *pair)
    for backend, pair in product(BACKENDS, SUITE)
    if (pair[0] != "agreement" or backend in JUDGED)
    and (backend not in (EVENT, PRECISE) or (pair[1] in RUNS and pair[0] not in CHANGES))
]

EXAMPLES = settings(
    max_examples=20,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.large_base_example],
)


def hold(exemption: tuple[str, ...], check: Callable[..., None], *args: Any) -> None:
    """Run a check; one that is exempt must fail, or its exemption can go."""
    if exemption in EXEMPTIONS:
        with pytest.raises((AssertionError, UnsupportedError)):
            check(*args)
    else:
        check(*args)


@pytest.mark.parametrize(("backend", "check"), list(product(BACKENDS, CHECKS)))
def test_backend(backend: str, check: str) -> None:
    hold((backend, check), CHECKS[check], backend)


@pytest.mark.parametrize(("backend", "check", "case"), PAIRS)
def test_case(backend: str, check: str, case: str) -> None:
    hold((backend, check, case), CASE_CHECKS[check], backend, CASES[case])


@pytest.mark.parametrize("backend", JUDGED)
@pytest.mark.parametrize("timing", ["standard", "spinnaker"])
def test_random_networks(backend: str, timing: str) -> None:
    @EXAMPLES
    @given(case=cases(timing))
    def agree(case: Case) -> None:
        note(repr(case.network()))
        check_agreement(backend, case)

    agree()


def test_event_driven_backends_run_many_cases() -> None:
    assert len(RUNS) >= 9
    assert {"delays", "poisson", "probes", "connectors", "parameters"} <= RUNS


@pytest.mark.parametrize("case", sorted(RUNS))
def test_closeness(case: str) -> None:
    check_closeness(EVENT, CASES[case])


def test_closeness_on_random_networks() -> None:
    @EXAMPLES
    @given(case=linear_cases())
    def agree(case: Case) -> None:
        note(repr(case.network()))
        check_closeness(EVENT, case)

    agree()


def test_pauses_off_the_grid_on_random_networks() -> None:
    @EXAMPLES
    @given(case=linear_cases())
    def agree(case: Case) -> None:
        note(repr(case.network()))
        check_pauses(PRECISE, case)

    agree()
