import math

import numpy as np
import pytest

from neurosim.backends.pace import FIRST_TRIAL, LONGEST_S, PATIENCE_S, TRIAL_S, Pace

STEP_S = 100e-6
"""Time of a step in the faster way."""


class Machine:
    """Runs steps of a given cost, in chunks as a simulation does, and keeps the diary.

    ``cost(together, now)`` is the time of a step, s.
    """

    def __init__(self, cost, chunk_s=0.1):
        self.pace, self.cost, self.chunk_s = Pace(), cost, chunk_s
        self.now, self.lost = 0.0, 0.0
        self.diary = []  # (start, together, steps)

    def run(self, seconds):
        end = self.now + seconds
        while self.now < end:
            left = max(1, int(self.chunk_s / STEP_S))
            while left:
                together, steps = self.pace.next(left)
                assert 1 <= steps <= left
                took = steps * self.cost(together, self.now)
                best = steps * min(self.cost(way, self.now) for way in (True, False))
                self.diary.append((self.now, together, steps))
                self.now += took
                self.lost += took - best
                self.pace.note(together, steps, took)
                left -= steps
        return self

    def trials(self, together):
        """When the other way was tried, after the two first trials."""
        return [start for start, way, _ in self.diary[2:] if way != together]


def fixed(together, alone):
    return lambda way, now: STEP_S * (together if way else alone)


QUIET, BUSY = fixed(1.0, 1.7), fixed(3.0, 1.0)


def test_both_ways_are_tried_first_for_a_few_steps():
    pace = Pace()
    assert pace.next(1000) == (True, FIRST_TRIAL)
    pace.note(True, FIRST_TRIAL, 1e-3)
    assert pace.next(1000) == (False, FIRST_TRIAL)
    assert pace.next(5) == (False, 5)
    pace.note(False, FIRST_TRIAL, 2e-3)
    assert pace.next(1000) == (True, 1000)
    assert pace.alone_steps == FIRST_TRIAL


def test_on_a_quiet_machine_all_work_together():
    machine = Machine(QUIET).run(20.0)
    assert machine.pace.together
    assert machine.lost < 0.03 * machine.now
    together = sum(steps for _, way, steps in machine.diary if way)
    assert together > 0.97 * sum(steps for _, _, steps in machine.diary)


def test_on_a_busy_machine_one_works_alone():
    machine = Machine(BUSY).run(20.0)
    assert not machine.pace.together
    assert machine.lost < 0.1 * machine.now
    alone = sum(steps for _, way, steps in machine.diary if not way)
    assert machine.pace.alone_steps == alone
    assert alone > 0.97 * sum(steps for _, _, steps in machine.diary)


@pytest.mark.parametrize("step_s", [1e-6, 20e-6, 2e-3, 0.05])
@pytest.mark.parametrize("ratio", [(1.0, 1.7), (3.0, 1.0), (1.0, 1.02)])
def test_little_is_lost_whatever_a_step_takes(step_s, ratio):
    machine = Machine(lambda way, now: step_s * ratio[0 if way else 1])
    machine.chunk_s = STEP_S * max(1, int(0.1 / step_s))
    machine.run(20.0)
    first = FIRST_TRIAL * step_s * (max(ratio) - 1.0)
    assert machine.lost < 0.05 * machine.now + first


@pytest.mark.parametrize("cost", [QUIET, BUSY])
def test_trials_in_vain_get_rarer(cost):
    machine = Machine(cost).run(80.0)
    trials = machine.trials(machine.pace.together)
    gaps = np.diff([0.0, *trials])
    expected = PATIENCE_S * 2.0 ** np.arange(len(gaps))
    assert gaps == pytest.approx(np.minimum(expected, LONGEST_S), abs=0.3)
    assert len(gaps) == machine.pace.trials == 1 + math.ceil(math.log2(LONGEST_S)) + 3


def test_a_trial_takes_some_ten_milliseconds_of_the_present_way():
    machine = Machine(BUSY).run(10.0)
    steps = [steps for _, way, steps in machine.diary[2:] if way]
    assert steps == [pytest.approx(TRIAL_S / STEP_S, abs=1)] * len(steps)
    assert len(steps) == 3


@pytest.mark.parametrize("start", [QUIET, BUSY], ids=["quiet first", "busy first"])
def test_slower_steps_call_for_a_trial_at_once(start):
    """Far from the next trial that is due, the machine becomes busy (or quiet)."""
    other = BUSY if start is QUIET else fixed(0.5, 1.7)
    machine = Machine(start).run(12.0)
    before = machine.pace.together
    machine.cost = other
    changed = machine.now
    machine.run(5.0)
    assert machine.pace.together != before
    first = min(t for t in machine.trials(before) if t >= changed)
    assert first - changed < 0.5
    assert machine.now - changed > 4.9


def test_a_machine_that_becomes_quiet_again_is_noticed_in_time():
    """Alone keeps its cost when others stop working: only a trial can tell."""
    machine = Machine(BUSY).run(60.0)
    machine.cost = fixed(0.6, 1.0)
    changed = machine.now
    machine.run(LONGEST_S + 1.0)
    assert machine.pace.together
    switch = min(start for start, way, steps in machine.diary if way and start >= changed)
    assert switch - changed <= LONGEST_S + 0.2


def test_after_a_change_of_ways_patience_starts_anew():
    machine = Machine(BUSY).run(60.0)
    assert machine.pace.wait == LONGEST_S
    machine.cost = fixed(0.6, 1.0)
    while not machine.pace.together:
        machine.run(0.1)
    assert machine.pace.wait == PATIENCE_S


@pytest.mark.parametrize("period", [0.15, 0.3, 1.0, 2.0, 7.0, 20.0])
def test_a_load_that_comes_and_goes_costs_at_most_a_tenth_more_than_one_thread(period):
    def cost(way, now):
        return (BUSY if int(now / period) % 2 else fixed(0.6, 1.0))(way, now)

    machine = Machine(cost).run(60.0)
    steps = sum(steps for _, _, steps in machine.diary)
    assert machine.now < 1.1 * steps * STEP_S


@pytest.mark.parametrize(("together", "alone"), [(1.0, 1.7), (3.0, 1.0)])
@pytest.mark.parametrize("chunk_s", [0.0005, 0.1])
def test_noise_of_single_calls_loses_little(together, alone, chunk_s):
    """One call in twenty is held up for as long as others may keep a processor."""
    rng = np.random.default_rng(3)
    machine = Machine(fixed(together, alone), chunk_s)
    quiet = machine.pace.note
    held = 0.0

    def note(way, steps, seconds):
        nonlocal held
        late = 4e-3 if rng.random() < 0.05 else 0.0
        held += late
        quiet(way, steps, seconds * rng.lognormal(0.0, 0.05) + late)

    machine.pace.note = note
    machine.run(20.0)
    assert held > 0.0
    assert machine.lost < 0.1 * machine.now


def test_a_first_run_of_one_step_decides_nothing():
    """It may hold the start of the threads, a hundred times as dear as a step."""
    pace = Pace()
    assert pace.next(1) == (True, 1)
    pace.note(True, 1, 1e-3)
    assert pace.next(1000) == (True, 16)
    pace.note(True, 16, 16e-4)
    assert pace.next(1000) == (False, 16)
    pace.note(False, 16, 32e-4)
    assert pace.next(1000) == (True, 1000)
