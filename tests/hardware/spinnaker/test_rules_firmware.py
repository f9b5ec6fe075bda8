"""Rules for what the programs compute otherwise; each test makes the defect."""

from __future__ import annotations

import numpy as np
import pytest

import neurosim as ns
from neurosim.hardware.spinnaker.comparison import compare
from neurosim.hardware.spinnaker.report import preflight
from neurosim.hardware.spinnaker.rules_firmware import FIRMWARE_RULES, PROGRAMS
from neurosim.hardware.spinnaker.settings import Settings
from neurosim.neurons.base import kind_named
from neurosim.plan.lower import lower


def found(net, dt=1.0):
    plan = lower(net, dt, 1)
    return [f for rule in FIRMWARE_RULES for f in rule(plan, Settings())]


def plastic(kind, **rule):
    net = ns.Network()
    pre = net.population("pre", 2, ns.SpikeSourceArray([[1.0]]))
    cells = net.population("cells", 2, kind)
    net.project(pre, cells, ns.AllToAll(), ns.STDP(0.01, 1.0, **rule), name="plastic")
    return net


@pytest.mark.parametrize("kind", PROGRAMS)
@pytest.mark.parametrize("pairing", ["all_to_all", "nearest"])
@pytest.mark.parametrize("dependence", ["additive", "multiplicative"])
def test_plasticity_without_a_program(kind, pairing, dependence):
    cell = kind_named(kind)(**({"tau_syn_E": 5.0, "tau_syn_I": 5.0} if "alpha" in kind else {}))
    net = plastic(cell, pairing=pairing, dependence=dependence)
    told = [f for f in found(net) if f.rule == "programs"]
    if (pairing, dependence) in PROGRAMS[kind]:
        assert told == []
    else:
        (finding,) = told
        assert (finding.level, finding.subject) == ("error", "projection 'plastic'")
        assert f"{pairing!r} and dependence {dependence!r}" in finding.problem
    assert [f for f in found(net, 0.1) if f.rule == "programs"] == []  # split cores have all


def test_alpha_synapses_that_are_faster_than_a_tick():
    net = ns.Network()
    net.population("slow", 2, ns.IFCurrAlpha(tau_syn_E=5.0, tau_syn_I=2.0))
    assert found(net) == []
    net.population("fast", 2, ns.IFCurrAlpha(tau_syn_E=[5.0, 0.5], tau_syn_I=2.0))
    (finding,) = found(net)
    assert (finding.rule, finding.level) == ("fast_alpha", "error")
    assert "'fast'" in finding.subject
    assert "tau_syn_E must be above 1 ms" in finding.problem
    assert found(net, 0.1) == []


def test_what_the_alpha_rule_warns_of_happens_on_the_emulator():
    peaks = []
    for tau in (0.5, 1.5):
        net = ns.Network()
        pre = net.population("pre", 1, ns.SpikeSourceArray([[3.0]]))
        cells = net.population("cells", 1, ns.IFCurrAlpha(tau_syn_E=tau, tau_syn_I=tau))
        net.project(pre, cells, ns.AllToAll(), ns.Static(1.0, 1.0))
        net.record(cells, "isyn_exc")
        recording = ns.simulate(net, 20.0, dt=1.0, seed=1, backend="spinnaker-emulator")
        peaks.append(float(recording.signals["cells", "isyn_exc"].values.max()))
    assert peaks[0] == 0.0  # nothing arrives
    assert peaks[1] > 0.1


def test_poisson_sources_whose_rate_is_rounded_down():
    net = ns.Network()
    cells = net.population("cells", 200, ns.IFCurrExp())
    net.inject(ns.PoissonInput(15000.0, 0.01), cells, name="noise")
    (finding,) = found(net)
    assert (finding.rule, finding.subject) == ("very_fast_poisson", "population 'noise'")
    assert finding.numbers == {"hz": 15000.0, "board_hz": 9250.0}
    net.population("slow", 2, ns.SpikeSourcePoisson(900.0))
    assert len(found(net)) == 1


def test_the_report_has_these_rules_too():
    net = ns.Network()
    net.population("cells", 2, ns.IFCurrAlpha())
    report = preflight(net, dt=1.0, seed=1)
    assert not report.fits
    assert "fast_alpha" in {f.rule for f in report.findings}
    assert np.isfinite([v for f in report.findings for v in f.numbers.values()]).all()


def forgetful(second):
    """A source that spikes before and after its target has spiked 25 times."""
    net = ns.Network()
    pre = net.population("pre", 1, ns.SpikeSourceArray([[3.0, second]]))
    times = [float(t) for t in range(5, 80, 3)]
    drive = net.population("drive", 1, ns.SpikeSourceArray([times]))
    cells = net.population("cells", 1, ns.IFCurrExp(tau_refrac=1.0))
    net.project(drive, cells, ns.AllToAll(), ns.Static(25.0, 1.0))
    net.project(pre, cells, ns.AllToAll(), ns.STDP(1.0, 1.0, w_max=3.0))
    net.record([pre, drive, cells], "spikes")
    return net


@pytest.mark.parametrize(("second", "cut"), [(20.0, 0), (90.0, 1)])
def test_plasticity_that_looks_too_far_back(second, cut):
    net = forgetful(second)
    recording = ns.simulate(net, 100.0, dt=1.0, seed=1, backend="spinnaker-emulator")
    report = preflight(net, dt=1.0, seed=1, rates=recording)
    told = [f for f in report.findings if f.rule == "histories"]
    assert [f.numbers for f in told] == [{"synapses": cut}] * cut
    float_ = ns.simulate(net, 100.0, dt=1.0, seed=1)
    assert ("15 spikes" in str(compare(float_, recording))) == bool(cut)
