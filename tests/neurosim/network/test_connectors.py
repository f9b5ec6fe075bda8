import numpy as np
import pytest

import neurosim as ns
from neurosim.errors import ParameterError, WiringError
from neurosim.network.connectors import KINDS, Connector

FREE = {"with_replacement": True}


def own(n_post, same):
    places = np.arange(n_post if same else 0)
    return np.stack([places, places], axis=1)


@pytest.mark.parametrize(
    ("connector", "n_pre", "n_post", "same", "words"),
    [
        (ns.OneToOne(), 3, 4, False, "OneToOne needs equal sizes, got 3 and 4"),
        (
            ns.FixedNumberPre(5),
            4,
            9,
            False,
            r"FixedNumberPre.n must be <= 4, the number of sources",
        ),
        (ns.FixedNumberPre(4, allow_self_connections=False), 4, 4, True, "must be <= 3"),
        (
            ns.FixedNumberPost(5),
            9,
            4,
            False,
            r"FixedNumberPost.n must be <= 4, the number of targets",
        ),
        (ns.FixedTotalNumber(13, with_replacement=False), 3, 4, False, "must be <= 12.* of pairs"),
        (ns.FixedNumberPre(1, allow_self_connections=False, **FREE), 1, 1, True, "must be <= 0"),
        (ns.SmallWorld(2, 0.1), 4, 4, False, "connects a population with itself"),
        (ns.SmallWorld(4, 0.1), 4, 4, True, r"SmallWorld.degree must be < 4"),
        (ns.FromList([(0, 0), (1, 4)]), 2, 4, False, r"must be below \(2, 4\), got \(1, 4\)"),
        (ns.FromArray([[True, False]]), 2, 1, False, r"must have shape \(2, 1\), got \(1, 2\)"),
    ],
)
def test_rules_that_do_not_fit_the_sizes_are_refused(connector, n_pre, n_post, same, words):
    with pytest.raises(WiringError, match=rf"projection 'p': .*{words}"):
        connector.fit(n_pre, n_post, own(n_post, same), "p")


@pytest.mark.parametrize(
    ("connector", "n_pre", "n_post", "same"),
    [
        (ns.AllToAll(), 1, 5, False),
        (ns.OneToOne(), 3, 3, False),
        (ns.FixedNumberPre(4), 4, 1, False),
        (ns.FixedNumberPre(9, **FREE), 4, 1, False),
        (ns.FixedNumberPost(4), 1, 4, False),
        (ns.FixedNumberPre(0), 1, 1, True),
        (ns.FixedTotalNumber(12, with_replacement=False), 3, 4, False),
        (ns.SmallWorld(2, 0.1), 3, 3, True),
        (ns.FromList([]), 1, 1, False),
        (ns.FromList([(1, 3)]), 2, 4, False),
        (ns.FromArray([[1, 0]]), 1, 2, False),
    ],
)
def test_rules_that_fit(connector, n_pre, n_post, same):
    assert connector.fit(n_pre, n_post, own(n_post, same), "p") is None


@pytest.mark.parametrize(
    "pairs", [[(0, -1)], [(0, 0.5)], [(0, 1, 2)], [0, 1], "ab", [("a", "b")], [(0, None)], 5]
)
def test_pairs_are_whole_numbers(pairs):
    with pytest.raises(
        ParameterError, match=r"FromList.pairs: must be a list of \(source, target\)"
    ):
        ns.FromList(pairs)


@pytest.mark.parametrize("matrix", [[True], [[2, 0]], [["a"]], [[0.5]], [[True], [True, False]]])
def test_matrices_are_of_truth_values(matrix):
    with pytest.raises(ParameterError, match=r"FromArray.connections: must be a matrix"):
        ns.FromArray(matrix)


def test_degrees_are_even():
    with pytest.raises(ParameterError, match=r"SmallWorld.degree: must be even, got 3"):
        ns.SmallWorld(3, 0.1)


def test_only_lists_have_a_known_number_of_pairs():
    assert ns.FromList([(0, 1), (0, 2)]).n_listed == 2
    assert ns.AllToAll().n_listed is None


def test_all_connectors_are_listed_by_name():
    assert all(
        issubclass(kind, Connector) and kind.__name__ == name for name, kind in KINDS.items()
    )
    assert set(KINDS) <= set(ns.__all__)
    assert len(KINDS) == 10
