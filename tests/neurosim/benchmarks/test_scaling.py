from __future__ import annotations

import numpy as np
import pytest

from neurosim.benchmarks.scaling import AXES, Axis, draw, measure_scaling, network
from neurosim.errors import ParameterError
from neurosim.facade import prepare, simulate

SMALL = {"rate": Axis("rate (Hz)", (0, 20)), "delays": Axis("different delays", (1, 3))}


def test_the_network_has_what_is_varied():
    net = network(neurons=200, synapses=10, rate=20, delays=3)
    with prepare(net, dt=0.1, seed=1, progress=False) as simulation:
        synapses = simulation.weights("cells->cells")
    assert len(synapses.pre) == 2000
    assert sorted(set(np.round(synapses.delay, 3))) == [0.1, 0.2, 0.3]
    assert simulate(net, 1000.0, dt=0.1, seed=1).rate("cells") == pytest.approx(20.0, rel=0.02)
    silent = network(neurons=200, synapses=10, rate=0, delays=1)
    assert simulate(silent, 100.0, dt=0.1, seed=1).rate("cells") == 0.0
    assert silent.projections["cells->cells"].synapse.delay == 1.5


def test_every_axis_is_measured_and_drawn(tmp_path):
    said = []
    found = measure_scaling(repeats=1, span=5.0, axes=SMALL, tell=said.append)
    assert {name: [x for x, _ in points] for name, points in found.items()} == {
        "rate": [0, 20], "delays": [1, 3],
    }  # fmt: skip
    assert all(us > 0.0 for points in found.values() for _, us in points)
    assert said == ["scaling with rate (Hz)", "scaling with different delays"]
    draw(found, tmp_path / "scaling.png")
    assert (tmp_path / "scaling.png").read_bytes().startswith(b"\x89PNG")


def test_every_panel_has_labels(tmp_path, monkeypatch):
    from matplotlib import pyplot

    shown = []
    monkeypatch.setattr(pyplot, "close", shown.append)
    draw({name: [(1.0, 2.0), (2.0, 3.0)] for name in AXES}, tmp_path / "scaling.png")
    monkeypatch.undo()
    (figure,) = shown
    assert [a.get_xlabel() for a in figure.axes] == [axis.label for axis in AXES.values()]
    assert {a.get_ylabel() for a in figure.axes} == {"CPU time of a step (us)"}
    pyplot.close(figure)


def test_nonsense_names_the_argument():
    with pytest.raises(ParameterError, match="repeats"):
        measure_scaling(repeats=0, axes=SMALL)
