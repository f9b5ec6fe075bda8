"""Where a result comes from: all that is needed to make it again."""

from __future__ import annotations

import os
import platform
from collections.abc import Mapping
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from typing import Any

import neurosim
from neurosim.plan.plan import Plan

PACKAGES = ("numpy", "numba")


def provenance(plan: Plan, backend: str, notes: Mapping[str, Any]) -> dict[str, Any]:
    """Facts about a run as plain data (JSON).

    Parameters
    ----------
    plan : Plan
        What ran.
    backend : str
        Name of the backend.
    notes : mapping
        What the backend reports about the run, plain data.

    Returns
    -------
    dict
        ``name, seed, dt, timing, precision, weights, backend, plan_hash, versions, platform,
        cpu_count, network`` (description of the network), ``notes`` (what was rounded or chosen on
        the way) and ``backend_notes``.
    """
    return {
        "name": plan.name,
        "seed": plan.seed,
        "dt": plan.dt,
        "timing": plan.timing,
        "precision": plan.precision,
        "weights": plan.weights,
        "backend": backend,
        "plan_hash": plan.hash,
        "versions": versions(),
        "platform": platform.platform(),
        "cpu_count": os.cpu_count(),
        "network": dict(plan.network),
        "notes": list(plan.notes),
        "backend_notes": dict(notes),
    }


@cache
def _installed() -> dict[str, str]:
    found = {"python": platform.python_version(), "neurosim": neurosim.__version__}
    for package in PACKAGES:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            found[package] = "not installed"
    return found


def versions() -> dict[str, str]:
    """Versions of Python, neurosim and the packages that decide results; imports none of them."""
    return dict(_installed())
