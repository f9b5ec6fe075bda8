from __future__ import annotations

import numpy as np
import pytest

from neurosim.models.ca3 import (
    Answer,
    CA3Params,
    Learn,
    RecallContent,
    RecallCue,
    answers,
    play,
    schedule,
)
from neurosim.models.ca3.operations import Reading
from neurosim.models.ca3.oracle import expected
from neurosim.models.ca3.play import by_step, read
from neurosim.models.ca3.timing import Timed

from . import worked


@pytest.mark.parametrize("backend", ["numba", "reference", "spinnaker-emulator"])
def test_the_worked_example_is_answered_right(backend):
    recording = play(worked.TIMED, worked.PARAMS, backend=backend)
    assert answers(recording, worked.TIMED, 3) == expected(worked.OPERATIONS, 3, 4)


def test_a_run_ends_when_the_last_answer_is_complete():
    timed = schedule([Learn(0, {0}), RecallCue(0)])
    assert play(timed, CA3Params(1, 1)).duration == 14 + 7
    assert play(timed, CA3Params(1, 1), steps=30).duration == 30


def test_contents_from_the_start():
    timed = schedule([RecallCue(1), RecallContent({2}), RecallCue(0)])
    recording = play(timed, CA3Params(2, 3), contents={1: {0, 2}})
    assert [a.content for a in answers(recording, timed, 2)] == [{0, 2}, {2}, set()]
    assert [a.cues for a in answers(recording, timed, 2)] == [{1}, {1}, {0}]


def test_reading():
    active = by_step(np.array([5, 5, 6]), np.array([1, 4, 5]))
    assert active == {5: {1, 4}, 6: {5}}
    asked = Timed(0, RecallCue(1))
    assert read(active, asked, n_cues=3) == Answer(frozenset({1}), frozenset({2}))
    early = read(active, asked, 3, Reading(cue=6, content=5))
    assert early == Answer(frozenset(), frozenset({1}))
