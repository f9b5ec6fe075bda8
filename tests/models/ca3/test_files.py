from __future__ import annotations

import numpy as np
import pytest

import neurosim as ns
from neurosim.errors import StoreError, TimingWarning
from neurosim.io import archive
from neurosim.models.ca3 import CA3Memory, Circuit, Learn, RecallContent, RecallCue
from neurosim.models.ca3.files import FORMAT, VERSION

BEFORE = [Learn(0, {0, 1}), Learn(1, {1, 2}), RecallContent({1})]
AFTER = [Learn(0, {2}), RecallContent({1}), RecallContent({0, 1}), RecallCue(0), RecallContent({0})]


def outputs(memory):
    trains = memory.simulation.recording().spikes["OUT"]
    return trains.times.tolist(), trains.ids.tolist()


@pytest.mark.parametrize("backend", ["numba", "reference"])
def test_a_loaded_memory_goes_on_as_the_uninterrupted_one(tmp_path, backend):
    path = tmp_path / "memory.ca3"
    with CA3Memory(2, 3, backend=backend) as whole:
        whole.perform(BEFORE)
        whole.save(path)
        expected = whole.perform(AFTER)
        with CA3Memory.load(path) as half:
            assert half.t == 14.0 * len(BEFORE)
            assert half.perform(AFTER) == expected
            assert outputs(half) == outputs(whole)
            for pending in (True, False):
                pairs = zip(
                    half.weights(pending=pending), whole.weights(pending=pending), strict=True
                )
                assert all((a == b).all() for a, b in pairs)


def test_settings_are_kept(tmp_path):
    path = tmp_path / "memory.ca3"
    options = {
        "seed": np.int64(3),
        "circuit": Circuit(class_a={"tau_m": 3.5}),
        "contents": {np.int64(0): np.array([1])},
        "forgetting": False,
        "backend": "reference",
    }
    with pytest.warns(TimingWarning), CA3Memory(2, 3, spacing=(10, 9), **options) as memory:
        memory.save(path)
    with pytest.warns(TimingWarning):
        loaded = CA3Memory.load(path)
    with loaded:
        assert "spacing='10/9', backend='reference', seed=3, t=0 ms" in repr(loaded)
        assert loaded.params.circuit == options["circuit"]
        assert loaded.forgetting is False
        assert loaded.dump() == {0: {1}}


def test_foreign_files_are_refused(tmp_path):
    path = tmp_path / "memory.ca3"
    with pytest.raises(StoreError, match="cannot be read"):
        CA3Memory.load(path)
    path.write_bytes(b"no archive")
    with pytest.raises(StoreError, match=r"memory\.ca3"):
        CA3Memory.load(path)
    with CA3Memory(2, 2) as memory:
        memory.simulation.save(path)
    with pytest.raises(StoreError, match=f"must hold '{FORMAT}'"):
        CA3Memory.load(path)


def test_damaged_files_are_refused(tmp_path):
    path = tmp_path / "memory.ca3"
    with CA3Memory(2, 2) as memory:
        memory.save(path)
    data = path.read_bytes()
    path.write_bytes(data[: len(data) // 2])
    with pytest.raises(StoreError, match="damaged"):
        CA3Memory.load(path)


@pytest.mark.parametrize(
    "change",
    [
        {"spacing": "x"},
        {"circuit": {"no": 1}},
        {"circuit": None},
        {"contents": {"a": [0]}},
        {"contents": 3},
        {"n_cues": 0},
        {"backend": "abacus"},
    ],
)
def test_damaged_settings_are_refused(tmp_path, change):
    path = tmp_path / "memory.ca3"
    with CA3Memory(2, 2) as memory:
        memory.save(path)
    header, arrays = archive.read(path, FORMAT, VERSION)
    archive.write(path, FORMAT, VERSION, {"settings": header["settings"] | change}, arrays)
    with pytest.raises(StoreError, match="settings are damaged"):
        CA3Memory.load(path)
    archive.write(path, FORMAT, VERSION, {}, arrays)
    with pytest.raises(StoreError, match="settings are damaged"):
        CA3Memory.load(path)


def test_states_of_other_memories_are_refused(tmp_path):
    path, other = tmp_path / "memory.ca3", tmp_path / "other.ca3"
    for place, size in ((path, (2, 2)), (other, (2, 3))):
        with CA3Memory(*size) as memory:
            memory.save(place)
    header, _ = archive.read(path, FORMAT, VERSION)
    _, arrays = archive.read(other, FORMAT, VERSION)
    archive.write(path, FORMAT, VERSION, {"settings": header["settings"]}, arrays)
    with pytest.raises(StoreError):
        CA3Memory.load(path)


def test_nothing_is_half_written(tmp_path):
    (tmp_path / "file").write_text("")
    with CA3Memory(2, 2) as memory, pytest.raises(StoreError, match="cannot be written"):
        memory.save(tmp_path / "file" / "memory.ca3")
    assert [p.name for p in tmp_path.iterdir()] == ["file"]


def test_the_state_inside_is_that_of_the_simulation(tmp_path):
    path, state = tmp_path / "memory.ca3", tmp_path / "state.npz"
    with CA3Memory(2, 3) as memory:
        memory.learn(0, {1})
        memory.save(path)
    _, arrays = archive.read(path, FORMAT, VERSION)
    state.write_bytes(arrays["state"].tobytes())
    with ns.resume(state) as simulation:
        assert simulation.t == 14.0
        assert np.isclose(simulation.weights("CueCue->ContCue").matrix(2, 4)[0, 1], 6.0, atol=1e-3)
