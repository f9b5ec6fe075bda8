"""``neurosim info``."""

from __future__ import annotations

import os
import platform
import re
import shutil
from pathlib import Path
from typing import Annotated

import typer

OPTIONAL = (
    "scikit-learn", "scipy", "pandas", "pynn", "brian2", "torch", "snntorch", "norse", "spynnaker",
    "nir", "neo", "h5py", "pyarrow", "optuna", "distributed", "submitit", "ipywidgets",
)  # fmt: skip
"""Packages of the extras."""


def info(
    clear_cache: Annotated[
        bool, typer.Option("--clear-cache", help="Delete all compiled code.")
    ] = False,
) -> None:
    """Show versions, caches and packages."""
    from neurosim.backends.base import processors
    from neurosim.kernels.cache import cache_root
    from neurosim.recording.provenance import versions
    from neurosim.runner.report import console, table

    root = cache_root()
    if clear_cache:
        freed = sum(clear(folder) for folder in compiled(root))
        print(f"deleted {_mib(freed)} of compiled code below {root}")
        return
    found = {name: _version(name) for name in OPTIONAL}
    rows = [
        *versions().items(),
        ("platform", platform.platform()),
        ("cache", compiled_size()),
        ("cores", str(os.cpu_count())),
        ("threads", f"1 a run, up to {processors()} with threads="),
        ("optional", ", ".join(f"{n} {v}" for n, v in found.items() if v) or "none"),
        ("not installed", ", ".join(n for n, v in found.items() if not v)),
    ]
    console().print(table(["", ""], rows))
    if _version("neurosim"):
        print("Another distribution called 'neurosim' is installed: both use the same import name.")


def compiled_size() -> str:
    """The cache folder and the size of all compiled code in it."""
    from neurosim.kernels.cache import cache_root

    root = cache_root()
    return f"{root} ({_mib(sum(map(size, compiled(root))))})"


def compiled(root: Path) -> list[Path]:
    """Folders of compiled code below the cache folder; they are named by a hash."""
    if not root.is_dir():
        return []
    return [p for p in root.iterdir() if p.is_dir() and re.fullmatch("[0-9a-f]{16}", p.name)]


def size(folder: Path) -> int:
    """Bytes of all files below a folder."""
    return sum(p.stat().st_size for p in folder.rglob("*") if p.is_file())


def clear(folder: Path) -> int:
    """Delete a folder; returns the bytes it held."""
    held = size(folder)
    shutil.rmtree(folder)
    return held


def _mib(count: int) -> str:
    return f"{count / 2**20:.1f} MiB"


def _version(package: str) -> str | None:
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version(package)
    except PackageNotFoundError:
        return None
