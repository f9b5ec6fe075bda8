"""NIR files (HDF5)."""

from __future__ import annotations

import io
from os import PathLike
from typing import Any

from neurosim.errors import StoreError, UnsupportedError, close_matches
from neurosim.io.atomic import replacing
from neurosim.io.nir.reader import from_graph
from neurosim.io.nir.report import Report
from neurosim.io.nir.shapes import KNOWN
from neurosim.io.nir.writer import examine, to_graph
from neurosim.io.optional import package
from neurosim.network import Network

Path = str | PathLike[str]

TYPES = {*KNOWN, "NIRGraph"} - {"Pass"}


def read_nir(path: Path, dt: float, convention: Any = None) -> Network:
    """A network from a NIR file.

    Parameters
    ----------
    path : path_like
        The file.
    dt : float
        Time step of the simulation, ms.
    convention : Convention, str or mapping, optional
        How equations become steps, see :func:`from_graph`.

    Raises
    ------
    StoreError
        If the file is missing, damaged or no NIR file.
    SpecError, UnsupportedError
        If its graph is not valid or holds what a network cannot do.
    """
    nir = package("nir", "read_nir", "nir")
    name = str(path)
    try:
        open(path, "rb").close()
    except OSError as error:
        raise StoreError(
            f"file {name!r}: cannot be read ({error.strerror or error}). Check the path."
        ) from error
    try:
        unknown = _unknown(name)
        graph = None if unknown else nir.read(name, type_check=False)
    except Exception as error:  # whatever h5py and nir meet in a damaged file
        raise StoreError(
            f"file {name!r}: is damaged or no NIR file of version 1 ({type(error).__name__}: "
            f"{error}). Use another copy."
        ) from error
    if unknown:
        place, what = unknown[0]
        raise UnsupportedError(
            f"file {name!r}: node {place!r}: type must be known, got {what!r}. "
            f"{close_matches(what, TYPES)}"
        )
    return from_graph(graph, dt, convention)


def write_nir(
    network: Network, path: Path, dt: float, *, seed: int = 0, allow_lossy: bool = False
) -> Report:
    """Write a network to a NIR file, completely or not at all.

    Parameters
    ----------
    network : Network
        The network.
    path : path_like
        The file, usually ``*.nir``; replaced if it exists.
    dt : float
        Time step at which the network is simulated, ms.
    seed : int
        Seed of what the network draws at random.
    allow_lossy : bool
        Write it although spikes will change, as the report says.

    Returns
    -------
    Report
        What NIR does not express.

    Raises
    ------
    UnsupportedError
        If NIR cannot express the network, or not without changing its spikes.
    StoreError
        If the file cannot be written.
    """
    nir = package("nir", "write_nir", "nir")
    report = examine(network, dt, seed)
    graph = to_graph(network, dt, seed=seed, allow_lossy=allow_lossy)
    content = io.BytesIO()
    nir.write(content, graph)
    with replacing(path) as file:
        file.write(content.getvalue())
    return report


def _unknown(path: str) -> list[tuple[str, str]]:
    """Names and types of the nodes in a file whose type is not known."""
    h5py = package("h5py", "read_nir", "nir")
    found = []

    def look(entry: str, item: Any) -> None:
        inside, _, last = entry.rpartition("/")
        if last == "type" and "metadata" not in inside.split("/"):
            what = item[()].decode()
            if what not in TYPES:
                found.append((inside.removeprefix("nodes/"), what))

    with h5py.File(path, "r") as file:
        file["node"].visititems(look)
    return found
