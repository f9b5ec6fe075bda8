import numpy as np
import pytest
import quantities as pq
from pyNN.errors import RecordingError


def signal(population, name="v", segment=-1):
    return population.get_data().segments[segment].filter(name=name)[0]


def test_what_neo_gets(sim):
    cells = sim.Population(3, sim.IF_cond_exp(i_offset=1.5), label="cells")
    cells.annotate(layer="5")
    cells[1:].record(["v", "gsyn_exc"], sampling_interval=0.5)
    cells.record("spikes")
    sim.run(20.0)
    block = cells.get_data()
    assert block.name == "cells"
    assert block.annotations["simulator"] == "neurosim"
    assert block.annotations["layer"] == "5"
    assert block.annotations["dt"] == 0.1
    (segment,) = block.segments
    v = segment.filter(name="v")[0]
    assert v.shape == (41, 2)
    assert v.sampling_period == 0.5 * pq.ms
    assert v.units == pq.mV
    assert segment.filter(name="gsyn_exc")[0].units == pq.uS
    assert v.array_annotations["channel_index"].tolist() == [1, 2]
    assert len(segment.spiketrains) == 3
    assert all(t.t_stop == 20.0 * pq.ms for t in segment.spiketrains)
    assert [t.annotations["source_index"] for t in segment.spiketrains] == [0, 1, 2]
    assert len(segment.spiketrains[0]) > 0


def test_clearing_leaves_the_rest(sim):
    cells = sim.Population(1, sim.IF_curr_exp(i_offset=1.5))
    cells.record(["v", "spikes"])
    sim.run(50.0)
    first = cells.get_data(clear=True).segments[0]
    sim.run(50.0)
    second = cells.get_data().segments[0]
    sim.reset()
    sim.run(100.0)
    whole = cells.get_data().segments[-1]
    joined = np.concatenate(
        [first.analogsignals[0].magnitude[:-1], second.analogsignals[0].magnitude]
    )
    assert (joined == whole.analogsignals[0].magnitude).all()
    assert second.analogsignals[0].t_start == 50.0 * pq.ms
    times = [s.spiketrains[0].magnitude.tolist() for s in (first, second, whole)]
    assert times[0] + times[1] == times[2]
    assert min(map(len, times)) > 0


def test_recording_can_begin_in_a_run(sim):
    cells = sim.Population(2, sim.IF_curr_exp(i_offset=[0.5, 1.5]))
    cells[0:1].record("v")
    sim.run(5.0)
    cells.record(["v", "spikes"])
    sim.run(15.0)
    v = signal(cells).magnitude
    assert v.shape == (201, 2)
    assert np.isfinite(v[:, 0]).all()
    assert np.isnan(v[:50, 1]).all()
    assert np.isfinite(v[50:, 1]).all()
    assert (np.diff(v[:, 0]) > 0.0).all()
    assert sum(cells.get_spike_counts().values()) > 0


def test_recording_can_end(sim):
    cells = sim.Population(2, sim.IF_curr_exp())
    cells.record("v")
    sim.run(1.0)
    cells.record(None)
    sim.run(1.0)
    assert len(cells.get_data().segments[0].analogsignals) == 0


def test_data_of_a_view_and_of_an_assembly(sim):
    cells = sim.Population(3, sim.IF_curr_exp(i_offset=[0.0, 1.5, 1.5]))
    other = sim.Population(1, sim.IF_curr_exp(i_offset=2.0))
    both = cells[1:] + other
    both.record(["spikes", "v"])
    sim.run(50.0)
    assert signal(cells[1:2]).shape == (501, 1)
    assert signal(both).shape == (501, 3)
    assert len(both.get_data().segments[0].spiketrains) == 3
    assert both.mean_spike_count() > 0
    counts = cells.get_spike_counts()
    assert list(counts) == [cells[1], cells[2]]


def test_variables_that_cannot_be_recorded(sim):
    with pytest.raises(RecordingError):
        sim.Population(1, sim.IF_curr_exp()).record("u")
    with pytest.raises(RecordingError):
        sim.Population(1, sim.SpikeSourcePoisson()).record("v")


def test_files_are_written_at_the_end(sim, tmp_path):
    from neo.io import PickleIO

    cells = sim.Population(2, sim.IF_curr_exp(i_offset=1.5))
    cells.record(["v", "spikes"], to_file=str(tmp_path / "deep" / "cells.pkl"))
    sim.run(30.0)
    sim.end()
    (block,) = PickleIO(tmp_path / "deep" / "cells.pkl").read()
    assert block.segments[0].analogsignals[0].shape == (301, 2)
    assert signal(cells).shape == (301, 2)


def test_segments_of_a_reset_keep_what_was_recorded(sim):
    cells = sim.Population(2, sim.IF_curr_exp(i_offset=1.0))
    cells.record("v")
    for current in (1.0, 1.2):
        cells.set(i_offset=current)
        sim.run(10.0)
        sim.reset({"current": current})
    first, second = cells.get_data().segments
    assert [s.annotations["current"] for s in (first, second)] == [1.0, 1.2]
    assert first.analogsignals[0].magnitude[-1, 0] < second.analogsignals[0].magnitude[-1, 0]
