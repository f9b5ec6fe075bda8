from __future__ import annotations

import subprocess
import sys
from types import SimpleNamespace

import numpy as np
import pytest

import neurosim as ns
from neurosim.backends.brian2 import Brian2
from neurosim.backends.brian2_engine import BrianEngine, code_class
from neurosim.backends.brian2_equations import MODELS
from neurosim.backends.brian2_load import quiet
from neurosim.errors import MissingDependency, SimulationError, UnsupportedError
from neurosim.neurons import (
    HHCondExp,
    IFCondAlpha,
    IFCondExp,
    IFCurrAlpha,
    IFCurrDelta,
    IFCurrExp,
    Izhikevich,
)
from neurosim.plan.lower import lower
from neurosim.testing.blocks import volley

with quiet():
    import brian2


def driven(kind, **parameters):
    """Five neurons with more and more current, and spikes that arrive."""
    net = ns.Network("driven")
    top = 0.012 if kind is Izhikevich else 0.9
    cells = net.population("cells", 5, kind(i_offset=np.linspace(0.2 * top, top, 5), **parameters))
    source = net.population("source", 2, volley(2))
    weight = {"nA": 0.5, "uS": 0.01, "mV": 3.0}[kind.receptors[0].unit]
    net.project(source, cells, ns.AllToAll(), ns.Static(weight, 1.0))
    net.record(cells, ["spikes", "v"])
    return net


def plan_of(net, dt=0.1):
    return lower(net, dt, 1)


def refusals(net, dt=0.1):
    return [str(v) for v in Brian2().check(plan_of(net, dt))]


# what it needs, and what it leaves alone


def test_nothing_is_imported_before_it_is_used():
    code = (
        "import sys, neurosim.io.brian2; from neurosim.backends.registry import backend;"
        "backend('brian2').capabilities; assert 'brian2' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_without_brian2_the_error_names_the_extra(monkeypatch):
    monkeypatch.setitem(sys.modules, "brian2", None)
    with pytest.raises(MissingDependency, match=r"neurosim-snn\[brian2\]"):
        ns.simulate(driven(IFCurrDelta), 1.0, backend="brian2")


def test_warnings_of_brian2_are_quiet_and_others_are_not():
    import warnings

    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        with quiet():
            warnings.warn("'parseString' deprecated - use 'parse_string'", DeprecationWarning, 1)
            warnings.warn("another", DeprecationWarning, 1)
            warnings.warn("'x' deprecated", UserWarning, 1)
    assert [str(w.message) for w in caught] == ["another", "'x' deprecated"]


def test_global_state_of_brian2_stays_as_it_was():
    def state():
        clock, magic = brian2.defaultclock, brian2.magic_network
        return brian2.prefs.codegen.target, str(clock.dt), str(clock.t), len(magic.objects)

    before = state()
    ns.simulate(driven(IFCurrDelta), 20.0, dt=0.5, backend="brian2")
    assert state() == before


def fake(**changes):
    """Something that stands for Brian2 while a simulation is prepared."""
    settings = {"target": "auto", "floats": np.float64, "old": False, "device": 0, **changes}
    return SimpleNamespace(
        get_device=lambda: settings["device"],
        devices=SimpleNamespace(RuntimeDevice=int),
        prefs=SimpleNamespace(
            codegen=SimpleNamespace(target=settings["target"]),
            core=SimpleNamespace(default_float_dtype=settings["floats"]),
            legacy=SimpleNamespace(refractory_timing=settings["old"]),
        ),
    )


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"device": "a program"}, r"writes programs.*set_device\('runtime'\)"),
        ({"floats": np.float32}, "other floats.*default_float_dtype"),
        ({"old": True}, "refractoriness of old versions.*refractory_timing"),
    ],
)
def test_settings_under_which_results_would_not_hold_are_refused(monkeypatch, changes, words):
    monkeypatch.setattr("neurosim.backends.brian2.load", lambda feature: fake(**changes))
    with pytest.raises(UnsupportedError, match=words):
        ns.prepare(driven(IFCurrDelta), backend="brian2")


@pytest.mark.parametrize(("preference", "target"), [("auto", "numpy"), ("cython", "cython")])
def test_the_preference_of_brian2_chooses_the_target(monkeypatch, preference, target):
    made = []
    monkeypatch.setattr(
        "neurosim.backends.brian2.BrianEngine", lambda plan, target: made.append(target)
    )
    monkeypatch.setattr("neurosim.backends.brian2.load", lambda feature: fake(target=preference))
    ns.prepare(driven(IFCurrDelta), backend="brian2")
    assert made == [target]


