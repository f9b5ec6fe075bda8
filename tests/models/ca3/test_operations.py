from __future__ import annotations

import numpy as np
import pytest

from neurosim.errors import ParameterError
from neurosim.models.ca3 import Learn, RecallContent, RecallCue
from neurosim.models.ca3.operations import Reading


def test_a_learn_pulses_cue_and_content_three_times():
    assert Learn(1, {2, 0}).spikes(n_cues=3) == [
        (unit, step) for step in (0, 1, 2) for unit in (1, 3, 5)
    ]


def test_recalls_pulse_once():
    assert RecallCue(2).spikes(3) == [(2, 0)]
    assert RecallContent({1, 3}).spikes(3) == [(4, 0), (6, 0)]


def test_published_reading_rule():
    assert Learn(0, {1}).reading == Reading(cue=5, content=5)
    assert RecallCue(0).reading == Reading(cue=5, content=6)
    assert RecallContent({0}).reading == Reading(cue=6, content=5)


def test_bits_may_be_any_collection():
    assert Learn(0, [2, 1, 1]) == Learn(0, {1, 2}) == Learn(0, np.array([1, 2]))
    assert RecallContent(range(2)).bits() == {0, 1}


@pytest.mark.parametrize("bits", [[], "12", 3, None, {-1}, {0.5}, {True}, ["a"]])
def test_bad_bits_are_named(bits):
    with pytest.raises(ParameterError, match=r"Learn\.content: must be a non-empty collection"):
        Learn(0, bits)
    with pytest.raises(ParameterError, match=r"RecallContent\.content:"):
        RecallContent(bits)


@pytest.mark.parametrize("cue", [-1, 1.5, "0", None, True])
def test_bad_cues_are_named(cue):
    with pytest.raises(ParameterError, match=r"RecallCue\.cue:"):
        RecallCue(cue)


def test_operations_must_fit_the_memory():
    Learn(2, {3}).require(3, 4)
    with pytest.raises(ParameterError, match=r"Learn\.cue: must be from 0 to 2, got 3"):
        Learn(3, {0}).require(3, 4)
    with pytest.raises(ParameterError, match=r"RecallContent\.content: must be from 0 to 3, got 4"):
        RecallContent({0, 4}).require(3, 4)
