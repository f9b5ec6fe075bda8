"""Recordings as tables: spikes as Parquet and CSV, signals as xarray.

A spike table has the columns ``timestamps`` (ms), ``population`` and ``node_ids`` (id in the
population), the names that SONATA uses; one row per spike, population after population, within one
by time.

CSV: comma-separated, UTF-8, one line of names. Times are written with as few digits as identify
the double, so reading them as doubles gives the same bits. Names that hold a comma, a quote or a
line break are quoted, as the ``csv`` module and pandas expect it.

Parquet: types ``double``, dictionary of ``string``, ``int32``. The metadata of the schema hold
``units`` ("ms"), ``duration`` (ms) and ``info`` (provenance, JSON).

Units that were recorded and did not spike are in neither; HDF5 and ``.npz`` files have them.
"""

from __future__ import annotations

import csv
import io
import json
from typing import Any

import numpy as np

from neurosim.io.archive import Path
from neurosim.io.atomic import replacing
from neurosim.io.optional import package
from neurosim.recording.recording import Recording

COLUMNS = ("timestamps", "population", "node_ids")


def to_csv(recording: Recording, path: Path) -> None:
    """Write all spikes to a text table; see the module.

    Parameters
    ----------
    recording : Recording
        What to write.
    path : path_like
        The file, usually ``*.csv``; replaced if it exists.

    Raises
    ------
    StoreError
        If the file cannot be written; nothing is left half-written.
    """
    with replacing(path) as file:
        text = io.TextIOWrapper(file, encoding="utf-8", newline="")
        rows = csv.writer(text, lineterminator="\n")
        rows.writerow(COLUMNS)
        for name, trains in recording.spikes.items():
            for time, unit in zip(trains.times.tolist(), trains.ids.tolist(), strict=True):
                rows.writerow((repr(time), name, unit))
        text.flush()
        text.detach()


def to_parquet(recording: Recording, path: Path) -> None:
    """Write all spikes to a Parquet table; see the module.

    Parameters
    ----------
    recording : Recording
        What to write.
    path : path_like
        The file, usually ``*.parquet``; replaced if it exists.

    Raises
    ------
    MissingDependency
        If pyarrow is not installed.
    StoreError
        If the file cannot be written; nothing is left half-written.
    """
    pyarrow = package("pyarrow", "Recording.to_parquet", "io")
    parquet = package("pyarrow.parquet", "Recording.to_parquet", "io")
    trains = list(recording.spikes.values())
    codes = np.repeat(np.arange(len(trains), dtype=np.int32), [len(s) for s in trains])
    names = pyarrow.DictionaryArray.from_arrays(
        pyarrow.array(codes), pyarrow.array(list(recording.spikes), pyarrow.string())
    )
    columns = (
        np.concatenate([np.empty(0), *(s.times for s in trains)]),
        names,
        np.concatenate([np.empty(0, np.int32), *(s.ids for s in trains)]),
    )
    about = {
        "units": "ms",
        "duration": repr(float(recording.duration)),
        "info": json.dumps(dict(recording.info)),
    }
    table = pyarrow.table(dict(zip(COLUMNS, columns, strict=True)), metadata=about)
    with replacing(path) as file:
        parquet.write_table(table, file)


def to_xarray(recording: Recording, population: str, variable: str) -> Any:
    """Samples of a variable as an ``xarray.DataArray``; see :meth:`Recording.to_xarray`."""
    signal = recording.signal(population, variable)
    xarray = package("xarray", "Recording.to_xarray", "xarray")
    return xarray.DataArray(
        signal.values,
        coords={"time": ("time", signal.times, {"units": "ms"}), "id": signal.ids},
        dims=("time", "id"),
        name=variable,
        attrs={"units": signal.unit, "dt": signal.dt, "population": population},
    )
