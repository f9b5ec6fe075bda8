import subprocess
import sys

import matplotlib as mpl
import numpy as np

import neurosim as ns
from neurosim.plotting import COLOURS, styled
from neurosim.plotting.style import colour


def test_the_style_holds_inside_the_block_only():
    before = dict(mpl.rcParams)
    with styled():
        assert mpl.rcParams["axes.spines.top"] is False
        assert mpl.rcParams["axes.prop_cycle"].by_key()["color"] == list(COLOURS)
    assert dict(mpl.rcParams) == before


def test_colours_differ_and_repeat():
    rgb = np.array([mpl.colors.to_rgb(c) for c in COLOURS])
    gaps = np.abs(rgb[:, None] - rgb[None]).sum(axis=2)
    assert gaps[~np.eye(len(COLOURS), dtype=bool)].min() > 0.3
    assert colour(len(COLOURS)) == COLOURS[0]


def test_plotting_is_loaded_without_pyplot():
    code = "import sys, neurosim as ns; ns.plotting.raster;assert 'matplotlib' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_nothing_is_shown(recording, monkeypatch):
    shown = []
    monkeypatch.setattr("matplotlib.pyplot.show", lambda: shown.append(1))
    ns.plotting.raster(recording)
    ns.plotting.rate(recording)
    ns.plotting.traces(recording, "exc")
    assert shown == []
