from __future__ import annotations

import pytest

import neurosim as ns
from neurosim.hardware.spinnaker.cells import CELLS
from neurosim.hardware.spinnaker.mapping import RingBits
from neurosim.hardware.spinnaker.memory import dtcm, parts, sample_bytes, spike_bytes

RULE = ns.STDP(weight=1.0, tau_plus=20.0, tau_minus=20.0)


@pytest.mark.parametrize(
    ("neurons", "delay", "rule", "left"),
    [(256, 5, None, 4340), (192, 4, RULE, 5396)],
    ids=["static", "plastic"],
)
def test_what_is_left_as_counted_in_the_shipped_programs(neurons, delay, rule, left):
    needed, available = dtcm(CELLS["if_curr_exp"], neurons, RingBits(8, 1, delay), rule, 1.0)
    assert available - needed == left


def test_a_core_that_stops_at_the_start():
    needed, available = dtcm(CELLS["if_curr_exp"], 192, RingBits(8, 1, 5), RULE, 1.0)
    assert needed > available


def test_recordings_take_memory_of_the_core():
    cell, bits = CELLS["if_cond_exp"], RingBits(7, 1, 1)
    without, with_v = (dtcm(cell, 100, bits, None, 1.0, n)[0] for n in (0, 100))
    assert with_v - without == 400


def test_longer_windows_take_longer_tables():
    cell, bits = CELLS["if_curr_exp"], RingBits(7, 1, 1)
    short, long = (
        dtcm(cell, 100, bits, RULE.replace(tau_plus=tau), 1.0)[0] for tau in (16.8, 33.7)
    )
    assert long - short == 2 * (258 - 130)


def test_recordings():
    assert (spike_bytes(0), spike_bytes(1), spike_bytes(33)) == (0, 8, 12)
    assert (sample_bytes(0), sample_bytes(100)) == (0, 404)


@pytest.mark.parametrize(
    ("free", "per_tick", "ticks", "found"),
    [
        (1000, 0.0, 10, (10, 1)),
        (1000, 100.0, 10, (10, 1)),
        (1000, 100.0, 11, (10, 2)),
        (99, 100.0, 5, (0, 0)),
        (-1, 1.0, 5, (0, 0)),
        (100, 0.5, 1000, (200, 5)),
    ],
)
def test_parts_of_a_run(free, per_tick, ticks, found):
    assert parts(free, per_tick, ticks) == found
