import numpy as np
import pytest

import neurosim as ns
from neurosim.backends import auto
from neurosim.backends.auto import Auto, estimate
from neurosim.backends.base import Options
from neurosim.backends.event import EventEngine
from neurosim.errors import UnsupportedError
from neurosim.plan.lower import lower


def quiet():
    """Neurons of which one in fifty fires."""
    net = ns.Network("quiet")
    cells = net.population("cells", 200, ns.IFCurrExp(i_offset=[0.76] * 4 + [0.0] * 196))
    net.project(cells, cells, ns.FixedNumberPre(5), ns.Static(ns.Uniform(0.001, 0.002), 1.5))
    net.record(cells, ["spikes", "v"], every=5.0)
    return net


def busy():
    """Neurons that fire all the time."""
    net = ns.Network("busy")
    cells = net.population("cells", 40, ns.IFCurrExp(i_offset=2.0))
    net.project(cells, cells, ns.FixedNumberPre(30), ns.Static(0.01, 1.5))
    net.record(cells, ["spikes", "v"])
    return net


def plastic():
    net = busy()
    net.project("cells", "cells", ns.OneToOne(), ns.STDP(0.01, 1.0), name="learns")
    return net


def run(net, backend="auto", duration=100.0, **options):
    return ns.simulate(net, duration, dt=0.1, seed=4, backend=backend, **options)


@pytest.mark.parametrize(("build", "chosen"), [(quiet, "numba-event"), (busy, "numba")])
def test_the_result_is_that_of_the_chosen_backend(build, chosen):
    found, expected = run(build()), run(build(), chosen)
    assert found.info["backend"] == chosen
    assert np.array_equal(found.spikes["cells"].times, expected.spikes["cells"].times)
    assert np.array_equal(found.spikes["cells"].ids, expected.spikes["cells"].ids)
    assert np.array_equal(found.signal("cells", "v").values, expected.signal("cells", "v").values)


@pytest.mark.parametrize(("build", "chosen"), [(quiet, "numba-event"), (busy, "numba")])
def test_both_estimates_are_in_the_notes(build, chosen):
    notes = run(build()).info["backend_notes"]["auto"]
    assert notes["chosen"] == chosen
    assert (notes["event_s"] < notes["clocked_s"]) == (chosen == "numba-event")
    assert min(notes["event_s"], notes["clocked_s"], notes["pilot_ms"]) > 0.0


@pytest.mark.parametrize(
    ("build", "options", "words"),
    [
        (plastic, {}, "projection 'learns': synapse 'stdp'"),
        (quiet, {"precision": "single"}, "precision 'single'"),
    ],
)
def test_what_the_event_driven_engine_refuses_is_clocked_with_the_reason(build, options, words):
    recording = run(build(), **options)
    assert recording.info["backend"] == "numba"
    notes = recording.info["backend_notes"]["auto"]
    assert notes["chosen"] == "numba"
    assert words in notes["reason"]


def test_the_pilot_run_leaves_no_trace():
    engine = EventEngine(lower(quiet(), 0.1, 4))
    before = engine.state()
    found = estimate(engine)
    assert found["pilot_ms"] > 1.0
    after = engine.state()
    assert engine.step == 0
    assert before.keys() == after.keys()
    assert all(np.array_equal(before[name], after[name]) for name in before)


def test_a_busy_pilot_run_is_short(monkeypatch):
    monkeypatch.setattr(auto, "PILOT_NS", 1e5)
    assert estimate(EventEngine(lower(busy(), 0.1, 4)))["pilot_ms"] < 100.0
    monkeypatch.setattr(auto, "PILOT_NS", 1e12)
    assert estimate(EventEngine(lower(quiet(), 0.1, 4)))["pilot_ms"] == auto.PILOT_MS


def test_rates_are_those_of_the_network():
    found = estimate(EventEngine(lower(quiet(), 0.1, 4)))
    recording = run(quiet(), "numba-event", found["pilot_ms"])
    events = recording.info["backend_notes"]["synaptic_events"]
    assert found["synaptic_events_per_s"] == pytest.approx(1000.0 * events / found["pilot_ms"])


def test_a_simulation_can_be_reset_and_saved(tmp_path):
    with ns.prepare(quiet(), dt=0.1, seed=4, backend="auto") as simulation:
        first = simulation.run(60.0).recording().spikes["cells"].times
        again = simulation.reset().run(60.0).recording()
        assert np.array_equal(first, again.spikes["cells"].times)
        assert again.info["backend_notes"]["auto"]["chosen"] == "numba-event"
        simulation.save(tmp_path / "state.npz")
        more = simulation.run(60.0).recording().spikes["cells"].times
    with ns.resume(tmp_path / "state.npz") as resumed:
        assert resumed.backend == "numba-event"
        assert np.array_equal(resumed.run(60.0).recording().spikes["cells"].times, more)


def test_it_refuses_what_the_clocked_backend_refuses():
    plan = lower(quiet(), 0.1, 1)
    assert Auto().check(plan) == []
    object.__setattr__(plan, "precision", "half")
    assert len(Auto().check(plan)) == 1
    with pytest.raises(UnsupportedError):
        Auto().prepare(plan, Options())
