import numpy as np
import pytest

from neurosim.errors import UnsupportedError, WiringError
from neurosim.pynn.connectors import rewired


def links(sim, size=20, **options):
    cells = sim.Population(size, sim.IF_cond_exp())
    connector = sim.SmallWorldConnector(**{"rng": sim.NumpyRNG(seed=1), **options})
    made = sim.Projection(cells, cells, connector, sim.StaticSynapse(weight=0.1))
    return ~np.isnan(made.get("weight", format="array"))


def test_without_rewiring_neighbours_are_joined(sim):
    distance = np.abs(np.subtract.outer(np.arange(20), np.arange(20)))
    assert (links(sim, degree=2.5, rewiring=0.0) == (distance < 2.5)).all()
    found = links(sim, degree=2.5, rewiring=0.0, allow_self_connections=False)
    assert (found == ((distance < 2.5) & (distance > 0))).all()


def test_rewiring_keeps_the_number_of_links_of_each_target(sim):
    before = links(sim, size=60, degree=4.5, rewiring=0.0, allow_self_connections=False)
    after = links(sim, size=60, degree=4.5, rewiring=0.3, allow_self_connections=False)
    assert (before.sum(axis=0) == after.sum(axis=0)).all()
    assert not after.diagonal().any()
    moved = (before & ~after).sum() / before.sum()
    assert 0.2 < moved < 0.35


def test_as_many_links_of_each_source_as_wanted(sim):
    found = links(sim, degree=4.5, rewiring=0.0, n_connections=3)
    assert found.sum(axis=1).tolist() == [3] * 20
    with pytest.raises(WiringError, match="n_connections: must be at most the neighbours"):
        links(sim, degree=2.5, rewiring=0.0, n_connections=4)


def test_a_full_target_keeps_its_links():
    everything = np.ones((4, 3), dtype=bool)
    assert (rewired(everything, everything, 1.0, np.random.default_rng(1)) == everything).all()


def test_what_is_not_described_is_refused(sim):
    with pytest.raises(UnsupportedError, match="must be True or False, got 'NoMutual'"):
        links(sim, degree=2.5, rewiring=0.1, allow_self_connections="NoMutual")


def test_it_describes_itself(sim):
    connector = sim.SmallWorldConnector(2.5, 0.1)
    assert connector.get_parameters()["degree"] == 2.5
