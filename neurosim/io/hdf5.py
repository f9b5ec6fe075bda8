"""Recordings as HDF5 files, laid out as in SONATA where SONATA has a place.

=============================================  ===================================================
``/`` (attributes)                             ``magic``, ``version`` (SONATA's), ``format``
                                               ("neurosim-recording"), ``format_version``,
                                               ``duration`` (ms) and ``digest`` (of all content)
``/header``                                    JSON: ``info`` (provenance), and the order of
                                               ``spikes`` and ``signals``
``/spikes/POPULATION/timestamps``              spike times, double; attribute ``units``
                                               ("milliseconds")
``/spikes/POPULATION/node_ids``                units that spiked, of the same length
``/spikes/POPULATION`` (attributes)            ``sorting`` ("by_time"), ``start`` and ``stop``
                                               (recorded window, ms; infinity for no end)
``/spikes/POPULATION/recorded``                units that were recorded
``/report/POPULATION/VARIABLE/data``           samples (times, units); attribute ``units``
``/report/POPULATION/VARIABLE/mapping/...``    ``node_ids``, ``index_pointers``, ``element_ids``
                                               and ``time`` (start, stop, interval in ms) as in
                                               SONATA, and ``times`` (ms) of all samples
=============================================  ===================================================

Beyond SONATA are the attributes ``format`` to ``digest``, ``start`` and ``stop``, the datasets
``header``, ``recorded`` and ``times``, and the level VARIABLE: a SONATA report holds one variable
in a file, a recording holds several. In the name of a population a percent sign is written as
``%25``; the name ``.`` is written as ``%2E``.

Five lines of h5py read it::

    import h5py
    with h5py.File("run.h5") as file:
        times = file["spikes/exc/timestamps"][:]
        ids = file["spikes/exc/node_ids"][:]
        v = file["report/exc/v/data"][:]
"""

from __future__ import annotations

import hashlib
import json
from typing import Any

import numpy as np
from numpy.typing import NDArray

from neurosim.errors import ParameterError, StoreError
from neurosim.io.archive import Path
from neurosim.io.atomic import replacing
from neurosim.io.npz import FORMAT
from neurosim.io.optional import package
from neurosim.recording.recording import Recording, Signal, SpikeTrains

VERSION = 1
MAGIC = 0x0A7A
"""What SONATA files have as ``magic``."""

SORTING = {"none": 0, "by_id": 1, "by_time": 2}


def save_hdf5(recording: Recording, path: Path) -> None:
    """Write a recording to one HDF5 file; see the module.

    Parameters
    ----------
    recording : Recording
        What to write.
    path : path_like
        The file, usually ``*.h5``; replaced if it exists.

    Raises
    ------
    ParameterError
        If it is no recording.
    MissingDependency
        If h5py is not installed.
    StoreError
        If the file cannot be written; nothing is left half-written.
    """
    if not isinstance(recording, Recording):
        raise ParameterError(
            "save_hdf5", "recording", "must be a Recording", recording,
            "Give what ns.simulate returned.",
        )  # fmt: skip
    h5py = package("h5py", "Recording.to_hdf5", "io")
    contents = {
        "info": dict(recording.info),
        "spikes": list(recording.spikes),
        "signals": [list(key) for key in recording.signals],
    }
    header = json.dumps(contents, allow_nan=False)
    sorting = h5py.enum_dtype(SORTING, basetype=np.uint8)
    with replacing(path) as raw, h5py.File(raw, "w") as file:
        file.attrs["magic"] = np.uint32(MAGIC)
        file.attrs["version"] = np.array([0, 1], dtype=np.uint32)
        file.attrs["format"] = FORMAT
        file.attrs["format_version"] = VERSION
        file.attrs["duration"] = float(recording.duration)
        file.create_dataset("header", data=header, dtype=h5py.string_dtype())
        file.attrs["digest"] = _digest(recording, header)
        for name, trains in recording.spikes.items():
            group = file.create_group(f"spikes/{_written(name)}")
            group.attrs.create("sorting", SORTING["by_time"], dtype=sorting)
            group.attrs["start"], group.attrs["stop"] = trains.start, trains.stop
            group["timestamps"], group["node_ids"] = trains.times, trains.ids
            group["timestamps"].attrs["units"] = "milliseconds"
            group["recorded"] = trains.recorded
        for (name, variable), signal in recording.signals.items():
            group = file.create_group(f"report/{_written(name)}/{variable}")
            group["data"] = signal.values
            group["data"].attrs["units"] = signal.unit
            mapping = group.create_group("mapping")
            _add_mapping(mapping, signal)


