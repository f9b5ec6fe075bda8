"""Buffers for what a batch records: all its samples, one group of them after the other."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from neurosim.errors import SimulationError
from neurosim.plan.plan import NEVER, Plan, ProbePlan
from neurosim.recording.batch import BatchRecording, BatchSignal, BatchSpikes
from neurosim.recording.buffers import SHARE
from neurosim.recording.memory import available, size

Array = NDArray[Any]


class BatchBuffers:
    """All that the probes of a plan record in a number of samples.

    Parameters
    ----------
    plan : Plan
        The plan.
    n_samples, steps : int
        Number of samples, and of steps of each.
    """

    complete: int
    """Number of samples that are complete; they are the first ones."""

    def __init__(self, plan: Plan, n_samples: int, steps: int) -> None:
        self.complete = 0
        self._plan, self._n, self._steps = plan, n_samples, steps
        self._started = datetime.now(UTC).isoformat(timespec="seconds")
        self._spikes: dict[int, list[tuple[Array, Array]]] = {}
        self._values: dict[int, Array] = {}

    def reserve(self, memory_limit: float | None) -> None:
        """Make room for the samples of state variables.

        Parameters
        ----------
        memory_limit : float or None
            Largest recording in bytes; None takes most of what is free.

        Raises
        ------
        SimulationError
            If they would not fit.
        """
        plan, end = self._plan, self._steps + self._plan.arrival
        shapes = {
            q: (self._n, sampled(p, 0, end)[1], len(p.ids))
            for q, p in enumerate(plan.probes)
            if p.variable != "spikes"
        }
        needed = sum(math.prod(shape) for shape in shapes.values()) * plan.dtype.itemsize
        limit = memory_limit
        if limit is None:
            free = available()
            limit = math.inf if free is None else SHARE * free
        if needed > limit:
            most = max(shapes, key=lambda q: math.prod(shapes[q]))
            probe = plan.probes[most]
            raise SimulationError(
                f"simulate_batch: the recording must fit into {size(limit)}, it would take "
                f"{size(needed)} for {self._n} samples. Most is {probe.variable!r} of population "
                f"{plan.populations[probe.population].name!r}. Record fewer units, sample less "
                "often (every=), record a window (start=, stop=), or run the samples in parts "
                "(first=)."
            )
        self._values = {q: np.empty(shape, dtype=plan.dtype) for q, shape in shapes.items()}

    def add_samples(self, probe: int, low: int, begin: int, values: Array) -> None:
        """Take values, shape (samples, times, units), from sample ``low`` and time ``begin`` on."""
        out = self._values[probe]
        out[low : low + len(values), begin : begin + values.shape[1]] = values

    def add_spikes(self, probe: int, samples: list[tuple[Array, Array]]) -> None:
        """Take stamps and ids of all units of the next samples, one pair of arrays a sample."""
        self._spikes.setdefault(probe, []).extend(samples)

    def recording(self, first: int, info: Mapping[str, Any]) -> BatchRecording:
        """Everything of the complete samples.

        Parameters
        ----------
        first : int
            Number of the first sample.
        info : mapping
            Provenance.
        """
        plan = self._plan
        spikes, signals = {}, {}
        for q, probe in enumerate(plan.probes):
            where = plan.populations[probe.population]
            if probe.variable == "spikes":
                spikes[where.name] = self._trains(probe, self._spikes.get(q, []))
                continue
            values = self._values[q][: self.complete]
            values.setflags(write=False)
            stamps = probe.first + probe.every * np.arange(values.shape[1], dtype=np.int64)
            state = plan.neurons[where.block].kind.state
            unit = str(next(s.unit for s in state if s.name == probe.variable))
            signals[where.name, probe.variable] = BatchSignal(
                values, stamps.astype(np.float64) * plan.dt, probe.every * plan.dt, probe.ids, unit
            )
        return BatchRecording(
            spikes, signals, self.complete, self._steps * plan.dt, first,
            {**info, "started": self._started},
        )  # fmt: skip

    def _trains(self, probe: ProbePlan, samples: list[tuple[Array, Array]]) -> BatchSpikes:
        dt, units = self._plan.dt, self._plan.populations[probe.population].size
        stamps = np.concatenate([*(s for s, _ in samples), np.empty(0, np.int64)])
        ids = np.concatenate([*(i for _, i in samples), np.empty(0, np.int32)])
        starts = np.cumsum([0, *(len(i) for _, i in samples)], dtype=np.int64)
        kept = np.ones(len(ids), dtype=np.bool_)
        if len(probe.ids) < units:
            kept &= np.isin(ids, probe.ids)
        if probe.first > 0 or probe.last < NEVER:
            kept &= (stamps >= probe.first) & (stamps < probe.last)
        if not kept.all():
            starts = np.concatenate([[0], np.cumsum(kept)])[starts]
            stamps, ids = stamps[kept], ids[kept]
        stop = np.inf if probe.last == NEVER else probe.last * dt
        return BatchSpikes(stamps * dt, ids, starts, probe.ids, probe.first * dt, stop)


def sampled(probe: ProbePlan, begin: int, end: int) -> tuple[int, int]:
    """Numbers of a probe's samples with stamps below ``begin`` and below ``end``."""
    before, until = (
        -(-max(0, min(stamp, probe.last) - probe.first) // probe.every) for stamp in (begin, end)
    )
    return before, until
