import json

import numpy as np
import pytest

from neurosim.errors import ParameterError, SimulationError, WiringError
from neurosim.plan.lower import lower
from neurosim.recording.batch import BatchRecording, BatchSpikes
from neurosim.recording.batch_buffers import BatchBuffers, sampled
from neurosim.recording.recording import Recording
from tests.neurosim.backends.running import network


def spikes(recorded=(0, 1, 2, 3), stop=np.inf):
    """Three samples: two spikes, none, three."""
    return BatchSpikes(
        np.array([1.0, 2.0, 0.5, 0.5, 3.0]), np.array([3, 0, 0, 3, 3], dtype=np.int32),
        np.array([0, 2, 2, 5]), np.array(recorded, dtype=np.int32), 0.0, stop,
    )  # fmt: skip


def recording(**changes):
    return BatchRecording({"a": spikes(**changes)}, {}, 3, 4.0, 10, {"seed": 1})


def test_counts_are_by_sample_and_recorded_unit():
    expected = [[1, 0, 0, 1], [0, 0, 0, 0], [1, 0, 0, 2]]
    assert recording().counts("a").tolist() == expected
    assert recording(recorded=(0, 3)).counts("a").tolist() == [[1, 1], [0, 0], [1, 2]]


def test_rates_count_the_recorded_time():
    assert recording().rates("a")[2].tolist() == [250.0, 0.0, 0.0, 500.0]
    assert recording(stop=2.0).rates("a")[2].tolist() == [500.0, 0.0, 0.0, 1000.0]
    assert np.isnan(recording(stop=0.0).rates("a")).all()


def test_a_sample_is_a_recording():
    batch = recording()
    one = batch[2]
    assert isinstance(one, Recording)
    assert one.spikes["a"].times.tolist() == [0.5, 0.5, 3.0]
    assert one.spikes["a"].ids.tolist() == [0, 3, 3]
    assert one.duration == 4.0
    assert dict(one.info) == {"seed": 1, "sample": 12}
    assert batch[-1].spikes["a"].times.tolist() == one.spikes["a"].times.tolist()
    assert [len(r.spikes["a"]) for r in batch] == [2, 0, 3]
    assert [len(r.spikes["a"]) for r in batch[1:]] == [0, 3]
    assert one.rate("a") == pytest.approx(batch.rates("a")[2].mean())


def test_samples_that_are_not_there_are_refused():
    with pytest.raises(IndexError, match="sample 3 of 3"):
        recording()[3]
    with pytest.raises(IndexError):
        recording()[-4]
    for index in ("a", 1.0, True):
        with pytest.raises(ParameterError, match=r"BatchRecording\.index"):
            recording()[index]


def test_what_was_not_recorded_is_refused_by_name():
    with pytest.raises(WiringError, match=r"spikes of 'b' were not recorded. Use one of: a. Add"):
        recording().counts("b")
    with pytest.raises(WiringError, match=r"a\.v was not recorded"):
        recording().signal("a", "v")


def test_reprs_are_short():
    assert repr(recording()) == "BatchRecording(3 samples of 4 ms: a)"
    assert repr(spikes()) == "BatchSpikes(5 spikes of 4 units in 3 samples)"


# buffers


def filled(steps=8, n=3):
    """Buffers of the small network: spikes of 'in' (a view of one unit) and of 'a', v of 'a'."""
    net = network(every=1.0)
    net.record(net["b"][1:], "spikes", start=1.0, stop=3.0)
    plan = lower(net, 0.5, 1)
    buffers = BatchBuffers(plan, n, steps)
    buffers.reserve(None)
    return plan, buffers


def test_groups_of_samples_are_joined_and_probes_filter():
    plan, buffers = filled()
    variables = [(plan.populations[p.population].name, p.variable) for p in plan.probes]
    assert variables == [("in", "spikes"), ("a", "spikes"), ("a", "v"), ("b", "spikes")]
    stamps, ids = np.arange(8), np.array([0, 1, 2, 0, 1, 2, 0, 1], dtype=np.int32)
    none = np.empty(0, np.int64), np.empty(0, np.int32)
    buffers.add_spikes(0, [none, none])
    buffers.add_spikes(1, [(stamps[:2], ids[:2]), none])
    buffers.add_spikes(3, [(stamps, ids), (stamps[:4], ids[:4])])
    buffers.add_samples(2, 0, 0, np.ones((2, 3, 4)))
    buffers.add_samples(2, 0, 3, np.full((2, 2, 4), 2.0))
    buffers.complete = 2
    found = buffers.recording(0, {})
    assert len(found) == 2
    assert found.spikes["a"].starts.tolist() == [0, 2, 2]
    assert found.spikes["a"].times.tolist() == [0.0, 0.5]
    late = found.spikes["b"]
    assert late.times.tolist() == [1.0, 2.0, 2.5, 1.0]
    assert late.ids.tolist() == [2, 1, 2, 2]
    assert late.starts.tolist() == [0, 3, 4]
    assert (late.start, late.stop, late.recorded.tolist()) == (1.0, 3.0, [1, 2])
    signal = found.signal("a", "v")
    assert signal.shape == (2, 5, 4)
    assert signal.times.tolist() == [0.0, 1.0, 2.0, 3.0, 4.0]
    assert np.asarray(signal)[1, :, 0].tolist() == [1.0, 1.0, 1.0, 2.0, 2.0]
    assert (signal.dt, signal.unit) == (1.0, "mV")
    assert signal[0].values.shape == found[0].signal("a", "v").shape == (5, 4)
    assert repr(signal) == "BatchSignal(2 samples, 5 times, 4 units, in mV)"
    json.dumps(found.info["started"])
    with pytest.raises(ValueError, match="read-only"):
        signal.values[0] = 0.0


def test_a_recording_that_does_not_fit_names_the_largest_probe():
    plan, buffers = filled()
    needed = 3 * 5 * 4 * 8
    buffers.reserve(needed)
    with pytest.raises(SimulationError, match=r"479 bytes.*480 bytes for 3 samples.*'v' of popul"):
        buffers.reserve(needed - 1)
    del plan


@pytest.mark.parametrize(("begin", "end", "expected"), [(0, 9, (0, 5)), (1, 2, (1, 1))])
def test_numbers_of_samples(begin, end, expected):
    plan, _ = filled()
    assert sampled(plan.probes[2], begin, end) == expected
