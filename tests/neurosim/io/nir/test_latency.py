from __future__ import annotations

from itertools import pairwise

import pytest

from neurosim.errors import SpecError
from neurosim.io.nir.latency import Link, latencies


def test_layers_are_a_step_apart_and_skips_wait():
    links = [Link("in", "a", 0), Link("a", "b", 0), Link("b", "c", 0), Link("in", "c", 0)]
    assert latencies(["in"], "abc", links) == {"in": -1, "a": 0, "b": 1, "c": 2}


def test_delays_make_up_for_layers():
    links = [Link("in", "a", 0), Link("a", "b", 1), Link("b", "c", 3), Link("a", "c", 0)]
    assert latencies(["in"], "abc", links) == {"in": -1, "a": 0, "b": 0, "c": 1}


def test_cycles_with_enough_delay_are_fine():
    assert latencies([], "a", [Link("a", "a", 1)]) == {"a": 0}
    links = [Link("a", "b", 0), Link("b", "c", 0), Link("c", "a", 3)]
    assert latencies([], "abc", links) == {"a": 0, "b": 1, "c": 2}


def test_every_layer_stays_fed_in_time():
    links = [Link("in", "a", 0), Link("b", "a", 2), Link("a", "b", 0), Link("in", "b", 5)]
    found = latencies(["in"], "ab", links)
    assert all(link.delay + found[link.target] - found[link.source] >= 1 for link in links)


@pytest.mark.parametrize(
    ("links", "cycle"),
    [
        ([Link("a", "a", 0)], "a -> a"),
        ([Link("a", "b", 0), Link("b", "c", 1), Link("c", "b", 0), Link("in", "a", 0)], None),
        ([Link("in", "a", 0), Link("a", "b", 0), Link("b", "a", 0)], None),
    ],
)
def test_cycles_without_enough_delay_are_named(links, cycle):
    with pytest.raises(SpecError, match="every cycle must take a step") as caught:
        latencies(["in"], "abc", links)
    message = str(caught.value)
    path = message.split("got ")[1].split(" without")[0].split(" -> ")
    assert path[0] == path[-1]
    pairs = {(link.source, link.target) for link in links}
    assert all(pair in pairs for pair in pairwise(path))
    assert cycle is None or cycle in message


def test_a_cycle_that_takes_one_step_too_few_is_refused():
    links = [Link("a", "b", 0), Link("b", "c", 0), Link("c", "a", 2)]
    with pytest.raises(SpecError):
        latencies([], "abc", links)
