import math

import numpy as np
import pytest

import neurosim as ns
from neurosim.backends.event import Event, EventEngine, precise
from neurosim.backends.registry import backend
from neurosim.errors import SimulationError, UnsupportedError
from neurosim.plan.lower import lower
from neurosim.testing.cases import CASES

both = pytest.mark.parametrize("name", ["numba-event", "numba-event-precise"])
PRECISE = "numba-event-precise"


def driven(**parameters):
    net = ns.Network()
    net.population("cells", 4, ns.IFCurrExp(i_offset=[0.0, 0.75, 0.76, 2.0], **parameters))
    net.record("cells", ["spikes", "v"])
    return net


def recurrent(delay=1.5):
    """Two populations of different kinds that excite and inhibit each other."""
    net = ns.Network("recurrent")
    stim = net.population("stim", 3, ns.SpikeSourceArray(spike_times=[[2.0, 30.0], [5.0], [41.0]]))
    exc = net.population("exc", 8, ns.IFCurrExp(i_offset=np.linspace(0.7, 1.1, 8), tau_refrac=2.0))
    inh = net.population("inh", 3, ns.IFCurrAlpha(cm=0.5, tau_syn_E=2.0, tau_refrac=1.0))
    jump = net.population("jump", 4, ns.IFCurrDelta(i_offset=0.5))
    net.project(stim, exc, ns.AllToAll(), ns.Static(0.9, delay))
    net.project(exc, inh, ns.AllToAll(), ns.Static(0.6, delay))
    net.project(inh, exc, ns.AllToAll(), ns.Static(-0.4, 2.0 * delay), "inhibitory")
    net.project(exc, jump, ns.AllToAll(), ns.Static(ns.Uniform(2.0, 6.0), delay))
    for group in (exc, inh, jump):
        net.record(group, group.kind.recordable())
    return net


def run(net, name, duration=120.0, dt=0.5, **options):
    return ns.simulate(net, duration, dt=dt, seed=3, backend=name, **options)


# exact times


def test_a_driven_neuron_spikes_when_its_solution_does():
    trains = run(driven(tau_refrac=2.5), PRECISE, 300.0).spikes["cells"]
    assert len(trains.of(0)) == len(trains.of(1)) == 0  # the second tends to its threshold
    for unit, current in ((2, 0.76), (3, 2.0)):
        drive = 20.0 * current
        rise = 20.0 * math.log(drive / (drive - 15.0))
        expected = np.arange(rise, 300.0, rise + 2.5)
        assert trains.of(unit) == pytest.approx(expected, abs=1e-9)


def test_an_input_moves_a_spike_as_the_solution_says():
    net = ns.Network()
    source = net.population("source", 1, ns.SpikeSourceArray(spike_times=[1.0]))
    cells = net.population("cells", 2, ns.IFCurrExp(tau_syn_E=20.0, tau_m=20.0, tau_refrac=90.0))
    net.project(source, cells[0], ns.OneToOne(), ns.Static(3.0, 1.0))
    net.project(source, cells[1], ns.OneToOne(), ns.Static(2.0, 1.0))
    net.record(cells, "spikes")
    times = run(net, PRECISE).spikes["cells"]
    assert times.ids.tolist() == [0]
    low, high = 0.0, 20.0  # 3 t exp(-t / 20) = 15 on its rising side
    for _ in range(60):
        middle = 0.5 * (low + high)
        low, high = (
            (middle, high) if 3.0 * middle * math.exp(-middle / 20.0) < 15.0 else (low, middle)
        )
    assert times.times[0] == pytest.approx(2.0 + high, abs=1e-10)


def test_the_time_step_does_not_change_exact_results():
    coarse, fine = run(recurrent(), PRECISE, dt=0.5), run(recurrent(), PRECISE, dt=0.1)
    for name in ("exc", "inh", "jump"):
        a, b = coarse.spikes[name], fine.spikes[name]
        assert len(a) > 10
        assert a.ids.tolist() == b.ids.tolist()
        assert a.times == pytest.approx(b.times, abs=1e-9)
        v = fine.signal(name, "v").values[::5]
        assert coarse.signal(name, "v").values == pytest.approx(v, abs=1e-8)