@pytest.mark.slow
def test_cython_gives_the_same_spikes():
    """Compiles for a minute. Covers equations, a translated step, statics and both plasticities."""
    net = driven(IFCondExp)
    cells, source = net.populations["cells"], net.populations["source"]
    net.project(source, cells, ns.AllToAll(), ns.TsodyksMarkram(0.01, 1.0))
    net.project(source, cells, ns.AllToAll(), ns.STDP(0.01, 1.0, w_max=0.02), name="plastic")
    more = net.population("more", 2, IFCurrExp(i_offset=1.0))
    net.record(more, ["spikes", "v"])
    found = []
    for target in ("numpy", "cython"):
        engine = BrianEngine(plan_of(net), target)
        entries = engine.advance(600).entries
        assert engine.notes()["codegen_target"] == target
        found.append([*entries, engine.synapses(2, True).weight])
    for a, b in zip(*found, strict=True):
        if isinstance(a, tuple):
            assert len(a[0]) > 3
            assert np.array_equal(a[0], b[0])
            assert np.array_equal(a[1], b[1])
        else:
            assert np.allclose(a, b, rtol=1e-6, atol=0.0)


# what it refuses


@pytest.mark.parametrize("kind", [IFCurrExp, IFCurrAlpha])
@pytest.mark.parametrize("which", ["tau_syn_E", "tau_syn_I"])
def test_equal_time_constants_are_refused_by_name(kind, which):
    (text,) = refusals(driven(kind, tau_m=10.0, **{which: [3.0, 4.0, 10.0, 5.0, 6.0]}))
    assert "population 'cells'" in text
    assert f"tau_m and {which}" in text
    assert not refusals(driven(kind, tau_m=10.0, **{which: 9.9}))


def test_only_the_population_with_equal_time_constants_is_refused():
    net = driven(IFCurrExp)
    net.population("other", 2, IFCurrExp(tau_m=5.0))
    assert [text.partition("population ")[2].split(":")[0] for text in refusals(net)] == [
        "'other'",
        "'other'",
    ]


class Looping(ns.NeuronKind):
    """A step that abstract code cannot say."""

    __module__ = "__main__"
    state = {"v": 0.0}  # noqa: RUF012
    step = """
    def step(v, excitatory, inhibitory):
        for k in (1.0, 2.0):
            v = v + k
        return v, v > 1.0
    """


def test_a_step_that_brian2_cannot_say_is_refused_by_name():
    net = ns.Network("own")
    net.population("mine", 1, Looping())
    (text,) = refusals(net)
    assert "population 'mine'" in text
    assert "for k in" in text


def test_units_with_plastic_synapses_that_spike_twice_in_a_step_are_refused():
    net = ns.Network("twice")
    source = net.population("source", 2, ns.SpikeSourceArray(spike_times=[[1.0, 1.0], [2.0]]))
    cells = net.population("cells", 2, IFCurrExp())
    net.project(source, cells, ns.AllToAll(), ns.Static(1.0))
    assert not refusals(net)
    net.project(source, cells, ns.AllToAll(), ns.STDP(0.5))
    (text,) = refusals(net)
    assert "population 'source'" in text
    assert "twice" in text


def test_feeding_two_spikes_of_a_step_into_plastic_synapses_is_refused():
    net = ns.Network("twice")
    source = net.population("source", 2, ns.SpikeSourceArray())
    cells = net.population("cells", 2, IFCurrExp())
    net.project(source, cells, ns.AllToAll(), ns.TsodyksMarkram(1.0))
    with ns.prepare(net, dt=0.5, backend="brian2", seed=1) as simulation:
        simulation.feed("source", [(0, 2.0), (1, 2.0)])
        with pytest.raises(UnsupportedError, match="twice"):
            simulation.feed("source", [(0, 2.0)])
        with pytest.raises(UnsupportedError, match="twice"):
            simulation.feed("source", [(1, 3.0), (1, 3.0)])


def test_single_precision_is_refused():
    with pytest.raises(UnsupportedError, match="precision 'single'"):
        ns.prepare(driven(IFCurrExp), backend="brian2", precision="single")


def test_a_state_that_is_no_number_any_more_ends_the_run():
    net = driven(Izhikevich, a=1e3)
    with pytest.raises(SimulationError, match=r"Izhikevich\.step: .*'cells'.*smaller dt"):
        ns.simulate(net, 200.0, dt=1.0, backend="brian2", seed=1)


