import os

import pytest

from neurosim.errors import StoreError
from neurosim.io.atomic import replacing


def test_the_file_appears_when_the_block_ends(tmp_path):
    path = tmp_path / "note.txt"
    with replacing(path) as file:
        file.write(b"one")
        assert not path.exists()
    assert path.read_bytes() == b"one"
    with replacing(str(path)) as file:
        file.write(b"two")
        assert path.read_bytes() == b"one"
    assert path.read_bytes() == b"two"
    assert os.listdir(tmp_path) == ["note.txt"]


def test_after_an_error_nothing_has_changed(tmp_path):
    path = tmp_path / "note.txt"
    path.write_bytes(b"old")

    def write():
        with replacing(path) as file:
            file.write(b"half")
            raise KeyError("stop")

    with pytest.raises(KeyError):
        write()
    assert path.read_bytes() == b"old"
    assert os.listdir(tmp_path) == ["note.txt"]


def test_new_files_have_ordinary_permissions(tmp_path):
    with replacing(tmp_path / "a") as file:
        file.write(b"")
    plain = tmp_path / "b"
    plain.touch()
    assert (tmp_path / "a").stat().st_mode == plain.stat().st_mode


@pytest.mark.parametrize("name", ["file/below.npz", "missing/run.npz", "folder"])
def test_a_path_that_cannot_be_written_is_named(tmp_path, name):
    (tmp_path / "file").write_bytes(b"")
    (tmp_path / "folder").mkdir()
    before = sorted(os.listdir(tmp_path))

    def write():
        with replacing(tmp_path / name) as file:
            file.write(b"x")

    with pytest.raises(StoreError) as caught:
        write()
    assert str(tmp_path / name) in str(caught.value)
    assert "cannot be written" in str(caught.value)
    assert sorted(os.listdir(tmp_path)) == before
    assert os.listdir(tmp_path / "folder") == []
