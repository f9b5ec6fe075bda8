"""Plastic synapses and small networks against NEST on the same grid."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import nest
import numpy as np
import pytest

from neurosim.facade import prepare, simulate
from neurosim.network import AllToAll, FromList, Network, OneToOne
from neurosim.neurons import IFCurrDelta, IFCurrExp
from neurosim.neurons.sources import SpikeSourceArray
from neurosim.synapses import STDP, Static, TsodyksMarkram
from neurosim.testing.closed_forms import CHAIN, chain

BACKENDS = ("numba", "reference")
NANO = 1000.0  # pA in a nA


@pytest.fixture(autouse=True)
def kernel() -> None:
    nest.verbosity = nest.VerbosityLevel.ERROR
    nest.ResetKernel()


def lif(n: int, **changes: Any) -> Any:
    """NEST's counterpart of ``IFCurrExp`` with its defaults."""
    values = {
        "C_m": 1000.0, "tau_m": 20.0, "E_L": -65.0, "V_reset": -65.0, "V_th": -50.0, "V_m": -65.0,
        "t_ref": 2.0, "tau_syn_ex": 5.0, "tau_syn_in": 5.0,
    }  # fmt: skip
    return nest.Create("iaf_psc_exp", n, {**values, **changes})


def trains(recorder: Any, cells: Any) -> list[list[float]]:
    """Spike times of each cell, to the microsecond."""
    events = recorder.get("events")
    return [
        np.sort(events["times"][events["senders"] == cell]).round(3).tolist()
        for cell in cells.tolist()
    ]


def test_chain() -> None:
    nest.resolution = 1.0
    source = nest.Create("spike_generator", 1, {"spike_times": [5.0]})
    cells = lif(6, tau_syn_ex=0.5)
    recorder = nest.Create("spike_recorder")
    synapse = {"weight": 60.0 * NANO, "delay": 1.0}
    nest.Connect(source, cells[0], "one_to_one", synapse)
    nest.Connect(cells[:5], cells[1:], "one_to_one", synapse)
    nest.Connect(cells, recorder)
    nest.Simulate(30.0)
    assert trains(recorder, cells) == [[float(t)] for t in CHAIN["standard"]]


def test_chain_of_ours_is_the_one_of_nest() -> None:
    for backend in BACKENDS:
        found = simulate(chain("standard"), 30.0, dt=1.0, seed=1, backend=backend)
        assert found.spikes["cells"].times.tolist() == list(CHAIN["standard"])


@pytest.mark.parametrize("backend", BACKENDS)
def test_recurrent_network(backend: str) -> None:
    rng = np.random.default_rng(5)
    n, dt, duration = 20, 0.1, 150.0
    pairs = np.argwhere(rng.random((n, n)) < 0.2)
    weights = rng.uniform(0.2, 2.5, len(pairs)) * np.where(pairs[:, 0] < 15, 1.0, -2.0)
    delays = 0.1 * rng.integers(1, 40, len(pairs))
    current = rng.uniform(0.7, 1.6, n)
    start = rng.uniform(-64.0, -51.0, n)

    nest.resolution = dt
    cells = lif(n)
    cells.set({"I_e": NANO * current})
    cells.set({"V_m": start})
    for (pre, post), weight, delay in zip(pairs, weights, delays, strict=True):
        nest.Connect(cells[int(pre)], cells[int(post)], "one_to_one",
                     {"weight": NANO * weight, "delay": delay})  # fmt: skip
    recorder = nest.Create("spike_recorder")
    meter = nest.Create("multimeter", {"record_from": ["V_m"], "interval": dt})
    nest.Connect(cells, recorder)
    nest.Connect(meter, cells)
    nest.Simulate(duration)
    expected = trains(recorder, cells)
    events = meter.get("events")

    network = Network()
    kind: Any = IFCurrExp(tau_refrac=2.0).replace(i_offset=current)
    group = network.population("cells", n, kind, initial={"v": start})
    for receptor, mine in (("excitatory", weights > 0.0), ("inhibitory", weights < 0.0)):
        synapse = Static(weights[mine], delays[mine])
        network.project(group, group, FromList(pairs[mine]), synapse, receptor)
    network.record(group, ["spikes", "v"])
    recording = simulate(network, duration, dt=dt, seed=1, backend=backend, weights="double")

    found = [recording.spikes["cells"].of(unit).round(3).tolist() for unit in range(n)]
    assert sum(map(len, expected)) > 60
    assert found == expected
    v = recording.signal("cells", "v").values
    theirs = np.empty((round(duration / dt) - 1, n))
    for unit, cell in enumerate(cells.tolist()):
        theirs[:, unit] = events["V_m"][events["senders"] == cell]
    assert np.abs(v[1 : len(theirs) + 1] - theirs).max() < 1e-9


