"""Rules that need the plan alone; each test makes the defect that its rule is for."""

from __future__ import annotations

import numpy as np
import pytest

import neurosim as ns
from neurosim.hardware.spinnaker.rules import (
    PLAN_RULES,
    additive_amplitudes,
    constants,
    delay_too_long,
    fast_poisson,
    longest_delay,
    random_lists,
    rounded,
    time_step,
    unsupported,
    untranslated,
    violations,
)
from neurosim.hardware.spinnaker.settings import Settings
from neurosim.network.connectors import Connector
from neurosim.neurons.base import KINDS
from neurosim.plan.lower import lower

ALL = ns.AllToAll()


def network(cell=None, size=4, **options):
    net = ns.Network(**options)
    net.population("in", 3, ns.SpikeSourceArray([[1.0]]))
    net.population("cells", size, ns.IFCurrExp() if cell is None else cell)
    return net


def planned(net, dt=1.0, **options):
    return lower(net, dt, 1, **options)


def said(found):
    return [f"{f.subject}: {f.problem}" for f in found]


def refused(plan):
    """What is refused, without the name of the backend."""
    found = [str(v) for v in violations(plan, "x")]
    assert all(text.startswith("backend 'x' cannot run ") for text in found)
    return [text.removeprefix("backend 'x' cannot run ") for text in found]


def test_a_network_that_the_board_has_all_of():
    net = network(timing="spinnaker")
    net.project("in", "cells", ALL, ns.Static(weight=1.0))
    net.project("in", "cells", ALL, ns.Static(weight=-1.0), "inhibitory")
    net.project("cells", "cells", ALL, ns.STDP(weight=0.1, dependence="multiplicative"))
    net.inject(ns.DCSource(amplitude=0.1), "cells")
    net.record("cells", ["spikes", "v", "isyn_exc"])
    plan = planned(net)
    assert violations(plan, "x") == []
    assert [finding for rule in PLAN_RULES for finding in rule(plan, Settings())] == []


# unsupported cells, synapses, connectors, receptors, sources of current, variables


class Every(Connector):
    """A rule of a user's own."""


@pytest.fixture
def three_receptors(monkeypatch):
    known = dict(KINDS)

    class ThreeReceptors(ns.NeuronKind):
        state = {"v": 0.0}  # noqa: RUF012
        receptors = (
            ns.neurons.Receptor("excitatory", "exc"),
            ns.neurons.Receptor("nmda", "slow"),
        )

        @staticmethod
        def step(v, exc, slow):
            v = v + exc + slow
            return v, v >= 1.0

    yield ThreeReceptors
    for name in set(KINDS) - set(known):
        monkeypatch.delitem(KINDS, name)


def test_all_that_is_unsupported_is_listed_at_once(three_receptors):
    net = network()
    net.population("quadratic", 2, ns.Izhikevich())
    net.population("adaptive", 2, ns.AdEx())
    net.population("own", 2, three_receptors())
    net.project("in", "cells", ALL, ns.TsodyksMarkram(weight=1.0), name="short-term")
    net.project("in", "own", ALL, ns.Static(weight=1.0), "nmda", name="slow")
    net.project("in", "cells", Every(), ns.Static(weight=1.0), name="own rule")
    net.inject(ns.NoisySource(), "cells", name="noise")
    found = refused(planned(net, precision="single"))
    wanted = (
        "network 'network': precision 'single' is not among double",
        "population 'quadratic': kind 'izhikevich' is not among if_curr_exp",
        "population 'adaptive': kind 'adex' is not among",
        "population 'own': kind 'three_receptors' is not among",
        "projection 'short-term': synapse 'tsodyks_markram' is not among static, stdp",
        "projection 'slow': receptor 'nmda' is not among excitatory, inhibitory",
        "projection 'own rule': connector 'Every' is not among AllToAll",
        "injection 'noise': current 'NoisySource' is not among DCSource, StepSource",
    )
    assert len(found) == len(wanted)
    for text in wanted:
        assert [line for line in found if line.startswith(text)], text


def test_the_report_lists_the_same(three_receptors):
    net = network(three_receptors())
    net.population("quadratic", 2, ns.Izhikevich())
    plan = planned(net)
    found = unsupported(plan, Settings())
    assert [f.level for f in found] == ["error", "error"]
    assert [f"{f.subject}: {f.problem}. {f.remedy}" for f in found] == refused(plan)


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"dependence": "gutig"}, "STDP dependence 'gutig' is not among additive, multiplicative"),
        ({"dendritic_delay_fraction": 0.5}, "STDP dendritic_delay_fraction must be 1"),
        ({"w_min": -1.0}, "STDP w_min must be >= 0, is -1"),
    ],
)
def test_plasticity_that_the_board_has_no_program_for(changes, text):
    net = network()
    synapse = ns.STDP(weight=0.1, **changes)
    net.project("in", "cells", ALL, synapse, signed=True, name="plastic")
    (found,) = refused(planned(net))
    assert found.startswith(f"projection 'plastic': {text}")


