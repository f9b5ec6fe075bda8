import csv
import json
import sys

import numpy as np
import pytest

import neurosim as ns
from neurosim.errors import MissingDependency, StoreError, WiringError


@pytest.fixture(scope="module")
def recording():
    net = ns.Network("demo")
    net.population('a "b", c', 4, ns.SpikeSourcePoisson(rate=400.0))
    net.population("silent", 2, ns.SpikeSourceArray())
    net.population("exc", 5, ns.IFCurrExp(i_offset=2.0))
    for name in net.populations:
        net.record(name)
    net.record(net["exc"][[1, 4]], "v", every=0.5)
    return ns.simulate(net, 100.0, dt=0.1, seed=2, backend="reference")


def rows(recording):
    return [
        (time, name, unit)
        for name, trains in recording.spikes.items()
        for time, unit in zip(trains.times.tolist(), trains.ids.tolist(), strict=True)
    ]


def test_csv_holds_every_bit_of_the_times(recording, tmp_path):
    recording.to_csv(tmp_path / "spikes.csv")
    with open(tmp_path / "spikes.csv", encoding="utf-8", newline="") as file:
        names, *lines = csv.reader(file)
    assert names == ["timestamps", "population", "node_ids"]
    assert len(lines) > 100
    assert [(float(t), p, int(i)) for t, p, i in lines] == rows(recording)
    assert {p for _, p, _ in lines} == {'a "b", c', "exc"}


def test_pandas_reads_the_csv(recording, tmp_path):
    import pandas

    recording.to_csv(tmp_path / "spikes.csv")
    table = pandas.read_csv(tmp_path / "spikes.csv")
    times, names, units = zip(*rows(recording), strict=True)
    # pandas' fast parser may miss the last bit
    np.testing.assert_allclose(table["timestamps"], times, rtol=1e-15)
    assert table["population"].tolist() == list(names)
    assert table["node_ids"].tolist() == list(units)


def test_parquet_comes_back_to_the_bit(recording, tmp_path):
    from pyarrow import parquet

    recording.to_parquet(tmp_path / "spikes.parquet")
    table = parquet.read_table(tmp_path / "spikes.parquet")
    assert list(zip(*(c.to_pylist() for c in table.columns), strict=True)) == rows(recording)
    types = {field.name: str(field.type) for field in table.schema}
    assert types["timestamps"] == "double"
    assert types["node_ids"] == "int32"
    about = {k.decode(): v.decode() for k, v in table.schema.metadata.items()}
    assert (about["units"], float(about["duration"])) == ("ms", 100.0)
    assert json.loads(about["info"])["seed"] == 2


def test_a_recording_without_spikes_gives_empty_tables(tmp_path):
    from pyarrow import parquet

    net = ns.Network()
    net.population("a", 1, ns.IFCurrExp())
    empty = ns.simulate(net, 1.0, backend="reference")
    empty.to_csv(tmp_path / "spikes.csv")
    assert (tmp_path / "spikes.csv").read_text() == "timestamps,population,node_ids\n"
    empty.to_parquet(tmp_path / "spikes.parquet")
    assert parquet.read_table(tmp_path / "spikes.parquet").num_rows == 0


@pytest.mark.parametrize("method", ["to_csv", "to_parquet"])
def test_an_unwritable_path_is_named(recording, tmp_path, method):
    with pytest.raises(StoreError, match=r"nowhere.*cannot be written"):
        getattr(recording, method)(tmp_path / "nowhere" / "table")
    assert not list(tmp_path.iterdir())


def test_without_pyarrow_the_extra_is_named(recording, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(MissingDependency, match=r"neurosim-snn\[io\]"):
        recording.to_parquet(tmp_path / "spikes.parquet")


def test_xarray_has_times_ids_and_units(recording):
    array = recording.to_xarray("exc", "v")
    signal = recording.signal("exc", "v")
    assert array.dims == ("time", "id")
    assert array.name == "v"
    np.testing.assert_array_equal(array.values, signal.values)
    np.testing.assert_array_equal(array["time"], signal.times)
    assert array["id"].values.tolist() == [1, 4]
    assert array["time"].attrs == {"units": "ms"}
    assert array.attrs == {"units": "mV", "dt": 0.5, "population": "exc"}
    assert float(array.sel(id=4).isel(time=0)) == -65.0


def test_without_xarray_the_extra_is_named(recording, monkeypatch):
    monkeypatch.setitem(sys.modules, "xarray", None)
    with pytest.raises(MissingDependency, match=r"neurosim-snn\[xarray\]"):
        recording.to_xarray("exc", "v")


def test_a_signal_that_was_not_recorded_is_named(recording):
    with pytest.raises(WiringError, match=r"exc.isyn_exc was not recorded"):
        recording.to_xarray("exc", "isyn_exc")
