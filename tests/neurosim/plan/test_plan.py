import dataclasses

import numpy as np
import pytest

import neurosim as ns
from neurosim.plan.lower import lower


def plan(timing="standard", **options):
    net = ns.Network("n", timing)
    for name in ("a", "b"):
        net.population(name, 2, ns.IFCurrExp())
    return lower(net, 0.5, 1, **options)


def test_the_arrival_offset_is_that_of_the_timing():
    assert (plan().arrival, plan("spinnaker").arrival) == (1, 0)


@pytest.mark.parametrize(("word", "dtype"), [("double", np.float64), ("single", np.float32)])
def test_precision_names_the_types(word, dtype):
    made = plan(precision=word, weights=word)
    assert (made.dtype, made.weight_dtype) == (dtype, dtype)


def test_weights_are_single_and_state_double_by_default():
    assert (plan().dtype, plan().weight_dtype) == (np.float64, np.float32)


def test_populations_have_an_index():
    assert (plan().population("a"), plan().population("b")) == (0, 1)
    with pytest.raises(ValueError, match="c"):
        plan().population("c")


def test_the_hash_is_that_of_the_present_content():
    made = plan()
    before = made.hash
    assert dataclasses.replace(made, seed=2).hash != before
    assert dataclasses.replace(made, seed=1).hash == before


def test_plans_cannot_be_changed():
    made = plan()
    with pytest.raises(dataclasses.FrozenInstanceError):
        made.seed = 2
    for block in made.neurons:
        assert all(not array.flags.writeable for array in block.state.values())