@pytest.mark.parametrize("pairing", ["nearest", "all_to_all"])
@pytest.mark.parametrize("dependence", ["additive", "multiplicative"])
def test_plasticity_that_the_board_has(pairing, dependence):
    net = network()
    net.project("in", "cells", ALL, ns.STDP(weight=0.1, pairing=pairing, dependence=dependence))
    assert refused(planned(net)) == []


def test_two_rules_into_one_population():
    net = network(ns.IFCondExp())
    rule = ns.STDP(weight=0.1, delay=1.0)
    net.project("in", "cells", ALL, rule, name="first")
    net.project("in", "cells", ALL, rule.replace(weight=0.2, delay=3.0), "inhibitory", name="same")
    net.project("cells", "cells", ALL, rule.replace(tau_plus=5.0, w_max=2.0), name="other")
    (found,) = refused(planned(net))
    assert found.startswith(
        "projection 'other': its STDP rule differs from that of projection 'first' onto the same "
        "population (tau_plus, w_max)"
    )


@pytest.mark.parametrize(
    ("weight", "receptor", "where"),
    [
        (-0.5, "excitatory", "'excitatory' (down to -0.5 nA)"),
        (0.5, "inhibitory", "'inhibitory' (down to 0.5 nA)"),
        (np.array([[1.0], [2.0], [-3.0]]), "excitatory", "'excitatory' (down to -3 nA)"),
        (ns.Uniform(-2.0, 1.0), "excitatory", "'excitatory' (down to -2 nA)"),
    ],
)
def test_weights_of_the_wrong_sign(weight, receptor, where):
    net = network(size=1)
    net.project("in", "cells", ALL, ns.Static(weight=weight), receptor, "signed", signed=True)
    (found,) = refused(planned(net))
    other = "inhibitory" if receptor == "excitatory" else "excitatory"
    assert f"projection 'signed': weights of the wrong sign at receptor {where}" in found
    assert f"onto receptor {other!r}" in found


def test_weights_whose_sign_chooses_the_receptor():
    net = network(ns.IFCurrDelta())
    net.project("in", "cells", ALL, ns.Static(weight=ns.Uniform(-2.0, 1.0)), signed=True)
    assert refused(planned(net)) == []


def test_what_the_emulator_has_and_the_toolchain_cannot_be_told():
    net = network(ns.IzhikevichCurrExp())
    net.record("cells", ["v", "u"])
    net.population("alpha", 2, ns.IFCurrAlpha(), initial={"isyn_exc": 1.0})
    plan = planned(net)
    assert violations(plan, "x") == []
    found = untranslated(plan, Settings())
    assert [f.level for f in found] == ["error", "error"]
    assert "population 'alpha': cannot start with a 'isyn_exc'" in said(found)[0]
    assert "probe of 'cells': cannot record 'u'" in said(found)[1]


def test_nothing_is_said_twice():
    net = network()
    net.project("in", "cells", ALL, ns.STDP(weight=0.1, dependence="gutig"))
    plan = planned(net)
    assert len(unsupported(plan, Settings())) == 1
    assert untranslated(plan, Settings()) == []


# delays


def test_the_longest_delay_by_neurons_on_a_core():
    assert [longest_delay(n) for n in (200, 256, 128, 1)] == [288, 288, 576, 9 * 2**12]


def test_a_delay_that_is_too_long():
    net = network(size=300)
    net.project("in", "cells", ALL, ns.Static(weight=1.0, delay=300.0), name="far")
    net.project("in", "cells", ALL, ns.Static(weight=1.0, delay=288.0), name="near")
    (found,) = delay_too_long(planned(net), Settings())
    assert found.level == "error"
    assert said([found]) == [
        "projection 'far': needs a delay of 300 ticks (300 ms); with 256 neurons on a core of "
        "'cells' the longest is 288 ticks (288 ms)"
    ]
    assert found.remedy == "Set neurons_per_core of 'cells' to 128."
    assert found.numbers == {"ticks": 300, "longest": 288}
    assert delay_too_long(planned(net), Settings(neurons_per_core=128)) == []


def test_a_delay_that_no_core_can_hold():
    net = network(size=1)
    net.project("in", "cells", ALL, ns.Static(weight=1.0, delay=40_000.0))
    (found,) = delay_too_long(planned(net), Settings())
    assert found.remedy == "Use shorter delays or a larger time step."


