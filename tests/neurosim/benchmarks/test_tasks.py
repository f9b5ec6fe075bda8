from __future__ import annotations

import json

import numpy as np
import pytest

from neurosim.benchmarks.cases import Settings
from neurosim.benchmarks.definition import Bench
from neurosim.benchmarks.networks import b1, b4, b5, b7
from neurosim.benchmarks.tasks import network_task
from neurosim.errors import UnsupportedError
from neurosim.network import AllToAll, FixedNumberPre, Network
from neurosim.neurons import IFCurrExp
from neurosim.neurons.sources import SpikeSourceArray
from neurosim.synapses import STDP, Static


def test_a_task_holds_all_numbers_of_the_network():
    task = network_task(b1(0.1), Settings(seed=3, duration=50.0))
    assert json.loads(json.dumps(task, allow_nan=False)) == task
    (cells,) = task["populations"]
    assert (cells["size"], cells["kind"], cells["parameters"]["tau_refrac"]) == (
        400, "if_curr_exp", 5.0,
    )  # fmt: skip
    start = np.array(cells["initial"]["v"])
    assert len(start) == 400
    assert -60.0 <= start.min() < -59.0
    assert -51.0 < start.max() <= -50.0
    exc, inh = task["projections"]
    assert exc == {
        "name": "excitatory", "pre": ["cells", 0, 320], "post": ["cells", 0, 400],
        "rule": "fixed_in_degree", "count": 64, "weight": 0.0162, "own_weights": False,
        "delay": 0.1, "plastic": None, "receptor": "excitatory",
    }  # fmt: skip
    assert inh["weight"] == -0.09
    assert task["groups"] == [["excitatory", "cells", 0, 320], ["inhibitory", "cells", 320, 400]]
    assert (task["seed"], task["duration"], task["dt"]) == (3, 50.0, 0.1)


def test_plastic_synapses_inputs_and_own_weights():
    task = network_task(b4(0.1, "own"), Settings())
    plastic, static, _ = task["projections"]
    assert plastic["plastic"] == pytest.approx(
        dict(tau_plus=20.0, tau_minus=20.0, A_plus=0.0005, A_minus=0.000525, w_max=0.2)
    )
    assert (plastic["weight"], plastic["own_weights"]) == (0.1, True)
    assert (static["weight"], static["own_weights"], static["plastic"]) == (0.1, True, None)
    assert task["inputs"] == [
        {"target": ["cells", 0, 1250], "rate": 20000.0, "weight": 0.1, "receptor": "excitatory"}
    ]


def test_distributions_and_values_by_neuron():
    task = network_task(b5(0.01), Settings())
    first = task["projections"][0]
    assert first["rule"] == "fixed_total_number"
    assert first["weight"] == {
        "mean": pytest.approx(0.878), "sd": pytest.approx(0.0878), "low": 0.0, "high": None,
    }  # fmt: skip
    assert first["delay"] == {"mean": 1.5, "sd": 0.75, "low": 0.05, "high": None}
    offsets = network_task(b7(0.01, "sparse"), Settings())["populations"][0]["parameters"]
    assert sum(x > 0.0 for x in offsets["i_offset"]) == 10


def wrong(connector=None, synapse=None, view=slice(None), source=False):
    net = Network()
    cells = net.population("cells", 10, IFCurrExp())
    if source:
        net.population("source", 1, SpikeSourceArray())
    rule = connector or FixedNumberPre(2, with_replacement=True)
    net.project(cells[view], cells, rule, synapse or Static(weight=0.1, delay=1.0))
    return Bench("x", 1.0, "", net, ())


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (dict(connector=AllToAll()), "peers know FixedNumberPre"),
        (dict(connector=FixedNumberPre(2)), "with replacement"),
        (dict(synapse=STDP(weight=0.1, delay=1.0, pairing="nearest")), "additive pairs"),
        (dict(view=slice(None, None, 2)), "ranges only"),
        (dict(source=True), "neurons only"),
    ],
)
def test_what_peers_are_not_told_is_refused(options, message):
    with pytest.raises(UnsupportedError, match=message):
        network_task(wrong(**options), Settings())
