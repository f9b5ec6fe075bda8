import numpy as np
import pytest
from scipy import stats

from neurosim import philox

ONES = 2**64 - 1


@pytest.mark.parametrize(
    ("key", "counter", "step", "words"),
    [
        (0, 0, 0, "6627e8d5 e169c58d bc57ac4c 9b00dbd8"),
        (ONES, ONES, ONES, "408f276d 41c83b0e a20bc7c6 6d5451fd"),
        (
            0x299F31D0A4093822, 0x85A308D3243F6A88, 0x0370734413198A2E,
            "d16cfe09 94fdcceb 5001e420 24126ea1",
        ),
    ],
)  # fmt: skip
def test_known_answers(key, counter, step, words):
    """Vectors of the authors' reference implementation (Random123, philox4x32 with 10 rounds)."""
    assert " ".join(f"{int(w):08x}" for w in philox.block(key, counter, step)) == words


def test_a_draw_depends_on_its_position_only():
    whole = philox.words(7, np.arange(100), 5)
    assert (philox.words(7, np.arange(40, 60), 5) == whole[40:60]).all()
    assert (philox.words(7, np.arange(100)[::-1], 5) == whole[::-1]).all()
    uniform = philox.uniform(7, np.arange(100))
    assert (philox.uniform(7, [99, 3]) == uniform[[99, 3]]).all()


def test_words_are_those_of_the_blocks():
    blocks = np.stack(philox.block(7, np.arange(5), 9), axis=1)
    assert (philox.words(7, np.arange(20), 9) == blocks.ravel()).all()


def test_streams_and_steps_differ():
    draws = [philox.words(key, np.arange(50), step) for key in (1, 2) for step in (0, 1)]
    assert len(np.unique(np.concatenate(draws))) == 200


def test_uniform_numbers_are_uniform_and_inside():
    u = philox.uniform(123, np.arange(20_000))
    assert u.min() > 0.0
    assert u.max() < 1.0
    assert stats.kstest(u, "uniform").pvalue > 0.01
    assert abs(np.corrcoef(u[:-1], u[1:])[0, 1]) < 0.02


def test_uniform_uses_52_bits():
    bits = philox.uniform(5, np.arange(1000)) * 2.0**52 - 0.5
    assert (bits == np.round(bits)).all()
    assert len(np.unique(bits % 1024)) > 500


def test_words_fill_32_bits():
    words = philox.words(5, np.arange(10_000))
    assert words.dtype == np.uint64
    assert words.max() < 2**32
    ones = [((words >> np.uint64(bit)) & np.uint64(1)).mean() for bit in range(32)]
    assert np.allclose(ones, 0.5, atol=0.03)
