from __future__ import annotations

import pytest

from neurosim.hardware.spinnaker.energy import energy, joules
from neurosim.hardware.spinnaker.machine import SPINN_3, SPINN_5


def test_95_cores_for_10_seconds():
    found = energy(SPINN_5, 1, 95, 10.0, 1e6, 1e8)
    # 26.84 W and 0.034 W a core; a nJ a packet; the box of a single board apart
    assert found.idle == pytest.approx(268.4)
    assert found.cores == pytest.approx(32.3)
    assert found.packets == pytest.approx(0.001)
    assert found.box == pytest.approx(50.4)
    assert found.idle + found.active == pytest.approx(300.7, abs=0.01)
    assert found.per_event == pytest.approx(found.total / 1e8)
    assert found.active_per_event == pytest.approx(32.301 / 1e8)


def test_the_idle_board_dominates_and_this_is_said():
    assert "without the idle boards, which dominate" in str(energy(SPINN_3, 1, 10, 1.0, 1e3, 1e6))
    busy = energy(SPINN_3, 1, 1000, 1.0, 1e3, 1e6)
    assert busy.idle_share < 0.5
    assert "dominate" not in str(busy)


def test_without_events_there_is_no_energy_of_an_event():
    found = energy(SPINN_5, 3, 1500, 1.0, 0.0, 0.0)
    assert found.per_event is None
    assert found.active_per_event is None
    assert "no synaptic events" in str(found)
    assert found.box == 0.0


def test_no_time_takes_no_energy():
    assert energy(SPINN_3, 1, 1, 0.0, 0.0, 0.0).idle_share == 0.0


@pytest.mark.parametrize(
    ("value", "text"), [(1.5, "1.5 J"), (2e-3, "2 mJ"), (5e-9, "5 nJ"), (1e-12, "1 pJ")]
)
def test_units(value, text):
    assert joules(value) == text
