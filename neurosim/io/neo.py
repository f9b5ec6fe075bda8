"""Recordings as Neo objects, for Elephant and whatever else reads Neo.

A block has one segment (one per sample for a batch). All spikes of a segment are one multiplexed
``SpikeTrainList``; single ``SpikeTrain`` objects are made by Neo when somebody asks for them. Every
recorded variable is one ``AnalogSignal``, named as in PyNN (``v``, ``gsyn_exc``).

==================  ==============================================================================
annotated           with
==================  ==============================================================================
block, segment      ``label`` (of the population, or of the network), ``size`` (units), ``dt`` (ms),
                    ``seed``, ``backend`` and ``version`` (of neurosim); a segment of a batch also
                    with ``sample``
spike train         ``source_population``, ``source_index`` (id in the population), ``start`` and
                    ``stop`` (recorded window, ms) and ``channel_id``
signal              ``source_population``; array annotations ``channel_id`` and ``channel_index``
                    (id in the population)
==================  ==============================================================================

In a block of one population a channel id is the id in the population. In a block of the whole
recording populations are numbered through in their order, since Neo wants unique channels: the
first unit of the second population follows the last one of the first.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from neurosim.errors import UnsupportedError, WiringError, close_matches
from neurosim.io.optional import package
from neurosim.recording.batch import BatchRecording
from neurosim.recording.recording import Recording, Signal

NO_UNIT = "dimensionless"


def to_neo(recording: Recording | BatchRecording, population: str | None = None) -> Any:
    """A Neo block with what was recorded.

    Parameters
    ----------
    recording : Recording or BatchRecording
        What to show; a batch gives one segment per sample.
    population : str, optional
        Only this population, as PyNN's ``Population.get_data``; otherwise all of them.

    Returns
    -------
    neo.Block
        See :mod:`neurosim.io.neo`. Times are in ms. If windows of recording differ between
        populations, spike trains have the widest, and their annotations the true one.

    Raises
    ------
    MissingDependency
        If Neo is not installed.
    WiringError
        If nothing of the population was recorded.
    UnsupportedError
        If a variable has a unit that Neo's package of units does not know.
    """
    neo = package("neo", "Recording.to_neo", "neo")
    known = sorted({*recording.spikes, *(name for name, _ in recording.signals)})
    if population is not None and population not in known:
        raise WiringError(
            f"Recording.to_neo: nothing of population {population!r} was recorded. "
            f"{close_matches(population, known)}"
        )
    sizes = _sizes(recording)
    wanted = {population: 0} if population is not None else _offsets(sizes)
    about = _about(recording.info, population, sum(sizes[name] for name in wanted))
    block = neo.Block(name=about["label"], **about)
    samples = recording if isinstance(recording, BatchRecording) else [recording]
    for i, sample in enumerate(samples):
        segment = neo.Segment(name=f"segment{i:03d}", **about)
        if "sample" in sample.info:
            segment.annotate(sample=sample.info["sample"])
        _add_spikes(neo, segment, sample, wanted)
        _add_signals(neo, segment, sample, wanted)
        segment.block = block
        block.segments.append(segment)
    return block


def _sizes(recording: Recording | BatchRecording) -> dict[str, int]:
    """Number of units by population, as the network has them; else as far as was recorded."""
    listed = recording.info.get("network", {}).get("populations", [])
    sizes = {item["name"]: int(item["size"]) for item in listed}
    for name, trains in recording.spikes.items():
        sizes.setdefault(name, int(trains.recorded.max(initial=-1)) + 1)
    for (name, _), signal in recording.signals.items():
        sizes.setdefault(name, int(signal.ids.max(initial=-1)) + 1)
    return sizes


def _offsets(sizes: Mapping[str, int]) -> dict[str, int]:
    ends = np.cumsum([0, *sizes.values()])
    return {name: int(end) for name, end in zip(sizes, ends[:-1], strict=True)}


def _about(info: Mapping[str, Any], population: str | None, size: int) -> dict[str, Any]:
    return {
        "label": info.get("name") if population is None else population,
        "size": size,
        "dt": info.get("dt"),
        "seed": info.get("seed"),
        "backend": info.get("backend"),
        "version": info.get("versions", {}).get("neurosim"),
    }


def _add_spikes(neo: Any, segment: Any, recording: Recording, wanted: Mapping[str, int]) -> None:
    names = [name for name in wanted if name in recording.spikes]
    if not names:
        return
    ms = _quantities().ms
    trains = [recording.spikes[name] for name in names]
    stops = [min(s.stop, recording.duration) for s in trains]
    times = np.concatenate([s.times for s in trains])
    sizes = [len(s.recorded) for s in trains]
    segment.spiketrains = neo.core.spiketrainlist.SpikeTrainList.from_spike_time_array(
        times,
        np.concatenate([s.ids + wanted[n] for n, s in zip(names, trains, strict=True)]),
        np.concatenate([s.recorded + wanted[n] for n, s in zip(names, trains, strict=True)]),
        max(*stops, float(times.max(initial=0.0))) * ms,  # the last stamp may be rounded upwards
        units="ms",
        t_start=min(s.start for s in trains) * ms,
        source_population=np.repeat(names, sizes),
        source_index=np.concatenate([s.recorded for s in trains]),
        start=np.repeat([s.start for s in trains], sizes),
        stop=np.repeat(stops, sizes),
    )
    segment.spiketrains.segment = segment


def _add_signals(neo: Any, segment: Any, recording: Recording, wanted: Mapping[str, int]) -> None:
    ms = _quantities().ms
    for (name, variable), signal in recording.signals.items():
        if name in wanted:
            made = neo.AnalogSignal(
                signal.values,
                units=_units(signal, f"{name}.{variable}"),
                t_start=(signal.times[0] if len(signal.times) else 0.0) * ms,
                sampling_period=signal.dt * ms,
                name=variable,
                array_annotations={
                    "channel_id": signal.ids + wanted[name],
                    "channel_index": signal.ids,
                },
                source_population=name,
            )
            made.segment = segment
            segment.analogsignals.append(made)


def _quantities() -> Any:
    return package("quantities", "Recording.to_neo", "neo")


def _units(signal: Signal, what: str) -> Any:
    try:
        return _quantities().Quantity(1, NO_UNIT if signal.unit == "1" else signal.unit)
    except (LookupError, SyntaxError, ValueError, TypeError) as error:
        raise UnsupportedError(
            f"Recording.to_neo: unit of {what} must be one that Neo knows, got {signal.unit!r}. "
            "Give the state variable (StateVar.unit) a unit such as 'mV', 'nA', 'uS' or '1'."
        ) from error
