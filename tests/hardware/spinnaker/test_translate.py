"""Plans in sPyNNaker's terms: names, units, signs, amplitudes, times."""

from __future__ import annotations

import numpy as np
import pytest

import neurosim as ns
from neurosim.errors import ParameterError, UnsupportedError
from neurosim.hardware.spinnaker.layout import lay_out
from neurosim.hardware.spinnaker.lower import map_plan
from neurosim.hardware.spinnaker.settings import Disturbance, Settings
from neurosim.hardware.spinnaker.translate import problems, translate
from neurosim.plan.connect import expand
from neurosim.plan.lower import lower


def deployed(net, dt=1.0, connectors="lists", **settings):
    return translate(map_plan(lower(net, dt, 1), Settings(**settings)), connectors)


def cells_of(deployment, name):
    return next(c for c in deployment.cells if c.name == name)


def test_cells_have_their_parameters_state_and_choices():
    net = ns.Network()
    first = net.population("first", 3, ns.IFCurrExp(tau_m=10.0, i_offset=[0.0, 1.0, 2.0]))
    net.population("second", 2, ns.IFCurrExp(), initial={"v": [-60.0, -55.0]})
    net.population("third", 2, ns.IFCurrExp(), initial={"isyn_inh": -0.5})
    net.project(first, first, ns.AllToAll(), ns.STDP(0.1))
    made = deployed(
        net, spikes_per_second=50.0, time_scale_factor=2,
        populations={"second": {"neurons_per_core": 1, "max_expected_summed_weight": 3.0}},
    )  # fmt: skip
    assert (made.dt, made.time_scale_factor) == (1.0, 2)
    cells = cells_of(made, "first")
    assert (cells.size, cells.cell.name) == (3, "IF_curr_exp")
    np.testing.assert_array_equal(np.broadcast_to(cells.cell.args["tau_m"], 3), 10.0)
    assert cells.cell.args["i_offset"].tolist() == [0.0, 1.0, 2.0]
    assert cells.initial["v"].tolist() == [-65.0] * 3
    assert cells_of(made, "second").initial["v"].tolist() == [-60.0, -55.0]
    assert "isyn_inh" not in cells_of(made, "second").initial
    assert cells_of(made, "third").initial["isyn_inh"].tolist() == [0.5, 0.5]
    assert made.options["second"] == {
        "neurons_per_core": 1, "spikes_per_second": 50.0, "ring_buffer_sigma": 5.0,
        "max_expected_summed_weight": [3.0, 3.0],
    }  # fmt: skip
    assert made.options["first"]["neurons_per_core"] == 254  # a row of plastic synapses
    assert made.options["first"]["max_expected_summed_weight"] is None


def test_every_cell_of_the_board_has_its_name():
    net = ns.Network()
    kinds = (ns.IFCurrExp, ns.IFCurrDelta, ns.IFCurrAlpha, ns.IFCondExp, ns.IzhikevichCurrExp)
    for kind in kinds:
        net.population(kind.kind, 2, kind())
    made = deployed(net)
    assert [c.cell.name for c in made.cells] == [
        "IF_curr_exp", "IF_curr_delta", "IF_curr_alpha", "IF_cond_exp", "Izhikevich",
    ]  # fmt: skip
    assert set(cells_of(made, "izhikevich_curr_exp").initial) == {"v", "u"}
    assert "integrator" not in cells_of(made, "if_cond_exp").cell.args


def test_spikes_and_poisson_sources():
    net = ns.Network()
    net.population("array", 3, ns.SpikeSourceArray([[0.3, 5.0], [], [2.0]]))
    net.population("poisson", 2, ns.SpikeSourcePoisson(rate=[10.0, 20.0], start=3.0, duration=50.0))
    net.population("endless", 2, ns.SpikeSourcePoisson(rate=10.0))
    made = deployed(net, dt=0.1)
    assert cells_of(made, "array").cell.args["spike_times"].lists() == [[0.3, 5.0], [], [2.0]]
    assert cells_of(made, "poisson").cell.args == {
        "rate": [10.0, 20.0], "start": [3.0, 3.0], "duration": [50.0, 50.0],
    }  # fmt: skip
    assert cells_of(made, "endless").cell.args["duration"] == [2**32 - 1] * 2


