import threading
import time

import numpy as np
import pytest

from neurosim.kernels._jit import kernel
from neurosim.kernels.meeting import ABANDONED, ARRIVED, CELLS, ROUND, WAITED, WISH, meet
from neurosim.kernels.processor import load

ROUNDS = 5000


@kernel
def take_turns(me, rounds, stop_at, cells, board):
    """In each round write its number, meet, and count boards of others that show another.

    Returns the rounds that were met in, and the errors.
    """
    threads, wrong = board.shape[0], np.int64(0)
    for i in range(rounds):
        board[me, 0] = i
        if not meet(cells, threads, i == stop_at):
            return i, wrong
        for other in range(threads):
            wrong += board[other, 0] != i
        if not meet(cells, threads, False):
            return i, wrong
    return rounds, wrong


@kernel
def meet_once(cells, threads):
    """Whether a thread may go on."""
    return meet(cells, threads, False)


def together(works):
    """What some functions return that run in threads of their own."""
    found = [None] * len(works)

    def do(i):
        found[i] = works[i]()

    threads = [threading.Thread(target=do, args=(i,), daemon=True) for i in range(len(works))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60.0)
    assert not any(thread.is_alive() for thread in threads)
    return found


def turns(n, stops=None, rounds=ROUNDS, cells=None):
    cells = np.zeros(CELLS, dtype=np.int64) if cells is None else cells
    board = np.full((n, 16), -1, dtype=np.int64)  # rows on cache lines of their own
    stops = stops or {}
    return cells, together(
        [lambda i=i: take_turns(i, rounds, stops.get(i, -1), cells, board) for i in range(n)]
    )


@pytest.fixture(scope="module", autouse=True)
def _compiled():
    turns(1, rounds=2)
    meet_once(np.zeros(CELLS, dtype=np.int64), 1)


@pytest.mark.parametrize(("n", "rounds"), [(2, ROUNDS), (3, 500)])
def test_threads_meet_in_step_and_see_what_others_wrote_before(n, rounds):
    cells, found = turns(n, rounds=rounds)
    assert found == [(rounds, 0)] * n
    assert cells[ROUND] == 2 * rounds
    assert (cells[ARRIVED], cells[WISH], cells[ABANDONED]) == (0, 0, 0)


def test_alone_there_is_nobody_to_wait_for():
    cells = np.zeros(CELLS, dtype=np.int64)
    board = np.zeros((1, 1), dtype=np.int64)
    assert take_turns(0, 100, -1, cells, board) == (100, 0)
    assert take_turns(0, 100, 30, cells, board) == (30, 0)
    assert not cells.any()


@pytest.mark.parametrize("stops", [{0: 700}, {1: 700}, {0: 700, 1: 700}, {0: 0}, {1: 900, 0: 300}])
def test_one_wish_to_stop_stops_all_in_the_same_round(stops):
    cells, found = turns(2, stops, 1000)
    assert found == [(min(stops.values()), 0)] * 2
    assert (cells[ARRIVED], cells[WISH]) == (0, 0)


def test_after_a_stop_they_can_meet_again():
    cells, found = turns(2, {1: 10}, 100)
    assert found == [(10, 0)] * 2
    _, found = turns(2, None, 100, cells)
    assert found == [(100, 0)] * 2


def test_abandoning_frees_those_who_wait():
    cells = np.zeros(CELLS, dtype=np.int64)
    found = []
    waiting = threading.Thread(target=lambda: found.append(meet_once(cells, 2)), daemon=True)
    waiting.start()
    time.sleep(0.05)
    assert waiting.is_alive()
    assert found == []
    cells[ABANDONED] = 1
    waiting.join(timeout=10.0)
    assert found == [False]


def test_the_time_of_waiting_is_counted():
    cells = np.zeros(CELLS, dtype=np.int64)

    def late():
        time.sleep(0.05)
        return meet_once(cells, 2)

    assert together([lambda: meet_once(cells, 2), late]) == [True, True]
    assert cells[WAITED] > 100


@kernel
def looks(cells, index):
    """One cell."""
    return load(cells, index)


def test_cells_lie_on_cache_lines_of_their_own():
    places = sorted([ARRIVED, ROUND, WISH, ABANDONED, WAITED])
    assert np.diff([*places, CELLS]).min() * 8 >= 64
    assert looks(np.arange(CELLS), np.int64(ROUND)) == ROUND
