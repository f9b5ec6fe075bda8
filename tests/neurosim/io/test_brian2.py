from __future__ import annotations

import re
import sys
from functools import partial

import numpy as np
import pytest

import neurosim as ns
from neurosim.backends.brian2_engine import code_class
from neurosim.backends.brian2_load import quiet
from neurosim.errors import MissingDependency, SpecError, UnsupportedError
from neurosim.io.brian2 import import_brian2
from neurosim.io.brian2_text import HELPERS, exprel, tanh
from neurosim.io.brian2_units import number, unit_name
from neurosim.network.serial import kind_hash
from tests.neurosim.io.brian2_models import MODELS, Model, coba

with quiet():
    import brian2 as b

ARRIVALS = {"in": [20.0, 33.3, 80.0], "excitatory": [20.0, 33.3, 34.3], "inhibitory": [50.0, 55.0]}


def made_of(model: Model):
    make = {"clock": b.Clock(dt=model.dt * b.ms), "codeobj_class": code_class("numpy")}
    with quiet():
        return model.make(b, make), make


def in_brian2(model: Model, group, make, variables):
    """Spikes (times stamped as ours, ids) and traces in our units, as Brian2 has them."""
    objects = []
    with quiet():
        for receptor, variable in model.receptors.items():
            times = (np.array(ARRIVALS[receptor]) - model.dt) * b.ms
            source = b.SpikeGeneratorGroup(1, np.zeros(len(times), dtype=int), times, **make)
            weight = model.weights[receptor][0]
            synapses = b.Synapses(source, group, on_pre=f"{variable}_post += {weight}", **make)
            synapses.connect()
            synapses.delay = 1.5 * b.ms
            objects += [source, synapses]
        spikes = b.SpikeMonitor(group, codeobj_class=make["codeobj_class"])
        traces = b.StateMonitor(group, variables, record=True, **make)
        network = b.Network(group, *objects, spikes, traces)
        network.run(model.duration * b.ms, namespace=group.namespace)
    steps = np.round(np.asarray(spikes.t / b.ms) / model.dt).astype(int) + 1
    order = np.lexsort((np.asarray(spikes.i), steps))
    units = {n: group.variables[n].dim for n in variables}
    found = {n: number(np.asarray(getattr(traces, f"{n}_")), d).T for n, d in units.items()}
    return steps[order], np.asarray(spikes.i)[order], found


def in_neurosim(model: Model, imported, backend):
    net = ns.Network("imported")
    cells = net.population("cells", imported.size, imported.cells, initial=imported.initial)
    for receptor in model.receptors:
        times = ns.SpikeSourceArray(spike_times=[ARRIVALS[receptor]])
        source = net.population(f"to {receptor}", 1, times)
        weight = model.weights[receptor][1]
        net.project(source, cells, ns.AllToAll(), ns.Static(weight, 1.5), receptor)
    net.record(cells, type(imported.cells).recordable())
    return ns.simulate(net, model.duration, dt=model.dt, seed=1, backend=backend)


def require_equal(model: Model, backends, name):
    group, make = made_of(model)
    imported = import_brian2(group, name, receptors=model.receptors)
    variables = [n for n in type(imported.cells).recordable() if n != "spikes"]
    steps, ids, traces = in_brian2(model, group, make, variables)
    assert len(steps) > 20
    for backend in backends:
        found = in_neurosim(model, imported, backend)
        trains = found.spikes["cells"]
        assert np.array_equal(np.round(trains.times / model.dt).astype(int), steps)
        assert np.array_equal(trains.ids, ids)
        for variable in variables:
            values = found.signal("cells", variable).values[:-1]
            apart = np.abs(values - traces[variable]).max()
            assert apart <= model.error * np.abs(traces[variable]).max(), variable


@pytest.mark.parametrize("name", MODELS)
def test_a_group_of_brian2_runs_the_same_here(name):
    require_equal(MODELS[name], ("numba", "reference"), f"imported_{name}")


@pytest.mark.parametrize("method", ["euler", "rk2", "rk4", "heun"])
def test_every_method_of_brian2_is_kept(method):
    model = MODELS["coba"]._replace(make=partial(coba, method=method))
    require_equal(model, ("reference",), f"coba_{method}")


def test_an_imported_kind_goes_back_to_brian2():
    require_equal(MODELS["adaptive"], ("brian2",), "adaptive_back")


# what becomes of a group


LEAK = "dv/dt = (E - v) / tau + I / C : volt (unless refractory)\nI : amp"


def leak(**changes):
    options = {
        "threshold": "v > -50*mV", "reset": "v = E", "refractory": 2 * b.ms, "method": "exact",
        "namespace": {"E": -60 * b.mV, "tau": 0.02 * b.second, "C": 0.2 * b.nF},
        "receptors": {"excitatory": "v"}, "current": "I",
    }  # fmt: skip
    return import_brian2(**{"model": LEAK, "name": "ImportedLeak", **options, **changes})


