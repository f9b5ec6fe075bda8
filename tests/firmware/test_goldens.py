"""The golden traces, made again by the board's own programs."""

from __future__ import annotations

import pytest

from tests.firmware.board import Board
from tests.firmware.goldens import G1, G2, G3, G4, G5, G6, G7, G8, STDP_PRE
from tests.firmware.machine import Packet
from tests.firmware.rows import plastic_weights

pytestmark = pytest.mark.firmware

# fmt: off
G1_TRACE = {
    0: (-2129920, -2129920, -2129920, -2129920, 0, 0, 0, 0),
    1: (-2129920, -2113940, -2097960, -2066000, 0, 0, 0, 0),
    6: (-2129920, -2044994, -1960072, -1790225, 59393, 0, 0, 0),
    7: (-2071991, -2033155, -1936394, -1742870, 48627, 0, 0, 0),
    8: (-2027388, -2021893, -1913871, -1697825, 39813, 0, 44544, 0),
    9: (-1993556, -1967735, -1892447, -1654977, 32596, 20787, 36470, 32665),
    10: (-1988688, -1924093, -1872067, -1646078, 26687, 17019, 29859, 26744),
    11: (-1986145, -1889027, -1843991, -2129920, 21849, 13934, 24446, 21896),
    13: (-1986161, -1838566, -1796243, -2129920, 14645, 9340, 16387, 14677),
    14: (-1987997, -1820811, -1775787, -2080315, 11990, 7647, 13416, 12016),
    20: (-2010723, -1772583, -1684769, -1792358, 3609, 2302, 4039, 3618),
}
"""Tick: v of the four cells, exc 0, inh 0, exc 1, inh 3."""
G1_SPIKES = [(10, 3), (23, 3), (24, 2), (35, 3), (47, 3), (54, 2), (59, 3)]
G2_SPIKES = [
    (6, 1), (8, 0), (13, 1), (16, 0), (20, 1), (24, 0), (27, 1), (33, 0), (34, 1), (40, 0),
    (40, 1), (47, 1), (48, 0),
]
WEIGHTS = {
    "G2": [
        (4096, 4096), (4096, 4096), (3956, 3965), (3821, 3837), (3850, 3939), (3608, 3715),
        (3387, 3943), (3711, 4056), (3422, 3661), (4391, 4497), (3745, 3852), (4029, 4045),
        (3393, 3414), (3720, 3659),
    ],
    "G3": [
        (4096, 4096), (4096, 4096), (3956, 3965), (3825, 3841), (4132, 4271), (3888, 4037),
        (3678, 4753), (4622, 5143), (4296, 4648), (4875, 5054), (5139, 5205), (4444, 4497),
        (4698, 4648), (5467, 5309),
    ],
    "G4": [
        (4096, 4096), (4096, 4096), (4076, 4099), (3941, 3971), (3945, 4015), (3810, 3891),
        (3686, 3933), (3733, 3941), (3613, 3810), (4122, 4138), (3653, 3836), (3994, 4007),
        (3529, 3708), (3567, 3746),
    ],
}
# fmt: on


def weights_after(board: Board, history: int) -> list[tuple[int, ...]]:
    """Weights of the source's synapses right after each of its packets."""
    found = []
    source_of = {tick: source for source, ticks in STDP_PRE.items() for tick in ticks}
    (core,) = board.of("out")

    def watch(tick: int) -> None:
        if tick in source_of:
            rows = plastic_weights(core, board.image, history)
            found.append(tuple(s.word for s in rows if s.source == source_of[tick]))

    board.run(board.case.steps, watch)
    return found


def test_g1_currents_and_refractoriness(images, tally):
    board = Board(G1, images["G1"])
    assert board.image.shifts["out"] == [2, 1]
    board.run(60)
    v, exc, inh = (board.signal("out", name) for name in ("v", "gsyn_exc", "gsyn_inh"))
    for tick, row in G1_TRACE.items():
        got = [*v[tick], exc[tick, 0], inh[tick, 0], exc[tick, 1], inh[tick, 3]]
        tally.same(f"tick {tick}", row, got)
    tally.same("spikes", G1_SPIKES, board.spikes("out"))


def test_a_run_in_three_parts_is_the_run_in_one(images, tally):
    whole, parts = Board(G1, images["G1"]), Board(G1, images["G1"])
    whole.run(60)
    for ticks in (7, 20, 33):
        parts.run(ticks)
    for name in ("v", "gsyn_exc", "gsyn_inh"):
        tally.same(name, parts.signal("out", name), whole.signal("out", name))
    tally.same("spikes", parts.spikes("out"), whole.spikes("out"))


@pytest.mark.parametrize(("case", "history"), [(G2, 2), (G3, 2), (G4, 1)], ids=lambda c: str(c))
def test_plastic_weights(images, tally, case, history):
    board = Board(case, images[case.name])
    assert board.image.shifts["out"][0] == 3
    tally.same("weights", WEIGHTS[case.name], weights_after(board, history))
    if case is G2:
        tally.same("spikes", G2_SPIKES, [s for s in board.spikes("out") if s[0] < 50])


def test_g5_a_plastic_delay_of_a_full_turn_is_lost(images, tally):
    board = Board(G5, images["G5"])
    weights = weights_after(board, 2)
    tally.same("weights", [(4096, 3965), (4096, 3837)], weights[2:4])
    n = sum(map(len, STDP_PRE.values()))
    assert board.counters("out")["n_skipped_synapses"] == 2 * n
    assert not board.signal("out", "gsyn_exc").any()


def test_g6_izhikevich(images, tally):
    board = Board(G6, images["G6"])
    board.run(20)
    golden = [-2293760, -2030541, -1751161, -1222173, -2129920, -2136662, -2134258, -2128206]
    tally.same("v", golden, board.signal("out", "v")[:8, 0])
    assert board.spikes("out")[0] == (3, 0)


def test_g7_saturation_is_counted(images):
    board = Board(G7, images["G7"])
    board.run(60)
    assert board.image.shifts["out"][0] == 1
    counters = board.counters("out")
    assert counters["n_saturations"] == 165
    assert counters["n_pre_synaptic_events"] == 385


def test_g8_late_packets(images, tally):
    board = Board(G8, images["G8"])
    core = next(c for c in board.image.cores if c.label == "in")

    def late(tick: int) -> None:
        if tick == 12:  # a packet of tick 10, for a delay of 1
            board.deliver([Packet(board.packet(core, 1, 10).key)])

    board.run(20, late)
    exc = board.signal("out", "gsyn_exc")
    tally.same("delay of a full turn", [0, 0, 0, 29696, 24313, 19906], exc[6:12, 0])
    assert not exc[:, 1].any()
    counters = board.counters("out")
    assert counters["n_skipped_synapses"] == 1
    assert counters["max_late_spike"] == 2
    assert counters["n_late_spikes"] == 0
