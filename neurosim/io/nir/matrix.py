"""Sparse matrices as three arrays: what linear nodes do to flat signals."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Int = NDArray[np.int64]
Float = NDArray[np.float64]


@dataclass(frozen=True)
class Matrix:
    """A matrix of shape (n_out, n_in) by its entries, sorted by column, then row, none twice.

    Parameters
    ----------
    n_out, n_in : int
        Its shape.
    rows, columns : ndarray of int64, shape (n,)
        Places of the entries.
    values : ndarray of float64, shape (n,)
        The entries; zeros may be among them.
    """

    n_out: int
    n_in: int
    rows: Int
    columns: Int
    values: Float

    def __matmul__(self, first: Matrix) -> Matrix:
        """The matrix that applies ``first``, then this one."""
        starts = np.searchsorted(self.columns, np.arange(self.n_in + 1))
        counts = np.diff(starts)[first.rows]
        ends = np.cumsum(counts)
        nth = np.arange(int(ends[-1]) if len(ends) else 0) - np.repeat(ends - counts, counts)
        mine = np.repeat(starts[first.rows], counts) + nth
        theirs = np.repeat(np.arange(len(first.rows)), counts)
        return summed(
            self.n_out, first.n_in, self.rows[mine], first.columns[theirs],
            self.values[mine] * first.values[theirs],
        )  # fmt: skip

    def apply(self, vector: Float) -> Float:
        """Its product with a vector of shape (n_in,)."""
        found: Any = np.bincount(self.rows, self.values * vector[self.columns], self.n_out)
        return np.asarray(found, dtype=np.float64)

    def only(self, chosen: NDArray[np.bool_]) -> Matrix:
        """The matrix with all other rows empty; ``chosen`` has shape (n_out,)."""
        kept = chosen[self.rows]
        return Matrix(self.n_out, self.n_in, self.rows[kept], self.columns[kept], self.values[kept])

    def dense(self) -> Float:
        """The entries as an array of shape (n_out, n_in)."""
        full = np.zeros((self.n_out, self.n_in))
        full[self.rows, self.columns] = self.values
        return full


def summed(n_out: int, n_in: int, rows: Int, columns: Int, values: Float) -> Matrix:
    """A matrix of entries in any order; those at one place are added, in the order given."""
    places = columns * n_out + rows
    order = np.argsort(places, kind="stable")
    places, values = places[order], values[order]
    first = np.ones(len(places), dtype=np.bool_)
    first[1:] = places[1:] != places[:-1]
    if not first.all():
        added: Any = np.bincount(np.cumsum(first) - 1, values, int(first.sum()))
        values = np.asarray(added, dtype=np.float64)
    columns, rows = np.divmod(places[first], n_out)
    return Matrix(n_out, n_in, rows, columns, np.asarray(values, dtype=np.float64))


def total(parts: Sequence[Matrix]) -> Matrix:
    """The sum of matrices of one shape."""
    if len(parts) == 1:
        return parts[0]
    return summed(
        parts[0].n_out, parts[0].n_in, np.concatenate([m.rows for m in parts]),
        np.concatenate([m.columns for m in parts]), np.concatenate([m.values for m in parts]),
    )  # fmt: skip


def diagonal(values: Float) -> Matrix:
    """A diagonal matrix."""
    n = len(values)
    places = np.arange(n)
    return Matrix(n, n, places, places, np.asarray(values, dtype=np.float64))


def full(weight: NDArray[np.generic]) -> Matrix:
    """A matrix from an array of shape (n_out, n_in), without its zeros."""
    columns, rows = np.nonzero(weight.T)
    return Matrix(
        weight.shape[0], weight.shape[1], rows, columns,
        np.ascontiguousarray(weight.T[columns, rows], dtype=np.float64),
    )  # fmt: skip


@dataclass(frozen=True)
class Window:
    """How a kernel is laid over an image: one number per dimension of space each."""

    size: tuple[int, ...]
    stride: tuple[int, ...]
    padding: tuple[tuple[int, int], ...]
    dilation: tuple[int, ...]

    def output(self, space: Sequence[int]) -> tuple[int, ...]:
        """Extent of the output, from that of the input; 0 where the kernel does not fit."""
        return tuple(
            max(0, (n + before + after - d * (k - 1) - 1) // s + 1)
            for n, k, s, (before, after), d in zip(
                space, self.size, self.stride, self.padding, self.dilation, strict=True
            )
        )

    def taps(self, space: Sequence[int]) -> tuple[Int, Int, Int]:
        """Which pixel goes through which place of the kernel to which pixel.

        Returns
        -------
        places, sources, targets : ndarray of int64, shape (n,)
            Flat indices into the kernel, the input image and the output image.
        """
        places, sources, targets = (np.zeros(1, dtype=np.int64) for _ in range(3))
        for n, out, k, s, (before, _), d in zip(
            space, self.output(space), self.size, self.stride, self.padding, self.dilation,
            strict=True,
        ):  # fmt: skip
            place, target = (a.ravel() for a in np.indices((k, out)))
            source = target * s + place * d - before
            inside = (source >= 0) & (source < n)
            place, source, target = place[inside], source[inside], target[inside]
            places = (places[:, None] * k + place).ravel()
            sources = (sources[:, None] * n + source).ravel()
            targets = (targets[:, None] * out + target).ravel()
        return places, sources, targets


def convolution(
    weight: NDArray[np.generic], window: Window, groups: int, space: Sequence[int]
) -> Matrix:
    """The matrix of a convolution (a cross-correlation, as in all frameworks).

    Parameters
    ----------
    weight : ndarray, shape (channels out, channels in / groups, \\*kernel)
        The kernels.
    window : Window
        How they are laid.
    groups : int
        Number of groups of channels.
    space : sequence of int
        Extent of the input image.
    """
    out, per_group = weight.shape[:2]
    n_in, n_out = int(np.prod(space)), int(np.prod(window.output(space)))
    places, sources, targets = window.taps(space)
    kernels = weight.reshape(out, per_group, -1)
    to, of = (a.ravel() for a in np.indices((out, per_group)))
    channel = to // (out // groups) * per_group + of
    values = kernels[to, of][:, places].astype(np.float64)
    return summed(
        out * n_out, per_group * groups * n_in, (to[:, None] * n_out + targets).ravel(),
        (channel[:, None] * n_in + sources).ravel(), values.ravel(),
    )  # fmt: skip


def pooling(channels: int, window: Window, space: Sequence[int], value: float) -> Matrix:
    """The matrix that adds the pixels of each window, times a value, channel by channel."""
    n_in, n_out = int(np.prod(space)), int(np.prod(window.output(space)))
    _, sources, targets = window.taps(space)
    channel = np.arange(channels)[:, None]
    return summed(
        channels * n_out, channels * n_in, (channel * n_out + targets).ravel(),
        (channel * n_in + sources).ravel(), np.full(channels * len(sources), value),
    )  # fmt: skip
