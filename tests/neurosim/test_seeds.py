import numpy as np
import pytest

from neurosim import seeds


def test_a_child_depends_on_root_and_name_only():
    assert seeds.child(1, "a") == seeds.child(np.int64(1), "a")
    assert len({seeds.child(root, name) for root in range(50) for name in "abcd"}) == 200


def test_the_streams_are_the_same_in_every_version():
    assert seeds.child(1, "projection/a->b/weights") == 0xD1D15EFB585A0386


def test_names_and_roots_do_not_run_together():
    assert seeds.child(1, "1/a") != seeds.child(11, "a")


def test_children_are_64_bit_keys():
    children = [seeds.child(0, str(i)) for i in range(2000)]
    assert all(0 <= c < 2**64 for c in children)
    assert np.mean([c / 2**64 for c in children]) == pytest.approx(0.5, abs=0.03)


def test_a_generator_is_a_stream_of_its_own():
    first = seeds.generator(1, "x").random(3)
    assert (seeds.generator(1, "x").random(3) == first).all()
    assert (seeds.generator(1, "y").random(3) != first).all()


def test_fresh_seeds_differ():
    made = {seeds.fresh() for _ in range(20)}
    assert len(made) > 15
    assert all(0 <= s < 2**32 for s in made)
