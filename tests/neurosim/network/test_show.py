from xml.etree import ElementTree

import neurosim as ns
from neurosim.network.show import html, text
from tests.neurosim.network.examples import everything


def network():
    net = ns.Network("demo")
    stim = net.population("stim", 1, ns.SpikeSourceArray(spike_times=[[5.0]]))
    exc = net.population("<exc>", 100, ns.IFCurrExp(tau_m=15.0))
    net.project(stim, exc[:10], ns.AllToAll(), ns.Static(0.5, 1.0), name="drive")
    net.inject(ns.PoissonInput(rate=5.0, weight=0.1), exc)
    net.inject(ns.DCSource(0.2), exc[:2])
    net.record(exc, ["spikes", "v"], every=1.0, stop=50.0)
    net.record(stim)
    return net


def test_text_is_a_table_of_all_parts():
    assert text(network()).splitlines() == [
        "Network 'demo': 2 populations, 101 units, 1 projection, timing 'standard'",
        "  populations",
        "    stim     1  SpikeSourceArray(spike_times=[[5.0]])",
        "    <exc>  100  IFCurrExp(tau_m=15.0)",
        "  projections",
        "    drive  stim  <exc>[0:10]  AllToAll()  Static(weight=0.5, delay=1.0)  excitatory",
        "  inputs",
        "    poisson-><exc>  <exc>  PoissonInput(rate=5.0, weight=0.1)",
        "  currents",
        "    DCSource-><exc>  <exc>[0:2]  DCSource(amplitude=0.2)",
        "  recorded",
        "    <exc>  spikes, v  every 1 ms, from 0 to 50 ms",
        "    stim   spikes     every step",
    ]
    assert repr(network()) == text(network())


def test_an_empty_network_is_one_line():
    assert text(ns.Network()) == (
        "Network 'network': 0 populations, 0 units, 0 projections, timing 'standard'"
    )


def test_html_is_well_formed_and_escaped():
    page = network()._repr_html_()
    tree = ElementTree.fromstring(f"<div>{page}</div>")
    cells = [cell.text for cell in tree.iter("td")]
    assert "<exc>[0:10]" in cells
    assert "IFCurrExp(tau_m=15.0)" in cells
    assert "<script" not in page
    assert len(list(tree.iter("table"))) == 5


def test_every_part_can_be_shown():
    net = everything()
    lines = text(net).splitlines()
    assert max(map(len, lines)) < 400
    for name in (*net.populations, *net.projections, *net.inputs, *net.injections):
        assert any(line.startswith(f"    {name}  ") for line in lines), name
    ElementTree.fromstring(f"<div>{html(net)}</div>")


def test_views_by_list_are_shown_by_size():
    net = network()
    net.record(net["<exc>"][[3, 1]], "isyn_exc", start=2.0)
    assert text(net).splitlines()[-1] == ("    <exc>[<2 units>]  isyn_exc   every step, from 2 ms")