def test_the_clocked_engine_comes_nearer_with_shorter_steps():
    """First order: spikes are rounded up to the grid; the membrane between them is exact."""
    exact = run(recurrent(), PRECISE, 40.0)
    errors = []
    for dt in (0.1, 0.05, 0.025, 0.0125):
        found = run(recurrent(), "numba", 40.0, dt=dt).spikes["exc"]
        assert found.ids.tolist() == exact.spikes["exc"].ids.tolist()
        errors.append(np.abs(found.times - exact.spikes["exc"].times).mean())
    orders = np.log2(np.array(errors[:-1]) / errors[1:])
    assert 0.7 < orders.mean() < 1.3
    assert errors[-1] < 0.05


def test_on_the_grid_recordings_are_comparable_step_by_step():
    exact, clocked = run(recurrent(), "numba-event"), run(recurrent(), "numba")
    for name in ("exc", "inh", "jump"):
        assert np.array_equal(exact.spikes[name].times, clocked.spikes[name].times)
        assert np.array_equal(exact.spikes[name].ids, clocked.spikes[name].ids)
        for variable in ("v", "isyn_exc") if name != "jump" else ("v",):
            a, b = (r.signal(name, variable).values for r in (exact, clocked))
            assert np.abs(a - b).max() < 1e-11


def test_times_have_the_type_of_their_grid():
    for made, kind in ((Event(), np.int64), (precise(), np.float64)):
        engine = EventEngine(lower(driven(), 0.5, 1), made.on_grid)
        stamps, ids = engine.advance(100).entries[0]
        assert (stamps.dtype, ids.dtype) == (kind, np.int32)
        assert len(stamps)


