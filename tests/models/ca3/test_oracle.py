from __future__ import annotations

import pytest

from neurosim.errors import ParameterError
from neurosim.models.ca3 import Answer, Learn, Oracle, RecallContent, RecallCue
from neurosim.models.ca3.oracle import expected
from neurosim.models.protocols import Forgetful, Memory


def test_definition():
    oracle = Oracle(4, 5)
    oracle.learn(0, {0, 1})
    oracle.learn(2, {1, 2})
    assert oracle.recall_cue(0) == {0, 1}
    assert oracle.recall_cue(1) == set()
    assert oracle.recall_content({1}) == {0, 2}
    assert oracle.recall_content({0, 2}) == {0, 2}
    assert oracle.recall_content({4}) == set()
    oracle.learn(0, {4})
    assert oracle.dump() == {0: {4}, 2: {1, 2}}
    oracle.forget(2)
    assert oracle.recall_content({1}) == set()


def test_expected_answers():
    operations = [Learn(1, {0}), RecallCue(1), RecallContent({0, 2}), RecallCue(0)]
    assert expected(operations, 2, 3) == [
        Answer(frozenset({1}), frozenset({0})),
        Answer(frozenset({1}), frozenset({0})),
        Answer(frozenset({1}), frozenset({0, 2})),
        Answer(frozenset({0}), frozenset()),
    ]


def test_memory_protocols():
    oracle = Oracle(2, 3)
    assert isinstance(oracle, Memory)
    assert isinstance(oracle, Forgetful)
    oracle.store(1, {2})
    oracle.reset()
    assert oracle.recall(1) == {2}
    oracle.clear()
    assert oracle.dump() == {}


def test_bad_input_is_named():
    with pytest.raises(ParameterError, match="n_cues"):
        Oracle(0, 3)
    oracle = Oracle(2, 3)
    with pytest.raises(ParameterError, match=r"cue: must be from 0 to 1"):
        oracle.learn(2, {0})
    with pytest.raises(ParameterError, match=r"content: must be from 0 to 2"):
        oracle.recall_content({3})
    with pytest.raises(ParameterError, match=r"cue: must be from 0 to 1"):
        oracle.forget(5)
