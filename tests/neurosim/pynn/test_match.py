import numpy as np

import neurosim as ns
from neurosim.plan.lower import lower
from neurosim.pynn.match import engine_order
from neurosim.pynn.projections import Part


def test_the_order_is_that_of_the_simulation():
    rng = np.random.default_rng(3)
    net = ns.Network()
    a, b = net.population("a", 4, ns.IFCurrExp()), net.population("b", 3, ns.IFCurrExp())
    pairs = rng.integers(0, (5, 6), (50, 2))
    weights, delays = rng.random(50), rng.integers(1, 6, 50) * 0.5
    synapse = ns.Static(weights, delays)
    pre, post = [a[[3, 0]], b], [b[[2, 1, 0]], a[:3]]
    net.project(pre, post, ns.FromList(pairs), synapse, name="x")
    part = Part("x", np.arange(50), pairs, synapse)
    order = engine_order(lower(net, 0.5, 1), part)
    for backend in ("numba", "reference"):
        with ns.prepare(net, dt=0.5, seed=1, backend=backend, weights="double") as simulation:
            found = simulation.weights("x")
        assert (found.delay == delays[order]).all()
        assert (found.weight == weights[order]).all()
