from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

import neurosim.experiments
from neurosim.backends.progress import show_progress
from neurosim.cli import app
from tests.neurosim.runner.tiny import CLAIMS

PACKAGE = """
from pathlib import Path
from tests.neurosim.runner.tiny import make

EXPERIMENT = make(Path(__file__).parent, {claims!r})
"""


@pytest.fixture
def tiny_experiment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An experiment called ``tiny`` beside those of neurosim; gives its folder."""
    folder = tmp_path / "experiments" / "tiny"
    folder.mkdir(parents=True)
    (folder / "__init__.py").write_text(PACKAGE.format(claims=CLAIMS))
    path = [*neurosim.experiments.__path__, str(folder.parent)]
    monkeypatch.setattr(neurosim.experiments, "__path__", path)
    yield folder
    sys.modules.pop("neurosim.experiments.tiny", None)
    vars(neurosim.experiments).pop("tiny", None)


@pytest.fixture
def call() -> Iterator[Callable[..., Any]]:
    """Call the command line in this process; gives the result with its output and exit code."""
    runner = CliRunner()

    def called(*args: Any) -> Any:
        return runner.invoke(app, [str(arg) for arg in args])

    yield called
    show_progress(None)
