import numpy as np
import pytest

import neurosim as ns
from neurosim.errors import LoweringError, ParameterError, UnsupportedError, WiringError
from neurosim.testing.compare import observe, require_same
from tests.neurosim.backends.running import network, simulation

both = pytest.mark.parametrize("backend", ["numba", "reference"])


def changed(**kind):
    """The small network with other parameters."""
    data = network().to_dict()
    data["populations"][1]["kind"]["parameters"] |= kind
    return ns.Network.from_dict(data)


@both
def test_parameters_hold_from_the_change_on(backend):
    with simulation(backend=backend) as sim:
        whole = sim.run(20.0).recording()
    with simulation(backend=backend) as sim:
        found = sim.run(8.0).change(changed(i_offset=2.5)).run(12.0).recording()
    v, expected = (r.signal("a", "v").values for r in (found, whole))
    assert v.shape == expected.shape
    assert (v[:17] == expected[:17]).all()
    assert not (v[17:] == expected[17:]).all()
    assert len(found.spikes["a"]) > len(whole.spikes["a"])
    assert found.info["network"]["populations"][1]["kind"]["parameters"]["i_offset"] == 2.5


@both
def test_spikes_of_arrays_are_those_of_the_network_and_fed_ones_stay(backend):
    other = ns.Network("small")
    other.population("in", 2, ns.SpikeSourceArray(spike_times=[[2.0, 9.0], [12.0]]))
    template = network()
    for name in ("a", "b"):
        p = template[name]
        other.population(name, p.size, p.kind, p.initial)
    for p in template.projections.values():
        pre, post = ([other[v.name] for v in side] for side in (p.pre, p.post))
        other.project(pre, post, p.connector, p.synapse, p.receptor, p.name)
    other.record("in", "spikes")
    other.record("a", ["spikes", "v"])
    with simulation(backend=backend) as sim:
        sim.feed("in", [(1, 2.5), (0, 7.0), (0, 9.0)])
        found = sim.run(5.0).change(other).run(10.0).recording().spikes["in"]
    assert found.of(0).tolist() == [1.0, 7.0, 9.0, 9.0]
    assert found.of(1).tolist() == [2.5, 3.0, 12.0]


@both
def test_new_probes_begin_now(backend):
    more = network()
    more.record("b", ["spikes", "v"], start=5.0)
    with simulation(backend=backend) as sim:
        expected = sim.run(20.0).recording()
    with simulation(backend=backend) as sim:
        found = sim.run(5.0).change(more).run(15.0).recording()
    assert (found.signal("a", "v").values == expected.signal("a", "v").values).all()
    assert found.signal("b", "v").times[0] == 5.0
    assert found.signal("b", "v").values.shape == (31, 3)


def test_new_probes_that_would_have_begun_before_are_refused_and_nothing_changes():
    more = network()
    more.record("b", "v")
    with simulation() as sim:
        sim.run(5.0)
        with pytest.raises(
            WiringError, match=r"new recording of 'v' of 'b' must begin now or later.*start=5\)"
        ):
            sim.change(more)
        found = observe(sim.run(15.0))
    with simulation() as sim:
        require_same(observe(sim.run(20.0)), found, "the refused change is felt")


def test_a_change_can_be_saved_and_a_reset_keeps_it(tmp_path):
    with simulation() as sim:
        sim.run(8.0).change(changed(i_offset=2.5)).run(2.0).save(tmp_path / "state.npz")
        expected = observe(sim.run(10.0))
        again = observe(sim.reset().run(20.0))
    with ns.resume(tmp_path / "state.npz") as sim:
        require_same(expected, observe(sim.run(10.0)), "the resumed run differs")
    with simulation(changed(i_offset=2.5)) as sim:
        require_same(observe(sim.run(20.0)), again, "the run after the reset differs")


def test_a_network_that_does_not_fit_changes_nothing():
    other = network()
    other.population("more", 1, ns.IFCurrExp())
    with simulation() as sim:
        sim.run(5.0)
        with pytest.raises(WiringError, match=r"Simulation.change: Network.populations: must stay"):
            sim.change(other)
        with pytest.raises(ParameterError, match="must be a Network"):
            sim.change("small")
        with pytest.raises(LoweringError, match="must hold a population"):
            sim.change(ns.Network())
        found = observe(sim.run(15.0))
    with simulation() as sim:
        require_same(observe(sim.run(20.0)), found, "the refused change is felt")


@both
def test_states_are_written(backend):
    with simulation(backend=backend) as sim:
        sim.run(3.0).write("a", "v", -60.0)
        assert sim.read("a", "v").tolist() == [-60.0] * 4
        sim.write("a", "v", [-70.0, -65.0, -51.0, -66.0])
        assert sim.read("a", "v").tolist() == [-70.0, -65.0, -51.0, -66.0]
        before = sim.read("b", "v")
        sim.write("b", "isyn_exc", np.array([1.0, 0.0, 2.0]))
        assert (sim.read("b", "v") == before).all()
        sim.run(0.5)
        assert sim.read("b", "isyn_exc")[2] > sim.read("b", "isyn_exc")[1]


@pytest.mark.parametrize("values", [[1.0, 2.0], "high", None, [[1.0]] * 3, np.nan, np.inf])
def test_written_values_must_be_finite_numbers(values):
    with simulation() as sim, pytest.raises(ParameterError, match=r"Simulation.write.v: must be"):
        sim.write("a", "v", values)


def test_written_names_must_exist():
    with simulation() as sim:
        with pytest.raises(WiringError, match=r"Simulation: no population 'aa'"):
            sim.write("aa", "v", 0.0)
        with pytest.raises(WiringError, match=r"Simulation.write: 'a' has no variable 'u'"):
            sim.write("a", "u", 0.0)
        with pytest.raises(WiringError, match=r"Simulation.write: 'in' has no variable 'spikes'"):
            sim.write("in", "spikes", 0.0)


def test_the_event_driven_engine_refuses():
    net = ns.Network()
    net.population("a", 1, ns.IFCurrExp())
    with ns.prepare(net, dt=0.5, seed=1, backend="numba-event") as sim:
        with pytest.raises(UnsupportedError, match=r"Simulation.write: backend 'numba-event'"):
            sim.write("a", "v", -60.0)
        with pytest.raises(UnsupportedError, match=r"Simulation.change: backend 'numba-event'"):
            sim.change(net)
        assert sim.run(1.0).t == 1.0
