import numpy as np

from neurosim.pynn.build import places, unused
from neurosim.pynn.simulator import state


def test_labels_become_names():
    assert unused("cells", {}) == "cells"
    assert unused("cells", {"cells": 0, "cells (2)": 0}) == "cells (3)"
    assert unused("a/b", {}) == "a|b"
    assert unused(None, {}) == unused("  ", {}) == "unnamed"


def test_places_of_populations_views_and_assemblies(sim):
    a, b = sim.Population(5, sim.IF_cond_exp()), sim.Population(3, sim.IF_cond_exp())
    view = a[1:5][[True, False, True, True]]
    found = places(view + b)
    assert [p for p, _ in found] == [a, b]
    assert [i.tolist() for _, i in found] == [[1, 3, 4], [0, 1, 2]]


def test_populations_of_one_label_are_kept_apart(sim):
    for number in (1, 2):
        sim.Population(number, sim.IF_cond_exp(), label="same")
    sim.run(1.0)
    assert [(p.name, p.size) for p in state.network.populations.values()] == [
        ("same", 1), ("same (2)", 2),
    ]  # fmt: skip


def test_everything_declared_is_in_the_network(sim):
    cells = sim.Population(4, sim.IF_cond_exp(), label="cells")
    cells.initialize(v=np.array([-70.0, -65.0, -60.0, -55.0]))
    sim.Projection(cells[:2], cells, sim.AllToAllConnector(), sim.StaticSynapse(weight=0.1))
    cells[1:3].inject(sim.NoisyCurrentSource(mean=0.5))
    cells[1:3].record("v", sampling_interval=0.5)
    sim.run(0.0)
    net = state.network
    assert net["cells"].initial["v"].tolist() == [-70.0, -65.0, -60.0, -55.0]
    (projection,) = net.projections.values()
    assert (projection.n_pre, projection.n_post, len(projection.connector.pairs)) == (2, 4, 8)
    (injection,) = net.injections.values()
    assert injection.target.array().tolist() == [1, 2]
    (probe,) = net.probes
    assert (probe.target.array().tolist(), probe.every) == ([1, 2], 0.5)
