from __future__ import annotations

import numpy as np
import pytest

from neurosim.errors import ParameterError
from neurosim.models.ca3 import CA3Memory, Oracle, retrieve

CONTENTS = {0: {0, 1, 2}, 1: {2, 3, 4}, 2: {4, 5, 0}}


@pytest.fixture(params=["oracle", "network"])
def memory(request):
    if request.param == "oracle":
        made = Oracle(3, 7)
        for cue, bits in CONTENTS.items():
            made.learn(cue, bits)
        yield made
        return
    with CA3Memory(3, 7, contents=CONTENTS) as made:
        yield made


def test_the_cue_with_most_votes_is_recalled(memory):
    found = retrieve(memory, {0, 1})
    assert (found.cue, found.unique, found.content) == (0, True, {0, 1, 2})
    np.testing.assert_array_equal(found.votes, [2, 0, 1])


def test_ties_go_to_the_first_cue(memory):
    found = retrieve(memory, {2})
    assert (found.cue, found.unique, found.content) == (0, False, {0, 1, 2})
    np.testing.assert_array_equal(found.votes, [1, 1, 0])


def test_an_unknown_fragment_finds_nothing(memory):
    found = retrieve(memory, {6})
    assert (found.cue, found.unique, found.content) == (None, False, set())
    assert not found.votes.any()


@pytest.mark.parametrize("fragment", [set(), 3, {7}])
def test_bad_fragments_are_refused(memory, fragment):
    with pytest.raises(ParameterError):
        retrieve(memory, fragment)