def test_equations_become_a_kind_with_our_units():
    found = leak()
    kind = type(found.cells)
    assert (kind.__name__, kind.kind, found.size) == ("ImportedLeak", "imported_leak", 1)
    units = {name: spec.unit for name, spec in kind.declared().items()}
    assert units == {"I": "nA", "E": "mV", "tau": "ms", "C": "nF", "refractory": "ms"}
    values = {"I": 0.0, "E": -60.0, "tau": 20.0, "C": 0.2, "refractory": 2.0}
    assert found.cells.values() == pytest.approx(values, rel=1e-15)
    assert [(s.name, s.unit, s.recordable) for s in kind.state] == [
        ("v", "mV", True), ("steps_since_spike", "1", False),
    ]  # fmt: skip
    assert [(r.name, r.unit, r.sign) for r in kind.receptors] == [("excitatory", "mV", 0)]
    assert "dv/dt" in kind.__doc__


def test_a_group_brings_its_values_along():
    with quiet():
        group = b.NeuronGroup(
            3, "dv/dt = (g - v)/tau : volt\ng : volt\ntau : second (shared)", method="exact"
        )
        group.g, group.tau, group.v = [1, 2, 3] * b.mV, 5 * b.ms, 7 * b.mV
        found = import_brian2(group, "ImportedValues")
        b.Network(group)
        group._network = "used"
    assert found.size == 3
    assert found.cells.g.tolist() == [1.0, 2.0, 3.0]
    assert (found.cells.tau, found.initial) == (5.0, {"v": 7.0})


def test_the_kind_can_be_given_other_parameters_and_injected_currents():
    found = leak()
    kind = type(found.cells)
    net = ns.Network("leak")
    cells = net.population("cells", 2, kind(tau=10.0, refractory=[0.0, 20.0]), initial={"v": -60.0})
    net.inject(ns.DCSource(amplitude=0.5), cells)
    net.record(cells, "spikes")
    trains = ns.simulate(net, 100.0, dt=0.1, seed=1, backend="reference").spikes["cells"]
    rise = np.ceil(10.0 * np.log(25.0 / 15.0) / 0.1) * 0.1  # v - E goes to 25 mV and fires at 10
    assert trains.of(0)[0] == pytest.approx(rise)
    assert np.diff(trains.of(0))[0] == pytest.approx(rise)
    # Brian2 counts the step of the spike in its refractory period
    assert np.diff(trains.of(1))[0] == pytest.approx(rise + 20.0 - 0.1)


def test_the_hash_of_a_kind_is_that_of_its_equations():
    first, again = (kind_hash(type(leak().cells)) for _ in range(2))
    assert first == again
    assert first != kind_hash(type(leak(threshold="v > -51*mV").cells))


# what is refused


@pytest.mark.parametrize(
    ("changes", "error", "words"),
    [
        ({"name": "two words"}, SpecError, "import_brian2.name: .*'two words'"),
        ({"name": 7}, SpecError, "import_brian2.name: .*7"),
        ({"model": 7}, SpecError, "import_brian2.model: .*int"),
        ({"model": "dv/dt = : volt"}, SpecError, "import_brian2.model: Brian2 must accept it"),
        ({"receptors": {"in": "u"}}, SpecError, "receptors.*'u'"),
        ({"receptors": {"in": "E"}}, SpecError, "receptors.*'E'"),
        ({"current": "E2"}, SpecError, "import_brian2.current: .*'E2'"),
        ({"current": "tau"}, SpecError, "in amperes, got 'tau' in ms"),
        ({"namespace": {"E": -60e-3}}, SpecError, "import_brian2.model: units and names"),
        ({"namespace": {}}, SpecError, "import_brian2.model: units and names"),
        ({"method": "magic"}, SpecError, "method: must be known to Brian2, got 'magic'"),
        ({"method": "gsl"}, UnsupportedError, "method 'gsl'"),
        ({"threshold": "rand() < 0.1"}, UnsupportedError, "stochastic .'rand'"),
        ({"threshold": "v > -50*mV*cos(2)"}, UnsupportedError, "function 'cos'"),
        ({"threshold": "t > 5*ms"}, UnsupportedError, "depends on the time .'t'"),
        ({"reset": "v = E + t*mV/ms"}, UnsupportedError, "depends on the time .'t'"),
        ({"receptors": {"active": "v"}, "reset": "v = E; active = 1"}, None, ""),
    ],
)
def test_bad_input_is_named(changes, error, words):
    if error is None:
        assert leak(**changes).size == 1
        return
    with pytest.raises(error, match=words):
        leak(**changes)


@pytest.mark.parametrize(
    ("model", "words"),
    [
        ("dv/dt = -v/ms + xi*ms**-0.5 : 1", "stochastic .*'xi'"),
        ("dv/dt = -v/ms + sin(t/ms)/ms : 1", "depends on the time|function 'sin'"),
        ("dv/dt = -v/ms : 1 (event-driven)", "equation of 'v': flag 'event-driven'"),
        ("dv/dt = -v/ms : 1\nw : 1 (linked)", "equation of 'w': flag 'linked'"),
        ("dv/dt = -v/ms : 1\nw = 2*v : 1 (constant over dt)", "'w': flag 'constant over dt'"),
        ("v = x : 1 (summed)\nx : 1", "flag 'summed'"),
        ("dv/dt = -v/ms : 1\nk : integer", "'k': must be a number of type float"),
        ("dv/dt = -v*stimulus(t)/ms : 1", "'stimulus': is a function or TimedArray"),
        ("dv/dt = -v*i/ms : 1", "'i', which has no meaning here"),
    ],
)
def test_what_a_step_cannot_say_is_refused_by_name(model, words):
    with quiet():
        space = {"stimulus": b.TimedArray([1.0, 2.0], dt=1 * b.ms)}
    with pytest.raises((UnsupportedError, SpecError), match=words):
        import_brian2(model, "Refused", method="euler", namespace=space)


