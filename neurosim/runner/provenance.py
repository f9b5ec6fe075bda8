"""Where an outcome comes from: versions, machine, source, command."""

from __future__ import annotations

import hashlib
import os
import platform
import subprocess
import sys
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import neurosim
from neurosim.recording.provenance import versions


def environment() -> dict[str, Any]:
    """Facts about this process as plain data.

    Returns
    -------
    dict
        ``versions, platform, cpu_count``, ``source`` (see :func:`source`), ``command`` and
        ``started`` (UTC).
    """
    return {
        "versions": versions(),
        "platform": platform.platform(),
        "cpu_count": os.cpu_count(),
        "source": source(),
        "command": sys.argv,
        "started": datetime.now(UTC).isoformat(timespec="seconds"),
    }


@cache
def source(root: Path | None = None) -> dict[str, Any] | None:
    """Commit of a checkout (by default neurosim's own) and what differs from it.

    Returns
    -------
    dict or None
        ``commit``, ``dirty`` and ``diff`` (hash of the difference, ``""`` if there is none);
        ``None`` where there is no checkout with a commit, or no git.
    """
    folder = Path(neurosim.__file__).parent.parent if root is None else root
    if not (folder / ".git").exists():
        return None
    try:
        commit = _git(folder, "rev-parse", "HEAD").strip()
        difference = _git(folder, "diff", "HEAD") + _git(folder, "status", "--porcelain")
    except (OSError, subprocess.SubprocessError):
        return None
    digest = hashlib.blake2b(difference.encode(), digest_size=8).hexdigest() if difference else ""
    return {"commit": commit, "dirty": bool(difference), "diff": digest}


def _git(folder: Path, *args: str) -> str:
    done = subprocess.run(
        ["git", "-C", str(folder), *args],
        check=True, capture_output=True, text=True, errors="replace", timeout=10,
    )  # fmt: skip
    return done.stdout
