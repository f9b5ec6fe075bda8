import neurosim as ns
from neurosim.network.projection import own_pairs


def test_a_projection_knows_its_sizes_and_shows_itself():
    net = ns.Network()
    net.population("a", 4, ns.IFCurrExp())
    made = net.project(net["a"][:3], ["a", net["a"][:1]], ns.AllToAll(), ns.Static(0.1))
    assert (made.n_pre, made.n_post) == (3, 5)
    assert repr(made) == (
        "Projection('a->a+a', a[0:3] -> a[0:4] + a[0:1], AllToAll(), Static(weight=0.1), "
        "receptor='excitatory')"
    )


def test_own_pairs_are_the_places_of_units_that_are_in_both_groups():
    net = ns.Network()
    a, b = (net.population(name, 4, ns.IFCurrExp()) for name in "ab")
    assert own_pairs(a.parts, a[:].parts).tolist() == [[0, 0], [1, 1], [2, 2], [3, 3]]
    assert own_pairs(a[:2].parts, a[[1, 0, 3]].parts).tolist() == [[1, 0], [0, 1]]
    assert own_pairs(a.parts, b.parts).shape == (0, 2)
    assert own_pairs((b + a[2:]).parts, (a + b[:1]).parts).tolist() == [[4, 2], [5, 3], [0, 4]]
    twice = (a[:2] + a[1:3]).parts
    assert own_pairs(twice, a[[1]].parts).tolist() == [[1, 0], [2, 0]]
    assert own_pairs(a[[2, 1]].parts, twice).tolist() == [[1, 1], [1, 2], [0, 3]]
