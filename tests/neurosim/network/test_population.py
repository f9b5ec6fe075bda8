import numpy as np
import pytest

import neurosim as ns
from neurosim.errors import NeurosimError, ParameterError, WiringError


@pytest.fixture
def a():
    return ns.Network().population("a", 6, ns.IFCurrExp())


@pytest.mark.parametrize(
    ("index", "ids"),
    [
        (slice(None), [0, 1, 2, 3, 4, 5]),
        (slice(1, 4), [1, 2, 3]),
        (slice(None, None, -2), [5, 3, 1]),
        (2, [2]),
        (-1, [5]),
        (np.int64(3), [3]),
        ([4, 1], [4, 1]),
        (np.array([0, 5]), [0, 5]),
        (np.array([True, False] * 3), [0, 2, 4]),
        (range(3), [0, 1, 2]),
    ],
)
def test_views_pick_units_in_order(a, index, ids):
    view = a[index]
    assert view.array().tolist() == ids
    assert view.array().dtype == np.int64
    assert (view.name, view.size, len(view)) == ("a", len(ids), len(ids))


def test_views_of_views_hold_ids_of_the_population(a):
    assert a[1:][::2].array().tolist() == [1, 3, 5]
    assert a[[5, 3, 0]][[2, 0]].array().tolist() == [0, 5]
    assert a[[5, 3, 0]][1].array().tolist() == [3]
    assert a[::-1][:2].array().tolist() == [5, 4]


@pytest.mark.parametrize(
    "index",
    [6, -7, [0, 6], [-1], [1, 1], [0.5], "a", None, 1.5, True, np.array([True]), slice(3, 3), [],
     slice("a", None), slice(None, None, 0), [[0]], [[1], 2], (0, 1, 0), {"a": 1}],
)  # fmt: skip
def test_views_of_units_that_are_not_there_are_refused(a, index):
    for owner in (a, a[[0, 1, 2, 3, 4, 5]]):
        with pytest.raises(NeurosimError, match="a"):
            _ = owner[index]


def test_messages_say_what_is_allowed(a):
    with pytest.raises(WiringError, match=r"'a': id must be below 6, got 9. Use 0 to 5"):
        a[9]
    with pytest.raises(ParameterError, match=r"'a'.index: must be a slice, ids or a mask of 6"):
        a["x"]


def test_views_are_equal_by_their_units(a):
    other = ns.Network().population("b", 6, ns.IFCurrExp())
    assert a[:2] == a[[0, 1]]
    assert a[:2] != a[[1, 0]]
    assert a[:2] != other[:2]
    assert a[:2] != "a"


def test_populations_are_equal_by_their_description():
    def make(**change):
        values = {"size": 2, "kind": ns.IFCurrExp(), "initial": {"v": [1.0, 2.0]}} | change
        return ns.Network().population("a", **values)

    assert make() == make()
    for change in (
        {"size": 3, "initial": {}},
        {"kind": ns.IFCurrExp(tau_m=10.0)},
        {"initial": {"v": [1.0, 3.0]}},
        {"initial": {}},
        {"positions": [0.0, 1.0]},
    ):
        assert make() != make(**change)
    assert make() != "a"


def test_adding_makes_assemblies(a):
    b = ns.Network().population("b", 2, ns.IFCurrExp())
    group = a[:2] + b + a[5]
    assert [view.array().tolist() for view in group.parts] == [[0, 1], [0, 1], [5]]
    assert (group.size, len(group)) == (5, 5)
    assert (a + group).size == 11
    for left in (a, a[:1], group):
        with pytest.raises(TypeError):
            _ = left + 3


def test_a_population_is_iterated_unit_by_unit(a):
    assert [view.array().tolist() for view in a] == [[0], [1], [2], [3], [4], [5]]


def test_texts(a):
    assert repr(a[1:3]) == "a[1:3]"
    assert repr(a[::2]) == "a[0:6:2]"
    assert repr(a[[3, 1]]) == "a[<2 units>]"
    assert repr(a[0] + a[1:2]) == "a[0:1] + a[1:2]"
    assert repr(a) == "Population('a', 6, IFCurrExp())"


def test_views_refer_to_their_population(a):
    assert a[:2].population is a
    assert a.parts == (a[:],)