def emitted_by_nest(pre: Sequence[float], synapse: dict[str, Any], post: Any) -> Any:
    """Weights that NEST transmits for presynaptic spikes at given times, in order."""
    generator = nest.Create("spike_generator", 1, {"spike_times": [t - 1.0 for t in pre]})
    relay = nest.Create("parrot_neuron")
    nest.Connect(generator, relay, "one_to_one", {"delay": 1.0})
    recorder = nest.Create("weight_recorder")
    nest.CopyModel(synapse.pop("model"), "recorded", {"weight_recorder": recorder})
    nest.Connect(relay, post, "one_to_one", {"synapse_model": "recorded", **synapse})
    nest.Simulate(400.0)
    return np.asarray(recorder.get("events")["weights"])


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize(
    ("use", "recovery", "facilitation"), [(0.5, 60.0, 0.0), (0.1, 20.0, 150.0), (0.9, 200.0, 15.0)]
)
def test_tsodyks_markram(backend: str, use: float, recovery: float, facilitation: float) -> None:
    pre = [5.0, 15.0, 16.0, 40.0, 45.5, 47.0, 120.0, 300.5]
    nest.resolution = 0.5
    synapse = {
        "model": "tsodyks2_synapse", "weight": 1.5 * NANO, "delay": 2.0, "U": use, "u": use,
        "x": 1.0, "tau_rec": recovery, "tau_fac": facilitation,
    }  # fmt: skip
    expected = emitted_by_nest(pre, synapse, lif(1, V_th=1e6)) / NANO

    network = Network()
    source = network.population("source", 1, SpikeSourceArray(spike_times=[pre]))
    cell = network.population("cell", 1, IFCurrExp(v_thresh=1e6))
    rule = TsodyksMarkram(1.5, 2.0, U=use, tau_rec=recovery, tau_facil=facilitation)
    network.project(source, cell, OneToOne(), rule)
    network.record(cell, "isyn_exc")
    recording = simulate(network, 400.0, dt=0.5, seed=1, backend=backend)
    current = recording.signal("cell", "isyn_exc").values[:, 0]
    amounts = current[1:] - current[:-1] * np.exp(-0.1)
    found = amounts[[round((t + 2.0) / 0.5) - 1 for t in pre]]
    assert len(expected) == len(pre)
    np.testing.assert_allclose(found, expected, rtol=1e-12)


DEPENDENCES = {
    "additive": (0.0, 0.0),
    "multiplicative": (1.0, 1.0),
    "additive_potentiation_multiplicative_depression": (0.0, 1.0),
    "gutig": (0.3, 0.6),
}
"""NEST's exponents of potentiation and depression."""


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("dependence", DEPENDENCES)
def test_stdp(backend: str, dependence: str) -> None:
    """Random trains; no postsynaptic event meets a presynaptic one, which NEST leaves out."""
    rng = np.random.default_rng(11)
    delay, dt = 3.0, 0.5
    stamps = rng.permutation(np.arange(20, 700))
    pre = np.sort(stamps[:45] * dt).tolist()
    post = np.sort(stamps[45:90] * dt - delay).tolist()
    mu_plus, mu_minus = DEPENDENCES[dependence]

    nest.resolution = dt
    teacher = nest.Create("spike_generator", 1, {"spike_times": [t - 1.0 for t in post]})
    relay = nest.Create("parrot_neuron", 1, {"tau_minus": 25.0})
    nest.Connect(teacher, relay, "one_to_one", {"delay": 1.0})
    synapse = {
        "model": "stdp_synapse", "weight": 0.45, "delay": delay, "receptor_type": 1, "Wmax": 0.9,
        "lambda": 0.02, "alpha": 0.9, "mu_plus": mu_plus, "mu_minus": mu_minus, "tau_plus": 15.0,
    }  # fmt: skip
    expected = emitted_by_nest(pre, synapse, relay)

    network = Network()
    source = network.population("source", 1, SpikeSourceArray(spike_times=[pre]))
    drive = network.population("drive", 1, SpikeSourceArray(spike_times=[[t - dt for t in post]]))
    cell = network.population("cell", 1, IFCurrDelta(tau_m=1.0, tau_refrac=0.0))
    network.project(drive, cell, OneToOne(), Static(100.0, dt))
    rule = STDP(
        0.45, delay, tau_plus=15.0, tau_minus=25.0, A_plus=0.02, A_minus=0.018, w_max=0.9,
        dependence=dependence, mu_plus=mu_plus, mu_minus=mu_minus,
    )  # fmt: skip
    network.project(source, cell, AllToAll(), rule, name="plastic")
    network.record(cell, "spikes")
    found = []
    with prepare(network, dt=dt, seed=1, backend=backend, weights="double") as simulation:
        for time in pre:
            simulation.run_until(time + dt)
            found.append(float(simulation.weights("plastic", pending=False).weight[0]))
        fired = simulation.run_until(400.0).recording().spikes["cell"].times
    assert fired.tolist() == post
    assert len(set(found)) > 30
    np.testing.assert_allclose(found, expected, rtol=1e-11)
