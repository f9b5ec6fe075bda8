from __future__ import annotations

from neurosim.hardware.spinnaker.machine import CHIP, SPINN_3, SPINN_5
from neurosim.hardware.spinnaker.resources import Entries, Share, entries, place, synapse_cores


def test_the_first_chip_has_a_core_less():
    placed = place(SPINN_5, [Share("a", "cells", 40)])
    assert [chip.cores for chip in placed.chips] == [15, 16, 9]
    assert (placed.cores, placed.boards, placed.fits) == (40, 1, True)


def test_a_full_board():
    assert place(SPINN_3, [Share("a", "cells", 63)]).boards == 1
    more = place(SPINN_3, [Share("a", "cells", 64)])
    assert (more.boards, more.fits) == (2, False)


def test_large_machines_come_in_threes():
    assert place(SPINN_5, [Share("a", "cells", 759)]).boards == 1
    placed = place(SPINN_5, [Share("a", "cells", 1500)])
    assert (placed.boards, placed.fits, placed.cores) == (3, True, 1500)
    assert place(SPINN_5, [Share("a", "cells", 3 * 759 + 1)]).boards == 6


def test_cores_of_a_slice_stay_on_one_chip():
    placed = place(SPINN_5, [Share("a", "cells", 3, together=6)])
    assert [chip.cores for chip in placed.chips] == [12, 6]


def test_shared_memory_spreads_cores():
    placed = place(SPINN_5, [Share("a", "cells", 4, sdram=50_000_000, per_tick=10.0)])
    assert [chip.cores for chip in placed.chips] == [2, 2]
    first, second = placed.chips
    assert second.free - first.free == CHIP.gatherer_sdram
    assert first.per_tick == 20.0


def test_a_slice_that_fits_no_chip():
    (chip,) = place(SPINN_5, [Share("a", "cells", 1, sdram=200_000_000)]).chips
    assert chip.free < 0


def test_nothing_takes_nothing():
    placed = place(SPINN_3, [])
    assert (placed.chips, placed.cores, placed.boards) == ((), 0, 1)


def test_synapse_cores_as_the_toolchain_plans():
    assert synapse_cores([], 30.0, False, 1) == 0
    assert synapse_cores([(10, 1000)], 30.0, False, 1) == 1
    assert synapse_cores([(256, 10_000)], 30.0, False, 1) == 6  # 76.8 of 13 million a second
    assert synapse_cores([(256, 10_000)], 30.0, False, 2) == 3
    assert synapse_cores([(254, 1000)], 30.0, True, 1) == 6  # 7.6 of 1.4 million
    assert synapse_cores([(256, 1_000_000)], 30.0, False, 1) == 15


def test_entries_of_routers():
    shares = [Share("a", "array", 1), Share("b", "cells", 20), Share("c", "cells", 4)]
    placed = place(SPINN_5, shares)  # 1 + 14 cores on the first chip, 6 + 4 on the second
    assert [dict(chip.slices) for chip in placed.chips] == [{0: 1, 1: 14}, {1: 6, 2: 4}]
    # a goes to b on both chips, b to c on the second only
    assert entries(placed, shares, {0: {1}, 1: {2}, 2: set()}) == Entries(21, 2)
    assert entries(placed, shares, {}) == Entries(0, 0)
