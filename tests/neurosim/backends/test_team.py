import gc
import subprocess
import sys
import threading
import time
from types import SimpleNamespace

import numpy as np
import pytest

import neurosim as ns
from neurosim.backends.layout import lay_out
from neurosim.backends.team import Team
from neurosim.kernels import driver
from neurosim.kernels._jit import kernel
from neurosim.kernels.layout import STRIP
from neurosim.kernels.meeting import meet
from neurosim.plan.lower import lower


def layout(n):
    net = ns.Network()
    net.population("a", 3 * STRIP, ns.IFCurrExp(i_offset=2.0))
    net.project("a", "a", ns.FixedNumberPre(5), ns.Static(ns.Uniform(0.1, 0.5), 3.0))
    return lay_out(lower(net, 1.0, 1), None, n)


def compiled(n):
    made = layout(n)
    module = driver.load(driver.source(made.code, made.features, n))
    return Team(made, module, 1.0)


class Recorded(SimpleNamespace):
    """A module that notes how it is called and does nothing."""

    def __init__(self, work=None):
        super().__init__(calls=[])
        self.work = work or (lambda own, threads: None)

    def run(self, step, first, last, window, dt, room, split, threads, cells, *groups):
        (history,) = (g for g in groups if hasattr(g, "own"))
        self.calls.append((history.own, first, last, threads, threading.current_thread().name))
        if last > first:
            self.work(history.own, threads)
        return last

    def run_by_turns(self, step, first, last, window, dt, room, split, *groups):
        owns = [g.own for g in groups if hasattr(g, "own")]
        self.calls.append((owns, first, last, 1, threading.current_thread().name))
        return last


def paced(team, *ways):
    """Have a team go these ways in turn, (together, steps) each."""
    left = list(ways)
    team.pace.next = lambda steps: (lambda way, n: (way, min(n, steps)))(*left.pop(0))
    return team


def test_one_shard_runs_in_the_callers_thread_without_a_choice():
    module = Recorded()
    team = Team(layout(1), module, 1.0)
    team.pace.next = None
    assert team.advance(0, 0, 50, 1) == 50
    assert module.calls == [(0, 0, 50, 1, threading.current_thread().name)]
    assert team.notes() == {"threads": 1}


def test_both_ways_are_compiled_before_anything_is_timed():
    module = Recorded()
    team = paced(Team(layout(2), module, 1.0), (False, 5), (False, 5))
    team.advance(0, 3, 50, 1)
    me = threading.current_thread().name
    assert module.calls[:2] == [(0, 3, 3, 1, me), ([0, 1], 3, 3, 1, me)]
    assert module.calls[2:] == [([0, 1], 3, 8, 1, me)]
    team.advance(0, 8, 50, 1)
    assert module.calls[3:] == [([0, 1], 8, 13, 1, me)]


def test_side_by_side_each_shard_has_a_thread():
    gate = threading.Barrier(3, timeout=20.0)
    module = Recorded(lambda own, threads: gate.wait())
    team = paced(Team(layout(3), module, 1.0), (True, 7))
    assert team.advance(0, 0, 50, 1) == 7
    calls = sorted(module.calls[2:])
    assert [call[:4] for call in calls] == [(own, 0, 7, 3) for own in range(3)]
    names = [call[4] for call in calls]
    assert names[0] == threading.current_thread().name
    assert all(name.startswith("neurosim") for name in names[1:])
    assert len(set(names)) == 3


def test_steps_that_were_done_are_timed_by_the_way_they_were_done():
    team = paced(Team(layout(2), Recorded(), 1.0), (True, 7), (False, 4), (True, 0))
    noted = []
    team.pace.note = lambda *args: noted.append(args)
    for first in (0, 7, 11):
        team.advance(0, first, 50, 1)
    assert [note[:2] for note in noted] == [(True, 7), (False, 4)]
    assert all(note[2] > 0.0 for note in noted)


