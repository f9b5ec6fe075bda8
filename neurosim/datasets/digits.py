"""Handwritten digits: scikit-learn's small ones, and MNIST from the folder of data."""

from __future__ import annotations

import gzip
import os
import zlib
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from neurosim.errors import MissingDependency, StoreError

FOLDER = "NEUROSIM_DATA"
"""Environment variable with the folder that holds ``mnist/``."""
LEVELS = 16
"""Grey levels of the small images above black."""
IMAGES, LABELS = 0x803, 0x801
"""First numbers of MNIST's files of images and labels."""


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

    They are read from ``mnist/`` in the folder that ``NEUROSIM_DATA`` names: the four files of the
    original distribution, packed (``.gz``) or not.

    Raises
    ------
    StoreError
        If a file is missing or damaged.
    """
    place = os.environ.get(FOLDER)
    if not place:
        raise StoreError(
            f"MNIST: {FOLDER} must name a folder with mnist/train-images-idx3-ubyte and the other "
            "three files, it is not set. Set it, or use the bundled digits."
        )
    folder = Path(place) / "mnist"
    parts = [
        (_read(folder / f"{part}-images-idx3-ubyte", IMAGES),
         _read(folder / f"{part}-labels-idx1-ubyte", LABELS))
        for part in ("train", "t10k")
    ]  # fmt: skip
    images, labels = (np.concatenate(arrays) for arrays in zip(*parts, strict=True))
    return Digits(images / 255.0, labels.astype(np.int64))


def _read(path: Path, magic: int) -> NDArray[np.uint8]:
    """An IDX file: a number that tells the form, sizes as big-endian int32, then bytes."""
    packed = path.with_name(f"{path.name}.gz")
    try:
        content = gzip.decompress(packed.read_bytes()) if packed.exists() else path.read_bytes()
    except (OSError, EOFError, zlib.error) as error:
        raise StoreError(f"file {str(path)!r}: cannot be read ({error}). Check it.") from error
    n = 3 if magic == IMAGES else 1
    start = 4 * (1 + n)
    head = np.frombuffer(content[:start], dtype=">i4").tolist() if len(content) >= start else [0]
    if head[0] != magic or len(content) != start + int(np.prod(head[1:])):
        raise StoreError(f"file {str(path)!r}: is damaged or no file of MNIST. Use another copy.")
    return np.frombuffer(content, dtype=np.uint8, offset=start).reshape(head[1:])
