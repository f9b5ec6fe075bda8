from xml.etree import ElementTree

import numpy as np

import neurosim as ns
from neurosim.recording.show import html, text


def recording():
    spikes = {
        "exc": ns.SpikeTrains(np.array([1.0, 1.0, 3.0]), np.array([0, 2, 2]), np.arange(3)),
        "<b>&": ns.SpikeTrains(np.empty(0), np.empty(0, np.int32), np.arange(1)),
    }
    values = np.array([[-65.0], [-60.0], [-61.0]])
    signal = ns.Signal(values, np.array([0.0, 5.0, 10.0]), 5.0, np.array([2]), "mV")
    info = {"name": "demo", "backend": "numba", "dt": 0.1, "seed": 3}
    return ns.Recording(spikes, {("exc", "v"): signal}, 10.0, info)


def test_text_has_a_line_for_each_population_and_signal():
    assert text(recording()).splitlines() == [
        "Recording: 10 ms, network demo, backend numba, dt 0.1 ms, seed 3",
        "  spikes  exc   3 units  3 spikes  100 Hz",
        "  spikes  <b>&  1 unit   0 spikes  0 Hz",
        "  signal  exc.v  mV  1 unit  3 samples  every 5 ms  -65 to -60",
    ]
    assert repr(recording()) == text(recording())


def test_html_is_well_formed_escaped_and_without_scripts():
    page = html(recording())
    tree = ElementTree.fromstring(f"<div>{page}</div>")
    cells = [cell.text for cell in tree.iter("td")]
    assert "<b>&" in cells
    assert "-65 to -60" in cells
    assert "<script" not in page
    assert recording()._repr_html_() == page


def test_html_draws_the_rate_of_populations_that_spiked():
    lines = list(ElementTree.fromstring(f"<div>{html(recording())}</div>").iter("polyline"))
    assert len(lines) == 1
    points = [tuple(map(float, p.split(","))) for p in lines[0].attrib["points"].split()]
    heights = np.array([y for _, y in points])
    assert np.flatnonzero(heights == heights.min()).tolist() == [8]  # two spikes at 1 ms of 10
    assert (heights < heights.max()).sum() == 2


def test_an_empty_recording_can_be_shown():
    empty = ns.Recording({}, {}, 0.0)
    assert text(empty) == "Recording: 0 ms"
    assert "0 ms" in html(empty)


def test_a_recording_of_no_time_can_be_shown():
    trains = ns.SpikeTrains(np.empty(0), np.empty(0, np.int32), np.arange(2))
    signal = ns.Signal(np.empty((0, 1)), np.empty(0), 1.0, np.array([0]), "1")
    short = ns.Recording({"exc": trains}, {("exc", "w"): signal}, 0.0)
    assert "nan Hz" in text(short)
    assert "none" in html(short)