@pytest.mark.parametrize("n", [2, 3])
def test_both_ways_give_the_same_and_what_one_shard_gives(n):
    whole = compiled(1)
    steps = 60
    assert whole.advance(0, 0, steps, 0) == steps
    (alone,) = whole.layout.shards
    for ways in ([(True, steps)], [(False, steps)], [(True, 7), (False, 13), (True, 1)] * 4):
        team, done = paced(compiled(n), *ways), 0
        while done < steps:
            done = team.advance(0, done, steps, 0)
        inside = [s.neurons.state[: s.neurons.start[0] + _strips(s, team)] for s in _shards(team)]
        assert (np.concatenate(inside) == alone.neurons.state).all()
        counts = sum(s.history.count[s.history.own] for s in _shards(team))
        slots = np.arange(steps - 2, steps + 1)
        got = counts[slots % team.layout.depth]
        assert got.tolist() == alone.history.count[0, slots % whole.layout.depth].tolist()


def _shards(team):
    return team.layout.shards


def _strips(shard, team):
    return -(-int(shard.neurons.size[0]) // STRIP) * STRIP * int(team.layout.rows[0])


def test_notes_tell_how_the_threads_worked():
    team = paced(compiled(2), (True, 10), (False, 6))
    team.advance(0, 0, 50, 0)
    team.advance(0, 10, 50, 0)
    notes = team.notes()
    assert notes["threads"] == 2
    assert notes["steps_between_meetings"] == 3
    assert notes["steps_by_one_thread"] == 6
    assert notes["looks_while_waiting"] >= 0
    assert all(type(value) is int for value in notes.values())


def test_threads_go_with_the_team():
    before = set(threading.enumerate())
    teams = [paced(Team(layout(3), Recorded(), 1.0), (True, 7)) for _ in range(3)]
    for team in teams:
        team.advance(0, 0, 50, 1)
    assert set(threading.enumerate()) - before
    del team, teams
    gc.collect()
    deadline = time.monotonic() + 20.0
    while (left := set(threading.enumerate()) - before) and time.monotonic() < deadline:
        time.sleep(0.01)
    assert not left


# faults: nobody waits for one that does not come


@kernel
def wait_for(cells, threads):
    """Meet once."""
    return meet(cells, threads, False)


FAULT = """
import sys
from tests.neurosim.backends import test_team as t
t.{fault}()
"""


def in_process(fault):
    """Run a function of this module where hanging threads hang nobody else."""
    done = subprocess.run(
        [sys.executable, "-c", FAULT.format(fault=fault)],
        capture_output=True, text=True, timeout=20,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr


def _fails(where):
    """A team of three of which one fails while the others wait."""
    wait_for(np.zeros(96, dtype=np.int64), 1)
    team = paced(Team(layout(3), Recorded(), 1.0), (True, 7))

    def work(own, threads):
        if own == where:
            raise ValueError(f"shard {own} fails")
        wait_for(team.cells, threads)

    team.module.work = work
    with pytest.raises(ValueError, match=f"shard {where} fails"):
        team.advance(0, 0, 50, 1)


def own_fails():
    _fails(0)


def another_fails():
    _fails(1)


def no_thread_left():
    """The system refuses the second of two more threads."""
    wait_for(np.zeros(96, dtype=np.int64), 1)
    team = paced(Team(layout(3), Recorded(), 1.0), (True, 7))
    team.module.work = lambda own, threads: wait_for(team.cells, threads)
    start, started = threading.Thread.start, []

    def refused(thread):
        if started:
            raise RuntimeError("can't start new thread")
        started.append(thread)
        start(thread)

    threading.Thread.start = refused
    try:
        with pytest.raises(RuntimeError, match="can't start new thread"):
            team.advance(0, 0, 50, 1)
    finally:
        threading.Thread.start = start


@pytest.mark.parametrize("fault", ["own_fails", "another_fails", "no_thread_left"])
def test_an_error_in_one_thread_frees_all(fault):
    in_process(fault)


def test_with_fewer_threads_than_shards_they_go_by_turns():
    """As for a state of two shards that goes on with one thread."""
    module = Recorded()
    team = Team(layout(2), module, 1.0, 1)
    for first in (0, 40):
        assert team.advance(0, first, first + 40, 0) == first + 40
    assert team._pool is None
    assert team.notes() == {"threads": 1}
