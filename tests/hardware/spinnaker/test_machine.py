from neurosim.hardware.spinnaker.machine import BOARDS, CHIP, CORE, SPINN_3, SPINN_5


def test_cores_that_a_network_can_use():
    # 4 chips of 18 cores, 2 kept on each and one for the gatherer; 40 of 18 and 8 of 17
    assert (SPINN_3.chips, SPINN_3.application_cores) == (4, 4 * 18 - 2 * 4 - 1)
    assert (SPINN_5.chips, SPINN_5.application_cores) == (48, 40 * 18 + 8 * 17 - 2 * 48 - 1)
    assert (SPINN_3.application_cores, SPINN_5.application_cores) == (63, 759)


def test_boards_by_name():
    assert {name: board.version for name, board in BOARDS.items()} == {"spinn-3": 3, "spinn-5": 5}
    assert [board.name for board in BOARDS.values()] == list(BOARDS)


def test_an_idle_board_takes_more_than_its_chips():
    assert SPINN_3.idle_watts > SPINN_3.chips * CHIP.idle_watts
    assert SPINN_5.idle_watts > SPINN_5.chips * CHIP.idle_watts


def test_the_heap_is_part_of_the_memory():
    assert CORE.heap_plastic < CORE.heap_static < CORE.dtcm
