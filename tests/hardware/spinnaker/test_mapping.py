import numpy as np

from neurosim.hardware.spinnaker.cells import CELLS
from neurosim.hardware.spinnaker.mapping import RingBits, Route, Statistics, Target


def test_a_ring_holds_as_many_ticks_as_its_bits_tell_apart():
    assert RingBits(8, 1, 5).slots == 32
    assert RingBits(8, 1, 0).slots == 1


def test_cores_and_scale_of_a_target():
    bits = RingBits(8, 1, 1)
    target = Target(0, "c", 300, CELLS["if_cond_exp"], 256, bits, 1, (0.0, 0.0), (6, 0), None)
    assert target.cores == 2
    assert target.scale(0) == 1024 * 2.0**9


def test_sources_of_a_route():
    ptr = np.array([0, 1, 1, 1, 3])
    none = np.zeros(3)
    route = Route(
        0, "r", 0, 1, 0, np.arange(3), 2, ptr, none.astype(np.int32), none.astype(np.int32), none,
        none.astype(np.uint16), Statistics(1, 0.0, 0.0, 0.0, 0.0), None,
    )  # fmt: skip
    assert route.size == 3
    assert route.sources().tolist() == [0, 1, 1]
