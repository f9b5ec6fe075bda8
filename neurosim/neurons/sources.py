"""Spike sources (populations without a membrane) and Poisson input without synapses of its own."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from neurosim.declare import Declared, Value, given, param
from neurosim.errors import ParameterError

SpikeTimes = tuple[NDArray[np.float64], ...]


class SpikeSource(Declared):
    """Base of populations that emit spikes and receive none."""

    kind: ClassVar[str]

    @classmethod
    def recordable(cls) -> tuple[str, ...]:
        """Variables that can be recorded."""
        return ("spikes",)


def _spike_times(owner: str, field: str, value: Any) -> SpikeTimes:
    rule = "must be a list of times in ms, or one such list per unit, sorted and >= 0"
    if isinstance(value, (str, bytes, dict)) or value is None:
        raise ParameterError(owner, field, rule, value, "Give lists of numbers.")
    try:
        items = list(value)
    except TypeError as error:
        raise ParameterError(owner, field, rule, value, "Give lists of numbers.") from error
    shared = all(np.ndim(item) == 0 for item in items) and len(items) > 0
    trains = []
    for unit, item in enumerate([items] if shared else items):
        where = "" if shared else f"unit {unit}"
        try:
            train = np.array(item, dtype=np.float64)
        except (TypeError, ValueError) as error:
            raise ParameterError(
                owner, field, rule, item, "Give lists of numbers.", where
            ) from error
        if train.ndim != 1 or not np.isfinite(train).all() or (train < 0).any():
            raise ParameterError(owner, field, rule, item, "Use finite times >= 0 ms.", where)
        if (np.diff(train) < 0).any():
            raise ParameterError(owner, field, rule, item, "Sort the times.", where)
        train.setflags(write=False)
        trains.append(train)
    return tuple(trains)


class SpikeSourceArray(SpikeSource):
    """Units that spike at given times.

    ``spike_times`` holds one sorted list of times (ms, >= 0) per unit, or a single flat list that
    all units share. Times off the grid of steps are rounded and reported in the plan's
    notes; a unit that spikes twice in a step transmits twice. More spikes can be fed during a run
    with ``Simulation.feed``.
    """

    kind: ClassVar[str] = "spike_source_array"
    spike_times: Any = given(
        (), convert=_spike_times, unit="ms", rule="must be sorted times >= 0 ms", doc="spike times"
    )


class SpikeSourcePoisson(SpikeSource):
    """Units that spike at random with a given rate.

    In each step from ``start`` for ``duration`` a unit spikes with probability ``rate * dt`` (at
    most one spike a step, so that the mean rate is exact); ``rate * dt`` must not exceed 1.
    """

    kind: ClassVar[str] = "spike_source_poisson"
    rate: Value = param(1.0, "Hz", low=0.0, doc="mean rate")
    start: Value = param(0.0, "ms", low=0.0, doc="first time")
    duration: Value = param(1e10, "ms", low=0.0, doc="how long it is active")


class PoissonInput(Declared):
    """Independent Poisson events for every neuron of a population, without synapses.

    In each step every neuron gets ``n`` events at once, ``n`` drawn from a Poisson distribution
    with mean ``rate * dt``, each of size ``weight`` at ``receptor``. Equal to a Poisson source per
    neuron that is connected one to one, and much cheaper.
    """

    rate: Value = param(unit="Hz", low=0.0, doc="mean number of events per second and neuron")
    weight: float = param(unit="1", scalar=True, doc="size of an event in the receptor's unit")
    receptor: str = given(
        "excitatory",
        convert=lambda owner, field, value: _word(owner, field, value),
        rule="must be the name of a receptor",
        doc="where the events arrive",
    )
    start: float = param(0.0, "ms", low=0.0, scalar=True, doc="first time")
    stop: float | None = param(
        None, "ms", low=0.0, scalar=True, optional=True, doc="end, None for never"
    )

    def check(self) -> None:
        if self.stop is not None and self.stop < self.start:
            raise ParameterError(
                "PoissonInput", "stop", f"must be >= start ({self.start} ms)", self.stop,
                "Exchange the two.",
            )  # fmt: skip


def _word(owner: str, field: str, value: Any) -> str:
    if not isinstance(value, str) or not value:
        raise ParameterError(owner, field, "must be a name", value, "Give a receptor's name.")
    return value


SOURCES: dict[str, type[SpikeSource]] = {
    source.kind: source for source in (SpikeSourceArray, SpikeSourcePoisson)
}
