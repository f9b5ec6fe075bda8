"""What the tests share: the packages that they need, images made once, and what was compared."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator

import pytest

from tests.firmware.compare import Tally
from tests.firmware.image import Image

NEEDED = ("spynnaker", "unicorn")
COUNTED = "firmware words"
TOTAL = Tally()


@pytest.fixture(scope="session")
def packages() -> None:
    """Fail where a package that the programs need is missing."""
    missing = [name for name in NEEDED if importlib.util.find_spec(name) is None]
    if missing:
        pytest.fail(
            f"the firmware cannot be run without {' and '.join(missing)}: "
            "install spynnaker==1!7.4.1 and unicorn, or leave out '-m firmware'"
        )


@pytest.fixture(scope="session")
def images(packages: None, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Image]:
    """Images of all networks of these tests, by name."""
    from tests.firmware.case import make_images
    from tests.firmware.findings import FINDINGS
    from tests.firmware.from_mapping import case_of
    from tests.firmware.goldens import GOLDENS
    from tests.firmware.trials import TRIALS

    cases = [case_of(trial.mapping(), sum(trial.steps)) for trial in TRIALS]
    return make_images([*GOLDENS, *FINDINGS, *cases], tmp_path_factory.mktemp("images") / "made")


@pytest.fixture
def tally(request: pytest.FixtureRequest) -> Iterator[Tally]:
    """Counts what a test compares."""
    made = Tally()
    yield made
    request.node.user_properties.append((COUNTED, (made.words, made.different)))


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Add what a test compared."""
    if report.when == "teardown":
        for words, different in (v for k, v in report.user_properties if k == COUNTED):
            TOTAL.words += words
            TOTAL.different += different


def pytest_terminal_summary(terminalreporter) -> None:
    """Say how much was compared."""
    if TOTAL.words:
        terminalreporter.write_line(
            f"firmware: {TOTAL.words} words compared, {TOTAL.different} differ"
        )
