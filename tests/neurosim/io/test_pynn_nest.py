"""The same network in PyNN on NEST and in the reference backend: equal spikes to the step."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import warnings
from pathlib import Path

import numpy as np
import pytest

import neurosim as ns
from neurosim.io.pynn import pynn_script, to_pynn
from neurosim.neurons.currents import ACSource, DCSource, NoisySource, StepSource

DT = 0.1
IGNORED = pytest.mark.filterwarnings(
    "ignore:Cannot find nest-config:UserWarning",  # pyNN.nest, where NEST is a wheel
    r"ignore:\s+Provided for backward compatibility only. Set `nest.verbosity:UserWarning",
    r"ignore:\s+[GS]etStatus\(\) is deprecated:UserWarning",  # NEST 3.10 of what pyNN.nest calls
    "ignore::DeprecationWarning:pyNN",
    "ignore::DeprecationWarning:lazyarray",
    "ignore::DeprecationWarning:neo",
)
pytestmark = IGNORED


@pytest.fixture(scope="module")
def nest():
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Cannot find nest-config")
        warnings.filterwarnings("ignore", category=DeprecationWarning)
        from pyNN import nest

        yield nest


@pytest.fixture
def sim(nest):
    nest.setup(timestep=DT, min_delay=DT, spike_precision="on_grid", verbosity="error")
    yield nest
    nest.end()


def spikes_there(live, name, size):
    """Spike times of each unit in the back end, to a millionth of a ms."""
    found = [[] for _ in range(size)]
    for train in live.populations[name].get_data("spikes").segments[-1].spiketrains:
        found[train.annotations["source_index"]] = train.magnitude.round(6).tolist()
    return found


def spikes_here(recording, name, size):
    return [recording.spikes[name].of(unit).round(6).tolist() for unit in range(size)]


def both(net, sim, duration, seed=3, dt=DT, **options):
    """Spikes of every recorded population there and here, and the live network."""
    live = to_pynn(net, sim, dt, seed=seed, **options)
    sim.run(duration)
    ours = ns.simulate(net, duration, dt=dt, seed=seed, backend="reference", weights="double")
    for name in ours.spikes:
        size = net.populations[name].size
        assert spikes_there(live, name, size) == spikes_here(ours, name, size), name
    return ours, live


def driven(kind, weight, inhibitory, size=6, initial=None, **network):
    """Two spike sources, one inhibitory, onto a recurrent population of a kind."""
    net = ns.Network("driven", **network)
    times = [np.arange(3.0 + i, 150.0, 7.0 + i) for i in range(4)]
    source = net.population("in", 4, ns.SpikeSourceArray(spike_times=times))
    cells = net.population("cells", size, kind, initial=initial)
    net.project(source[:3], cells, ns.FixedProbability(0.8), ns.Static(weight, 1.0))
    net.project(source[3:], cells, ns.AllToAll(), ns.Static(inhibitory, 0.5), "inhibitory")
    net.project(
        cells, cells, ns.FixedProbability(0.4, allow_self_connections=False),
        ns.Static(ns.Uniform(0.0, 0.5 * weight), ns.Uniform(0.5, 4.0)),
    )  # fmt: skip
    net.record(cells, ["spikes", "v"])
    net.record(source)
    return net


KINDS = {
    "if_curr_exp": (ns.IFCurrExp(tau_refrac=2.0, i_offset=ns.Uniform(0.3, 0.8)), 1.0, -0.5, 1e-9),
    "if_curr_alpha": (ns.IFCurrAlpha(tau_refrac=2.0, i_offset=0.6), 3.0, -1.5, 1e-9),
    "if_curr_delta": (ns.IFCurrDelta(tau_refrac=2.0, i_offset=0.6), 4.0, -2.0, 1e-9),
    # NEST solves these by an adaptive method that allows 1e-3 mV a step; what is left decays
    "if_cond_exp": (ns.IFCondExp(tau_refrac=2.0, i_offset=0.6), 0.02, 0.01, 5e-3),
    "if_cond_alpha": (ns.IFCondAlpha(tau_refrac=2.0, i_offset=0.6), 0.2, 0.1, 5e-3),
    "izhikevich": (ns.Izhikevich(i_offset=0.004), 4.0, -2.0, 1e-9),
}


@pytest.mark.parametrize("name", KINDS)
def test_cells_spike_in_the_same_steps(sim, name):
    kind, weight, inhibitory, tolerance = KINDS[name]
    net = driven(kind, weight, inhibitory)
    ours, live = both(net, sim, 150.0)
    assert len(ours.spikes["cells"]) > 20
    (v,) = live.populations["cells"].get_data("v").segments[-1].analogsignals
    assert v.annotations["source_population"] == "cells"
    here = ours.signal("cells", "v").values
    assert np.abs(v.magnitude - here[: len(v)]).max() < tolerance


def test_other_cells_spike_at_nearly_the_same_times(sim):
    """Spikes within a step: NEST resets AdEx and finds the peak of HH inside a step."""
    net = ns.Network()
    net.population("adex", 1, ns.AdEx(i_offset=1.0))
    net.population("hh", 1, ns.HHCondExp(i_offset=0.6))
    net.record(["adex", "hh"])
    live = to_pynn(net, sim, DT, seed=1)
    sim.run(60.0)
    ours = ns.simulate(net, 60.0, dt=DT, seed=1, backend="reference")
    for name in ("adex", "hh"):
        (there,), (here,) = spikes_there(live, name, 1), spikes_here(ours, name, 1)
        assert len(there) == len(here) > 2
        np.testing.assert_allclose(there[:3], here[:3], atol=0.6)


def test_views_assemblies_positions_and_start_values(sim):
    net = ns.Network()
    times = [[4.0 + i] for i in range(6)]
    source = net.population("in", 6, ns.SpikeSourceArray(spike_times=times))
    place = np.arange(12.0).reshape(6, 2)
    a = net.population("a", 6, ns.IFCurrExp(v_rest=-60.0), positions=place)
    b = net.population("b", 4, ns.IFCurrDelta(), initial={"v": np.arange(-60.0, -56.0)})
    net.project(source[[4, 1, 3]], a[[5, 0, 2]], ns.OneToOne(), ns.Static(30.0, 1.0), name="list")
    net.project(a, b, ns.AllToAll(), ns.Static(7.0, 2.0))
    net.project([a[:2], b], [b[1:], a], ns.FixedNumberPre(2), ns.Static(9.0, 1.5), name="mixed")
    net.record([a, b[1:3]])
    net.record(a[2:], "v", every=0.5)
    live = to_pynn(net, sim, DT, seed=2)
    assert set(live.projections) == {
        "list", "a->b", *(f"mixed [{p}->{q}]" for p in "ab" for q in "ab")
    }  # fmt: skip
    np.testing.assert_array_equal(live.populations["a"].positions[:2], place.T)
    sim.run(40.0)
    ours = ns.simulate(net, 40.0, dt=DT, seed=2, backend="reference", weights="double")
    assert spikes_there(live, "a", 6) == spikes_here(ours, "a", 6)
    assert spikes_there(live, "b", 4)[1:3] == [
        ours.spikes["b"].of(i).round(6).tolist() for i in (1, 2)
    ]
    assert len(ours.spikes["a"]) > 3
    (v,) = live.populations["a"].get_data("v").segments[-1].analogsignals
    assert v.array_annotations["channel_index"].tolist() == [2, 3, 4, 5]
    np.testing.assert_allclose(v.magnitude, ours.signal("a", "v").values, atol=1e-9)
    assert len(live.populations["b"].get_data().segments[-1].spiketrains) == 2


def test_weights_of_both_signs_become_two_projections(sim):
    net = driven(ns.IFCurrExp(tau_refrac=2.0, i_offset=0.6), 1.0, -0.5)
    weights = np.random.default_rng(1).normal(0.0, 0.5, (6, 6))
    net.project("cells", "cells", ns.AllToAll(), ns.Static(weights, 1.0), name="mix", signed=True)
    _, live = both(net, sim, 98.0)
    assert {"mix (excitatory)", "mix (inhibitory)"} <= set(live.projections)
    signs = {r: live.projections[f"mix ({r})"].get("weight", "list", with_address=False)
             for r in ("excitatory", "inhibitory")}  # fmt: skip
    assert min(signs["excitatory"]) > 0.0 > max(signs["inhibitory"])


def test_leaky_with_reset_to_zero_is_an_if_curr_delta(sim):
    net = ns.Network()
    rng = np.random.default_rng(4)
    times = [np.sort(rng.choice(np.arange(2, 400), 150, replace=False)) * DT for _ in range(8)]
    source = net.population("in", 8, ns.SpikeSourceArray(spike_times=times))
    kind = ns.Leaky(beta=np.array([0.9, 0.5, 0.0, 1.0, 0.75]), threshold=1.0, reset="zero")
    cells = net.population("cells", 5, kind, initial={"v": [0.0, 0.2, 5.0, 0.9, -3.0]})
    # quarters add up to the threshold exactly, and the sum of floats has no rounding at beta 0, 1/2
    weights = rng.integers(-2, 4, (8, 5)) / 4.0
    net.project(source, cells, ns.AllToAll(), ns.Static(weights, DT))
    recurrent = ns.Static(ns.Uniform(-0.4, 0.4), 3 * DT)
    net.project(cells, cells, ns.AllToAll(), recurrent, "inhibitory", signed=True)
    net.record(cells)
    ours, _ = both(net, sim, 45.0)
    assert all(len(ours.spikes["cells"].of(unit)) > 10 for unit in range(5))


def test_currents(sim):
    net = ns.Network()
    cells = net.population("cells", 5, ns.IFCurrExp(tau_refrac=1.0))
    net.inject(DCSource(amplitude=1.2, start=5.0, stop=60.0), cells[:2], "dc")
    net.inject(StepSource([10.0, 30.0, 50.0], [1.5, 0.0, 2.0]), cells[2], "steps")
    net.inject(ACSource(1.5, 0.5, 40.0, 30.0, start=7.0, stop=90.0), cells[[4, 3]], "ac")
    net.record(cells)
    ours, live = both(net, sim, 100.0)
    assert set(live.currents) == {"dc", "steps", "ac"}
    assert all(len(ours.spikes["cells"].of(unit)) for unit in range(5))
    assert not live.notes


def test_stdp(sim):
    """All rules at once; without pairs that coincide, which depress here and not in NEST."""
    net = ns.Network()
    rng = np.random.default_rng(5)
    steps = [np.sort(rng.choice(np.arange(10, 1400), 12, replace=False)) for _ in range(2)]
    source = net.population("in", 2, ns.SpikeSourceArray(spike_times=[s * DT for s in steps]))
    cell = net.population("cell", 1, ns.IFCurrExp(tau_refrac=2.0, i_offset=0.78))
    rules = (
        "additive",
        "multiplicative",
        "additive_potentiation_multiplicative_depression",
        "gutig",
    )
    for i, dependence in enumerate(rules):
        rule = ns.STDP(
            ns.Uniform(0.5, 1.0), 1.0 + i, w_max=1.5, A_plus=0.02, A_minus=0.03, tau_plus=15.0,
            dependence=dependence,
        )  # fmt: skip
        net.project(source, cell, ns.AllToAll(), rule, name=dependence)
    net.record(cell, ["spikes", "v"])
    live = to_pynn(net, sim, DT, seed=3)
    assert any("coincide" in note for note in live.notes)
    before = {name: live.projections[name].get("weight", "array") for name in rules}
    sim.run(140.0)
    ours = ns.simulate(net, 140.0, dt=DT, seed=3, backend="reference", weights="double")
    post = np.round(ours.spikes["cell"].times / DT)
    assert not any(np.isin(post + 10 * (1 + i), np.concatenate(steps)).any() for i in range(4))
    assert len(post) > 15
    assert spikes_there(live, "cell", 1) == spikes_here(ours, "cell", 1)
    (v,) = live.populations["cell"].get_data("v").segments[-1].analogsignals
    # the potential carries every transmitted weight
    assert np.abs(v.magnitude - ours.signal("cell", "v").values[: len(v)]).max() < 1e-9
    for name in rules:
        assert np.abs(live.projections[name].get("weight", "array") - before[name]).min() > 1e-3


def test_short_term_plasticity(sim):
    """Transmitted amounts agree up to the time constant of the current, which NEST adds."""
    net = ns.Network()
    times = [[5.0, 25.0, 45.0, 65.0, 140.0]]
    source = net.population("in", 1, ns.SpikeSourceArray(spike_times=times))
    cell = net.population("cell", 1, ns.IFCurrExp(tau_syn_E=0.5, tau_m=5.0))
    rule = ns.TsodyksMarkram(0.5, 1.0, U=0.4, tau_rec=60.0, tau_facil=30.0)
    net.project(source, cell, ns.AllToAll(), rule)
    net.record(cell, "v")
    live = to_pynn(net, sim, DT, seed=1)
    assert "tsodyks_synapse" in live.notes[0]
    sim.run(160.0)
    ours = ns.simulate(net, 160.0, dt=DT, backend="reference", weights="double")
    (there,) = live.populations["cell"].get_data().segments[-1].analogsignals
    here = ours.signal("cell", "v").values + 65.0
    assert here.max() > 0.03
    # tau_syn / tau_rec = 1 / 120, and as much again from the resources in use
    assert np.abs(there.magnitude + 65.0 - here[: len(there)]).max() < 0.02 * here.max()


def test_random_inputs_have_the_same_rates(sim):
    net = ns.Network()
    source = net.population("poisson", 50, ns.SpikeSourcePoisson(rate=40.0, start=20.0))
    cells = net.population("cells", 100, ns.IFCurrExp(tau_refrac=2.0))
    net.inject(ns.PoissonInput(2000.0, 0.1), cells[:50])
    net.inject(ns.PoissonInput(2000.0, -0.05, "inhibitory"), cells[40:60], "inh")
    net.inject(NoisySource(0.9, 0.1), cells[60:])
    net.record([source, cells])
    live = to_pynn(net, sim, DT, seed=1)
    assert len(live.populations) == 4
    sim.run(1000.0)
    ours = ns.simulate(net, 1000.0, dt=DT, seed=1)
    there = np.array([len(t) for t in spikes_there(live, "cells", 100)])
    here = np.bincount(ours.spikes["cells"].ids, minlength=100)
    assert there[:40].mean() > 10
    # counts of 40 and more units: four standard errors are below 5 percent
    assert abs(there[:40].mean() / here[:40].mean() - 1.0) < 0.05
    assert there[40:50].mean() < 0.9 * there[:40].mean()
    assert np.ptp([len(t) for t in spikes_there(live, "poisson", 50)]) > 0
    # 2000 expected spikes, standard deviation 45
    total = sum(map(len, spikes_there(live, "poisson", 50)))
    assert abs(total - 1960.0) < 4 * 45


def test_rules_are_drawn_by_the_back_end(sim):
    net = driven(ns.IFCurrExp(tau_refrac=2.0, i_offset=0.6), 1.0, -0.5, size=40)
    cells = net["cells"]
    place = np.random.default_rng(0).random((40, 2)) * 100.0
    near = net.population("near", 40, ns.IFCondExp(), positions=place)
    still = ns.Static(1e-3, 1.0)
    net.project(cells[:20], near[20:], ns.FixedNumberPre(3), still, name="pre")
    net.project(cells, near, ns.FixedNumberPost(4), still, name="post")
    net.project(cells, near, ns.FixedTotalNumber(77), still, name="total")
    net.project(cells, near, ns.OneToOne(), still, "inhibitory", name="one")
    net.project(near, near, ns.DistanceDependent("d < 30", False), still, name="distance")
    pairs, weights = [(0, 1), (3, 2), (3, 3)], np.array([0.1, 0.2, 0.3])
    net.project(cells, near, ns.FromList(pairs), ns.Static(weights, 2.0), name="list")
    matrix = np.eye(40, dtype=bool)
    net.project(cells, near, ns.FromArray(matrix), still, name="array")
    normal = ns.Static(ns.Normal(1e-3, 1e-4), 1.0)
    net.project([cells[:5], near[:5]], near, ns.AllToAll(), normal, name="all")
    live = to_pynn(net, sim, DT, seed=5, connections="rules")
    tables = {
        name: np.array(live.projections[name].get(["weight", "delay"], "list"))
        for name in ("pre", "post", "total", "one", "distance", "list", "array", "all")
    }
    sizes = {name: len(table) for name, table in tables.items()}
    distances = np.linalg.norm(place[:, np.newaxis] - place, axis=2)
    assert sizes == {
        "pre": 60, "post": 160, "total": 77, "one": 40, "list": 3, "array": 40, "all": 400,
        "distance": (distances < 30).sum() - 40,
    }  # fmt: skip
    assert sorted(tables["list"][:, 2]) == pytest.approx([0.1, 0.2, 0.3])
    assert 0 < np.std(tables["all"][:, 2]) < 2e-4
    sim.run(20.0)


def test_arguments_are_checked(sim):
    net = driven(ns.IFCurrExp(), 1.0, -0.5)
    with pytest.raises(
        ns.errors.ParameterError, match=r"to_pynn.dt: must be the time step of setup"
    ):
        to_pynn(net, sim, 0.05)
    with pytest.raises(ns.errors.ParameterError, match=r"to_pynn.sim: must be a PyNN simulator"):
        to_pynn(net, np, DT)
    with pytest.raises(ns.errors.ParameterError, match=r"to_pynn.connections: must be one of"):
        to_pynn(net, sim, DT, connections="drown")


def test_the_page_about_pynn_runs(nest, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    page = Path(__file__).parents[3] / "docs" / "howto" / "pynn-export.md"
    blocks = re.findall(r"^```py(?:thon)?\n(.*?)^```", page.read_text("utf-8"), re.M | re.S)
    assert any("import pyNN.nest" in block for block in blocks)
    exec("\n".join(blocks), {"__name__": "page"})
    assert (tmp_path / "demo.npz").is_file()


def run_script(path, *args):
    """Run a script as a user does, from its folder, without neurosim on the path."""
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONPATH"}
    done = subprocess.run(
        [sys.executable, "-W", "ignore", path.name, *args], cwd=path.parent, env=environment,
        capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_a_script_runs_on_its_own(tmp_path: Path):
    net = driven(ns.IFCurrExp(tau_refrac=2.0, i_offset=ns.Uniform(0.3, 0.8)), 1.0, -0.5, size=30)
    net.inject(DCSource(0.3, start=10.0), net["cells"][[3, 1]])
    path = tmp_path / "demo.py"
    text = pynn_script(net, "nest", dt=DT, duration=100.0, seed=3, path=path)
    assert path.read_text() == text
    assert sorted(p.name for p in tmp_path.iterdir()) == ["demo.npz", "demo.py"]
    assert "import neurosim" not in text
    printed = run_script(path, "out.npz")
    ours = ns.simulate(net, 100.0, dt=DT, seed=3, backend="reference", weights="double")
    with np.load(tmp_path / "out.npz") as out:
        np.testing.assert_allclose(out["cells/times"], ours.spikes["cells"].times, atol=1e-6)
        np.testing.assert_array_equal(out["cells/ids"], ours.spikes["cells"].ids)
        v = ours.signal("cells", "v").values
        assert out["cells/v"].shape == v.shape
        np.testing.assert_allclose(out["cells/v"], v, atol=1e-9)
    assert f"cells: {len(ours.spikes['cells'])} spikes" in printed
    (tmp_path / "whole.py").write_text(pynn_script(net, "nest", dt=DT, duration=100.0, seed=3))
    run_script(tmp_path / "whole.py", "again.npz")
    with np.load(tmp_path / "out.npz") as out, np.load(tmp_path / "again.npz") as again:
        assert set(out.files) == set(again.files)
        assert all(np.array_equal(out[name], again[name]) for name in out.files)
