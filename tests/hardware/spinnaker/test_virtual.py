"""sPyNNaker itself on virtual boards: what it makes of our networks, and what it leaves behind.

These tests need the extra ``spinnaker`` and are run by ``pytest -m spinnaker``.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import neurosim as ns
from neurosim.errors import ToolchainError
from neurosim.hardware.spinnaker.board import SpinnakerBoard
from neurosim.hardware.spinnaker.crosscheck import cross_check, virtual_check
from neurosim.hardware.spinnaker.emulator import Emulator
from neurosim.hardware.spinnaker.images import regions
from neurosim.hardware.spinnaker.lower import map_plan
from neurosim.hardware.spinnaker.settings import Settings
from neurosim.hardware.spinnaker.stages import misplaced
from neurosim.hardware.spinnaker.targets import Virtual
from neurosim.hardware.spinnaker.toolchain import Toolchain
from neurosim.hardware.spinnaker.translate import translate
from neurosim.io.pynn_records import Call
from neurosim.plan.lower import lower

pytestmark = pytest.mark.spinnaker


def network():
    """Every cell, source, synapse, current and kind of record of the board."""
    net = ns.Network("all")
    array = net.population("array", 6, ns.SpikeSourceArray([[5.0, 7.0], [8.0], [], [1.0], [], []]))
    poisson = net.population("poisson", 8, ns.SpikeSourcePoisson(rate=np.linspace(5.0, 80.0, 8)))
    exp = net.population("exp", 30, ns.IFCurrExp(i_offset=np.linspace(0.0, 2.0, 30)))
    delta = net.population("delta", 9, ns.IFCurrDelta(cm=np.linspace(0.5, 1.0, 9)))
    alpha = net.population("alpha", 9, ns.IFCurrAlpha())
    cond = net.population("cond", 9, ns.IFCondExp(), initial={"v": np.linspace(-70.0, -60.0, 9)})
    izh = net.population("izh", 9, ns.IzhikevichCurrExp())
    random = ns.Uniform(0.01, 0.3)
    net.project(array, exp, ns.AllToAll(), ns.Static(random, delay=ns.Uniform(1.0, 9.0)))
    net.project(poisson, exp, ns.FixedProbability(0.4), ns.Static(-0.2), receptor="inhibitory")
    net.project(exp, delta, ns.AllToAll(), ns.Static(ns.Uniform(-2.0, 3.0)), signed=True)
    net.project(exp[5:20], alpha, ns.FixedNumberPre(4), ns.Static(random, delay=3.0))
    net.project(exp, cond, ns.FixedProbability(0.5), ns.Static(ns.Uniform(0.0, 0.02)))
    net.project(exp[:9], cond, ns.OneToOne(), ns.Static(0.03), receptor="inhibitory")
    net.project(exp, izh, ns.AllToAll(), ns.STDP(1.0, w_max=2.0, pairing="nearest"))
    net.project(array, izh, ns.AllToAll(), ns.Static(-1.0), receptor="inhibitory")
    net.project(izh, izh, ns.AllToAll(), ns.Static(ns.Uniform(0.0, 4.0)), name="loop")
    multiplicative = ns.STDP(0.1, w_max=0.5, dependence="multiplicative", delay=3.0)
    net.project(array, exp[:10], ns.AllToAll(), multiplicative, name="plastic")
    net.inject(ns.PoissonInput(rate=50.0, weight=0.5), alpha[2:6], name="drive")
    net.inject(ns.DCSource(0.5, start=3.0, stop=9.0), exp[[2, 5]])
    net.inject(ns.StepSource([2.0, 4.0], [0.1, 0.2]), izh)
    net.record(exp, ["spikes", "v", "isyn_exc", "isyn_inh"])
    net.record(cond[[1, 4]], ["v", "gsyn_exc"], every=2.0)
    net.record([array, poisson, delta, alpha, izh], ["spikes"])
    return net


def checked(net, dt=1.0, connectors="lists", version=5, **settings):
    """Mapping, facts and differences of a virtual run, and weights by link."""
    mapping = map_plan(lower(net, dt, 1), Settings(**settings))
    deployment = translate(mapping, connectors)
    with Toolchain(deployment, Virtual(version)) as chain:
        chain.run(10.0)
        found = cross_check(mapping, chain.facts(), chain.database)
        weights = [chain.weights(i) for i in range(len(deployment.links))]
        return mapping, chain.facts(), found, weights


@pytest.fixture
def user(tmp_path, monkeypatch):
    """A home and a working folder in which nothing may change."""
    for name in ("home", "here"):
        (tmp_path / name).mkdir()
    (tmp_path / "home" / ".spynnaker.cfg").write_text("[Machine]\nmachine_name = mine\n")
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path / "here")
    return tmp_path


@pytest.mark.parametrize("version", [3, 5])
def test_the_whole_path_to_memory_images(user, version):
    before = sorted(user.rglob("*"))
    board = SpinnakerBoard(Virtual(version), Settings(neurons_per_core=8))
    with ns.prepare(network(), dt=1.0, seed=1, backend=board) as sim:
        sim.run(20.0)
        chain = sim._engine.chain
        facts = chain.facts()
        assert (facts.version.rpartition("!")[2][:4], facts.virtual) == ("7.4.", True)
        cells = {(p.x, p.y, p.p) for p in facts.placements if p.population in facts.shifts}
        assert len(cells) == 4 + 2 + 2 + 2 + 2
        for label in ("System", "neuron_params", "SynBlocks", "PopTable", "neuron recording"):
            images = regions(chain.database, label)
            assert {core for core, content in images.items() if content} >= cells, label
        assert not regions(chain.database, "neuron_builder")  # nothing is left for cores to expand
        sim.run(5.0)
        recording = sim.recording()
        assert (recording.duration, sim.t) == (25.0, 25.0)
        notes = recording.info["backend_notes"]
        assert notes["virtual"] is True
        assert notes["results"].startswith("empty")
        assert all(not len(trains) for trains in recording.spikes.values())
        v = recording.signal("exp", "v")
        assert v.shape == (25, 30)
        assert np.isnan(v.values).all()
        assert recording.signal("cond", "v").shape == (13, 2)
        before_reset = sim.weights("loop")
        sim.reset()
        recording = sim.run(6.0).recording()
        assert recording.duration == 6.0
        assert recording.signal("exp", "v").shape == (6, 30)
        np.testing.assert_array_equal(sim.weights("loop").weight, before_reset.weight)
        folder = chain.folder
    assert not folder.exists()
    assert sorted(user.rglob("*")) == before
    assert (user / "home" / ".spynnaker.cfg").read_text() == "[Machine]\nmachine_name = mine\n"


@pytest.mark.parametrize("dt", [1.0, 0.1])
def test_our_mapping_is_the_toolchains(dt):
    mapping, facts, found, weights = checked(network(), dt, neurons_per_core=8)
    assert found == []
    assert len(weights) == len(mapping.routes)
    for route, table in zip(mapping.routes, weights, strict=True):
        order = np.lexsort((table[:, 1], table[:, 3], table[:, 0]))
        table = table[order]
        np.testing.assert_array_equal(table[:, 0], route.sources())
        np.testing.assert_array_equal(table[:, 1], route.targets)
        np.testing.assert_array_equal(np.rint(table[:, 3] / dt), route.delays)
        scale = mapping.target(route.post).scale(route.receptor)
        np.testing.assert_array_equal(table[:, 2] * scale, route.words)
    assert facts.cores > 12


def test_generators_of_poisson_sources_start_as_in_the_emulator():
    net = ns.Network()
    net.population("poisson", 501, ns.SpikeSourcePoisson(rate=10.0))
    made = translate(map_plan(lower(net, 1.0, 1)))
    with Toolchain(made, Virtual(3)) as chain:
        for _ in range(2):
            chain.run(5.0)
            images = regions(chain.database, "PoissonParams")
            for core, words in zip(chain.facts().of("poisson"), made.seeds["poisson"], strict=True):
                content = images[core.x, core.y, core.p]
                assert np.array(words, dtype="<u4").tobytes() in content
            chain.reset()


def test_weights_are_those_of_the_emulator():
    settings = Settings(neurons_per_core=8)
    board, emulator = SpinnakerBoard(Virtual(3), settings), Emulator(settings)
    options = {"dt": 1.0, "seed": 1}
    with (
        ns.prepare(network(), backend=board, **options) as there,
        ns.prepare(network(), backend=emulator, **options) as here,
    ):
        there.run(5.0)
        assert there.plan.hash == here.plan.hash
        for name in {block.name for block in here.plan.synapses}:
            ours, theirs = here.weights(name), there.weights(name)
            for field in ("pre", "post", "delay"):
                np.testing.assert_array_equal(getattr(ours, field), getattr(theirs, field))
            # mV per nA of delta cells are divided here and multiplied there: one rounding
            np.testing.assert_allclose(ours.weight, theirs.weight, rtol=1e-15)


def test_the_check_of_a_plan_is_the_same():
    made = virtual_check(lower(network(), 1.0, 1), Settings(), 10.0, version=3)
    assert made.differences == ()
    assert made.facts.chips == 1
    assert made.words == sum(
        r.size for r in map_plan(lower(network(), 1.0, 1)).routes if r.rule is None
    )


@pytest.mark.parametrize("rule", [ns.AllToAll(), ns.OneToOne()])
@pytest.mark.parametrize("connectors", ["lists", "rules"])
def test_static_rows_are_the_data_bases_bytes(rule, connectors):
    net = ns.Network()
    pre = net.population("pre", 20, ns.SpikeSourceArray())
    post = net.population("post", 20, ns.IFCurrExp())
    net.project(pre, post, rule, ns.Static(0.123, delay=3.0), name="a")
    net.project(pre, post, rule, ns.Static(-0.07), receptor="inhibitory", name="b")
    mapping, _, found, weights = checked(net, connectors=connectors, neurons_per_core=7)
    assert found == []
    assert [len(table) for table in weights] == [r.size for r in mapping.routes]


def test_a_changed_word_and_a_changed_shift_are_differences():
    net = ns.Network()
    pre = net.population("pre", 5, ns.SpikeSourceArray())
    net.project(pre, net.population("post", 5, ns.IFCurrExp()), ns.AllToAll(), ns.Static(0.3))
    mapping = map_plan(lower(net, 1.0, 1))
    with Toolchain(translate(mapping), Virtual()) as chain:
        chain.run(5.0)
        route = replace(mapping.routes[0], words=mapping.routes[0].words + np.uint16(1))
        wrong = replace(mapping, routes=(route,))
        (line,) = cross_check(wrong, chain.facts(), chain.database)
        assert "25 of 25 static synapses differ" in line
        target = replace(mapping.targets[0], shifts=(9, 9))
        wrong = replace(mapping, targets=(target,))
        assert any("shifts are (9, 9) here" in x for x in cross_check(
            wrong, chain.facts(), chain.database
        ))  # fmt: skip


UNIFORM = ns.Uniform(1.0, 10.0)
SHIFTS = (
    ("one 0.99", 1, "IFCurrExp", ns.Static(0.99), 0, {}),
    ("one 1.0", 1, "IFCurrExp", ns.Static(1.0), 1, {}),
    ("one 2.0", 1, "IFCurrExp", ns.Static(2.0), 2, {}),
    ("100 fixed", 100, "IFCurrExp", ns.Static(0.1), 4, {}),
    ("100 uniform", 100, "IFCurrExp", ns.Static(0.1, delay=UNIFORM), 1, {}),
    ("1000 uniform", 1000, "IFCurrExp", ns.Static(0.1, delay=UNIFORM), 3, {}),
    ("1000 normal", 1000, "IFCurrExp", ns.Static(ns.Normal(0.1, 0.02), delay=UNIFORM), 3, {}),
    ("rate", 1000, "IFCurrExp", ns.Static(0.1, delay=UNIFORM), 4, {"spikes_per_second": 100.0}),
    ("sigma", 1000, "IFCurrExp", ns.Static(0.1, delay=UNIFORM), 3, {"ring_buffer_sigma": 2.0}),
    ("limit", 1, "IFCurrExp", ns.Static(0.1), 2, {"max_expected_summed_weight": [3.0, 1.0]}),
    ("cond 1", 1, "IFCondExp", ns.Static(0.05), 6, {}),
    ("cond 100", 100, "IFCondExp", ns.Static(0.05), 6, {}),
    ("cond 1000", 1000, "IFCondExp", ns.Static(0.05), 6, {}),
    ("cond 1000 uniform", 1000, "IFCondExp", ns.Static(0.05, delay=UNIFORM), 6, {}),
    ("cond 5000 uniform", 5000, "IFCondExp", ns.Static(0.05, delay=UNIFORM), 8, {}),
    ("poisson uniform", -1000, "IFCurrExp", ns.Static(0.1, delay=UNIFORM), 3, {}),
    ("poisson fixed", -1000, "IFCurrExp", ns.Static(0.1), 7, {}),
)
"""Name, sources (negative: Poisson, 10 Hz), cell, synapse, excitatory shift, settings."""


def test_shifts_are_those_of_the_reference_table():
    net = ns.Network()
    settings = {}
    sources = {
        n: net.population(f"pre {n}", abs(n), ns.SpikeSourcePoisson(10.0) if n < 0 else
                          ns.SpikeSourceArray())
        for n in sorted({n for _, n, *_ in SHIFTS})
    }  # fmt: skip
    for name, n, cell, synapse, _, own in SHIFTS:
        cells = net.population(name, 10, getattr(ns, cell)())
        net.project(sources[n], cells, ns.AllToAll(), synapse)
        settings[name] = own
    mapping = map_plan(lower(net, 1.0, 1), Settings(populations=settings))
    with Toolchain(translate(mapping), Virtual()) as chain:
        chain.run(5.0)
        theirs = chain.facts().shifts
    wanted = {name: shift for name, _, _, _, shift, _ in SHIFTS}
    assert {name: theirs[name][0] for name in wanted} == wanted
    assert {t.name: t.shifts for t in mapping.targets} == theirs
    assert theirs["limit"][1] == 1


def delayed(kind, n_pre, n_post, longest):
    net = ns.Network()
    pre = net.population("pre", n_pre, kind)
    cells = net.population("cells", n_post, ns.IFCurrExp())
    synapse = ns.Static(0.01, delay=ns.Uniform(1.0, longest))
    net.project(pre, cells, ns.FixedProbability(0.2), synapse)
    return net


def test_delay_stages_are_the_toolchains():
    mapping, facts, found, _ = checked(delayed(ns.IFCurrExp(), 40, 40, 1200.0), neurons_per_core=20)
    assert found == []
    assert facts.stages == {"pre": 4}
    assert max(r.stages for r in mapping.routes) == 5


@pytest.mark.parametrize(
    ("kind", "n_pre", "n_post", "longest", "per_core", "loses", "differs"),
    [
        (ns.IFCurrExp(), 50, 40, 1200.0, 20, True, True),
        (ns.IFCurrExp(), 100, 256, 80.0, 256, True, True),
        (ns.IFCurrExp(), 100, 256, 60.0, 256, False, False),  # one stage
        (ns.SpikeSourceArray([[1.0]]), 256, 256, 80.0, 256, False, False),
        (ns.SpikeSourcePoisson(10.0), 512, 256, 80.0, 256, False, True),
    ],
)
def test_synapses_that_the_toolchain_misplaces_are_known(
    kind, n_pre, n_post, longest, per_core, loses, differs
):
    net = delayed(kind, n_pre, n_post, longest)
    mapping, _, found, weights = checked(net, neurons_per_core=per_core)
    assert (len(weights[0]) < mapping.routes[0].size) == loses
    assert bool(found) == differs
    assert bool(list(misplaced(mapping))) == differs


def test_two_networks_do_not_disturb_each_other():
    net = ns.Network()
    net.population("cells", 5, ns.IFCurrExp())
    made = [translate(map_plan(lower(net, dt, 1))) for dt in (1.0, 0.5)]
    with Toolchain(made[0], Virtual(3)) as first, Toolchain(made[1], Virtual(5)) as second:
        first.run(5.0)
        second.run(5.0)
        assert first.facts().cores == second.facts().cores == 1
        assert first.folder != second.folder
        assert first.database.parent != second.database.parent


def test_an_error_of_the_tools_comes_back_in_their_words():
    net = ns.Network()
    net.population("many", 64, ns.IFCurrExp())
    made = translate(map_plan(lower(net, 1.0, 1), Settings(neurons_per_core=1)))
    with (
        Toolchain(made, Virtual(3)) as chain,
        pytest.raises(
            ToolchainError, match=r"sPyNNaker: \w+ at 'run': .*No more chips to start with for many"
        ),
    ):
        chain.run(5.0)


def test_a_cell_that_the_tools_lack_is_a_clear_error():
    net = ns.Network()
    net.population("cells", 5, ns.IFCurrExp())
    made = translate(map_plan(lower(net, 1.0, 1)))
    cells = replace(made.cells[0], cell=Call("HH_cond_exp"))
    with pytest.raises(ToolchainError, match=r"is not as expected.*HH_cond_exp"):
        Toolchain(replace(made, cells=(cells,)), Virtual())
