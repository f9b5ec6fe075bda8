"""Settings of all tests: where compiled code is kept, and how examples are drawn."""

from __future__ import annotations

import os
import signal
from pathlib import Path

from hypothesis import settings

ROOT = Path(__file__).parent.parent

# Folders of compiled code are named by a hash of the kernels, so they may outlive a run.
os.environ.setdefault("NEUROSIM_CACHE_DIR", str(ROOT / ".pytest_cache" / "neurosim"))
os.environ.setdefault("MPLBACKEND", "agg")

# A shell starts background jobs with Ctrl-C ignored; the tests of it need Python's own handler.
signal.signal(signal.SIGINT, signal.default_int_handler)

settings.register_profile("tests", derandomize=True, deadline=None, database=None, max_examples=30)
settings.load_profile("tests")