@pytest.mark.filterwarnings("ignore::neurosim.errors.RoundingWarning")
def test_rounded_delays_and_times():
    net = ns.Network()
    net.population("in", 3, ns.SpikeSourceArray([[1.2]]))
    net.population("cells", 2, ns.IFCurrExp())
    net.project("in", "cells", ALL, ns.Static(weight=1.0, delay=1.4), name="off")
    found = rounded(planned(net), Settings())
    assert [f.level for f in found] == ["note", "note"]
    assert said(found) == [
        "population 'in': 3 spike times rounded to steps of 1 ms (first: 1.2, 1.2, 1.2 ms)",
        "projection 'off': 1 delays rounded to steps of 1 ms (first: 1.4 ms)",
    ]


# rates, amplitudes, lists, steps, numbers


def test_poisson_sources_faster_than_the_accumulators_are_made_for():
    net = network()
    net.population("fast", 2, ns.SpikeSourcePoisson(rate=np.array([20.0, 100.0])))
    net.project("fast", "cells", ALL, ns.Static(weight=1.0))
    net.inject(ns.PoissonInput(rate=500.0, weight=0.1), "cells", name="background")
    found = fast_poisson(planned(net), Settings())
    assert [f.level for f in found] == ["warning", "warning"]
    assert said(found) == [
        f"population {name!r}: spikes at {hz} Hz; the accumulators of 'cells' are made for 30 Hz "
        "whatever the source declares, and may saturate"
        for name, hz in (("fast", 100), ("background", 500))
    ]
    assert found[0].remedy == "Set spikes_per_second of 'cells' to 100."
    own = Settings(populations={"cells": {"spikes_per_second": 500.0}})
    assert fast_poisson(planned(net), own) == []


def test_additive_amplitudes_are_absolute_there():
    net = network()
    net.project(
        "in", "cells", ALL, ns.STDP(weight=0.0, w_max=6.0, A_plus=0.01, A_minus=0.02), name="add"
    )
    net.population("more", 1, ns.IFCurrExp())
    net.project("in", "more", ALL, ns.STDP(weight=0.0, dependence="multiplicative"))
    (found,) = additive_amplitudes(planned(net), Settings())
    assert (found.level, found.subject) == ("note", "projection 'add'")
    assert "A_plus 0.01 and A_minus 0.02 of w_max 6 become 0.06 and 0.12" in found.problem


def test_random_connections_are_given_as_lists():
    net = network()
    some, n = ns.FixedProbability(0.5), ns.Static(weight=1.0)
    net.project("in", "cells", some, n, name="a")
    net.project("cells", "cells", some, n, name="b")
    net.project("in", "cells", ns.FixedNumberPre(2), n, name="c")
    net.project("in", "cells", ALL, n, name="d")
    found = random_lists(planned(net), Settings())
    assert [f.level for f in found] == ["note", "note"]
    assert found[0].problem.startswith("FixedProbability of projection 'a', projection 'b': ")
    assert found[1].problem.startswith("FixedNumberPre of projection 'c': ")


def test_time_steps_below_a_millisecond():
    net = network(timing="spinnaker")
    assert time_step(planned(net), Settings()) == []
    (found,) = time_step(planned(net, 0.1), Settings(time_scale_factor=5))
    assert (found.level, found.subject) == ("note", "time step 0.1 ms")
    assert "split cores" in found.problem
    assert "a hardware tick is 500 us, time scale factor 5" in found.problem
    assert found.numbers == {"tick_us": 500.0, "time_scale_factor": 5.0}


def test_hardware_ticks_that_will_hardly_be_kept():
    _, found = time_step(planned(network(timing="spinnaker"), 0.05), Settings())
    assert found.level == "warning"
    assert "a hardware tick of 50 us is below 100 us" in found.problem
    assert found.remedy == "Set time_scale_factor to 2 or more."


def test_a_network_with_another_order_of_events():
    (found,) = time_step(planned(network()), Settings())
    assert (found.level, found.subject) == ("note", "network 'network'")
    assert "its timing is 'standard'" in found.problem


@pytest.mark.parametrize(
    ("cell", "dt", "text"),
    [
        (ns.IFCurrExp(i_offset=1e5), 1.0, "i_offset must be below 65536 in magnitude"),
        (ns.IFCurrExp(tau_syn_E=4e3), 0.1, "tau_syn_E must be below 3276.8 in magnitude"),
    ],
)
def test_numbers_that_the_board_cannot_hold(cell, dt, text):
    (found,) = constants(planned(network(cell), dt), Settings())
    assert found.level == "error"
    assert found.problem.startswith(text)


def test_numbers_of_kinds_that_the_board_lacks_are_not_looked_at():
    assert constants(planned(network(ns.Izhikevich(i_offset=1e5))), Settings()) == []
