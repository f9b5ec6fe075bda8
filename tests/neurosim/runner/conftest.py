from __future__ import annotations

from pathlib import Path

import pytest

from neurosim.runner.experiment import Experiment
from tests.neurosim.runner.tiny import make


@pytest.fixture
def tiny(tmp_path: Path) -> Experiment:
    folder = tmp_path / "tiny"
    folder.mkdir()
    return make(folder)