# an opinion from outside


def test_built_in_kinds_whose_scheme_brian2_has_are_not_translated():
    names = {(kind.__name__, step) for kind, step in MODELS}
    assert names == {
        ("IFCurrExp", "step"),
        ("IFCurrAlpha", "step"),
        ("IFCurrDelta", "step"),
        ("IFCondExp", "step_rk4"),
        ("IFCondAlpha", "step_rk4"),
        ("AdEx", "step"),
        ("Izhikevich", "step"),
        ("Izhikevich", "step_rk4"),
    }


@pytest.mark.parametrize("integrator", ["exponential_euler", "pade"])
@pytest.mark.parametrize("kind", [IFCondExp, IFCondAlpha])
def test_schemes_of_ours_approach_the_equations_in_brian2(kind, integrator):
    """Both are of second order: half the step has a quarter of the error against Brian2's rk4."""
    errors = []
    for dt in (0.1, 0.05):
        net = driven(kind, integrator=integrator, v_thresh=100.0)
        exact = driven(kind, integrator="rk4", v_thresh=100.0)
        ours = ns.simulate(net, 40.0, dt=dt, seed=1, backend="reference")
        theirs = ns.simulate(exact, 40.0, dt=0.0125, seed=1, backend="brian2")
        every = round(dt / 0.0125)
        a, b = (recording.signal("cells", "v").values for recording in (ours, theirs))
        errors.append(np.abs(a - b[::every]).max())
    assert errors[0] < 0.02
    assert 3.0 < errors[0] / errors[1] < 5.0


TRAUB_MILES = """
dv/dt = (g_leak*(E_leak - v) + g_Na*m**3*h*(E_Na - v) + g_K*n**4*(E_K - v) + I) / C : volt
dm/dt = 0.32/ms*4/exprel((13*mV - u)/(4*mV))*(1 - m) - 0.28/ms*5/exprel((u - 40*mV)/(5*mV))*m : 1
dh/dt = 0.128/ms*exp((17*mV - u)/(18*mV))*(1 - h) - 4/ms/(1 + exp((40*mV - u)/(5*mV)))*h : 1
dn/dt = 0.032/ms*5/exprel((15*mV - u)/(5*mV))*(1 - n) - 0.5/ms*exp((10*mV - u)/(40*mV))*n : 1
u = v - V_offset : volt
I : amp
"""


@pytest.mark.slow
def test_hodgkin_huxley_neurons_approach_the_equations_in_brian2():
    """Our splitting against Brian2's Runge-Kutta of the equations, both with small steps."""
    b, p, dt = brian2, HHCondExp(), 0.01
    make = {"clock": b.Clock(dt=dt * b.ms), "codeobj_class": code_class("numpy")}
    space = {
        "g_leak": p.g_leak * b.usiemens, "g_Na": p.gbar_Na * b.usiemens,
        "g_K": p.gbar_K * b.usiemens, "C": p.cm * b.nfarad, "V_offset": p.v_offset * b.mV,
        "E_leak": p.e_rev_leak * b.mV, "E_Na": p.e_rev_Na * b.mV, "E_K": p.e_rev_K * b.mV,
    }  # fmt: skip
    current = np.array([0.0, 0.2, 0.5])
    with quiet():
        group = b.NeuronGroup(3, TRAUB_MILES, method="rk4", namespace=space, **make)
        group.v, group.h, group.I = p.e_rev_leak * b.mV, 1.0, current * b.nA
        monitor = b.StateMonitor(group, "v", record=True, **make)
        b.Network(group, monitor).run(40 * b.ms, namespace={})
    net = ns.Network("hh")
    cells = net.population("cells", 3, HHCondExp(i_offset=current))
    net.record(cells, "v")
    recording = ns.simulate(net, 40.0, dt=dt, seed=1, backend="reference")
    ours = recording.signal("cells", "v").values[:-1]
    theirs = np.asarray(monitor.v / b.mV).T
    for neuron in (1, 2):
        upward = [
            np.flatnonzero((v[:-1, neuron] < 0.0) & (v[1:, neuron] >= 0.0)) for v in (ours, theirs)
        ]
        assert len(upward[0]) == len(upward[1]) >= 1
        assert np.abs(upward[0] - upward[1]).max() <= 1  # 0.01 ms
    assert np.abs(ours[:, 0] - theirs[:, 0]).max() < 1e-4  # mV, below threshold
