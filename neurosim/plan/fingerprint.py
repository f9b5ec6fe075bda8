"""A hash of everything in a plan that decides the result of a run."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import numpy as np

from neurosim.plan.plan import Plan


def fingerprint(plan: Plan) -> str:
    """Hexadecimal hash of network, kinds, constants, time step, seed and precision.

    Recorders count too, since they decide what a saved state holds.
    """
    data: dict[str, Any] = {
        "network": plan.network,
        "dt": plan.dt,
        "seed": plan.seed,
        "precision": plan.precision,
        "weights": plan.weights,
        "neurons": [
            {
                "steps": [step.source for step in block.steps],
                "constants": {name: _plain(value) for name, value in block.constants.items()},
            }
            for block in plan.neurons
        ],
    }
    text = json.dumps(data, sort_keys=True, separators=(",", ":"))
    return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()


def _plain(value: Any) -> Any:
    if isinstance(value, np.ndarray):
        return hashlib.blake2b(np.ascontiguousarray(value).data, digest_size=16).hexdigest()
    return value
