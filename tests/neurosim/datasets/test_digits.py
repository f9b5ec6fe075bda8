import sys

import numpy as np
import pytest

from neurosim.datasets.digits import bundled, mnist
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


def put(folder, **changes):
    rng = np.random.default_rng(0)
    arrays = {
        f"{part}_{what}": values.astype(np.uint8)
        for part, n in (("train", 3), ("test", 2))
        for what, values in (
            ("images", rng.integers(0, 256, (n, 28, 28))),
            ("labels", np.arange(n)),
        )
    }
    kept = {name: a for name, a in {**arrays, **changes}.items() if a is not None}
    np.savez_compressed(folder / "mnist.npz", **kept)


def test_mnist_is_read_from_the_folder_of_data(tmp_path, monkeypatch):
    put(tmp_path)
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
    put(tmp_path)
    path = tmp_path / "mnist.npz"
    whole = path.read_bytes()
    for content in (b"", b"nonsense", whole[:-100], whole[:200] + b"\0" * 50 + whole[250:]):
        path.write_bytes(content)
        with pytest.raises(StoreError, match="cannot be read"):
            mnist()


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"test_labels": None}, "cannot be read"),
        ({"test_images": np.zeros((2, 27, 28), np.uint8)}, "cannot be read"),
        ({"train_labels": np.zeros(4, np.uint8)}, "does not hold MNIST's images"),
        ({"train_labels": np.full(3, 10, np.uint8)}, "does not hold MNIST's images"),
    ],
)
def test_other_content_is_refused(tmp_path, monkeypatch, changes, text):
    put(tmp_path, **changes)
    monkeypatch.setenv("NEUROSIM_DATA", str(tmp_path))
    with pytest.raises(StoreError, match=text):
        mnist()
