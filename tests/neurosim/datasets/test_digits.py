import gzip
import sys

import numpy as np
import pytest

from neurosim.datasets.digits import IMAGES, LABELS, bundled, mnist
from neurosim.errors import MissingDependency, StoreError


def test_the_small_images():
    images, labels = bundled()
    assert images.shape == (1797, 8, 8)
    assert (images.min(), images.max()) == (0.0, 1.0)
    assert np.bincount(labels).min() > 170


def test_they_need_scikit_learn(monkeypatch):
    monkeypatch.setitem(sys.modules, "sklearn.datasets", None)
    with pytest.raises(MissingDependency, match=r"pip install 'neurosim-snn\[data\]'"):
        bundled()


def idx(values, magic):
    values = np.asarray(values, dtype=np.uint8)
    return np.array([magic, *values.shape], dtype=">i4").tobytes() + values.tobytes()


def put(folder, packed):
    (folder / "mnist").mkdir()
    rng = np.random.default_rng(0)
    for part, n in (("train", 3), ("t10k", 2)):
        for name, content in (
            ("images-idx3", idx(rng.integers(0, 256, (n, 28, 28)), IMAGES)),
            ("labels-idx1", idx(np.arange(n), LABELS)),
        ):
            path = folder / "mnist" / f"{part}-{name}-ubyte{'.gz' if packed else ''}"
            path.write_bytes(gzip.compress(content) if packed else content)


@pytest.mark.parametrize("packed", [False, True])
def test_mnist_is_read_from_the_folder_of_data(tmp_path, monkeypatch, packed):
    put(tmp_path, packed)
    monkeypatch.setenv("NEUROSIM_DATA", str(tmp_path))
    images, labels = mnist()
    assert images.shape == (5, 28, 28)
    assert 0.0 <= images.min() < images.max() <= 1.0
    assert labels.tolist() == [0, 1, 2, 0, 1]


def test_missing_and_damaged_files_of_mnist_are_refused(tmp_path, monkeypatch):
    monkeypatch.delenv("NEUROSIM_DATA", raising=False)
    with pytest.raises(StoreError, match="NEUROSIM_DATA must name a folder"):
        mnist()
    monkeypatch.setenv("NEUROSIM_DATA", str(tmp_path))
    with pytest.raises(StoreError, match="cannot be read"):
        mnist()
    put(tmp_path, False)
    path = tmp_path / "mnist" / "train-images-idx3-ubyte"
    whole = path.read_bytes()
    for content in (b"", whole[:-1], whole[:10], b"\0" * len(whole)):
        path.write_bytes(content)
        with pytest.raises(StoreError, match="is damaged or no file of MNIST"):
            mnist()


def test_a_damaged_packed_file_is_refused(tmp_path, monkeypatch):
    monkeypatch.setenv("NEUROSIM_DATA", str(tmp_path))
    put(tmp_path, True)
    path = tmp_path / "mnist" / "t10k-images-idx3-ubyte.gz"
    whole = path.read_bytes()
    for content in (b"nonsense", whole[:-20], whole[:20] + b"\0" * 20 + whole[40:]):
        path.write_bytes(content)
        with pytest.raises(StoreError, match="cannot be read"):
            mnist()
