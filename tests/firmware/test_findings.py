"""What the toolchain and the programs do where their descriptions say nothing."""

from __future__ import annotations

import numpy as np
import pytest

from tests.firmware.board import VARIABLES, Board
from tests.firmware.findings import DELAYS, FEW, MANY, ORDER, SLOTS
from tests.firmware.goldens import G1
from tests.firmware.machine import Packet
from tests.firmware.rows import MATRIX, TABLE, rows_of, table_entries

pytestmark = pytest.mark.firmware

LIF_WORDS, SYNAPSE_WORDS = 9, 5
"""Words of a cell in the region of parameters: membrane, and exponential synapses."""


def arrivals(board: Board) -> list[int]:
    """Delay after which input reached each of the first cells; 0 where it never came."""
    board.run(board.case.steps)
    exc = board.signal("out", "gsyn_exc")[:, : len(DELAYS)]
    return np.where(exc.any(axis=0), (exc != 0).argmax(axis=0) - 3, 0).tolist()


def test_delay_stages_where_source_and_target_have_as_many_cells_on_a_core(images):
    assert arrivals(Board(MANY, images[MANY.name])) == DELAYS


def test_the_toolchain_misplaces_rows_of_later_stages_elsewhere(images):
    """Rows of lists are placed by the target's cells on a core; from the second stage on they are
    not where the program looks for them, and their input is lost."""
    expected = [d if d <= 2 * SLOTS else 0 for d in DELAYS]
    assert arrivals(Board(FEW, images[FEW.name])) == expected


@pytest.mark.parametrize("parts", [(6, 54), (8, 1, 1, 50), (11, 1, 48)])
def test_a_pause_keeps_the_input_of_its_tick(images, tally, parts):
    """At a pause in tick t the state holds the input of tick t, which is not added again."""
    whole, board = Board(G1, images["G1"]), Board(G1, images["G1"])
    whole.run(60)
    (core,) = board.of("out")
    n = core.image.size
    for ticks in parts:
        board.run(ticks)
        words = core.region(2).view(np.int32)[1:]
        synapses = words[(LIF_WORDS + 1) * n : (LIF_WORDS + 1 + SYNAPSE_WORDS) * n]
        if board.time < 60:
            exc = synapses.reshape(n, SYNAPSE_WORDS)[:, 1]
            tally.same(f"pause {board.time}", whole.signal("out", "gsyn_exc")[board.time], exc)
    for name in VARIABLES:
        tally.same(name, board.signal("out", name), whole.signal("out", name))
    assert board.counters("out") == whole.counters("out")


def test_rows_of_a_source_come_in_the_order_of_projections(images):
    """A packet takes a row of each projection from its population, also where it is empty."""
    board = Board(ORDER, images[ORDER.name])
    (core,), (image,) = board.of("out"), board.image.of("in")
    entries = table_entries(core.region(TABLE))
    sizes = [
        [int(row[1]) for row in rows_of(entries, core.region(MATRIX), image, i)] for i in (0, 1)
    ]
    assert sizes == [[1, 1, 2], [2, 0, 2]]
    board.run(30)
    counters = board.counters("out")
    assert counters["n_spikes_processed"] == 2 * (3 + 3)
    assert counters["n_pre_synaptic_events"] == 2 * (4 + 4)


def test_a_packet_of_a_key_that_is_not_known_is_counted_and_ignored(images):
    board = Board(G1, images["G1"])
    (core,) = board.of("out")

    def stray(tick: int) -> None:
        if tick == 4:
            core.deliver([Packet(0x7000)])

    board.run(10, stray)
    counters = board.counters("out")
    assert (counters["n_invalid_pop_table_hits"], counters["n_ghost_searches"]) == (1, 0)
    assert counters["n_spikes_processed"] == 4  # two packets, two rows each