def test_generators_start_from_the_words_of_the_emulator():
    net = ns.Network()
    net.population("poisson", 501, ns.SpikeSourcePoisson(rate=10.0))
    mapping = map_plan(lower(net, 1.0, 1))
    words = np.array(translate(mapping).seeds["poisson"])
    assert words.shape == (2, 4)
    np.testing.assert_array_equal(words, lay_out(mapping, Disturbance()).sources.seed)


def test_a_poisson_input_is_a_population_of_its_own():
    net = ns.Network()
    cells = net.population("cells", 4, ns.IFCurrExp())
    net.inject(
        ns.PoissonInput(rate=30.0, weight=-0.2, receptor="inhibitory"), cells[1:3], name="in"
    )
    made = deployed(net)
    assert cells_of(made, "in").cell.args["rate"] == [30.0, 30.0]
    (link,) = made.links
    assert link.wires.connector.args["conn_list"].tolist() == [[0, 1], [1, 2]]
    assert link.wires.synapse.args == {"weight": 0.2, "delay": 1.0}
    assert (link.wires.receptor, link.scale) == ("inhibitory", -1.0)


def test_lists_are_the_synapses_of_the_plan():
    net = ns.Network()
    pre = net.population("pre", 6, ns.SpikeSourceArray())
    post = net.population("post", 5, ns.IFCurrExp())
    synapse = ns.Static(ns.Uniform(-0.5, 0.0), delay=ns.Uniform(1.0, 9.0))
    net.project(pre, post, ns.FixedProbability(0.5), synapse, receptor="inhibitory", name="a")
    plan = lower(net, 1.0, 1)
    (link,) = translate(map_plan(plan)).links
    drawn = expand(plan.synapses[0], 1.0, np.float64)
    table, names = (link.wires.connector.args[k] for k in ("conn_list", "column_names"))
    assert names == ["weight", "delay"]
    assert link.wires.receptor == "inhibitory"
    assert link.block == 0
    np.testing.assert_array_equal(table[:, 2] * link.scale, drawn.weights)
    np.testing.assert_array_equal(table[:, 1], drawn.targets)
    order = np.lexsort((table[:, 1], table[:, 3], table[:, 0]))
    np.testing.assert_array_equal(order, np.arange(len(table)))


def test_what_synapses_have_in_common_is_no_column():
    # the variance of a column of equal numbers need not be 0, which would change the shift
    net = ns.Network()
    pre = net.population("pre", 3, ns.SpikeSourceArray())
    post = net.population("post", 2, ns.IFCurrExp())
    net.project(pre, post, ns.AllToAll(), ns.Static(0.1, delay=0.3))
    (link,) = deployed(net, dt=0.1).links
    assert link.wires.connector.args["conn_list"].shape == (6, 2)
    assert link.wires.connector.args["column_names"] == []
    assert link.wires.synapse.args == {"weight": 0.1, "delay": 0.3}


def test_jumps_of_the_potential_become_currents_at_the_receptor_of_their_sign():
    net = ns.Network()
    pre = net.population("pre", 2, ns.SpikeSourceArray())
    post = net.population("post", 2, ns.IFCurrDelta(tau_m=20.0, cm=[1.0, 0.5]))
    net.project(pre, post, ns.AllToAll(), ns.Static(ns.Uniform(-1.0, 1.0)), signed=True, name="a")
    made = deployed(net)
    assert {link.wires.receptor for link in made.links} == {"excitatory", "inhibitory"}
    plan = lower(net, 1.0, 1)
    drawn = expand(plan.synapses[0], 1.0, np.float64)
    back = np.concatenate(
        [
            link.wires.connector.args["conn_list"][:, 2]
            * link.scale[link.wires.connector.args["conn_list"][:, 1].astype(int)]
            for link in made.links
        ]
    )
    np.testing.assert_allclose(np.sort(back), np.sort(drawn.weights), rtol=1e-12)
    # a current of 1 nA in one tick moves cells by R (1 - exp(-dt / tau_m)); 16-bit constants
    jump = 20.0 / np.array([1.0, 0.5]) * (1.0 - np.exp(-1.0 / 20.0))
    np.testing.assert_allclose(np.abs(made.links[0].scale), jump, rtol=1e-3)
    assert (made.links[1].scale < 0.0).all()


