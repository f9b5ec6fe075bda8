"""Handwritten digits: scikit-learn's small ones, and MNIST from the folder of data."""

from __future__ import annotations

import os
import zipfile
import zlib
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from neurosim.errors import MissingDependency, StoreError

FOLDER = "NEUROSIM_DATA"
"""Environment variable with the folder of data."""
LEVELS = 16
"""Grey levels of the small images above black."""


class Digits(NamedTuple):
    """Images in [0, 1], shape (n, side, side), and which digit each shows, shape (n,)."""

    images: NDArray[np.float64]
    labels: NDArray[np.int64]


def bundled() -> Digits:
    """The 1797 test images of 8 x 8 pixels that come with scikit-learn.

    Raises
    ------
    MissingDependency
        If scikit-learn is not installed.
    """
    try:
        from sklearn.datasets import load_digits
    except ImportError as error:
        raise MissingDependency("datasets.digits", "scikit-learn", "data") from error
    found = load_digits()
    return Digits(found.images / LEVELS, found.target.astype(np.int64))


def mnist() -> Digits:
    """MNIST's 70,000 images of 28 x 28 pixels, training images first.

    They are read from ``mnist.npz`` in the folder that ``NEUROSIM_DATA`` names: bytes
    ``train_images`` (60000, 28, 28), ``train_labels`` (60000,), ``test_images`` and
    ``test_labels``.

    Raises
    ------
    StoreError
        If the file is missing or damaged.
    """
    place = os.environ.get(FOLDER)
    if not place:
        raise StoreError(
            f"MNIST: {FOLDER} must name a folder with mnist.npz, it is not set. Set it, or use the "
            "bundled digits."
        )
    path = Path(place) / "mnist.npz"
    try:
        with path.open("rb") as stream, np.load(stream, allow_pickle=False) as file:
            images, labels = (
                np.concatenate([file[f"{part}_{what}"] for part in ("train", "test")])
                for what in ("images", "labels")
            )
    except (OSError, EOFError, KeyError, ValueError, zipfile.BadZipFile, zlib.error) as error:
        raise StoreError(f"file {str(path)!r}: cannot be read ({error}). Check it.") from error
    if images.shape != (len(labels), 28, 28) or images.dtype != np.uint8 or labels.max() > 9:
        raise StoreError(f"file {str(path)!r}: does not hold MNIST's images. Use another copy.")
    return Digits(images / 255.0, labels.astype(np.int64))
