import os
import subprocess
import sys

import numpy as np
import pytest


@pytest.fixture(scope="session")
def plain(tmp_path_factory):
    """What ``both.everything`` gives in plain Python, by part."""
    path = tmp_path_factory.mktemp("plain") / "plain.npz"
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-m", "tests.neurosim.kernels.both", str(path)],
        capture_output=True,
        text=True,
        env={**os.environ, "NUMBA_DISABLE_JIT": "1"},
    )
    assert done.returncode == 0, done.stderr
    parts = {}
    with np.load(path) as file:
        for key in file.files:
            part, _, name = key.partition(": ")
            parts.setdefault(part, {})[name.replace("|", "/")] = file[key]
    return parts