@pytest.mark.parametrize(
    ("rule", "timing", "dependence", "amplitude"),
    [
        (ns.STDP(0.5, A_plus=0.02, w_max=2.0), "SpikePairRule", "Additive", 0.04),
        (
            ns.STDP(0.5, A_plus=0.02, w_max=2.0, dependence="multiplicative"),
            "SpikePairRule", "Multiplicative", 0.02,
        ),
        (
            ns.STDP(0.5, A_plus=0.02, w_max=2.0, pairing="nearest"),
            "SpikeNearestPairRule", "Additive", 0.04,
        ),
    ],
)  # fmt: skip
def test_amplitudes_of_additive_rules_are_absolute_there(rule, timing, dependence, amplitude):
    net = ns.Network()
    pre = net.population("pre", 2, ns.SpikeSourceArray())
    net.project(pre, net.population("post", 2, ns.IFCurrExp()), ns.AllToAll(), rule)
    (link,) = deployed(net).links
    args = link.wires.synapse.args
    assert link.wires.synapse.name == "STDPMechanism"
    assert args["timing_dependence"].name == timing
    assert args["weight_dependence"].name == f"{dependence}WeightDependence"
    assert args["timing_dependence"].args["A_plus"] == pytest.approx(amplitude, rel=1e-12)
    assert args["weight_dependence"].args == {"w_min": 0.0, "w_max": 2.0}


def test_rules_are_the_boards_connectors_where_it_has_them():
    net = ns.Network()
    pre = net.population("pre", 4, ns.SpikeSourceArray())
    post = net.population("post", 4, ns.IFCurrExp())
    delta = net.population("delta", 4, ns.IFCurrDelta())
    net.project(pre, post, ns.AllToAll(), ns.Static(-0.1), receptor="inhibitory", name="all")
    net.project(pre, post, ns.OneToOne(), ns.Static(0.2), name="one")
    net.project(pre, post, ns.FixedProbability(0.5), ns.Static(0.2), name="random")
    net.project(pre[:2], post, ns.AllToAll(), ns.Static(0.2), name="view")
    net.project(pre, delta, ns.AllToAll(), ns.Static(0.2), name="jumps")
    made = deployed(net, connectors="rules")
    connectors = [link.wires.connector.name for link in made.links]
    assert connectors == [
        "AllToAllConnector", "OneToOneConnector", "FixedProbabilityConnector", "FromListConnector",
        "FromListConnector",
    ]  # fmt: skip
    assert [link.block for link in made.links] == [0, 1, 2, 3, 4]
    assert made.links[0].wires.synapse.args["weight"] == 0.1
    assert made.links[0].scale == -1.0
    notes = "\n".join(made.notes)
    assert "projection 'random': is drawn by the board" in notes
    assert "projection 'view': is a list of its synapses: it is between views" in notes
    assert "projection 'jumps': is a list of its synapses: weights have another unit" in notes
    assert "'all'" not in notes


def test_currents_change_at_their_tick():
    net = ns.Network()
    cells = net.population("cells", 4, ns.IFCurrExp())
    net.inject(ns.DCSource(0.5, start=3.0, stop=4.5), cells)
    net.inject(ns.DCSource(0.5), cells)
    net.inject(ns.StepSource([0.0, 0.3], [0.1, -0.2]), cells[[2, 0]])
    window, endless, steps = deployed(net, dt=0.1).electrodes

    def ticks(times):  # what sPyNNaker does with a time in ms
        return [int(t * 10.0) for t in times]

    assert ticks([window.source.args["start"], window.source.args["stop"]]) == [30, 45]
    assert ticks([endless.source.args["start"]]) == [0]
    assert 2**31 - 2 < ticks([endless.source.args["stop"]])[0] < 2**32
    assert ticks(steps.source.args["times"]) == [0, 3]
    assert steps.source.args["amplitudes"] == [0.1, -0.2]
    assert window.target.ids is None
    assert steps.target.ids.tolist() == [0, 2]


