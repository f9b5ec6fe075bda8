import importlib
import sys

import numpy as np
import pytest

import neurosim as ns


def test_the_module_is_also_found_under_pynns_name(sim):
    assert importlib.import_module("pyNN.neurosim") is sim
    assert sys.modules["pyNN.neurosim"] is sim


def test_the_network_is_the_one_that_the_core_runs(sim):
    """The same network declared with PyNN's names and with ours gives the same bits."""
    cells = sim.Population(3, sim.IF_curr_exp(i_offset=[0.8, 0.9, 1.0], tau_refrac=2.0), label="c")
    source = sim.Population(2, sim.SpikeSourceArray(spike_times=[[5.0, 9.0], [7.0]]), label="s")
    pairs = [(0, 0, 0.5, 1.0), (0, 2, 0.7, 2.0), (1, 1, 0.9, 1.5)]
    sim.Projection(source, cells, sim.FromListConnector(pairs), sim.StaticSynapse())
    cells.record(["spikes", "v"])
    sim.run(60.0)
    segment = cells.get_data().segments[0]

    net = ns.Network()
    net.population("c", 3, ns.IFCurrExp(i_offset=[0.8, 0.9, 1.0], tau_refrac=2.0))
    net.population("s", 2, ns.SpikeSourceArray(spike_times=[[5.0, 9.0], [7.0]]))
    table = np.array(pairs)
    synapse = ns.Static(table[:, 2], table[:, 3])
    net.project("s", "c", ns.FromList(table[:, :2].astype(int)), synapse)
    net.record("c", ["spikes", "v"])
    expected = ns.simulate(net, 60.0, dt=0.1, seed=3)
    v = segment.filter(name="v")[0]
    assert (v.magnitude == expected.signal("c", "v").values).all()
    assert len(expected.spikes["c"]) > 3
    for unit, train in enumerate(segment.spiketrains):
        assert train.magnitude.tolist() == expected.spikes["c"].of(unit).tolist()


def test_runs_follow_each_other(sim):
    cells = sim.Population(2, sim.IF_cond_exp(i_offset=1.0))
    cells.record(["v", "spikes"])
    assert sim.run(20.0) == pytest.approx(20.0)
    assert sim.run_for(10.0) == pytest.approx(30.0)
    assert sim.run_until(50.0) == pytest.approx(50.0)
    whole = cells.get_data().segments[0].filter(name="v")[0].magnitude
    sim.reset()
    assert sim.get_current_time() == 0.0
    sim.run(50.0)
    again = cells.get_data().segments[1].filter(name="v")[0].magnitude
    assert whole.shape == (501, 2)
    assert (whole == again).all()


def test_callbacks_are_called_when_they_ask(sim):
    sim.Population(1, sim.IF_cond_exp())
    seen = []

    def every_three(t):
        seen.append(t)
        return t + 3.0

    sim.run(10.0, callbacks=[every_three])
    assert seen == pytest.approx([0.0, 3.0, 6.0, 9.0, 10.0])


def test_everything_can_change_between_runs(sim):
    cells = sim.Population(2, sim.IF_curr_exp(tau_refrac=1.0))
    source = sim.Population(1, sim.SpikeSourceArray(spike_times=[2.0]))
    noise = sim.Population(1, sim.SpikeSourcePoisson(rate=0.0))
    static = sim.StaticSynapse(weight=1.0, delay=1.0)
    projection = sim.Projection(source, cells, sim.AllToAllConnector(), static)
    sim.Projection(noise, cells, sim.AllToAllConnector(), static)
    current = sim.DCSource(amplitude=0.0)
    cells[0:1].inject(current)
    cells.record("v")
    source.record("spikes")
    noise.record("spikes")

    def last():
        return cells.get_data().segments[0].filter(name="v")[0].magnitude[-1]

    sim.run(40.0)
    rest = last()
    source.set(spike_times=[42.0])
    projection.set(weight=2.0)
    noise.set(rate=500.0)
    sim.run(5.0)
    assert (last() > rest + 1.0).all()
    assert noise.get_spike_counts()[noise[0]] > 0
    noise.set(rate=0.0)
    current.amplitude = 0.5
    sim.run(100.0)
    first, second = last()
    assert first > second + 5.0
    cells.set(i_offset=0.5, v_rest=-70.0)
    cells[1:2].initialize(v=-80.0)
    assert last()[1] == -80.0
    sim.run(200.0)
    assert last()[1] == pytest.approx(-60.0, abs=0.1)
    assert source.get_data().segments[0].spiketrains[0].magnitude.tolist() == [2.0, 42.0]


@pytest.mark.parametrize("backend", ["reference", "numba-event"])
def test_any_backend_runs_it(backend):
    import neurosim.pynn as sim

    counts = []
    for name in ("numba", backend):
        sim.setup(timestep=0.1, backend=name)
        cells = sim.Population(3, sim.IF_curr_exp(i_offset=[0.8, 0.9, 1.0]))
        cells.record("spikes")
        sim.run(100.0)
        assert sim.simulation().backend == name
        counts.append(list(cells.get_spike_counts().values()))
    assert counts[0] == counts[1]
    assert sum(counts[0]) > 5


def test_new_projections_in_a_run_are_refused(sim):
    cells = sim.Population(2, sim.IF_cond_exp())
    sim.run(1.0)
    with pytest.raises(ns.errors.SimulationError, match="cannot be added during a run"):
        sim.Projection(cells, cells, sim.AllToAllConnector())
    sim.run(1.0)
    sim.reset()
    sim.Projection(cells, cells, sim.AllToAllConnector())
    sim.run(1.0)


def test_new_populations_in_a_run_are_refused(sim):
    sim.Population(2, sim.IF_cond_exp())
    sim.run(1.0)
    with pytest.raises(ns.errors.SimulationError, match="cannot be added during a run"):
        sim.Population(2, sim.IF_cond_exp())
    sim.run(1.0)


def test_a_change_that_is_refused_loses_nothing():
    import neurosim.pynn as sim

    sim.setup(timestep=0.1, backend="numba-event")
    cells = sim.Population(2, sim.IF_curr_exp(i_offset=[1.0, 1.2]))
    current = sim.DCSource(amplitude=0.1)
    current.inject_into(cells[0:1])
    cells[0:1].record(["v", "spikes"])
    sim.run(50.0)

    def content():
        segment = cells[0:1].get_data().segments[0]
        return segment.analogsignals[0].magnitude, segment.spiketrains[0].magnitude

    v, spikes = content()
    wave = current.get_data().magnitude
    cells.record(["v", "spikes"])
    current.amplitude = 0.5
    for _ in range(2):
        with pytest.raises(ns.errors.UnsupportedError, match="cannot change neurons during a run"):
            sim.run(10.0)
    assert len(spikes) > 0
    assert np.array_equal(content()[0], v)
    assert np.array_equal(content()[1], spikes)
    assert np.array_equal(current.get_data().magnitude, wave)
    sim.reset()
    sim.run(10.0)