def _add_mapping(mapping: Any, signal: Signal) -> None:
    count = len(signal.ids)
    start = float(signal.times[0]) if len(signal.times) else 0.0
    mapping["node_ids"] = signal.ids
    mapping["index_pointers"] = np.arange(count + 1, dtype=np.uint64)
    mapping["element_ids"] = np.zeros(count, dtype=np.uint64)
    mapping["time"] = np.array([start, start + signal.dt * len(signal.times), signal.dt])
    mapping["time"].attrs["units"] = "ms"
    mapping["times"] = signal.times


def load_hdf5(path: Path) -> Recording:
    """Read a recording that :func:`save_hdf5` wrote, equal to the bit.

    Raises
    ------
    StoreError
        If the file is missing, damaged, foreign or of a newer version.
    MissingDependency
        If h5py is not installed.
    """
    h5py = package("h5py", "Recording.from_hdf5", "io")
    name = str(path)
    try:
        with open(path, "rb") as raw:
            raw.read(1)
    except OSError as error:
        raise StoreError(
            f"file {name!r}: cannot be read ({error.strerror or error}). Check the path."
        ) from error
    try:
        with h5py.File(path, "r") as file:
            _check(file.attrs, name)
            header = file["header"].asstr()[()]
            contents = json.loads(header)
            recording = Recording(
                {p: _trains(file[f"spikes/{_written(p)}"]) for p in contents["spikes"]},
                {
                    (p, v): _signal(file[f"report/{_written(p)}/{v}"])
                    for p, v in contents["signals"]
                },
                float(file.attrs["duration"]),
                contents["info"],
            )
            if file.attrs["digest"] != _digest(recording, header):
                raise ValueError("its content has changed since it was written")
            return recording
    except (OSError, KeyError, TypeError, ValueError, AttributeError, RuntimeError) as error:
        raise StoreError(
            f"file {name!r}: is damaged or no {FORMAT} file in HDF5 ({error}). Use another copy."
        ) from error


def _check(attributes: Any, name: str) -> None:
    found = attributes.get("format")
    if found != FORMAT:
        raise StoreError(
            f"file {name!r}: must hold {FORMAT!r}, got {found!r}. Use a file that "
            "Recording.to_hdf5 wrote."
        )
    given = int(attributes["format_version"])
    if given > VERSION:
        raise StoreError(
            f"file {name!r}: version of {FORMAT!r} must be <= {VERSION}, got {given}. Read it with "
            "the version of neurosim that wrote it."
        )


def _trains(group: Any) -> SpikeTrains:
    times, ids, recorded = (_frozen(group[k], 1) for k in ("timestamps", "node_ids", "recorded"))
    start, stop = float(group.attrs["start"]), float(group.attrs["stop"])
    return SpikeTrains(times, ids, recorded, start, stop)


def _signal(group: Any) -> Signal:
    mapping = group["mapping"]
    times, ids = _frozen(mapping["times"], 1), _frozen(mapping["node_ids"], 1)
    unit = str(group["data"].attrs["units"])
    return Signal(_frozen(group["data"], 2), times, float(mapping["time"][2]), ids, unit)


def _frozen(dataset: Any, ndim: int) -> NDArray[Any]:
    array: NDArray[Any] = dataset[()]
    if array.ndim != ndim:
        raise ValueError(f"array of {ndim} dimensions expected, got {array.ndim}")
    array.setflags(write=False)
    return array


def _digest(recording: Recording, header: str) -> str:
    """Hash of all that the file holds of a recording."""
    total = hashlib.blake2b(f"{header}{float(recording.duration)!r}".encode(), digest_size=16)
    for trains in recording.spikes.values():
        total.update(repr((float(trains.start), float(trains.stop))).encode())
        for array in (trains.times, trains.ids, trains.recorded):
            _add(total, array)
    for signal in recording.signals.values():
        total.update(repr((float(signal.dt), signal.unit)).encode())
        for array in (signal.values, signal.times, signal.ids):
            _add(total, array)
    return total.hexdigest()


def _add(total: Any, array: NDArray[Any]) -> None:
    total.update(repr((array.dtype.str, array.shape)).encode())
    total.update(np.ascontiguousarray(array).data.cast("B") if array.size else b"")


def _written(population: str) -> str:
    """A population's name as a name in the file."""
    name = population.replace("%", "%25").replace("\0", "%00")
    return "%2E" if name == "." else name