def test_records_are_the_probes_by_the_boards_names():
    net = ns.Network()
    cells = net.population("cells", 4, ns.IFCurrExp())
    cond = net.population("cond", 4, ns.IFCondExp())
    net.record(cells[[3, 1]], ["spikes", "isyn_inh"], every=2.0)
    net.record(cond, ["gsyn_exc"], every=3.0, start=1.0)
    made = deployed(net).recorded
    assert [(r.target.population, r.variables, r.every) for r in made] == [
        ("cells", ("spikes",), None), ("cells", ("gsyn_inh",), 2.0),
        ("cond", ("gsyn_exc",), 1.0),  # samples at 1, 4, 7 ms are taken from those at every step
    ]  # fmt: skip
    assert made[0].target.ids.tolist() == [1, 3]
    assert made[2].target.ids is None


def unsupported():
    """A network in which nothing but the kinds of its cells is what the board has."""
    net = ns.Network("odd")
    pre = net.population("pre", 2, ns.SpikeSourceArray())
    cond = net.population("cond", 2, ns.IFCondExp(), initial={"gsyn_exc": 0.1})
    alpha = net.population("alpha", 2, ns.IFCurrAlpha(), initial={"isyn_exc": 0.1})
    izh = net.population("izh", 2, ns.IzhikevichCurrExp())
    net.project(pre, cond, ns.AllToAll(), ns.TsodyksMarkram(0.1), name="short")
    net.project(pre, alpha, ns.AllToAll(), ns.STDP(0.1, dependence="gutig"), name="gutig")
    net.project(pre, izh, ns.AllToAll(), ns.STDP(0.1, dendritic_delay_fraction=0.5), name="half")
    net.project(pre, izh, ns.OneToOne(), ns.STDP(0.1, w_min=-1.0), name="negative", signed=True)
    net.project(pre, izh, ns.OneToOne(), ns.STDP(0.1), name="first")
    net.project(pre, izh, ns.OneToOne(), ns.STDP(0.1, A_plus=0.2), name="second")
    weights = ns.Static(ns.Uniform(-0.1, 0.2))
    net.project(pre, izh, ns.AllToAll(), weights, name="both", signed=True)
    wrong = {"receptor": "inhibitory", "signed": True}
    net.project(pre, izh, ns.AllToAll(), ns.Static(0.2), name="wrong", **wrong)
    net.inject(ns.NoisySource(), izh, name="noise")
    net.inject(ns.ACSource(), izh, name="sine")
    net.record(izh, ["u"])
    return net


@pytest.mark.parametrize(
    ("subject", "text"),
    [
        ("population 'cond'", "cannot start with a 'gsyn_exc' other than 0"),
        ("population 'alpha'", "cannot start with a 'isyn_exc' other than 0"),
        ("projection 'short'", "synapse kind 'tsodyks_markram' is not among static, stdp"),
        ("projection 'gutig'", "dependence 'gutig' is not among additive, multiplicative"),
        ("projection 'half'", "has dendritic_delay_fraction 1, got 0.5"),
        ("projection 'negative'", "has bounds >= 0, got w_min -1"),
        ("projection 'second'", "has one plastic rule for all synapses onto it"),
        ("projection 'both'", "weights from -0.1 to 0.2 have another sign than their receptor"),
        ("projection 'wrong'", "weights from 0 to 0.2 have another sign than their receptor"),
        ("injection 'noise'", "NoisySource is not computed there"),
        ("injection 'sine'", "ACSource is not computed there"),
        ("probe of 'izh'", "cannot record 'u' (spikes, v, isyn_exc, isyn_inh)"),
    ],
)
def test_what_has_no_counterpart_is_named(subject, text):
    found = problems(lower(unsupported(), 1.0, 1))
    assert [t for s, t in found if s == subject and text in t], found
    assert len(found) == 12


def test_all_of_it_is_in_one_error():
    with pytest.raises(UnsupportedError, match=r"network 'odd'.*'cond'.*'second'.*'izh'"):
        deployed(unsupported())


def test_connectors_are_lists_or_rules():
    net = ns.Network()
    net.population("cells", 2, ns.IFCurrExp())
    with pytest.raises(ParameterError, match=r"deploy.connectors: must be 'lists' or 'rules'"):
        deployed(net, connectors="drawn")