def test_what_a_group_does_beside_its_equations_is_refused_by_name():
    def group(**options):
        with quiet():
            made = b.NeuronGroup(
                1, "dv/dt = -v/ms : 1", threshold="v > 1", reset="v = 0", method="exact", **options
            )
        made._network = "used"  # else Brian2 warns
        return made

    with pytest.raises(UnsupportedError, match="event 'mine'"):
        import_brian2(group(events={"mine": "v > 2"}), "Refused")
    regular = group()
    regular.run_regularly("v += 1", dt=1 * b.ms)
    with pytest.raises(UnsupportedError, match="run_regularly"):
        import_brian2(regular, "Refused")
    for option in ("threshold", "reset", "method"):
        with pytest.raises(SpecError, match=rf"import_brian2\.{option}: must not be given"):
            import_brian2(group(), "Refused", **{option: "v > 3"})
    with pytest.raises(SpecError, match=r"import_brian2\.refractory: must not be given"):
        import_brian2(group(), "Refused", refractory=1 * b.ms)


def test_names_that_mean_something_else_are_refused():
    for taken in ("injected", "step", "active"):
        with pytest.raises(SpecError, match=re.escape(f"{taken!r} must not be the name")):
            import_brian2(f"d{taken}/dt = -{taken}/ms : 1", "Refused", method="exact")


def test_without_brian2_the_error_names_the_extra(monkeypatch):
    monkeypatch.setitem(sys.modules, "brian2", None)
    with pytest.raises(MissingDependency, match=r"neurosim-snn\[brian2\]"):
        import_brian2("dv/dt = -v/ms : 1", "Never")


# units and functions


@pytest.mark.parametrize(
    ("quantity", "value", "unit"),
    [
        ("20*ms", 20.0, "ms"), ("-65*mV", -65.0, "mV"), ("0.3*nA", 0.3, "nA"),
        ("200*pF", 0.2, "nF"), ("30*nS", 0.03, "uS"), ("5*Mohm", 5.0, "MOhm"),
        ("10*Hz", 0.01, "/ms"), ("2*volt/second", 2.0, "mV/ms"), ("3*cm", 0.03, "m"),
        ("4*uS/cm**2", 4e4, "mV^-1*nA*m^-2"), ("7*umolar", 7e-3, "m^-3*mol"),
    ],
)  # fmt: skip
def test_quantities_become_numbers_in_our_units(quantity, value, unit):
    given = eval(quantity, vars(b).copy())
    dimension = b.get_dimensions(given)
    assert number(float(given), dimension) == pytest.approx(value, rel=1e-15)
    assert unit_name(dimension) == unit
    assert unit_name(b.get_dimensions(1.0)) == "1"


def test_helpers_are_the_functions():
    x = np.concatenate([-np.logspace(-9, 2, 300), [0.0], np.logspace(-9, 2, 300)])
    safe = np.where(x == 0.0, 1.0, x)
    expected = np.where(x == 0.0, 1.0, np.expm1(safe) / safe)
    assert np.allclose([exprel(v) for v in x], expected, rtol=5e-15, atol=0.0)
    assert np.allclose([tanh(v) for v in x], np.tanh(x), rtol=0.0, atol=3e-16)
    assert set(HELPERS) == {"exprel", "tanh"}


def test_functions_and_powers_of_brian2():
    text = "x**3 + x**-2 + x**0.5 + x**1.5 + 2**x + abs(-x) + log10(x) + sign(x) + clip(x, 0, 1)"
    more = " + tanh(x) + exprel(x) + int(x > 1) + int(not (x > 1 and x < 3)) + sqrt(x) + exp(1)"
    found = import_brian2(f"dv/dt = ({text}{more} - v) / ms : 1\nx : 1", "Powers", method="euler")
    kind = type(found.cells)
    net = ns.Network("powers")
    cells = net.population("cells", 2, kind(x=[0.4, 2.5]))
    net.record(cells, "v")
    v = ns.simulate(net, 1.0, dt=1.0, seed=1, backend="reference").signal("cells", "v").values[1]
    x = np.array([0.4, 2.5])
    expected = x**3 + x**-2 + x**0.5 + x**1.5 + 2**x + x + np.log10(x) + 1 + np.clip(x, 0, 1)
    expected += np.tanh(x) + np.expm1(x) / x + (x > 1) + ~((x > 1) & (x < 3)) + np.sqrt(x) + np.e
    assert np.allclose(v, expected, rtol=1e-14)
