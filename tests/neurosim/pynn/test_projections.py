import numpy as np
import pytest
from pyNN.errors import ConnectionError as WrongConnection

from neurosim.errors import SimulationError, UnsupportedError
from neurosim.pynn.projections import Connection
from neurosim.pynn.simulator import state


def table(projection):
    return np.array(projection.get(["weight", "delay"], format="list"))


def test_every_connector_makes_what_pynn_says(sim):
    a = sim.Population(6, sim.IF_cond_exp())
    b = sim.Population(4, sim.IF_cond_exp())
    syn = sim.StaticSynapse(weight=0.1, delay=0.5)
    rng = sim.NumpyRNG(seed=2)
    mask = np.arange(24).reshape(6, 4) % 5 == 0
    counts = {
        "all": (sim.AllToAllConnector(), 24),
        "one": (sim.OneToOneConnector(), 4),
        "pre": (sim.FixedNumberPreConnector(2, rng=rng), 8),
        "post": (sim.FixedNumberPostConnector(2, rng=rng), 12),
        "total": (sim.FixedTotalNumberConnector(7, rng=rng), 7),
        "list": (sim.FromListConnector([(0, 0, 0.2, 1.0), (5, 3, 0.3, 1.5)]), 2),
        "array": (sim.ArrayConnector(mask), int(mask.sum())),
        "distance": (sim.DistanceDependentProbabilityConnector("d < 1.5", rng=rng), 11),
    }
    for name, (connector, n) in counts.items():
        made = sim.Projection(a, b, connector, syn, label=name)
        assert (name, len(made), made.size()) == (name, n, n)
    sim.Projection(a, b, sim.FixedProbabilityConnector(0.3, rng=rng), syn)
    sim.Projection(a, a, sim.SmallWorldConnector(2.0, 0.3, rng=rng), syn)
    sim.run(1.0)


def test_synapses_are_read_and_set_in_every_way(sim):
    a, b = sim.Population(2, sim.IF_curr_exp()), sim.Population(3, sim.IF_curr_exp())
    synapse = sim.StaticSynapse(weight=lambda d: 0.5 + d, delay="0.2 + d")
    made = sim.Projection(a, b, sim.AllToAllConnector(), synapse)
    weights, delays = made.get(["weight", "delay"], format="array")
    assert weights.tolist() == [[0.5, 1.5, 2.5], [1.5, 0.5, 1.5]]
    assert np.allclose(delays, [[0.2, 1.2, 2.2], [1.2, 0.2, 1.2]])
    made.set(weight=np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]), delay=0.7)
    assert made.get("weight", format="array")[1].tolist() == [4.0, 5.0, 6.0]
    made[1].weight = 9.0
    one = list(made.connections)[1]
    assert isinstance(one, Connection)
    assert (one.weight, one.delay) == (9.0, 0.7)
    assert one.as_tuple("presynaptic_index", "postsynaptic_index", "weight")[2] == 9.0
    with pytest.raises(IndexError):
        made[6]
    with pytest.raises(AttributeError, match="no attribute 'height'"):
        _ = one.height
    sim.run(1.0)
    made.set(weight=lambda d: d)
    assert made.get("weight", format="array").tolist() == [[0.0, 1.0, 2.0], [1.0, 0.0, 1.0]]
    with pytest.raises(SimulationError, match="delay cannot change during a run"):
        made.set(delay=2.0)
    assert set(made.get("delay", format="list", with_address=False)) == {0.7}
    sim.reset()
    made.set(delay=2.0)
    sim.run(1.0)


def test_weights_set_in_a_run_reach_the_right_synapses(sim):
    """Through views and assemblies, with delays of all sorts and pairs joined twice."""
    rng = np.random.default_rng(4)
    a, b = sim.Population(5, sim.IF_curr_exp()), sim.Population(4, sim.IF_curr_exp())
    groups = a[[4, 1, 2]] + b, b[1:] + a
    pairs = rng.integers(0, (7, 8), (40, 2))
    rows = [
        (*p, w, d)
        for p, w, d in zip(pairs.tolist(), rng.random(40), rng.integers(1, 9, 40) / 2, strict=True)
    ]
    made = sim.Projection(*groups, sim.FromListConnector(rows), sim.StaticSynapse())
    before = table(made)
    sim.run(1.0)
    new = rng.random(40)
    made.take({"weight": new})
    expected = np.zeros((9, 9))
    places = [[int(cell) for cell in group.all_cells] for group in groups]
    for (i, j, *_), w in zip(before, new, strict=True):
        expected[places[0][int(i)], places[1][int(j)]] += w
    found = np.zeros((9, 9))
    offset = {0: 0, 1: 5}
    simulation = sim.simulation()
    blocks = [k for k, block in enumerate(simulation.plan.synapses)]
    for k in blocks:
        block, s = simulation.plan.synapses[k], simulation._engine.synapses(k, True)
        np.add.at(found, (offset[block.pre] + s.pre, offset[block.post] + s.post), s.weight)
    assert np.allclose(found, expected, rtol=1e-5)
    assert np.array_equal(table(made)[:, 3], before[:, 3])


