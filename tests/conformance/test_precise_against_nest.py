"""Spikes off the grid against NEST's models with precise spike times."""

from __future__ import annotations

from typing import Any

import nest
import numpy as np
import pytest

from neurosim.facade import simulate
from neurosim.network import FromList, Network
from neurosim.neurons import IFCurrAlpha, IFCurrDelta, IFCurrExp
from neurosim.synapses import Static

NANO = 1000.0  # pA in a nA

KINDS: dict[str, tuple[Any, dict[str, float], float, float]] = {
    "iaf_psc_exp_ps": (IFCurrExp, {"tau_syn_E": 5.0, "tau_syn_I": 3.0}, 2.5, NANO),
    "iaf_psc_alpha_ps": (IFCurrAlpha, {"tau_syn_E": 2.0, "tau_syn_I": 3.0}, 2.5, NANO),
    "iaf_psc_delta_ps": (IFCurrDelta, {}, 6.0, 1.0),
}
"""NEST's model: our kind, its synaptic time constants, largest weight, NEST's unit of weights."""


@pytest.mark.parametrize("model", KINDS)
def test_recurrent_network(model: str) -> None:
    kind, taus, largest, unit = KINDS[model]
    rng = np.random.default_rng(5)
    n, duration = 12, 80.0
    pairs = np.argwhere(rng.random((n, n)) < 0.3)
    weights = rng.uniform(0.1, 1.0, len(pairs)) * largest * np.where(pairs[:, 0] < 9, 1.0, -2.0)
    delays = 0.1 * rng.integers(1, 40, len(pairs))
    current, start = rng.uniform(0.7, 1.6, n), rng.uniform(-64.0, -51.0, n)

    nest.verbosity = nest.VerbosityLevel.ERROR
    nest.ResetKernel()
    nest.resolution = 0.1
    names = {"tau_syn_E": "tau_syn_ex", "tau_syn_I": "tau_syn_in"}
    values = {
        "C_m": 1000.0, "tau_m": 20.0, "E_L": -65.0, "V_reset": -65.0, "V_th": -50.0, "t_ref": 2.0,
        **{names[name]: value for name, value in taus.items()},
    }  # fmt: skip
    cells = nest.Create(model, n, values)
    cells.set({"I_e": NANO * current})
    cells.set({"V_m": start})
    for (pre, post), weight, delay in zip(pairs, weights, delays, strict=True):
        nest.Connect(
            cells[int(pre)], cells[int(post)], "one_to_one",
            {"weight": unit * weight, "delay": delay},
        )  # fmt: skip
    recorder = nest.Create("spike_recorder")
    nest.Connect(cells, recorder)
    nest.Simulate(duration)
    events = recorder.get("events")

    network = Network()
    parameters = {"i_offset": current, "tau_refrac": 2.0, **taus}
    group = network.population("cells", n, kind(**parameters), initial={"v": start})
    for receptor, mine in (("excitatory", weights > 0.0), ("inhibitory", weights < 0.0)):
        synapse = Static(weights[mine], delays[mine])
        network.project(group, group, FromList(pairs[mine]), synapse, receptor)
    network.record(group, "spikes")
    found = simulate(
        network, duration, dt=0.1, seed=1, backend="numba-event-precise", weights="double"
    ).spikes["cells"]

    total = 0
    for place, cell in enumerate(cells.tolist()):
        theirs = np.sort(events["times"][events["senders"] == cell])
        ours = found.of(place)
        assert len(ours) == len(theirs)
        assert np.abs(ours - theirs).max(initial=0.0) < 1e-9
        total += len(ours)
    assert total > 30
