"""Every backend against the conformance suite. A new backend adds one line to ``BACKENDS``."""

from __future__ import annotations

from collections.abc import Callable
from itertools import product
from typing import Any

import pytest
from hypothesis import HealthCheck, given, note, settings

from neurosim.errors import UnsupportedError
from neurosim.testing.cases import CASES, Case
from neurosim.testing.conformance import CASE_CHECKS, CHECKS, JUDGE, SUITE, check_agreement
from neurosim.testing.strategies import cases

BACKENDS = ("numba", "reference")
JUDGED = tuple(backend for backend in BACKENDS if backend != JUDGE)

EXEMPTIONS: dict[tuple[str, ...], str] = {}
"""Checks that need not pass, by (backend, check) or (backend, check, case), with the reason."""

PAIRS = [
    (backend, *pair)
    for backend, pair in product(BACKENDS, SUITE)
    if pair[0] != "agreement" or backend in JUDGED
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
