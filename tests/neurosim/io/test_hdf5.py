import json
import sys

import h5py
import numpy as np
import pytest

import neurosim as ns
from neurosim.errors import MissingDependency, ParameterError, StoreError
from neurosim.io import hdf5
from neurosim.recording.recording import Recording, Signal, SpikeTrains


def recording(backend="reference", precision="double"):
    net = ns.Network("demo")
    net.population("100 % in", 3, ns.SpikeSourcePoisson(rate=300.0))
    net.population(".", 2, ns.SpikeSourceArray(spike_times=[[1.3], []]))
    net.population("exc", 5, ns.IFCurrExp(i_offset=2.0))
    for name in reversed(net.populations):
        net.record(name, start=2.0)
    net.record(net["exc"][[1, 4]], ["v", "isyn_exc"], every=0.2, stop=20.0)
    return ns.simulate(net, 30.0, dt=0.1, seed=2, backend=backend, precision=precision)


@pytest.mark.parametrize("how", [("reference", "double"), ("numba", "single")])
def test_a_recording_comes_back_to_the_bit(tmp_path, how):
    before = recording(*how)
    before.to_hdf5(tmp_path / "run.h5")
    after = Recording.from_hdf5(tmp_path / "run.h5")
    np.testing.assert_equal(after.to_dict(), before.to_dict())
    assert list(after.spikes) == list(before.spikes)
    for name, trains in before.spikes.items():
        assert len(trains) > 0 or name == "."
        for part in ("times", "ids", "recorded"):
            assert getattr(after.spikes[name], part).tobytes() == getattr(trains, part).tobytes()
            assert getattr(after.spikes[name], part).dtype == getattr(trains, part).dtype
    for key, signal in before.signals.items():
        assert after.signals[key].values.tobytes() == signal.values.tobytes()
        assert after.signals[key].values.dtype == signal.values.dtype
        assert not after.signals[key].values.flags.writeable


def test_an_empty_recording_comes_back(tmp_path):
    empty = SpikeTrains(np.empty(0), np.empty(0, np.int32), np.empty(0, np.int32), 1.0, 2.0)
    silent = Signal(np.empty((0, 2)), np.empty(0), 0.1, np.arange(2, dtype=np.int32), "mV")
    before = Recording({"a": empty}, {("a", "v"): silent}, 0.0)
    before.to_hdf5(tmp_path / "run.h5")
    after = Recording.from_hdf5(tmp_path / "run.h5")
    np.testing.assert_equal(after.to_dict(), before.to_dict())
    assert after.signal("a", "v").shape == (0, 2)


def test_equal_recordings_give_equal_bytes(tmp_path):
    run = recording()
    for name in "ab":
        run.to_hdf5(tmp_path / f"{name}.h5")
    assert (tmp_path / "a.h5").read_bytes() == (tmp_path / "b.h5").read_bytes()


def test_the_layout_is_that_of_sonata(tmp_path):
    run = recording()
    run.to_hdf5(tmp_path / "run.h5")
    with h5py.File(tmp_path / "run.h5") as file:
        assert file.attrs["magic"] == 0x0A7A
        assert file.attrs["version"].tolist() == [0, 1]
        spikes = file["spikes/exc"]
        assert spikes["timestamps"].attrs["units"] == "milliseconds"
        sorting = h5py.check_enum_dtype(spikes.attrs.get_id("sorting").dtype)
        assert {v: k for k, v in sorting.items()}[spikes.attrs["sorting"]] == "by_time"
        np.testing.assert_array_equal(spikes["timestamps"][:], run.spikes["exc"].times)
        np.testing.assert_array_equal(spikes["node_ids"][:], run.spikes["exc"].ids)
        report = file["report/exc/v"]
        assert report["data"].shape == (100, 2)
        assert report["data"].attrs["units"] == "mV"
        assert report["mapping/node_ids"][:].tolist() == [1, 4]
        assert report["mapping/index_pointers"][:].tolist() == [0, 1, 2]
        assert report["mapping/element_ids"][:].tolist() == [0, 0]
        np.testing.assert_allclose(report["mapping/time"][:], [0.0, 20.0, 0.2], atol=1e-9)
        assert json.loads(file["header"].asstr()[()])["info"]["seed"] == 2


