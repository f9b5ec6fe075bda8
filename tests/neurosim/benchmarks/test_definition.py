from __future__ import annotations

import pytest

from neurosim.benchmarks.definition import Bench, Group, checked_scale, halves, one_of, sizes
from neurosim.errors import ParameterError
from neurosim.network import Network
from neurosim.neurons import IFCurrExp


def test_sizes_keep_four_excitatory_neurons_of_five():
    assert sizes(4000, 5.0) == (20000, 16000)
    assert sizes(4000, 1e-9) == (10, 8)


def test_groups_are_ranges_of_a_population():
    exc, inh = halves("cells", 8, 10)
    assert (exc.size, inh.size) == (8, 2)
    assert inh == Group("inhibitory", "cells", 8, 10)


def test_a_bench_counts_the_neurons_of_all_populations():
    net = Network()
    net.population("a", 3, IFCurrExp())
    net.population("b", 4, IFCurrExp())
    assert Bench("x", 1.0, "", net, ()).n_neurons == 7


@pytest.mark.parametrize("scale", [0.0, -1.0, float("nan"), "large", None])
def test_a_scale_is_a_positive_number(scale):
    with pytest.raises(ParameterError, match=r"bench\.scale"):
        checked_scale(scale)


def test_a_word_that_is_no_option_is_named_with_the_options():
    assert one_of("b3", "weights", "own", ("own", "one")) == "own"
    with pytest.raises(ParameterError, match=r"b3\.weights: must be one of \('own', 'one'\)"):
        one_of("b3", "weights", "two", ("own", "one"))
