import re
import sys
from pathlib import Path

import neo
import numpy as np
import pytest

import neurosim as ns
from neurosim.errors import MissingDependency, UnsupportedError, WiringError
from neurosim.recording.recording import Recording, Signal, SpikeTrains

ABOUT = {"label", "size", "dt", "seed", "backend", "version"}


def network():
    net = ns.Network("demo")
    source = net.population("in", 3, ns.SpikeSourcePoisson(rate=60.0))
    cells = net.population("cells", 8, ns.IFCondExp(tau_refrac=2.0))
    net.project(source, cells, ns.AllToAll(), ns.Static(0.05, 1.0))
    net.record(source)
    net.record(cells[2:6], "spikes", start=50.0, stop=400.0)
    net.record(cells[[7, 1]], ["v", "gsyn_exc"], every=0.5, start=10.0)
    return net


@pytest.fixture(scope="module")
def recording():
    return ns.simulate(network(), 500.0, dt=0.1, seed=4, backend="reference")


def test_a_block_of_one_population(recording):
    block = recording.to_neo("cells")
    assert isinstance(block, neo.Block)
    assert block.name == "cells"
    assert block.annotations == {
        "label": "cells", "size": 8, "dt": 0.1, "seed": 4, "backend": "reference",
        "version": ns.__version__,
    }  # fmt: skip
    (segment,) = block.segments
    assert segment.block is block
    trains = segment.spiketrains
    assert trains._items is None, "single trains are not made before somebody asks for them"
    ids, times = trains.multiplexed
    ours = recording.spikes["cells"]
    assert len(ours) > 10
    np.testing.assert_array_equal(times.magnitude, ours.times)
    np.testing.assert_array_equal(ids, ours.ids)
    assert len(trains) == 4
    for unit, train in zip(range(2, 6), trains, strict=True):
        np.testing.assert_array_equal(train.rescale("ms").magnitude, ours.of(unit))
        assert (float(train.t_start), float(train.t_stop)) == (50.0, 400.0)
        facts = {"source_population": "cells", "source_index": unit, "channel_id": unit}
        assert train.annotations == {**facts, "start": 50.0, "stop": 400.0}
        assert train.segment is segment


def test_signals_have_names_units_and_channels(recording):
    (segment,) = recording.to_neo("cells").segments
    signals = {s.name: s for s in segment.analogsignals}
    assert set(signals) == {"v", "gsyn_exc"}
    for name, unit in (("v", "mV"), ("gsyn_exc", "uS")):
        ours, signal = recording.signal("cells", name), signals[name]
        np.testing.assert_array_equal(signal.magnitude, ours.values)
        assert str(signal.dimensionality) == unit
        np.testing.assert_allclose(signal.times.rescale("ms").magnitude, ours.times, rtol=1e-12)
        assert signal.annotations["source_population"] == "cells"
        np.testing.assert_array_equal(signal.array_annotations["channel_index"], [1, 7])
        np.testing.assert_array_equal(signal.array_annotations["channel_id"], [1, 7])


def test_a_block_of_everything_numbers_the_channels_through(recording):
    block = recording.to_neo()
    assert block.annotations["label"] == "demo"
    assert block.annotations["size"] == 11
    assert set(block.annotations) == ABOUT
    (segment,) = block.segments
    found = [(t.annotations["source_population"], t.annotations["source_index"],
              t.annotations["channel_id"]) for t in segment.spiketrains]  # fmt: skip
    assert found == [*(("in", i, i) for i in range(3)), *(("cells", i, 3 + i) for i in range(2, 6))]
    for train in segment.spiketrains:
        name, unit = train.annotations["source_population"], train.annotations["source_index"]
        np.testing.assert_array_equal(train.magnitude, recording.spikes[name].of(unit))
        assert (float(train.t_start), float(train.t_stop)) == (0.0, 500.0)
    np.testing.assert_array_equal(
        segment.analogsignals[0].array_annotations["channel_id"], [3 + 1, 3 + 7]
    )


@pytest.mark.parametrize("backend", ["numba", "reference"])
def test_every_back_end_annotates_the_same(backend):
    block = ns.simulate(network(), 5.0, dt=0.1, seed=1, backend=backend).to_neo()
    assert set(block.annotations) == ABOUT
    assert block.annotations["backend"] == backend
    assert block.segments[0].annotations == block.annotations


