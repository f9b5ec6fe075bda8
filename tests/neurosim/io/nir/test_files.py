"""Network -> file -> network gives the same spikes; damaged files are refused."""

from __future__ import annotations

from typing import Any

import h5py
import nir
import numpy as np
import pytest

from neurosim.errors import StoreError, UnsupportedError
from neurosim.facade import simulate
from neurosim.io.nir import from_graph, output, read_nir, to_graph, write_nir
from neurosim.network import Network
from tests.neurosim.io.frameworks import played

from .graphs import chain, lif
from .networks import CELLS, DT, INPUT, STEPS, network, random_network


def rasters(made: Network, given: bool, backend: str = "reference") -> dict[str, Any]:
    """Spikes of all recorded populations, with the network's own input or the given one."""
    x = INPUT if given else np.zeros_like(INPUT)
    found = played(made, x, DT, name="in", backend=backend)
    return {name: output(found, made, name, STEPS) for name in found.spikes}


@pytest.mark.parametrize("name", CELLS)
def test_spikes_are_the_same_after_a_round_trip(name, tmp_path):
    before = network(name)
    report = write_nir(before, tmp_path / "net.nir", DT)
    assert report.is_faithful
    after = read_nir(tmp_path / "net.nir", DT)
    expected, found = rasters(before, False), rasters(after, True)
    assert expected.keys() == found.keys() == {"cells", "more"}
    for population, raster in expected.items():
        assert np.array_equal(found[population], raster), population
        assert 20 < raster.sum() < 0.8 * raster.size


def test_and_on_the_compiled_backend():
    """One of them: the others have the same step functions."""
    before = network("lif exp")
    after = from_graph(to_graph(before, DT), DT)
    expected, found = rasters(before, False, "numba"), rasters(after, True, "numba")
    assert all(np.array_equal(found[name], expected[name]) for name in expected)


@pytest.mark.parametrize("name", [n for n in CELLS if n.startswith("nir")])
def test_a_second_round_trip_changes_nothing(name, tmp_path):
    once = from_graph(to_graph(network(name), DT), DT)
    assert from_graph(to_graph(once, DT), DT) == once


def test_layers_that_wait_come_back_as_they_were(tmp_path):
    rng = np.random.default_rng(1)
    made = chain(
        nir.Affine(rng.normal(size=(6, 4)), rng.normal(size=6)), lif(6, tau=0.003),
        nir.Linear(rng.normal(size=(5, 6))), lif(5, v_threshold=0.1),
        n_in=4, n_out=5,
    )  # fmt: skip
    before = from_graph(made, DT, "snntorch")
    write_nir(before, tmp_path / "net.nir", DT)
    after = read_nir(tmp_path / "net.nir", DT)
    assert after["d"].kind.latency == 1.0
    x = rng.random((STEPS, 4)) < 0.3
    pair = [played(n, x, DT, name="in") for n in (before, after)]
    spikes = [output(r, n, "d", STEPS) for r, n in zip(pair, (before, after), strict=True)]
    assert np.array_equal(*spikes)
    assert spikes[0].any()


def test_shapes_are_written_and_the_package_accepts_the_file(tmp_path):
    write_nir(network("lif exp"), tmp_path / "net.nir", DT)
    graph = nir.read(tmp_path / "net.nir")
    assert graph.check_types()
    assert graph.nodes["in"].input_type["input"].tolist() == [5]
    assert {type(n).__name__ for n in graph.nodes.values()} == {
        "Input", "Output", "CubaLIF", "Linear", "Delay",
    }  # fmt: skip
    assert graph.nodes["cells"].tau_mem == pytest.approx(0.008)


def test_random_networks_are_written_as_drawn(tmp_path):
    made = random_network()
    report = write_nir(made, tmp_path / "net.nir", DT, seed=4)
    assert "written as drawn" in str(report)
    expected = simulate(made, STEPS * DT, dt=DT, seed=4, backend="reference").spikes["cells"]
    found = rasters(read_nir(tmp_path / "net.nir", DT), True)["cells"]
    assert found.sum() == len(expected.times)
    other = rasters(from_graph(to_graph(made, DT, seed=5), DT), True)["cells"]
    assert not np.array_equal(found, other)


# bad input


def test_nothing_is_written_after_an_error(tmp_path):
    made = network("lif exp")
    made["cells"].__dict__["kind"] = made["cells"].kind.replace(tau_refrac=2.0)
    path = tmp_path / "net.nir"
    with pytest.raises(UnsupportedError, match="no refractory period"):
        write_nir(made, path, DT)
    assert list(tmp_path.iterdir()) == []
    path.write_bytes(b"before")
    with pytest.raises(UnsupportedError):
        write_nir(made, path, DT)
    assert path.read_bytes() == b"before"
    report = write_nir(made, path, DT, allow_lossy=True)
    assert not report.is_faithful
    assert read_nir(path, DT)["cells"].size == made["cells"].size
    with pytest.raises(StoreError, match="cannot be written"):
        write_nir(network("lif exp"), tmp_path / "nowhere" / "net.nir", DT)


def test_missing_and_foreign_files_are_refused(tmp_path):
    with pytest.raises(StoreError, match="cannot be read"):
        read_nir(tmp_path / "net.nir", 1.0)
    with pytest.raises(StoreError, match="cannot be read"):
        read_nir(tmp_path, 1.0)
    path = tmp_path / "net.nir"
    for content in (b"", b"nonsense", np.arange(999).tobytes()):
        path.write_bytes(content)
        with pytest.raises(StoreError, match="is damaged or no NIR file"):
            read_nir(path, 1.0)
    with h5py.File(path, "w") as file:
        file["other"] = 1
    with pytest.raises(StoreError, match="is damaged or no NIR file"):
        read_nir(path, 1.0)


def test_damaged_files_are_refused(tmp_path):
    path = tmp_path / "net.nir"
    write_nir(network("lif exp"), path, DT)
    whole = path.read_bytes()
    for length in (100, len(whole) // 2, len(whole) - 1000):
        path.write_bytes(whole[:length])
        with pytest.raises(StoreError, match="is damaged"):
            read_nir(path, DT)


def test_unknown_nodes_are_named(tmp_path):
    path = tmp_path / "net.nir"
    write_nir(network("lif exp"), path, DT)
    with h5py.File(path, "r+") as file:
        del file["node/nodes/cells/type"]
        file["node/nodes/cells/type"] = b"CubaLIFF"
    match = "node 'cells': type must be known, got 'CubaLIFF'.*Did you mean 'CubaLIF'"
    with pytest.raises(UnsupportedError, match=match):
        read_nir(path, DT)


@pytest.mark.parametrize(
    ("entry", "value", "match"),
    [
        ("node/nodes/cells/tau_mem", None, "is damaged or no NIR file.*tau_mem"),
        ("node/edges", None, "is damaged or no NIR file"),
    ],
)
def test_changed_entries_are_refused(tmp_path, entry, value, match):
    path = tmp_path / "net.nir"
    write_nir(network("lif exp"), path, DT)
    with h5py.File(path, "r+") as file:
        del file[entry]
        if value is not None:
            file[entry] = value
    with pytest.raises(StoreError, match=match):
        read_nir(path, DT)