def test_equal_times_are_in_the_order_of_ids():
    net = ns.Network()
    net.population("cells", 50, ns.IFCurrDelta(i_offset=1.0))
    net.record("cells", "spikes")
    trains = run(net, PRECISE).spikes["cells"]
    assert trains.ids.tolist() == list(range(50)) * (len(trains) // 50)


def test_a_start_above_the_threshold_fires_at_once():
    net = ns.Network()
    net.population("cells", 2, ns.IFCurrExp(), initial={"v": [-40.0, -50.0]})
    net.record("cells", "spikes")
    assert run(net, PRECISE).spikes["cells"].times.tolist() == [0.0, 0.0]
    grid = run(net, "numba-event").spikes["cells"]
    assert (grid.times.tolist(), grid.ids.tolist()) == ([0.5], [0])


# running


@both
def test_chunks_do_not_change_a_bit(name):
    whole = run(recurrent(), name)
    with ns.prepare(recurrent(), dt=0.5, seed=3, backend=name) as simulation:
        for duration in (0.5, 0.0, 1.0, 33.5, 0.5, 20.0, 64.5):
            simulation.run(duration)
            simulation.read("exc", "v")
        parts = simulation.recording()
    for group in ("exc", "inh", "jump"):
        assert np.array_equal(whole.spikes[group].times, parts.spikes[group].times)
        assert np.array_equal(whole.signal(group, "v").values, parts.signal(group, "v").values)


def test_many_spikes_make_the_log_grow():
    net = ns.Network()
    net.population("cells", 40, ns.IFCurrDelta(i_offset=30.0, tau_refrac=0.0))
    net.project("cells", "cells", ns.OneToOne(), ns.Static(0.1, 50.0))
    net.record("cells", "spikes")
    engine = EventEngine(lower(net, 1.0, 1), on_grid=False)
    held = len(engine.arrays.log.time)
    total = sum(len(engine.advance(1000).entries[0][0]) for _ in range(3))
    assert total > held
    assert len(engine.arrays.log.time) < total  # delivered spikes are dropped
    assert engine.counts()["neuron_spikes"] == total


def test_spiking_without_end_is_an_error_not_a_hang():
    net = ns.Network()
    net.population("cells", 1, ns.IFCurrDelta(i_offset=1e9, tau_refrac=0.0))
    net.record("cells", "spikes")
    with pytest.raises(SimulationError, match="at most 1000 times a step"):
        run(net, PRECISE, 1000.0)
    assert len(run(net, "numba-event", 10.0).spikes["cells"]) == 20  # once a step


@both
def test_weights_are_read_and_replaced(name):
    net = recurrent()
    with (
        ns.prepare(net, dt=0.5, seed=3, backend=name) as simulation,
        ns.prepare(net, dt=0.5, seed=3) as clocked,
    ):
        for sim in (simulation, clocked):
            own, shared = sim.weights("exc->jump"), sim.weights("exc->inh")
            assert shared.weight.tolist() == [0.6] * 24
            sim.set_weights("exc->jump", 0.5 * own.weight)
            sim.set_weights("stim->exc", 0.8)
            sim.set_weights("exc->inh", np.linspace(0.3, 0.9, 24))
            sim.freeze("exc->inh")
            sim.run(60.0)
        for projection in ("exc->jump", "stim->exc", "exc->inh", "inh->exc"):
            for a, b in zip(
                simulation.weights(projection), clocked.weights(projection), strict=True
            ):
                assert np.array_equal(a, b)
        if name == "numba-event":
            a, b = simulation.recording().spikes["inh"], clocked.recording().spikes["inh"]
            assert np.array_equal(a.times, b.times)


@both
def test_replaced_weights_are_saved(name, tmp_path):
    with ns.prepare(recurrent(), dt=0.5, seed=3, backend=name) as simulation:
        simulation.set_weights("exc->inh", np.linspace(0.3, 0.9, 24))
        simulation.set_weights("stim->exc", 0.7)
        simulation.run(30.0).save(tmp_path / "state.npz")
        expected = simulation.run(60.0).recording()
    with ns.resume(tmp_path / "state.npz") as again:
        assert again.weights("stim->exc").weight.tolist() == [0.7] * 24
        found = again.run(60.0).recording()
    for group in ("exc", "inh", "jump"):
        assert np.array_equal(found.spikes[group].times, expected.spikes[group].times)


def test_cost_goes_with_events_not_with_steps():
    net = ns.Network()
    net.population("cells", 1000, ns.IFCurrExp())
    net.project("cells", "cells", ns.FixedNumberPre(10), ns.Static(0.1, 1.0))
    with ns.prepare(net, dt=0.1, seed=1, backend="numba-event") as simulation:
        notes = simulation.run(1e6).recording().info["backend_notes"]
    names = ("synaptic_events", "poisson_events", "neuron_spikes", "look_aheads", "searches")
    assert [notes[name] for name in names] == [0] * 5


def test_input_that_cannot_fire_a_neuron_costs_no_search():
    net = ns.Network()
    source = net.population("source", 10, ns.SpikeSourcePoisson(100.0))
    cells = net.population("cells", 10, ns.IFCurrExp())
    net.project(source, cells, ns.AllToAll(), ns.Static(0.01, 1.0))
    notes = run(net, "numba-event", 1000.0).info["backend_notes"]
    assert notes["synaptic_events"] > 1000
    assert notes["look_aheads"] == notes["searches"] == 0


# refusals


def kinds_of(net):
    return [str(v) for v in Event().check(lower(net, 0.5, 1))]


def test_what_it_cannot_run_is_named_with_a_remedy():
    net = ns.Network("mixed", timing="spinnaker")
    cells = net.population("cells", 2, ns.IFCurrExp())
    net.population("other", 2, ns.IFCurrExp())
    net.project("cells", "other", ns.AllToAll(), ns.STDP(0.1, 1.0), name="learns")
    net.inject(ns.NoisySource(0.0, 1.0), cells, name="noise")
    found = "\n".join(kinds_of(net))
    for words in (
        "network 'mixed': timing 'spinnaker' is not among standard",
        "projection 'learns': synapse 'stdp' is not among static",
        "injection 'noise': current 'NoisySource' is not among DCSource, StepSource",
        "Use 'numba'",
    ):
        assert words in found


def test_other_neurons_and_single_precision_are_refused():
    net = ns.Network()
    net.population("cells", 2, ns.IFCondExp())
    with pytest.raises(UnsupportedError, match="population 'cells': kind 'if_cond_exp'"):
        run(net, "numba-event")
    with pytest.raises(UnsupportedError, match=r"precision 'single'.*Use precision='double'"):
        run(driven(), PRECISE, precision="single")


def test_a_kind_of_ones_own_with_a_built_in_name_is_refused(monkeypatch):
    from neurosim.neurons.base import KINDS

    kept = dict(KINDS)

    class Mine(ns.IFCurrExp):
        kind = "if_curr_exp"

    KINDS.update(kept)
    net = ns.Network()
    net.population("cells", 2, Mine())
    (text,) = kinds_of(net)
    assert "population 'cells'" in text
    assert "one of your own" in text


@both
def test_names_and_notes(name):
    made = backend(name)
    assert made.name == name
    assert "any time" in made.capabilities.notes or name == "numba-event"
    recording = run(driven(), name)
    assert recording.info["backend"] == name
    assert recording.info["backend_notes"]["engine"] == "event"


def test_cases_hold_something_for_it():
    fit = [case.name for case in CASES.values() if not kinds_of(case.network())]
    assert {"delays", "poisson", "parameters", "neurons if_curr_alpha"} <= set(fit)