def test_a_batch_is_a_block_with_one_segment_per_sample():
    net = ns.Network("batch")
    source = net.population("in", 2, ns.SpikeSourceArray())
    cells = net.population("cells", 3, ns.IFCurrExp())
    net.project(source, cells, ns.AllToAll(), ns.Static(20.0, 1.0))
    net.record(cells, ["spikes", "v"])
    samples = [{"in": [(0, 2.0)]}, {"in": [(0, 2.0), (1, 9.0)]}, {"in": []}]
    batch = ns.simulate_batch(net, samples, 20.0, dt=0.5, seed=1, first=5)
    block = batch.to_neo("cells")
    assert [s.annotations["sample"] for s in block.segments] == [5, 6, 7]
    for i, segment in enumerate(block.segments):
        np.testing.assert_array_equal(
            segment.spiketrains.multiplexed[1].magnitude, batch[i].spikes["cells"].times
        )
        np.testing.assert_array_equal(
            segment.analogsignals[0].magnitude, batch[i].signal("cells", "v").values
        )
    assert [len(s.spiketrains.multiplexed[0]) > 0 for s in block.segments] == [True, True, False]


def test_a_stamp_that_is_rounded_upwards_stays_inside():
    third = 3 * 0.1  # a little above 0.3
    trains = SpikeTrains(np.array([third]), np.array([0], np.int32), np.array([0], np.int32))
    (train,) = Recording({"a": trains}, {}, 0.3).to_neo("a").segments[0].spiketrains
    assert train.magnitude.tolist() == [third]


def test_a_recording_without_provenance_has_the_same_keys():
    trains = SpikeTrains(np.empty(0), np.empty(0, np.int32), np.array([0, 4], np.int32))
    block = Recording({"a": trains}, {}, 1.0).to_neo()
    assert set(block.annotations) == ABOUT
    assert block.annotations["size"] == 5
    assert len(block.segments[0].spiketrains) == 2


ELEPHANT = pytest.mark.filterwarnings(  # and its sparse matrices
    "ignore:The 'copy' argument in Quantity is deprecated",
    "ignore:the matrix subclass is not the recommended way:PendingDeprecationWarning",
)


@ELEPHANT
def test_elephant_reads_it(recording):
    import quantities
    from elephant.conversion import BinnedSpikeTrain
    from elephant.spike_train_correlation import correlation_coefficient
    from elephant.statistics import cv, isi

    trains = recording.to_neo("in").segments[0].spiketrains
    for unit, train in enumerate(trains):
        gaps = np.diff(recording.spikes["in"].of(unit))
        assert len(gaps) > 10
        assert cv(isi(train)) == pytest.approx(np.std(gaps) / np.mean(gaps), rel=1e-12)

    edges = np.arange(0.0, 500.5, 5.0)
    counts = [np.histogram(recording.spikes["in"].of(u) + 1e-6, edges)[0] for u in range(3)]
    binned = BinnedSpikeTrain(list(trains), bin_size=5.0 * quantities.ms)
    found = correlation_coefficient(binned, fast=False)
    np.testing.assert_allclose(found, np.corrcoef(counts), rtol=1e-9, atol=1e-12)


@ELEPHANT
def test_the_page_about_files_and_elephant_runs(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    page = Path(__file__).parents[3] / "docs" / "howto" / "files-and-neo.md"
    blocks = re.findall(r"^```py(?:thon)?\n(.*?)^```", page.read_text("utf-8"), re.M | re.S)
    assert any("elephant" in block for block in blocks)
    exec("\n".join(blocks), {"__name__": "page"})


def test_what_was_not_recorded_is_named(recording):
    with pytest.raises(WiringError, match=r"nothing of population 'cell' .* Did you mean 'cells'"):
        recording.to_neo("cell")


def test_a_unit_that_nobody_knows_is_named():
    signal = Signal(np.zeros((1, 1)), np.zeros(1), 1.0, np.array([0], np.int32), "wibble")
    with pytest.raises(
        UnsupportedError, match=r"unit of a\.x must be one that Neo knows, got 'wib"
    ):
        Recording({}, {("a", "x"): signal}, 1.0).to_neo()


def test_without_neo_the_extra_is_named(monkeypatch, recording):
    monkeypatch.setitem(sys.modules, "neo", None)
    with pytest.raises(MissingDependency, match=r"neurosim-snn\[neo\]"):
        recording.to_neo()
