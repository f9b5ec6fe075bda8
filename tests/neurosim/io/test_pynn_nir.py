"""Kinds of imported NIR graphs in PyNN on NEST: equal spikes to the step, or a refusal."""

from __future__ import annotations

import numpy as np
import pytest

import neurosim as ns
from neurosim.errors import UnsupportedError
from neurosim.io.nir import kinds
from neurosim.io.pynn import pynn_script, to_pynn
from tests.neurosim.io.test_pynn_nest import IGNORED, nest, sim, spikes_here, spikes_there

__all__ = ["nest", "sim"]  # fixtures
pytestmark = IGNORED
DT = 0.1

EXACT = {"integrator_rule": "exact", "threshold": "reached"}


def network(kind, size=5, low=-0.5, high=1.5):
    rng = np.random.default_rng(6)
    net = ns.Network()
    times = [np.sort(rng.choice(np.arange(2, 600), 250, replace=False)) * DT for _ in range(6)]
    source = net.population("in", 6, ns.SpikeSourceArray(spike_times=times))
    cells = net.population("cells", size, kind)
    weights = rng.uniform(low, high, (6, size))
    net.project(source, cells, ns.AllToAll(), ns.Static(weights, DT), signed=True)
    recurrent = ns.Static(rng.uniform(-0.3, 0.3, (size, size)), 2 * DT)
    net.project(cells, cells, ns.AllToAll(), recurrent, signed=True)
    net.record(cells)
    return net


def spread(low, high):
    return np.linspace(low, high, 5)


@pytest.mark.parametrize(
    "kind",
    [
        kinds.NIRMembrane(tau=spread(1.0, 3.0), r=spread(5.0, 9.0), v_leak=0.1),
        kinds.NIRMembrane(tau=2.0, r=6.0, i_offset=0.03, **EXACT),
        kinds.NIRMembrane(tau=2.0, r=6.0, v_reset=-0.5, reset_time="next"),
        kinds.NIRMembrane(tau=2.0, r=6.0, v_reset=-0.5, reset_time="held", **EXACT),
        kinds.NIRMembrane(node="IF", r=spread(2000.0, 4000.0)),
        kinds.NIRMembrane(node="Threshold", v_threshold=spread(0.5, 2.0)),
        kinds.NIRCurrent(tau_syn=1.0, tau_mem=2.0, r=3.0, w_in=8.0, current="old", **EXACT),
        kinds.NIRCurrent(tau_syn=0.7, tau_mem=spread(1.0, 3.0), r=3.0, w_in=9.0, current="old"),
    ],
    ids=lambda kind: f"{kind.node}-{kind.integrator_rule}-{kind.reset_time}",
)
def test_spikes_are_equal_to_the_step(sim, kind):
    net = network(kind)
    live = to_pynn(net, sim, DT, seed=1)
    sim.run(61.0)
    ours = ns.simulate(net, 61.0, dt=DT, seed=1, backend="reference", weights="double")
    counts = [len(ours.spikes["cells"].of(unit)) for unit in range(5)]
    assert min(counts) > 5, counts
    assert spikes_there(live, "cells", 5) == spikes_here(ours, "cells", 5)


def test_read_outs_do_not_spike(sim):
    net = network(kinds.NIRMembrane(node="LI", tau=2.0, r=9.0))
    net.record("cells", "v")
    live = to_pynn(net, sim, DT, seed=1)
    sim.run(61.0)
    ours = ns.simulate(net, 61.0, dt=DT, seed=1, backend="reference", weights="double")
    (v,) = live.populations["cells"].get_data("v").segments[-1].analogsignals
    here = ours.signal("cells", "v").values
    assert here.max() > 1.0
    assert np.abs(v.magnitude - here[: len(v)]).max() < 1e-9
    assert spikes_there(live, "cells", 5) == [[]] * 5


@pytest.mark.parametrize(
    ("kind", "reason"),
    [
        (kinds.NIRMembrane(reset="subtract"), "reset 'subtract' has no PyNN cell"),
        (kinds.NIRMembrane(reset="none"), "reset 'none' has no PyNN cell"),
        (kinds.NIRMembrane(tau=0.05), "from 0 to 1"),
        (kinds.NIRMembrane(node="IF", i_offset=0.5), "i_offset needs a leak"),
        (kinds.NIRMembrane(i_offset=0.5, latency=2.0), "begins after some steps"),
        (kinds.NIRCurrent(), "import it with convention='neurosim'"),
        (kinds.NIRCurrent(current="old", i_offset=0.5), "with a constant input"),
    ],
)
def test_what_has_no_counterpart_is_refused(kind, reason):
    with pytest.raises(UnsupportedError, match=rf"population 'cells': .*{reason}"):
        pynn_script(network(kind), "nest", dt=DT, seed=1)
