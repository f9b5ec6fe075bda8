import numpy as np
import pytest

import neurosim as ns
from neurosim.errors import ParameterError
from neurosim.neurons.sources import SOURCES


def times(value):
    return [train.tolist() for train in ns.SpikeSourceArray(spike_times=value).spike_times]


@pytest.mark.parametrize(
    ("given", "trains"),
    [
        ([], []),
        ([1.0, 2.0], [[1.0, 2.0]]),
        ([[1, 2], []], [[1.0, 2.0], []]),
        ([[]], [[]]),
        (np.array([[1.0, 1.0], [0.0, 3.0]]), [[1.0, 1.0], [0.0, 3.0]]),
        ((np.array([5.0]), range(2)), [[5.0], [0.0, 1.0]]),
    ],
)
def test_times_are_one_list_or_one_per_unit(given, trains):
    assert times(given) == trains


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ([[1.0, 0.5]], r"got \[1.0, 0.5\] \(unit 0\). Sort the times"),
        ([[0.0], [3.0, 2.0]], r"\(unit 1\). Sort the times"),
        ([2.0, 1.0], "Sort the times"),
        ([[-1.0]], "Use finite times >= 0 ms"),
        ([[np.nan]], "Use finite times"),
        ([[np.inf]], "Use finite times"),
        ([["a"]], "Give lists of numbers"),
        ([[[1.0]]], "must be a list of times"),
        ("12", "Give lists of numbers"),
        (5.0, "Give lists of numbers"),
        (None, "Give lists of numbers"),
    ],
)
def test_wrong_times_are_refused(given, words):
    with pytest.raises(ParameterError, match=rf"SpikeSourceArray.spike_times: .*{words}"):
        ns.SpikeSourceArray(spike_times=given)


def test_times_are_copied_and_cannot_be_changed():
    given = np.array([1.0, 2.0])
    train = ns.SpikeSourceArray(spike_times=[given]).spike_times[0]
    given[0] = 0.0
    assert train.tolist() == [1.0, 2.0]
    assert not train.flags.writeable


def test_sources_are_equal_by_their_times():
    assert ns.SpikeSourceArray(spike_times=[[1.0]]) == ns.SpikeSourceArray(spike_times=[1.0])
    assert ns.SpikeSourceArray(spike_times=[[1.0]]) != ns.SpikeSourceArray(spike_times=[[2.0]])
    assert ns.SpikeSourceArray(spike_times=[[1.0]]) != ns.SpikeSourceArray(spike_times=[[1.0], []])


def test_poisson_input_ends_after_its_start():
    assert ns.PoissonInput(rate=1.0, weight=1.0, start=2.0, stop=2.0).stop == 2.0
    with pytest.raises(ParameterError, match=r"PoissonInput.stop: must be >= start \(2.0 ms\)"):
        ns.PoissonInput(rate=1.0, weight=1.0, start=2.0, stop=1.0)
    with pytest.raises(ParameterError, match=r"PoissonInput.receptor: must be a name"):
        ns.PoissonInput(rate=1.0, weight=1.0, receptor="")


def test_sources_record_spikes_only_and_are_listed_by_name():
    assert list(SOURCES) == ["spike_source_array", "spike_source_poisson"]
    assert all(kind.recordable() == ("spikes",) for kind in SOURCES.values())
