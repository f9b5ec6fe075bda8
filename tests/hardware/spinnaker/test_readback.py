"""What a board gives back: ids, times, intervals, views, signs, units and order."""

from __future__ import annotations

import numpy as np
import pytest

from neurosim.errors import SimulationError
from neurosim.hardware.spinnaker import readback
from neurosim.hardware.spinnaker.deployment import Counter
from neurosim.plan.plan import NEVER, ProbePlan


def probe(variable="spikes", ids=(0, 1, 2), every=1, first=0, last=NEVER):
    return ProbePlan(0, variable, np.array(ids, dtype=np.int32), every, first, last)


def test_spikes_come_by_time_then_id_on_the_grid():
    rows = np.array([[2.0, 0.3], [0.0, 0.7], [1.0, 0.3], [0.0, 0.1]])
    stamps, ids = readback.spikes(rows, probe(), 0.1, 0, 100)
    assert stamps.tolist() == [1, 3, 3, 7]
    assert ids.tolist() == [0, 1, 2, 0]
    assert (stamps.dtype, ids.dtype) == (np.int64, np.int32)


def test_spikes_of_other_steps_units_and_windows_are_left_out():
    rows = np.array([[0.0, t] for t in range(10)] + [[1.0, 5.0]])
    asked = probe(ids=(0, 2), first=2, last=8)
    assert readback.spikes(rows, asked, 1.0, 0, 10)[0].tolist() == [2, 3, 4, 5, 6, 7]
    assert readback.spikes(rows, asked, 1.0, 5, 10)[0].tolist() == [5, 6, 7]
    assert readback.spikes(np.empty((0, 2)), asked, 1.0, 0, 10)[0].shape == (0,)


@pytest.mark.parametrize("row", [[0.5, 1.0], [0.0, -2.0], [np.nan, 1.0], [0.0, np.inf]])
def test_spikes_that_are_none_are_refused(row):
    with pytest.raises(SimulationError, match="spikes must be rows of an id and a time"):
        readback.spikes(np.array([row]), probe(), 1.0, 0, 10)


@pytest.mark.parametrize(
    ("every", "first", "interval", "runs", "stamps"),
    [
        (1, 0, 1, [(0, 4)], [0, 1, 2, 3]),
        (1, 0, 1, [(0, 2), (2, 4)], [0, 1, 2, 3]),
        (3, 0, 3, [(0, 4), (4, 10)], [0, 3, 6, 9]),
        (2, 4, 2, [(0, 5), (5, 9)], [4, 6, 8]),
        (3, 1, 1, [(0, 5), (5, 9)], [1, 4, 7]),  # no multiple: the board samples every step
    ],
)
def test_samples_are_those_that_the_probe_asks_for(every, first, interval, runs, stamps):
    asked = probe("v", ids=(0, 5), every=every, first=first)
    end = runs[-1][1]
    board = np.array([[s, s + 0.5] for s in range(0, end, interval)])  # values tell their stamp
    parts = [readback.samples(board, asked, a, b) for a, b in runs]
    np.testing.assert_array_equal(np.concatenate(parts)[:, 0], stamps)
    np.testing.assert_array_equal(np.concatenate(parts)[:, 1], np.array(stamps) + 0.5)
    empty = [readback.missing(asked, a, b) for a, b in runs]
    assert [e.shape for e in empty] == [p.shape for p in parts]
    assert np.isnan(np.concatenate(empty)).all()


def test_a_window_ends():
    asked = probe("v", ids=(0,), first=1, last=3)
    board = np.arange(6.0)[:, None]
    assert readback.samples(board, asked, 0, 6)[:, 0].tolist() == [1.0, 2.0]
    assert readback.samples(board, asked, 3, 6).shape == (0, 1)


def test_inhibitory_currents_are_negative_here_and_conductances_are_not():
    board = np.array([[0.5], [1.0]])
    signs = {
        name: readback.samples(board, probe(name, ids=(0,)), 0, 2)[:, 0].tolist()
        for name in ("isyn_exc", "isyn_inh", "gsyn_exc", "gsyn_inh", "v")
    }
    assert signs.pop("isyn_inh") == [-0.5, -1.0]
    assert set(map(tuple, signs.values())) == {(0.5, 1.0)}


@pytest.mark.parametrize("shape", [(2, 2), (3, 1), (3,), (0, 2)])
def test_samples_that_the_board_lost_are_an_error(shape):
    with pytest.raises(SimulationError, match=r"samples of 'v' must have shape \(3 or more, 2\)"):
        readback.samples(np.zeros(shape), probe("v", ids=(0, 1)), 0, 3)


def test_synapses_come_by_source_delay_and_target_in_the_plans_signs_and_units():
    first = np.array([[1, 0, 0.5, 2.0], [0, 1, 0.25, 3.0], [0, 2, 0.75, 1.0]])
    second = np.array([[0, 0, 0.5, 3.0], [0, 0, 1.0, 1.0]])
    found = readback.synapses([(first, np.array([1.0, 2.0, 4.0])), (second, -1.0)])
    assert found.pre.tolist() == [0, 0, 0, 0, 1]
    assert found.delay.tolist() == [1.0, 1.0, 3.0, 3.0, 2.0]
    assert found.post.tolist() == [0, 2, 0, 1, 0]
    assert found.weight.tolist() == [-1.0, 3.0, -0.5, 0.5, 0.5]
    assert (found.pre.dtype, found.weight.dtype) == (np.int32, np.float64)
    assert first[0, 2] == 0.5  # what the board gave is not changed
    assert len(readback.synapses([]).pre) == 0


def test_counters_are_by_core_and_name():
    found = readback.counters(
        [
            Counter("cells(0:9)", 0, 1, 4, "Number_of_late_spikes", 3),
            Counter("cells(0:9)", 0, 1, 4, "Max_late_spike", 1),
            Counter("cells(10:19)", 0, 1, 5, "Max_late_spike", 0),
        ]
    )
    assert found == {
        "cells(0:9) at 0,1,4": {"Number_of_late_spikes": 3, "Max_late_spike": 1},
        "cells(10:19) at 0,1,5": {"Max_late_spike": 0},
    }
