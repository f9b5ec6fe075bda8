import json

import numpy as np
import pytest

import neurosim as ns
from neurosim.backends.base import Options
from neurosim.errors import ParameterError, StoreError
from neurosim.io import archive, npz
from neurosim.plan.lower import lower
from tests.neurosim.recording.fake import Counting


def recording():
    net = ns.Network("demo")
    net.population("exc", 5, ns.IFCurrExp())
    net.population("in", 2, ns.SpikeSourceArray(spike_times=[1.0]))
    net.record("exc", ["spikes", "v"], stop=3.0)
    net.record("in")
    return Counting().prepare(lower(net, 0.5, 1), Options()).run(4.0).recording()


def test_a_recording_comes_back_as_it_was(tmp_path):
    before = recording()
    before.save(tmp_path / "run.npz")
    after = ns.load(tmp_path / "run.npz")
    np.testing.assert_equal(after.to_dict(), before.to_dict())
    for name, trains in before.spikes.items():
        for part in ("times", "ids", "recorded"):
            assert getattr(after.spikes[name], part).dtype == getattr(trains, part).dtype
    assert not after.signal("exc", "v").values.flags.writeable
    assert ns.Network.from_dict(after.info["network"]).name == "demo"


def test_five_lines_of_numpy_read_it(tmp_path):
    before = recording()
    before.save(tmp_path / "run.npz")
    lines = [line.strip() for line in npz.__doc__.split("NumPy alone reads it::")[1].splitlines()]
    code = "\n".join(
        f"    {line}" if line.split()[0] in ("header", "times,", "v") else line
        for line in lines
        if line
    )
    found = {}
    exec(code.replace('"run.npz"', repr(str(tmp_path / "run.npz"))), found)
    assert (found["times"] == before.spikes["exc"].times).all()
    assert (found["v"] == before.signal("exc", "v").values).all()
    assert found["header"]["info"]["seed"] == 1


def test_only_recordings_are_written(tmp_path):
    with pytest.raises(ParameterError, match="recording: must be a Recording"):
        npz.save_recording({"spikes": {}}, tmp_path / "run.npz")


def test_an_unwritable_path_is_named(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(StoreError, match=r"below.npz"):
        recording().save(tmp_path / "file" / "below.npz")


def test_a_state_file_is_no_recording(tmp_path):
    archive.write(tmp_path / "s.npz", "neurosim-state", 1, {}, {})
    with pytest.raises(StoreError, match="must hold 'neurosim-recording', got 'neurosim-state'"):
        ns.load(tmp_path / "s.npz")


@pytest.mark.parametrize(
    ("name", "array"),
    [
        ("spikes/exc/times", np.zeros(99)),
        ("spikes/exc/ids", np.zeros((2, 2))),
        ("spikes/exc/recorded", None),
        ("signals/exc/v/values", np.zeros((3, 3))),
        ("signals/exc/v/values", np.zeros(3)),
        ("signals/exc/v/ids", None),
    ],
)
def test_parts_that_do_not_fit_are_refused(tmp_path, name, array):
    path = tmp_path / "run.npz"
    recording().save(path)
    header, arrays = archive.read(path, npz.FORMAT, npz.VERSION)
    arrays = {k: v for k, v in arrays.items() if k != name} | (
        {} if array is None else {name: array}
    )
    archive.write(path, npz.FORMAT, npz.VERSION, header, arrays)
    with pytest.raises(StoreError, match="parts are missing or do not fit"):
        ns.load(path)


@pytest.mark.parametrize("missing", ["duration", "info", "spikes", "signals"])
def test_a_header_with_missing_parts_is_refused(tmp_path, missing):
    path = tmp_path / "run.npz"
    recording().save(path)
    header, arrays = archive.read(path, npz.FORMAT, npz.VERSION)
    del header[missing]
    archive.write(path, npz.FORMAT, npz.VERSION, json.loads(json.dumps(header)), arrays)
    with pytest.raises(StoreError, match=missing):
        ns.load(path)
