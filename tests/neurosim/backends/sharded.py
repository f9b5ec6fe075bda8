"""Shards for networks of any size: cuts anywhere, and a given way of working.

``python -m tests.neurosim.backends.sharded FILE`` with ``NUMBA_DISABLE_JIT=1`` runs every
conformance case with two and with three shards in plain Python and writes what differs from the
reference.
"""

import json
import sys
from contextlib import contextmanager
from dataclasses import replace

import numpy as np
import pytest

from neurosim.backends import base, clocked, layout
from neurosim.backends.pace import Pace
from neurosim.backends.share import Share
from neurosim.backends.team import Team
from neurosim.synapses import STDP
from neurosim.testing.cases import CASES
from neurosim.testing.compare import differences
from neurosim.testing.start import outcome

WAYS = ("together", "by turns", "mixed")


@contextmanager
def way_of_working(way):
    """Have all teams work together, by turns or now so and now so; counts the calls of each."""
    calls = {True: 0, False: 0}

    def choose(pace, steps):
        number = sum(calls.values())
        together = way == "together" or (way == "mixed" and number % 2 == 0)
        calls[together] += 1
        return together, min(steps, 1 + 3 * number % 8) if way == "mixed" else steps

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Pace, "next", choose)
        yield calls


def cut_at(fractions):
    """A way to share out blocks of any size: one cut each at these fractions."""

    def shares(plan, drawers, n):
        at = fractions if n == len(fractions) + 1 else [i / n for i in range(1, n)]
        ends = [[0, *(round(f * block.size) for f in at), block.size] for block in plan.neurons]
        return [Share(tuple(e[i] for e in ends), tuple(e[i + 1] for e in ends)) for i in range(n)]

    return shares


def _useful(n):
    """As many shards as asked for, but where a network cannot be shared out at all."""

    def useful(plan, drawers, threads):
        fixed = any(
            isinstance(b.synapse, STDP) and b.synapse.dendritic_delay_fraction > 0
            for b in plan.synapses
        )
        return 1 if plan.timing == "spinnaker" and fixed else n

    return useful


@contextmanager
def shards(way, *fractions):
    """Have the backend share out networks of any size, cut at some fractions of each block."""
    with way_of_working(way) as calls, pytest.MonkeyPatch.context() as patch:
        patch.setattr(layout, "shares", cut_at(fractions))
        patch.setattr(clocked, "useful_threads", _useful(len(fractions) + 1))
        patch.setattr(clocked, "Team", lambda made, module, dt, _: Team(made, module, dt))
        yield calls


@contextmanager
def small_networks_too(way):
    """Have the backend take threads for any network of several strips, as many as asked for."""
    with way_of_working(way) as calls, pytest.MonkeyPatch.context() as patch:
        patch.setattr(clocked, "SMALLEST_WORK_S", 0.0)
        patch.setattr(base, "processors", lambda: 8)
        yield calls


OF_THREE = ("recurrent", "stdp mixed", "tsodyks-markram spinnaker", "connectors", "currents")
"""Cases that run with three shards too; together they use every part of the step loop."""


def everything():
    """What differs from the reference, and calls by the way of working, by case and shards.

    Kinds of neurons are compared for a part of their time: they are dear in plain Python, and how
    they are shared out is alike.
    """
    found = {}
    for name, case in CASES.items():
        kind = name.startswith("neurons")
        case = replace(case, duration=0.3 * case.duration) if kind else case
        expected = outcome("reference", case)
        spikes = sum(len(t) for t in expected.recording.spikes.values())
        for fractions in ((0.55,), (0.3, 0.6)) if name in OF_THREE else ((0.55,),):
            with shards("mixed", *fractions) as calls:
                texts = differences(expected, outcome("numba", case))
            key = f"{name}, {len(fractions) + 1} shards"
            found[key] = {"texts": texts, "calls": list(calls.values()), "spikes": spikes}
    for name in ("recurrent", "stdp mixed", "poisson"):
        expected = outcome("numba", CASES[name], precision="single")
        with shards("mixed", 0.55) as calls:
            texts = differences(expected, outcome("numba", CASES[name], precision="single"))
        found[f"{name}, 2 shards in single precision"] = {
            "texts": texts, "calls": list(calls.values()), "spikes": 1,
        }  # fmt: skip
    return found


if __name__ == "__main__":
    np.seterr(over="ignore")  # of whole numbers, which wrap around as in compiled code
    with open(sys.argv[1], "w") as file:
        json.dump(everything(), file)
