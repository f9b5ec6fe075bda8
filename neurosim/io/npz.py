"""Recordings as ``.npz`` files.

A file is a NumPy archive of plain arrays and one JSON header. Entries, with populations and
variables by name:

==================================  ==============================================================
``header``                          UTF-8 bytes of a JSON object: ``format``
                                    ("neurosim-recording"), ``version``, ``duration`` (ms),
                                    ``info`` (provenance), ``spikes`` (population, window
                                    ``start`` and ``stop`` in ms, null for no end) and ``signals``
                                    (population, variable, ``dt`` in ms, ``unit``)
``spikes/POPULATION/times``         spike times, ms
``spikes/POPULATION/ids``           units that spiked, of the same length
``spikes/POPULATION/recorded``      units that were recorded
``signals/POPULATION/VARIABLE/...`` ``values`` (samples, units), ``times`` (ms) and ``ids``
==================================  ==============================================================

NumPy alone reads it::

    import json, numpy as np
    with np.load("run.npz") as file:
        header = json.loads(bytes(file["header"]))
        times, ids = file["spikes/exc/times"], file["spikes/exc/ids"]
        v = file["signals/exc/v/values"]
"""

from __future__ import annotations

from math import inf, isfinite
from typing import Any

import numpy as np
from numpy.typing import NDArray

from neurosim.errors import ParameterError, StoreError
from neurosim.io.archive import Path, read, write
from neurosim.recording.recording import Recording, Signal, SpikeTrains

FORMAT = "neurosim-recording"
VERSION = 1


def save_recording(recording: Recording, path: Path) -> None:
    """Write a recording to one file.

    Parameters
    ----------
    recording : Recording
        What to write.
    path : path_like
        The file, usually ``*.npz``; replaced if it exists.

    Raises
    ------
    ParameterError
        If it is no recording.
    StoreError
        If the file cannot be written; nothing is left half-written.
    """
    if not isinstance(recording, Recording):
        raise ParameterError(
            "save_recording", "recording", "must be a Recording", recording,
            "Give what ns.simulate returned.",
        )  # fmt: skip
    arrays: dict[str, NDArray[Any]] = {}
    for name, trains in recording.spikes.items():
        for part in ("times", "ids", "recorded"):
            arrays[f"spikes/{name}/{part}"] = getattr(trains, part)
    for (name, variable), signal in recording.signals.items():
        for part in ("values", "times", "ids"):
            arrays[f"signals/{name}/{variable}/{part}"] = getattr(signal, part)
    header = {
        "duration": recording.duration,
        "info": dict(recording.info),
        "spikes": [
            {"population": name, "start": s.start, "stop": s.stop if isfinite(s.stop) else None}
            for name, s in recording.spikes.items()
        ],
        "signals": [
            {"population": name, "variable": variable, "dt": s.dt, "unit": s.unit}
            for (name, variable), s in recording.signals.items()
        ],
    }
    write(path, FORMAT, VERSION, header, arrays)


def load_recording(path: Path) -> Recording:
    """Read a recording that :meth:`Recording.save` wrote; ``neurosim.load`` is the same function.

    Raises
    ------
    StoreError
        If the file is missing, damaged, foreign or of a newer version.
    """
    header, arrays = read(path, FORMAT, VERSION)
    try:
        spikes = {
            s["population"]: _trains(arrays, f"spikes/{s['population']}", s)
            for s in header["spikes"]
        }
        signals = {
            (s["population"], s["variable"]): _signal(
                arrays, f"signals/{s['population']}/{s['variable']}", s
            )
            for s in header["signals"]
        }
        return Recording(spikes, signals, float(header["duration"]), dict(header["info"]))
    except (KeyError, TypeError, ValueError) as error:
        raise StoreError(
            f"file {str(path)!r}: parts are missing or do not fit ({error}). Use another copy."
        ) from error


def _trains(arrays: dict[str, NDArray[Any]], stem: str, facts: dict[str, Any]) -> SpikeTrains:
    times, ids = (_frozen(arrays[f"{stem}/{part}"], 1) for part in ("times", "ids"))
    if len(times) != len(ids):
        raise ValueError(f"{stem}: {len(times)} times and {len(ids)} ids")
    stop = inf if facts["stop"] is None else float(facts["stop"])
    recorded = _frozen(arrays[f"{stem}/recorded"], 1)
    return SpikeTrains(times, ids, recorded, float(facts["start"]), stop)


def _signal(arrays: dict[str, NDArray[Any]], stem: str, facts: dict[str, Any]) -> Signal:
    values = _frozen(arrays[f"{stem}/values"], 2)
    times, ids = (_frozen(arrays[f"{stem}/{part}"], 1) for part in ("times", "ids"))
    if values.shape != (len(times), len(ids)):
        raise ValueError(f"{stem}: shape {values.shape}, {len(times)} times and {len(ids)} ids")
    return Signal(values, times, float(facts["dt"]), ids, str(facts["unit"]))


def _frozen(array: NDArray[Any], ndim: int) -> NDArray[Any]:
    if array.ndim != ndim:
        raise ValueError(f"array of {ndim} dimensions expected, got {array.ndim}")
    array.setflags(write=False)
    return np.ascontiguousarray(array)
