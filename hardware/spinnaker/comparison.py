"""How far a run on the emulator (or a board) is from one in floating point, and why."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from neurosim.errors import ParameterError, WiringError
from neurosim.hardware.spinnaker.causes import Cause, causes
from neurosim.hardware.spinnaker.lower import map_plan
from neurosim.hardware.spinnaker.settings import Settings
from neurosim.network.network import Network
from neurosim.plan.lower import lower
from neurosim.recording.recording import Recording, SpikeTrains

if TYPE_CHECKING:
    from matplotlib.figure import Figure

SHOWN = 8
"""Causes that a report lists."""


@dataclass(frozen=True)
class SpikeDifference:
    """Spikes of a population in both runs.

    Parameters
    ----------
    population : str
        Its name.
    expected, found : int
        Numbers of spikes, in floating point and on the board.
    same : int
        Spikes of the same unit at the same tick in both.
    near : int
        Those, and further pairs of the same unit that are at most ``tolerance`` ticks apart.
    first : float or None
        Time (ms) of the first spike that only one of them has at its tick; None if there is none.
    rate : float
        Mean absolute difference of the rates of units, Hz.
    correlation : float
        Correlation of the rates of units; nan where it does not exist.
    """

    population: str
    expected: int
    found: int
    same: int
    near: int
    first: float | None
    rate: float
    correlation: float

    @property
    def equal(self) -> bool:
        """Whether all spikes are the same."""
        return self.expected == self.found == self.same


@dataclass(frozen=True)
class TraceDifference:
    """Samples of a variable in both runs.

    Parameters
    ----------
    population, variable, unit : str
        Which, and its unit.
    largest, rms, mean : float
        Largest absolute, root mean square and mean difference (board minus floating point).
    before : float
        Largest absolute difference until the first spike of the population that differs.
    """

    population: str
    variable: str
    unit: str
    largest: float
    rms: float
    mean: float
    before: float


@dataclass(frozen=True)
class Comparison:
    """What :func:`compare` finds.

    Parameters
    ----------
    dt : float
        Tick, ms.
    shift : int
        Ticks by which stamps of the run in floating point were moved back, since it follows the
        standard timing, in which a spike is stamped at the end of its step.
    tolerance : int
        Ticks within which spikes count as near.
    spikes : tuple of SpikeDifference
        By population.
    traces : tuple of TraceDifference
        By population and variable.
    causes : tuple of Cause
        Numbers that differ on the board, the most important first.
    saturations : int
        Additions to accumulators that were cut off.
    cut_histories : int
        Times that a plastic synapse should have looked further back than the 15 spikes that the
        board keeps of a cell: what it would have learned from earlier ones is lost.
    """

    dt: float
    shift: int
    tolerance: int
    spikes: tuple[SpikeDifference, ...]
    traces: tuple[TraceDifference, ...]
    causes: tuple[Cause, ...]
    saturations: int
    cut_histories: int
    _recordings: tuple[Recording, Recording]

    @property
    def equal(self) -> bool:
        """Whether all spikes are the same."""
        return all(s.equal for s in self.spikes)

    def figure(self) -> Figure:
        """Rasters of both runs over each other, and the trace that differs most."""
        from neurosim.hardware.spinnaker.comparison_figure import figure

        return figure(self, *self._recordings)

    def to_dict(self) -> dict[str, Any]:
        """The numbers as plain data."""
        return {
            "dt": self.dt, "shift": self.shift, "tolerance": self.tolerance, "equal": self.equal,
            "spikes": [asdict(s) for s in self.spikes], "traces": [asdict(t) for t in self.traces],
            "causes": [asdict(c) | {"relative": c.relative} for c in self.causes],
            "saturations": self.saturations, "cut_histories": self.cut_histories,
        }  # fmt: skip

    def __str__(self) -> str:
        lines = [f"spikes (tick {self.dt:g} ms, near: within {self.tolerance} ticks)"]
        for s in self.spikes:
            first = "none differs" if s.first is None else f"first difference at {s.first:g} ms"
            lines.append(
                f"  {s.population}: {s.expected} and {s.found}, {s.same} the same, {s.near} near, "
                f"{first}, rates differ by {s.rate:.3g} Hz"
            )
        if self.traces:
            lines.append("traces")
        for t in self.traces:
            lines.append(
                f"  {t.population}.{t.variable}: at most {t.largest:.3g} {t.unit} apart, rms "
                f"{t.rms:.3g}, {t.before:.3g} before the first spike that differs"
            )
        lines.append("numbers that differ on the board" if self.causes else "no number differs")
        lines += [f"  {c}" for c in self.causes[:SHOWN]]
        if len(self.causes) > SHOWN:
            lines.append(f"  and {len(self.causes) - SHOWN} more")
        lines.append(f"accumulators cut off: {self.saturations} times")
        if self.cut_histories:
            lines.append(
                f"plastic synapses that should have looked further back than the 15 spikes that a "
                f"board keeps of a cell: {self.cut_histories} times"
            )
        return "\n".join(lines)

    def __repr__(self) -> str:
        return str(self)

    def _repr_html_(self) -> str:
        from html import escape

        return f"<pre>{escape(str(self))}</pre>"


def compare(
    float_recording: Recording, emulated_recording: Recording, *, tolerance: int = 1
) -> Comparison:
    """Compare a run in floating point with one of the same network on the emulator or a board.

    Parameters
    ----------
    float_recording : Recording
        From any backend, with the same time step and populations.
    emulated_recording : Recording
        From ``"spinnaker-emulator"`` or ``"spinnaker-board"``.
    tolerance : int
        Ticks within which spikes count as near, >= 0.

    Returns
    -------
    Comparison

    Raises
    ------
    ParameterError
        If one is no recording, or the time steps differ.
    WiringError
        If they have no population in common whose spikes or samples were recorded.

    Notes
    -----
    With ``timing="standard"`` spikes are stamped at the end of their step; they are moved back by
    one tick here. Networks with loops then still differ by one tick for every synapse that a signal
    passes, for which ``timing="spinnaker"`` of the network is the remedy where kinds have it.
    """
    for name, item in (
        ("float_recording", float_recording), ("emulated_recording", emulated_recording)
    ):  # fmt: skip
        if not isinstance(item, Recording):
            raise ParameterError("compare", name, "must be a Recording", item, "Run it first.")
    if isinstance(tolerance, bool) or not isinstance(tolerance, int) or tolerance < 0:
        raise ParameterError(
            "compare", "tolerance", "must be a whole number >= 0", tolerance, "Give such."
        )
    dt = float(emulated_recording.info["dt"])
    if float_recording.info["dt"] != dt:
        raise ParameterError(
            "compare", "float_recording", f"must have a time step of {dt:g} ms",
            float_recording.info["dt"], "Run both with the same dt.",
        )  # fmt: skip
    shift = int(float_recording.info["timing"] == "standard")
    end = min(float_recording.duration, emulated_recording.duration)
    spikes = tuple(
        _spikes(name, float_recording.spikes[name], trains, dt, shift, end, tolerance)
        for name, trains in emulated_recording.spikes.items()
        if name in float_recording.spikes
    )
    firsts = {s.population: s.first for s in spikes}
    traces = tuple(
        _traces(*key, float_recording, emulated_recording, firsts.get(key[0]))
        for key in emulated_recording.signals
        if key in float_recording.signals
    )
    if not spikes and not traces:
        raise WiringError(
            "compare: nothing was recorded in both runs. Record the same populations in both."
        )
    notes = emulated_recording.info["backend_notes"]
    saturations, cut = (int(notes.get(name, 0)) for name in ("saturations", "cut_histories"))
    return Comparison(
        dt, shift, tolerance, spikes, traces, _causes(emulated_recording),
        saturations, cut, (float_recording, emulated_recording),
    )  # fmt: skip


def _causes(recording: Recording) -> tuple[Cause, ...]:
    info = recording.info
    plan = lower(
        Network.from_dict(info["network"]), info["dt"], info["seed"], info["precision"],
        info["weights"],
    )  # fmt: skip
    return causes(map_plan(plan, Settings(**info["backend_notes"]["settings"])))


def stamps(trains: SpikeTrains, dt: float, shift: int, end: float) -> NDArray[np.int64]:
    """Ticks and units of spikes before ``end``, shape (n, 2), ascending."""
    ticks = np.rint(trains.times / dt).astype(np.int64) - shift
    table: NDArray[np.int64] = np.stack([ticks, trains.ids.astype(np.int64)], axis=1)
    table = table[(ticks >= 0) & (ticks < round(end / dt) - 1)]
    ordered: NDArray[np.int64] = table[np.lexsort((table[:, 1], table[:, 0]))]
    return ordered


def _spikes(
    name: str, expected: SpikeTrains, found: SpikeTrains, dt: float, shift: int, end: float,
    tolerance: int,
) -> SpikeDifference:  # fmt: skip
    units = np.intersect1d(expected.recorded, found.recorded)
    a, b = stamps(expected, dt, shift, end), stamps(found, dt, 0, end)
    a, b = (table[np.isin(table[:, 1], units)] for table in (a, b))
    both, counts = np.unique(np.concatenate([a, b]), axis=0, return_counts=True)
    in_a = _counted(both, a)
    in_b = counts - in_a
    same = int(np.minimum(in_a, in_b).sum())
    differing = both[in_a != in_b]
    first = float(differing[:, 0].min() * dt) if len(differing) else None
    seconds = end / 1000.0
    rates = [
        np.bincount(np.searchsorted(units, t[:, 1]), minlength=len(units)) / seconds for t in (a, b)
    ]
    varied = len(units) > 1 and all(r.std() > 0.0 for r in rates)
    return SpikeDifference(
        name, len(a), len(b), same, near(a, b, tolerance), first,
        float(np.abs(rates[0] - rates[1]).mean()) if len(units) else 0.0,
        float(np.corrcoef(rates[0], rates[1])[0, 1]) if varied else float("nan"),
    )  # fmt: skip


def _counted(rows: NDArray[np.int64], table: NDArray[np.int64]) -> NDArray[np.int64]:
    """How often each of some sorted rows is in a table."""
    if not len(rows):
        return np.empty(0, dtype=np.int64)
    width = int(rows[:, 1].max()) + 1
    places = np.searchsorted(rows[:, 0] * width + rows[:, 1], table[:, 0] * width + table[:, 1])
    counts: NDArray[np.int64] = np.bincount(places, minlength=len(rows))
    return counts


def near(a: NDArray[np.int64], b: NDArray[np.int64], tolerance: int) -> int:
    """Most pairs of spikes of the same unit that are at most ``tolerance`` ticks apart.

    Parameters
    ----------
    a, b : ndarray of int64, shape (n, 2)
        Ticks and units.
    tolerance : int
        Ticks.
    """
    pairs = 0
    for unit in np.intersect1d(a[:, 1], b[:, 1]).tolist():
        x, y = (np.sort(t[t[:, 1] == unit, 0]) for t in (a, b))
        i = j = 0
        while i < len(x) and j < len(y):
            if abs(int(x[i] - y[j])) <= tolerance:
                pairs, i, j = pairs + 1, i + 1, j + 1
            elif x[i] < y[j]:
                i += 1
            else:
                j += 1
    return pairs


def _traces(
    population: str, variable: str, expected: Recording, found: Recording, first: float | None
) -> TraceDifference:
    a, b = expected.signals[population, variable], found.signals[population, variable]
    ids = np.intersect1d(a.ids, b.ids)
    n = min(len(a), len(b))
    x, y = (s.values[:n, np.searchsorted(s.ids, ids)] for s in (a, b))
    apart = np.asarray(y - x, dtype=np.float64)
    until = apart if first is None else apart[b.times[:n] <= first]
    return TraceDifference(
        population, variable, b.unit, _largest(apart), float(np.sqrt(np.mean(apart**2))),
        float(apart.mean()), _largest(until),
    )  # fmt: skip


def _largest(values: NDArray[np.float64]) -> float:
    return float(np.abs(values).max(initial=0.0))
