"""Every backend against the conformance suite. A new backend adds one line to ``BACKENDS``."""

from __future__ import annotations

from collections.abc import Callable
from itertools import product
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, note, settings

from neurosim.backends.registry import backend as find_backend
from neurosim.errors import UnsupportedError
from neurosim.plan.lower import lower
from neurosim.testing import pair_rule
from neurosim.testing.cases import CASES, Case
from neurosim.testing.changes import check_changes_closeness
from neurosim.testing.conformance import (
    CASE_CHECKS,
    CHECKS,
    SUITE,
    check_agreement,
    check_closeness,
    check_control_closeness,
    check_pauses,
)
from neurosim.testing.start import SEED
from neurosim.testing.strategies import cases, linear_cases

EVENT, PRECISE, BRIAN2 = "numba-event", "numba-event-precise", "brian2"
EMULATOR = "spinnaker-emulator"
BACKENDS = ("numba", "reference", EVENT, PRECISE, BRIAN2)
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
    (BRIAN2, "control"): "it asks for the judge's bits; see test_closeness_of_control",
}
"""Checks that need not pass, by (backend, check) or (backend, check, case), with the reason."""

RUNS = {
    name
    for name, case in CASES.items()
    if not find_backend(EVENT).check(lower(case.network(), case.dt, 1))
}
"""Cases that event-driven backends do not refuse."""

EMULATED = [
    name
    for name, case in CASES.items()
    if not find_backend(EMULATOR).check(lower(case.network(), case.dt, 1))
]
"""Cases whose networks a SpiNNaker board can run."""

CHANGES = ("unchanged", "changes")
"""Checks of what event-driven backends refuse (``check_refusal`` sees to it)."""

QUICK = ("own kind", "recurrent spinnaker")
"""Cases on which all checks of Brian2 run by default; the others are slow."""

SYMBOLIC = ("neurons if_curr_alpha", "parameters")
"""Cases whose equations Brian2 solves for ten seconds."""

VARIANTS = (
    "stdp axonal", "stdp dendritic", "stdp in double", "recurrent spinnaker", "poisson spinnaker",
    "delays spinnaker", "weights in double", "tsodyks-markram spinnaker",
)  # fmt: skip
"""Cases that differ little from others, as far as Brian2 goes: slow."""


def marked(backend: str, check: str, case: str) -> Any:
    """A pair of a check and a case, with the marks that it needs on a backend."""
    if backend == BRIAN2 and case not in QUICK:
        return pytest.param(backend, check, case, marks=pytest.mark.slow)
    return backend, check, case


PAIRS = [
    marked(backend, *pair)
    for backend, pair in product(BACKENDS, SUITE)
    if (pair[0] != "agreement" or backend in JUDGED)
    and (pair[0] != "changes" or backend != BRIAN2)
    and (backend not in (EVENT, PRECISE) or (pair[1] in RUNS and pair[0] not in CHANGES))
]

STEPPED = 1e-11
"""Brian2 runs the kind's own scheme, or solves linear equations exactly: rounding only."""
WEIGHTS = 1e-6
"""Of plastic weights, which are rounded to single precision after every change."""

CLOSE: dict[str, tuple[float, float]] = {
    "neurons adex rk4": (1e-6, 0.0),  # Brian2's method integrates the conductances as well
    "neurons if_cond_exp rk4": (1e-8, 0.0),
    "neurons if_cond_alpha rk4": (1e-4, 0.0),  # with dt a third of tau_syn_E
    **{f"stdp {name}": (WEIGHTS, WEIGHTS) for name in ("axonal", "mixed", "dendritic")},
    "stdp spinnaker": (WEIGHTS, WEIGHTS),
    "stdp in double": (STEPPED, STEPPED),
    "recurrent": (WEIGHTS, WEIGHTS),
    "recurrent spinnaker": (WEIGHTS, WEIGHTS),
}
"""Largest errors of states and weights on Brian2, where they are not ``STEPPED`` and none."""

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


@pytest.mark.parametrize("check", ["single", "feeding", "jump"])
def test_emulator(check: str) -> None:
    """The checks that do not ask for floating point, or for the standard timing."""
    CHECKS[check](EMULATOR)


@pytest.mark.parametrize("case", EMULATED)
@pytest.mark.parametrize("check", ["repeats", "additions", "pauses", "saved", "unchanged"])
def test_emulator_on_cases(check: str, case: str) -> None:
    """It has no judge here: its own arithmetic is checked in ``tests/hardware`` and firmware."""
    CASE_CHECKS[check](EMULATOR, CASES[case])


def test_event_driven_backends_run_many_cases() -> None:
    assert len(RUNS) >= 9
    assert {"delays", "poisson", "probes", "connectors", "parameters"} <= RUNS


@pytest.mark.parametrize("case", sorted(RUNS))
def test_closeness(case: str) -> None:
    check_closeness(EVENT, CASES[case])


@pytest.mark.parametrize(
    "case",
    [pytest.param(c, marks=pytest.mark.slow) if c in (*SYMBOLIC, *VARIANTS) else c for c in CASES],
)
def test_closeness_of_brian2(case: str) -> None:
    check_closeness(BRIAN2, CASES[case], *CLOSE.get(case, (STEPPED, 0.0)))


@pytest.mark.slow
def test_closeness_of_control_on_brian2() -> None:
    check_control_closeness(BRIAN2, WEIGHTS, WEIGHTS)


@pytest.mark.parametrize("case", ["currents", "recurrent", "tsodyks-markram"])
def test_closeness_of_changes_on_brian2(case: str) -> None:
    error, weights = CLOSE.get(case, (STEPPED, 0.0))
    check_changes_closeness(BRIAN2, CASES[case], error, weights)


@pytest.mark.slow
@pytest.mark.parametrize("timing", ["standard", "spinnaker"])
def test_random_networks_on_brian2(timing: str) -> None:
    @EXAMPLES
    @given(case=cases(timing))
    def agree(case: Case) -> None:
        plan = lower(case.network(), case.dt, SEED, weights=case.weights)
        assume(not find_backend(BRIAN2).check(plan))  # some spike twice into plastic synapses
        note(repr(case.network()))
        check_closeness(BRIAN2, case, 1e-4, WEIGHTS)

    agree()


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
