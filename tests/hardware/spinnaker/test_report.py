from __future__ import annotations

import json

import numpy as np
import pytest
from rich.console import Console

import neurosim as ns
from neurosim.benchmarks.networks import b1
from neurosim.errors import NeurosimError, ParameterError
from neurosim.hardware.spinnaker.report import preflight
from neurosim.hardware.spinnaker.report_show import page, render
from neurosim.hardware.spinnaker.settings import Settings
from neurosim.models.ca3 import CA3Params
from neurosim.models.ca3.network import build
from neurosim.plan.lower import lower


def network():
    net = ns.Network("small <net>")
    net.population("in", 5, ns.SpikeSourcePoisson(rate=20.0))
    net.population("cells", 10, ns.IFCurrExp())
    net.project("in", "cells", ns.AllToAll(), ns.Static(weight=0.3, delay=2.0))
    net.record("cells", ["spikes", "v"])
    return net


@pytest.fixture(scope="module")
def report():
    return preflight(network(), rates=10.0, duration=500.0)


def test_a_network_that_fits(report):
    assert report.fits
    assert repr(report) == "Report('small <net>', fits spinn-5, 0 errors, 0 warnings, 1 note)"
    source, cells = report.populations
    assert (source.name, source.kind, source.cores, source.verdict) == (
        "in", "SpikeSourcePoisson", 1, "",
    )  # fmt: skip
    assert (cells.kind, cells.size, cells.per_core, cells.verdict) == ("IF_curr_exp", 10, 10, "ok")
    assert (cells.shifts, cells.slots, cells.rate.origin) == ((1, 0), 2, "given")
    (projection,) = report.projections
    assert (projection.synapses, projection.longest) == (50, 2)
    totals = report.totals
    assert (totals["cores"], totals["chips"], totals["boards"], totals["parts"]) == (2, 1, 1, 1)
    assert totals["energy_j"] == pytest.approx(0.5 * (26.84 + 5.04 + 2 * 0.034), rel=1e-6)
    assert totals["energy_idle_share"] > 0.99


def test_a_plan_can_be_checked_too(report):
    found = preflight(lower(network(), 1.0, 1), rates=10.0, duration=500.0)
    assert found.to_dict() == report.to_dict()


def test_json(report):
    data = json.loads(json.dumps(report.to_dict(), allow_nan=False))
    assert data["fits"] is True
    assert data["populations"][1]["rate"] == {"hz": 10.0, "spread": 1.0, "origin": "given"}
    assert data["settings"]["neurons_per_core"] == 256
    assert data["toolchain"] is None
    assert {f["rule"] for f in data["findings"]} == {"time_step"}


def test_text(report):
    text = str(report)
    for word in (
        "small <net> on spinn-5", "fits", "note", "IF_curr_exp", "in->cells", "0.3 nA", "energy",
        "idle boards", "synaptic event", "0 errors, 0 warnings, 1 note",
        "It was not compared with sPyNNaker's own mapping.",
    ):  # fmt: skip
        assert word in text
    assert max(map(len, text.splitlines())) <= 120


def test_html_is_escaped_and_has_no_scripts(report):
    html = report._repr_html_()
    assert html.startswith("<pre>")
    assert "small &lt;net&gt;" in html
    assert "<script" not in html
    whole = page(report)
    assert whole.startswith("<!DOCTYPE html>")
    assert html in whole


def test_a_console_without_colours(report):
    console = Console(no_color=True, width=100)
    with console.capture() as capture:
        console.print(render(report))
    assert "\x1b" not in capture.get()


def test_ca3_fits():
    for board in ("spinn-3", "spinn-5"):
        report = preflight(build(CA3Params(5, 10)), board=board)
        assert report.fits
        assert {f.level for f in report.findings} == {"note"}
        assert report.totals["cores"] == 10
        assert all(p.changed == p.zeros == p.wrapped == 0 for p in report.projections)


def test_b1_needs_fewer_neurons_on_a_core_at_a_tenth_of_a_millisecond():
    net = b1(0.25).network
    full = preflight(net, dt=0.1, rates=5.2)
    assert [f.rule for f in full.errors] == ["real_time"]
    fewer = preflight(net, dt=0.1, rates=5.2, settings=Settings(neurons_per_core=80))
    assert fewer.fits
    assert fewer.populations[0].verdict == "ok"


