import io
import json
import pickle
import zipfile

import numpy as np
import pytest

from neurosim.errors import StoreError
from neurosim.io import archive

ARRAYS = {"a/b": np.arange(6.0).reshape(2, 3), "empty": np.empty((0, 3), np.int32)}


def written(folder, **changes):
    path = folder / "x.npz"
    archive.write(
        path, **{"form": "demo", "version": 1, "header": {"n": 3}, "arrays": ARRAYS} | changes
    )
    return path


def test_header_and_arrays_come_back(tmp_path):
    path = written(tmp_path)
    header, arrays = archive.read(path, "demo", 1)
    assert header == archive.read_header(path, "demo", 1)
    assert header == {"format": "demo", "version": 1, "n": 3}
    assert list(arrays) == list(ARRAYS)
    for name, array in ARRAYS.items():
        np.testing.assert_array_equal(arrays[name], array)
        assert arrays[name].dtype == array.dtype


def test_numpy_alone_reads_it(tmp_path):
    with np.load(written(tmp_path)) as file:
        assert json.loads(bytes(file["header"]))["n"] == 3
        assert file["a/b"].shape == (2, 3)


def test_equal_content_gives_equal_bytes(tmp_path):
    first = written(tmp_path).read_bytes()
    assert written(tmp_path).read_bytes() == first


def test_the_name_of_the_file_is_kept(tmp_path):
    archive.write(tmp_path / "plain", "demo", 1, {}, {})
    assert archive.read(tmp_path / "plain", "demo", 1)[1] == {}


def test_objects_are_not_written(tmp_path):
    with pytest.raises(ValueError, match="allow_pickle"):
        written(tmp_path, arrays={"x": np.array([object()])})
    assert list(tmp_path.iterdir()) == []


def refused(path, match, version=1):
    for read in (archive.read, archive.read_header):
        with pytest.raises(StoreError, match=match) as caught:
            read(path, "demo", version)
        assert str(path) in str(caught.value)


def test_a_missing_file_is_refused(tmp_path):
    refused(tmp_path / "none.npz", "cannot be read")
    refused(tmp_path, "cannot be read")


def test_another_format_is_refused(tmp_path):
    refused(written(tmp_path, form="other"), "must hold 'demo', got 'other'")


@pytest.mark.parametrize("version", [2, "1", None])
def test_a_newer_version_is_refused(tmp_path, version):
    refused(written(tmp_path, version=version), "version of 'demo' must be <= 1")


def test_an_older_version_is_given_to_the_caller(tmp_path):
    assert archive.read_header(written(tmp_path), "demo", 2)["version"] == 1


def foreign():
    npy, npz, pickled, text = io.BytesIO(), io.BytesIO(), io.BytesIO(), io.BytesIO()
    np.save(npy, np.arange(3))
    np.savez(npz, x=np.arange(3))
    np.savez(pickled, header=np.array([{"format": "demo"}], dtype=object))
    with zipfile.ZipFile(text, "w") as file:
        file.writestr("header.npy", "{}")
    return {
        "empty": b"", "words": b"hello", "npy": npy.getvalue(), "npz": npz.getvalue(),
        "pickle": pickle.dumps({"format": "demo"}), "pickled header": pickled.getvalue(),
        "zip": text.getvalue(),
    }  # fmt: skip


@pytest.mark.parametrize("name", list(foreign()))
def test_foreign_files_are_refused(tmp_path, name):
    (tmp_path / "f").write_bytes(foreign()[name])
    refused(tmp_path / "f", "damaged or no demo file|must hold 'demo'")


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9, 0.99])
def test_truncated_files_are_refused(tmp_path, share):
    path = written(tmp_path)
    content = path.read_bytes()
    path.write_bytes(content[: int(share * len(content))])
    refused(path, "damaged")


def test_a_changed_byte_of_an_array_is_noticed(tmp_path):
    path = written(tmp_path)
    content = bytearray(path.read_bytes())
    content[content.index(np.float64(4.0).tobytes())] ^= 1
    path.write_bytes(content)
    with pytest.raises(StoreError, match="damaged"):
        archive.read(path, "demo", 1)


def test_a_header_that_is_no_object_is_refused(tmp_path):
    np.savez(tmp_path / "x.npz", header=np.frombuffer(b"[1]", np.uint8))
    refused(tmp_path / "x.npz", "must hold 'demo', got None")