def test_pairs_that_are_joined_twice(sim):
    a = sim.Population(2, sim.IF_curr_exp())
    rows = [(0, 0, 1.0, 0.5), (0, 0, 2.0, 0.5), (1, 0, 4.0, 0.5)]
    made = sim.Projection(a, a, sim.FromListConnector(rows), sim.StaticSynapse())
    expected = {"sum": 3.0, "min": 1.0, "max": 2.0, "first": 1.0, "last": 2.0}
    for how, value in expected.items():
        dense = made.get("weight", format="array", multiple_synapses=how)
        assert dense[0, 0] == value
        assert dense[1, 0] == 4.0
        assert np.isnan(dense[:, 1]).all()


def test_signs_are_pynns(sim):
    a = sim.Population(2, sim.IF_curr_exp())
    every = sim.AllToAllConnector()
    with pytest.raises(WrongConnection, match="negative for current-based, inhibitory"):
        sim.Projection(a, a, every, sim.StaticSynapse(weight=0.1), receptor_type="inhibitory")
    with pytest.raises(WrongConnection, match="must be positive"):
        sim.Projection(a, a, every, sim.StaticSynapse(weight=-0.1), receptor_type="excitatory")
    made = sim.Projection(a, a, every, sim.StaticSynapse(weight=-0.1))
    assert made.receptor_type == "inhibitory"
    conductance = sim.Population(2, sim.IF_cond_exp())
    sim.Projection(a, conductance, every, sim.StaticSynapse(weight=0.1), receptor_type="inhibitory")
    sim.run(1.0)


def test_wrong_receptors_and_foreign_synapses(sim):
    from pyNN.mock import StaticSynapse as Foreign

    a = sim.Population(2, sim.IF_curr_exp())
    with pytest.raises(WrongConnection, match="receptor_types must be one of"):
        sim.Projection(a, a, sim.AllToAllConnector(), receptor_type="NMDA")
    with pytest.raises(UnsupportedError, match="neurosim has no StaticSynapse"):
        sim.Projection(a, a, sim.AllToAllConnector(), Foreign(weight=0.1, delay=1.0))


def test_too_many_different_constants(sim):
    a = sim.Population(40, sim.IF_curr_exp())
    use = np.linspace(0.1, 0.9, 1600).reshape(40, 40)
    synapse = sim.TsodyksMarkramSynapse(weight=0.1, U=use)
    sim.Projection(a, a, sim.AllToAllConnector(), synapse)
    with pytest.raises(UnsupportedError, match="1600 different sets of U, tau_rec, tau_facil"):
        sim.run(1.0)


def test_a_projection_without_synapses(sim):
    a = sim.Population(2, sim.IF_curr_exp())
    made = sim.Projection(a, a, sim.FixedProbabilityConnector(0.0))
    assert len(made) == 0
    assert made.get("weight", format="list") == []
    assert np.isnan(made.get("weight", format="array")).all()
    sim.run(1.0)
    assert state.network.projections == {}


def test_delays_are_rounded_to_the_grid_as_in_other_simulators(sim):
    source = sim.Population(1, sim.SpikeSourceArray(spike_times=[1.0]))
    a = sim.Population(2, sim.IF_curr_exp())
    rows = [(0, 0, 1.0, 0.52), (0, 1, 1.0, 0.58)]
    made = sim.Projection(source, a, sim.FromListConnector(rows), sim.StaticSynapse())
    a.record("v")
    sim.run(3.0)
    v = a.get_data().segments[0].analogsignals[0].magnitude
    assert [int(np.flatnonzero(v[:, i] > -65.0)[0]) for i in (0, 1)] == [16, 17]
    assert made.get("delay", format="list", with_address=False) == [0.52, 0.58]
