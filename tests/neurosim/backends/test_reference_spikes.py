from __future__ import annotations

import numpy as np

from neurosim.backends.reference_spikes import Spikes, poisson_spikes
from neurosim.philox import words
from neurosim.plan.plan import PoissonBlock


def made() -> Spikes:
    spikes = Spikes()
    spikes.add(1, 5, [7, 2])
    spikes.add(1, 5, [4, 2])
    spikes.add(0, 5, [3])
    spikes.add(1, 6, [])
    return spikes


def test_ids_ascend_and_may_repeat() -> None:
    assert made().at(1, 5) == [2, 2, 4, 7]
    assert made().at(0, 5) == [3]
    assert made().at(1, 6) == made().at(2, 5) == []


def test_older_spikes_are_forgotten() -> None:
    spikes = made()
    spikes.add(1, 4, [1])
    spikes.forget(5)
    assert spikes.at(1, 4) == []
    assert spikes.at(1, 5) == [2, 2, 4, 7]


def test_state_goes_back_exactly() -> None:
    state = made().state()
    assert {name: array.tolist() for name, array in state.items()} == {
        "population": [0, 1, 1, 1, 1],
        "stamp": [5, 5, 5, 5, 5],
        "id": [3, 2, 2, 4, 7],
    }
    other = Spikes()
    other.add(9, 9, [9])
    other.restore(state)
    assert other.at(9, 9) == []
    assert other.at(1, 5) == [2, 2, 4, 7]
    assert {name: len(array) for name, array in Spikes().state().items()} == {
        "population": 0,
        "stamp": 0,
        "id": 0,
    }


def test_poisson_units_spike_when_their_word_is_low_and_they_are_active() -> None:
    key, size = 12345, 40
    thresholds = np.full(size, 2**31, dtype=np.uint64)
    first = np.where(np.arange(size) < 20, 0, 8)
    block = PoissonBlock(0, key, thresholds, first, np.full(size, 9), np.ones(size))
    for step in (7, 8, 9):
        low = words(key, np.arange(size), step) < 2**31
        active = (first <= step) & (step < 9)
        assert poisson_spikes(block, step) == np.flatnonzero(low & active).tolist()
    assert poisson_spikes(block, 9) == []
    assert any(unit >= 20 for unit in poisson_spikes(block, 8))