def test_five_lines_of_h5py_read_it(tmp_path, monkeypatch):
    run = recording()
    monkeypatch.chdir(tmp_path)
    run.to_hdf5("run.h5")
    text = hdf5.__doc__.split("read it::")[1]
    found = {}
    exec("\n".join(line[4:] for line in text.strip("\n").splitlines()), found)
    assert (found["times"] == run.spikes["exc"].times).all()
    assert (found["v"] == run.signal("exc", "v").values).all()


def test_any_damage_is_found(tmp_path):
    """Each changed byte is found or was one that holds nothing; what is read is never wrong."""
    whole = recording()
    path = tmp_path / "run.h5"
    whole.to_hdf5(path)
    good = path.read_bytes()
    wanted = whole.to_dict()
    rng = np.random.default_rng(0)
    found = 0
    for place in rng.choice(len(good), 150, replace=False):
        bad = bytearray(good)
        bad[place] ^= 0x55
        path.write_bytes(bad)
        try:
            after = Recording.from_hdf5(path)
        except StoreError:
            found += 1
        else:
            np.testing.assert_equal(after.to_dict(), wanted)
    assert found > 20


@pytest.mark.parametrize("size", [0, 10, 1000, -100])
def test_a_file_that_was_cut_is_refused(tmp_path, size):
    path = tmp_path / "run.h5"
    recording().to_hdf5(path)
    path.write_bytes(path.read_bytes()[:size])
    with pytest.raises(StoreError, match=r"run.h5': is damaged or no .* Use another copy"):
        Recording.from_hdf5(path)


def test_foreign_and_missing_files_are_refused(tmp_path):
    with pytest.raises(StoreError, match=r"none.h5': cannot be read \(No such file"):
        Recording.from_hdf5(tmp_path / "none.h5")
    with h5py.File(tmp_path / "foreign.h5", "w") as file:
        file["spikes/exc/timestamps"] = np.arange(3.0)
    with pytest.raises(StoreError, match=r"must hold 'neurosim-recording', got None"):
        Recording.from_hdf5(tmp_path / "foreign.h5")
    recording().save(tmp_path / "run.npz")
    with pytest.raises(StoreError, match="is damaged or no"):
        Recording.from_hdf5(tmp_path / "run.npz")


def test_a_newer_version_is_refused(tmp_path):
    recording().to_hdf5(tmp_path / "run.h5")
    with h5py.File(tmp_path / "run.h5", "a") as file:
        file.attrs["format_version"] = 99
    with pytest.raises(StoreError, match=r"version of .* must be <= 1, got 99"):
        Recording.from_hdf5(tmp_path / "run.h5")


@pytest.mark.parametrize("what", ["spikes/exc/node_ids", "report/exc/v/data", "header"])
def test_a_missing_part_is_refused(tmp_path, what):
    recording().to_hdf5(tmp_path / "run.h5")
    with h5py.File(tmp_path / "run.h5", "a") as file:
        del file[what]
    with pytest.raises(StoreError, match="is damaged"):
        Recording.from_hdf5(tmp_path / "run.h5")


def test_nothing_is_left_where_writing_fails(tmp_path, monkeypatch):
    run = recording()
    run.to_hdf5(tmp_path / "run.h5")
    before = (tmp_path / "run.h5").read_bytes()

    def fail(*args):
        raise RuntimeError("in the middle")

    monkeypatch.setattr(hdf5, "_add_mapping", fail)
    with pytest.raises(RuntimeError, match="in the middle"):
        run.to_hdf5(tmp_path / "run.h5")
    assert (tmp_path / "run.h5").read_bytes() == before
    assert [p.name for p in tmp_path.iterdir()] == ["run.h5"]
    with pytest.raises(StoreError, match="cannot be written"):
        run.to_hdf5(tmp_path / "nowhere" / "run.h5")


def test_only_recordings_are_written(tmp_path):
    with pytest.raises(ParameterError, match="recording: must be a Recording"):
        hdf5.save_hdf5({}, tmp_path / "run.h5")


def test_without_h5py_the_extra_is_named(tmp_path, monkeypatch):
    run = recording()
    monkeypatch.setitem(sys.modules, "h5py", None)
    with pytest.raises(MissingDependency, match=r"neurosim-snn\[io\]"):
        run.to_hdf5(tmp_path / "run.h5")
    with pytest.raises(MissingDependency, match=r"neurosim-snn\[io\]"):
        Recording.from_hdf5(tmp_path / "run.h5")
