import neurosim as ns
from neurosim.network.projection import overlap


def test_a_projection_knows_its_sizes_and_shows_itself():
    net = ns.Network()
    net.population("a", 4, ns.IFCurrExp())
    made = net.project(net["a"][:3], ["a", net["a"][:1]], ns.AllToAll(), ns.Static(0.1))
    assert (made.n_pre, made.n_post) == (3, 5)
    assert repr(made) == (
        "Projection('a->a+a', a[0:3] -> a[0:4] + a[0:1], AllToAll(), Static(weight=0.1), "
        "receptor='excitatory')"
    )


def test_groups_overlap_if_they_are_the_same_units_in_the_same_order():
    net = ns.Network()
    a, b = (net.population(name, 4, ns.IFCurrExp()) for name in "ab")
    assert overlap(a.parts, a[:].parts)
    assert overlap(a[:2].parts, a[[0, 1]].parts)
    assert not overlap(a[:2].parts, a[[1, 0]].parts)
    assert not overlap(a.parts, b.parts)
    assert not overlap(a.parts, (a + b).parts)
    assert overlap((a + b).parts, (a + b).parts)
