"""What all memories share, tried on the CA3 memory."""

from __future__ import annotations

import pytest

from neurosim.errors import ParameterError, SimulationError, TimingWarning
from neurosim.models.ca3 import Answer, CA3Memory, Learn, RecallContent, RecallCue
from neurosim.models.ca3.oracle import expected

from . import worked


def test_operations_take_their_spacing():
    with CA3Memory(3, 4, spacing=(20, 15)) as memory:
        assert memory.t == 0.0
        assert memory.learn(1, {0, 2}) == Answer(frozenset({1}), frozenset({0, 2}))
        assert memory.t == 20.0
        assert memory.recall_cue(1) == {0, 2}
        assert memory.t == 35.0
        memory.wait(5)
        assert memory.t == 40.0


@pytest.mark.parametrize("backend", ["numba", "reference"])
def test_a_sequence_of_operations(backend):
    with CA3Memory(3, 4, backend=backend) as memory:
        assert memory.perform(worked.OPERATIONS) == expected(worked.OPERATIONS, 3, 4)
        assert memory.t == 14.0 * len(worked.OPERATIONS)
        assert memory.perform([]) == []


def test_close_operations_are_read_across_their_borders():
    """With 6 steps after a recall, its answer is complete only while the next operation runs."""
    with pytest.warns(TimingWarning):
        memory = CA3Memory(4, 4, spacing="documented")
    operations = [Learn(0, {0}), RecallCue(0), Learn(1, {1}), RecallCue(1), RecallContent({1})]
    with memory:
        assert memory.perform(operations) == expected(operations, 4, 4)
        assert memory.t == 7 + 6 + 7 + 6 + 7


def test_nothing_is_done_if_an_operation_does_not_fit():
    with CA3Memory(2, 2) as memory:
        for bad in (Learn(2, {0}), RecallContent({2}), "learn"):
            with pytest.raises(ParameterError):
                memory.perform([Learn(0, {0}), bad])
        assert memory.t == 0.0


def test_reset_keeps_what_is_stored_and_clear_does_not():
    with CA3Memory(2, 3) as memory:
        memory.learn(0, {0, 1})
        memory.learn(1, {1})
        memory.reset()
        assert memory.t == 0.0
        assert memory.dump() == {0: {0, 1}, 1: {1}}
        assert memory.recall_content({1}) == {0, 1}
        memory.clear()
        assert memory.t == 0.0
        assert memory.dump() == {}
        assert memory.recall_content({1}) == set()


def test_reset_ends_activity():
    with CA3Memory(2, 3) as memory:
        memory.simulation.feed("IN", [(0, 0.0), (2, 0.0)])
        memory.simulation.run(1.0)
        memory.reset()
        memory.wait(20)
        assert len(memory.simulation.recording().spikes["OUT"]) == 0


def test_clear_also_empties_contents_from_the_start():
    with CA3Memory(2, 3, contents={0: {2}}) as memory:
        assert memory.dump() == {0: {2}}
        memory.clear()
        assert memory.dump() == {}


def test_recall_without_plasticity_changes_nothing():
    with CA3Memory(2, 3) as memory:
        memory.learn(0, {0, 1})
        memory.learn(1, {1, 2})
        before = memory.weights()
        assert memory.recall_cue(0, plastic=False) == {0, 1}
        assert memory.recall_content({0, 2}, plastic=False) == {0, 1}
        assert memory.recall_content({1}, plastic=False) == {0, 1}
        for old, new in zip(before, memory.weights(), strict=True):
            assert (old == new).all()
        memory.recall_content({0, 2})
        assert (before[1] != memory.weights()[1]).any()


def test_learning_goes_on_after_a_recall_without_plasticity():
    with CA3Memory(2, 3) as memory:
        memory.perform([Learn(0, {0, 1}), RecallCue(0), Learn(0, {2})], plastic=False)
        assert memory.recall_cue(0) == {2}


def test_an_interrupted_recall_leaves_the_memory_plastic():
    with CA3Memory(2, 3) as memory:
        run = memory.simulation.run

        def interrupted(duration):
            run(3.0)
            raise SimulationError("interrupted")

        memory.simulation.run = interrupted
        with pytest.raises(SimulationError):
            memory.recall_cue(0, plastic=False)
        memory.simulation.run = run
        memory.wait(14)
        memory.learn(0, {1})
        assert memory.recall_cue(0) == {1}


def test_a_closed_memory_is_refused():
    memory = CA3Memory(2, 3)
    memory.close()
    with pytest.raises(SimulationError, match="closed"):
        memory.recall_cue(0)


@pytest.mark.parametrize("steps", [-1, "long", float("nan"), None])
def test_bad_waits_are_named(steps):
    with CA3Memory(2, 3) as memory, pytest.raises(ParameterError, match=r"CA3Memory\.steps"):
        memory.wait(steps)