def test_what_cannot_be_mapped_has_findings_only():
    net = network()
    net.population("adaptive", 3, ns.AdEx())
    report = preflight(net)
    assert not report.fits
    assert [f.level for f in report.findings][:1] == ["error"]
    assert (report.usage, report.populations, report.projections, report.totals) == (
        None, (), (), {},
    )  # fmt: skip
    assert "kind 'adex' is not among" in str(report)
    assert "does not fit" in str(report)
    assert json.dumps(report.to_dict(), allow_nan=False)


def test_delays_below_a_tick():
    net = ns.Network()
    net.population("cells", 3, ns.IFCurrExp())
    net.project("cells", "cells", ns.AllToAll(), ns.Static(weight=0.1, delay=0.5))
    (found,) = preflight(net, dt=1.0).findings
    assert (found.level, found.subject) == ("error", "projection 'cells->cells'")
    assert found.problem == "delay 0.5 ms is below one step (dt = 1 ms)"
    assert found.remedy == "Use delay >= 1 ms or a smaller dt."


def test_errors_come_first():
    net = network()
    net.project("in", "cells", ns.AllToAll(), ns.Static(weight=1e-9, delay=1.0), name="tiny")
    net.project("in", "cells", ns.AllToAll(), ns.STDP(weight=0.1, w_max=3.0), name="strong")
    low = {"cells": {"max_expected_summed_weight": 0.01}}
    levels = [f.level for f in preflight(net, settings=Settings(populations=low)).findings]
    assert set(levels) == {"error", "warning", "note"}
    assert levels == sorted(levels, key=["error", "warning", "note"].index)


@pytest.mark.parametrize("backend", ["reference", "spinnaker-emulator"])
def test_rates_measured_by_a_run(backend):
    net = ns.Network(timing="spinnaker")
    net.population("cells", 4, ns.IFCurrExp(i_offset=np.array([0.0, 0.0, 2.0, 2.0])))
    report = preflight(net, rates=backend, duration=300.0)
    (cells,) = report.populations
    assert cells.rate.origin == "measured"
    net.record("cells")
    wanted = ns.simulate(net, 300.0, dt=1.0, seed=1, backend=backend).rate("cells")
    assert cells.rate.hz == pytest.approx(wanted)
    assert cells.rate.hz > 5.0


def test_rates_of_a_recording():
    net = network()
    recording = ns.simulate(net, 100.0, dt=1.0, seed=3, backend="reference")
    report = preflight(net, rates=recording)
    assert report.populations[1].rate.origin == "measured"
    assert report.populations[0].rate.origin == "source"


def test_rates_that_nobody_knows():
    (found,) = [f for f in preflight(network()).findings if f.rule == "rates"]
    assert found.level == "note"
    assert "those of 'cells' are not known: 30 Hz" in found.problem


def test_beside_the_toolchain(report):
    same = report.with_toolchain((), 2, 1)
    assert same.fits
    assert "maps it onto 2 cores of 1 chip of a virtual board, in the same way" in str(same)
    other = report.with_toolchain(("population 'cells': shifts differ",), 3, 1)
    assert not other.fits
    assert other.toolchain == (
        "population 'cells': shifts differ", "the network takes 2 cores here and 3 there",
    )  # fmt: skip
    assert "otherwise:" in str(other)
    assert other.to_dict()["toolchain"] == list(other.toolchain)


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        ({"board": "spinn-4"}, "preflight.board: must be a board, got 'spinn-4'. Did you mean"),
        ({"settings": {"neurons_per_core": 3}}, "preflight.settings: must be Settings"),
        ({"duration": 0.0}, "preflight.duration: must be > 0"),
        ({"changed": -1.0}, "preflight.changed: must be >= 0"),
        ({"rates": "nobody"}, "backend: must be known, got 'nobody'"),
        ({"rates": {"x": 1.0}}, "preflight.rates: must name populations"),
        ({"dt": -1.0}, "simulate.dt: must be > 0"),
        ({"seed": -1}, "simulate.seed: must be a whole number"),
        (
            {"settings": Settings(populations={"x": {"neurons_per_core": 3}})},
            "Settings.populations: must name populations of the network, got 'x'",
        ),
    ],
)
def test_wrong_arguments(arguments, text):
    with pytest.raises(NeurosimError) as error:
        preflight(network(), **arguments)
    assert text in str(error.value)


def test_no_network():
    with pytest.raises(ParameterError, match="must be a Network"):
        preflight("net")
