from __future__ import annotations

import numpy as np
import pytest

import neurosim as ns
from neurosim.errors import ParameterError, TimingWarning
from neurosim.models.ca3 import (
    AddressMemory,
    Answer,
    CA3Params,
    Learn,
    RecallContent,
    RecallCue,
    build_address,
    schedule,
)
from neurosim.models.ca3.address import STORAGE
from neurosim.models.ca3.oracle import expected
from neurosim.models.ca3.timing import spike_trains
from neurosim.models.protocols import Forgetful, Memory

BACKENDS = ["numba", "reference"]


def out_by_step(operations, backend, size=(3, 4)):
    timed = schedule(operations)
    network = build_address(CA3Params(*size), inputs=spike_trains(timed, *size))
    recording = ns.simulate(network, 14.0 * len(operations), dt=1.0, seed=0, backend=backend)
    active = {}
    for step, unit in zip(recording.spikes["OUT"].times, recording.spikes["OUT"].ids, strict=True):
        active.setdefault(int(step), set()).add(int(unit))
    return active


@pytest.mark.parametrize("backend", BACKENDS)
def test_output_steps(backend):
    """A learn shows at t+2 and t+4 and old bits at t+3; a recall its cue at t+2, content at t+3."""
    active = out_by_step([Learn(0, {0, 1}), Learn(0, {1, 2}), RecallCue(0), RecallCue(1)], backend)
    assert active == {
        2: {0, 3, 4}, 4: {0, 3, 4},
        14 + 2: {0, 4, 5}, 14 + 3: {3}, 14 + 4: {0, 4, 5},
        28 + 2: {0}, 28 + 3: {4, 5},
        42 + 2: {1},
    }  # fmt: skip


def test_size():
    network = build_address(CA3Params(3, 4))
    inner = {n: p.size for n, p in network.populations.items() if n not in ("IN", "OUT")}
    assert sum(inner.values()) == 3 + 4
    with ns.prepare(network, dt=1.0, seed=0) as simulation:
        assert len(simulation.weights(STORAGE).pre) == 3 * 4


@pytest.mark.parametrize("backend", BACKENDS)
def test_random_operations_equal_the_oracle(backend):
    rng = np.random.default_rng(0)
    operations = []
    for learn in rng.random(120) < 0.5:
        cue = int(rng.integers(5))
        bits = np.flatnonzero(rng.random(8) < 0.5).tolist() or [0]
        operations.append(Learn(cue, bits) if learn else RecallCue(cue))
    with AddressMemory(5, 8, spacing=10, backend=backend) as memory:
        assert memory.perform(operations) == expected(operations, 5, 8)


def test_memory():
    with AddressMemory(3, 4) as memory:
        assert memory.learn(1, {0, 3}) == Answer(frozenset({1}), frozenset({0, 3}))
        memory.store(2, [1])
        assert memory.recall(1) == {0, 3}
        assert memory.dump() == {1: {0, 3}, 2: {1}}
        memory.reset()
        assert memory.recall_cue(2) == {1}
        memory.clear()
        assert memory.dump() == {}
        assert isinstance(memory, Memory)
        assert not isinstance(memory, Forgetful)


def test_contents_from_the_start():
    with AddressMemory(2, 3, contents={1: {0, 2}}) as memory:
        assert memory.dump() == {1: {0, 2}}


def test_recall_by_content_is_refused():
    with AddressMemory(2, 3) as memory:
        with pytest.raises(ParameterError, match="must be Learn or RecallCue"):
            memory.perform([Learn(0, {0}), RecallContent({0})])
        assert memory.t == 0.0


def test_spacing():
    with AddressMemory(2, 3, spacing=(7, 5)) as memory:
        memory.learn(0, {1})
        assert memory.recall_cue(0) == {1}
        assert memory.t == 12.0
    with pytest.warns(
        TimingWarning, match=r"AddressMemory\.spacing: must be at least the documented 7/5"
    ):
        AddressMemory(2, 3, spacing=(7, 4)).close()


def test_bad_arguments_are_named():
    with pytest.raises(ParameterError, match="n_cues"):
        AddressMemory(0, 3)
    with pytest.raises(ParameterError, match="params: must be CA3Params"):
        build_address((2, 3))
    with pytest.raises(ParameterError, match="contents"):
        AddressMemory(2, 3, contents={2: {0}})
    with AddressMemory(2, 3) as memory, pytest.raises(ParameterError, match="content"):
        memory.learn(0, {3})
