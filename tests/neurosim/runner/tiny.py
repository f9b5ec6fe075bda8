"""A tiny experiment that uses everything an experiment may."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from neurosim.declare import Declared, choice, flag, given, integer, nested, param
from neurosim.recording.recording import Recording, SpikeTrains
from neurosim.runner.experiment import Context, Experiment, Result

CLAIMS = """
[[claim]]
name = "mean"
metric = "mean"
relation = "~"
value = 6.0
tolerance = 0.5
source = "table 1"

[[claim]]
name = "all there"
metric = "complete"
relation = "=="
value = true
source = "figure 2"
"""


def _word(owner: str, field: str, value: Any) -> str:
    if not isinstance(value, str):
        from neurosim.errors import ParameterError

        raise ParameterError(owner, field, "must be a word", value, "Give a word.")
    return value


class Cell(Declared):
    """A group of parameters."""

    tau_m: float = param(20.0, "ms", above=0.0, doc="time constant")
    v_thresh: float = param(-50.0, "mV", doc="threshold")


class Circuit(Declared):
    """A group with a group inside."""

    cell: Cell = nested(Cell, doc="the cells")


class Params(Declared):
    """Parameters of the tiny experiment."""

    n: int = integer(4, low=1, doc="how many")
    gain: float = param(1.5, doc="factor")
    mode: str = choice("plain", options=("plain", "loud", "no"), doc="how")
    strict: bool = flag(True, doc="whether")
    label: str = given("x", convert=_word, rule="must be a word", doc="a word")
    cell: Cell = nested(Cell, doc="cells")
    circuit: Circuit = nested(Circuit, doc="circuit")


def run(params: Params, context: Context) -> Result:
    """Numbers from the parameters and the seed."""
    rows = [params.gain * i for i in context.track(range(1, params.n + 1), "rows")]
    (context.scratch / "note.txt").write_text("a note")
    values = np.array(rows) + params.cell.tau_m - 17.75
    spikes = SpikeTrains(
        np.array([1.0, 2.0]), np.array([0, 1], dtype=np.int32), np.arange(2, dtype=np.int32)
    )
    return Result(
        metrics={
            "mean": np.float64(values.mean()),
            "complete": np.bool_(len(values) == params.n),
            "draw": float(context.rng("draw").random()),
            "backend": context.backend,
        },
        arrays={"values": values},
        recordings={"first run": Recording({"cells": spikes}, {}, 10.0, {"seed": context.seed})},
        notes=("A note of the experiment.",),
    )


def figure(result: Result, params: Params) -> Any:
    """The values."""
    from matplotlib.figure import Figure

    made = Figure(figsize=(2, 1))
    made.subplots().plot(result.arrays["values"])
    return made


def make(folder: Path, claims: str = CLAIMS, **changes: Any) -> Experiment:
    """The experiment, with its claims written into a folder."""
    (folder / "claims.toml").write_text(claims)
    fields = {
        "name": "tiny", "summary": "A tiny experiment.", "params": Params, "run": run,
        "figure": figure, "folder": folder,
    }  # fmt: skip
    return Experiment(**{**fields, **changes})
