from __future__ import annotations

import warnings

import pytest

from neurosim.errors import ParameterError, TimingWarning
from neurosim.models.ca3 import DOCUMENTED, SAFE, Learn, RecallContent, RecallCue, Spacing, schedule
from neurosim.models.ca3.timing import as_spacing, spike_trains, steps_needed, warn_if_unsafe

LEARN, RECALL = Learn(0, {0}), RecallCue(0)


def test_policies():
    assert as_spacing("x", "y", "documented") == DOCUMENTED == Spacing(7, 6)
    assert as_spacing("x", "y", "safe") == SAFE == Spacing(14, 14)


@pytest.mark.parametrize("given", [Spacing(9, 8), (9, 8), [9, 8], "9/8"])
def test_spacings_of_ones_own(given):
    assert as_spacing("x", "y", given) == Spacing(9, 8)


@pytest.mark.parametrize("given", [10, 10.0, "10"])
def test_one_number_stands_for_both(given):
    assert as_spacing("x", "y", given) == Spacing(10, 10)


@pytest.mark.parametrize("given", ["fast", None, (1, 2, 3), "7/", 2, (7, 0), True, (7.5, 6), {}])
def test_bad_spacings_are_named(given):
    with pytest.raises(ParameterError, match=r"x\.y: must be 'documented', 'safe'"):
        as_spacing("x", "y", given)


def test_operations_follow_by_kind():
    timed = schedule([LEARN, RECALL, LEARN, RECALL], "documented", start=3)
    assert [t.step for t in timed] == [3, 10, 16, 23]


def test_operations_with_starts_of_their_own():
    timed = schedule([(2, LEARN), RECALL, (40, RECALL)], 10)
    assert [t.step for t in timed] == [2, 12, 40]


@pytest.mark.parametrize(
    "operations", [[3], [("a", LEARN)], [(-1, LEARN)], [(5, LEARN), (5, RECALL)], [(0, "learn")]]
)
def test_bad_schedules_are_refused(operations):
    with pytest.raises(ParameterError, match=r"schedule\.operations:"):
        schedule(operations)


@pytest.mark.parametrize("first", [LEARN, RECALL])
def test_overlapping_operations_warn(first):
    least = DOCUMENTED.after(first)
    with pytest.warns(TimingWarning, match=rf"got {least - 1} after"):
        schedule([(0, first), (least - 1, RECALL)])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        schedule([(0, first), (least, RECALL)])


def test_unsafe_spacings_warn():
    with pytest.warns(TimingWarning, match="most recalls fail"):
        warn_if_unsafe("memory", Spacing(7, 5))
    with pytest.warns(TimingWarning, match="should be at least 14/14, got 7/6"):
        warn_if_unsafe("memory", DOCUMENTED)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        warn_if_unsafe("memory", SAFE)


def test_spike_trains():
    timed = schedule([Learn(1, {0}), RecallContent({0, 2})], 20, start=1)
    assert spike_trains(timed, 2, 3) == [[], [1, 2, 3], [1, 2, 3, 21], [], [21]]
    assert steps_needed(timed) == 28
    assert steps_needed([]) == 0


def test_spike_trains_must_fit():
    with pytest.raises(ParameterError, match=r"Learn\.cue: must be from 0 to 1"):
        spike_trains(schedule([Learn(2, {0})]), 2, 3)
