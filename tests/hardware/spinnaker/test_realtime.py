from __future__ import annotations

import pytest

from neurosim.hardware.spinnaker.cells import CELLS
from neurosim.hardware.spinnaker.realtime import Load, Traffic, budget, largest_slice, load

CELL = CELLS["if_curr_exp"]


def test_the_formula():
    traffic = Traffic(static_rows=10, plastic_rows=2, static_events=100, plastic_events=8)
    found = load(CELL, 200, traffic, 1.0)
    cycles = 1.35 * (620 + 113 * 200 + 645 * 10 + 900 * 2 + 25 * 100 + 103 * 8)
    assert found.mean == pytest.approx(cycles / 190_000.0)
    assert found.idle == pytest.approx(1.35 * (620 + 113 * 200) / 190_000.0)
    assert found.peak == pytest.approx(found.mean)  # no variance was given


def test_a_peak_is_three_standard_deviations_above_the_mean():
    traffic = Traffic(static_rows=16.0, static_events=160.0, variance=16.0)
    assert traffic.peak == 1.0 + 3.0 * 4.0 / 16.0
    found = load(CELL, 100, traffic, 1.0)
    assert found.peak - found.idle == pytest.approx(1.75 * (found.mean - found.idle))
    assert found.packets == 28.0
    assert Traffic().peak == 1.0


def test_the_planner_of_the_toolchain():
    # 13 million static or 1.4 million plastic events a second
    static = load(CELL, 10, Traffic(static_events=6500.0), 1.0)
    plastic = load(CELL, 10, Traffic(plastic_events=700.0), 1.0)
    assert (static.planned, plastic.planned) == (pytest.approx(0.5), pytest.approx(0.5))
    assert load(CELL, 10, Traffic(static_events=650.0), 0.1, 2).planned == pytest.approx(0.25)


def test_a_slower_clock_gives_more_time():
    assert budget(0.1, 5) == pytest.approx(5 * budget(0.1, 1))
    heavy = Traffic(static_rows=100.0)
    fast, slow = (load(CELL, 256, heavy, 1.0, factor).mean for factor in (1, 2))
    assert slow == pytest.approx(fast / 2)


def test_split_cores_share_the_work():
    traffic = Traffic(static_rows=100.0, static_events=1000.0)
    together, one, four = (load(CELL, 256, traffic, 1.0, 1, cores) for cores in (0, 1, 4))
    assert together.mean > one.mean > four.mean
    assert four.mean == four.idle  # the neurons take longer
    assert four.planned == pytest.approx(one.planned / 4)


@pytest.mark.parametrize(
    ("peak", "verdict"), [(0.69, "ok"), (0.7, "risky"), (1.0, "risky"), (1.01, "overrun")]
)
def test_verdicts(peak, verdict):
    assert Load(0.1, 0.2, peak, 0.0, 0.0).verdict == verdict


def test_the_largest_slice_that_keeps_up():
    n = largest_slice(CELL, 256, Traffic(), 0.1)
    assert load(CELL, n, Traffic(), 0.1).peak < 0.7 <= load(CELL, n + 1, Traffic(), 0.1).peak
    assert largest_slice(CELL, 256, Traffic(), 1.0) == 256
    assert largest_slice(CELL, 256, Traffic(static_rows=1000.0), 1.0) == 0
