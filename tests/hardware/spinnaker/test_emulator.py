"""The emulator as a backend: what holds for all, what it refuses, and what a user may do."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from neurosim import prepare, resume, simulate
from neurosim.backends.simulation import Simulation
from neurosim.errors import ParameterError, UnsupportedError
from neurosim.hardware.spinnaker.emulator import PROFILE, Emulator, EmulatorEngine
from neurosim.hardware.spinnaker.settings import Disturbance, Settings
from neurosim.network import AllToAll, FixedProbability, Network
from neurosim.neurons import AdEx, IFCondExp, IFCurrAlpha, IFCurrDelta, IFCurrExp, IzhikevichCurrExp
from neurosim.neurons.sources import PoissonInput, SpikeSourceArray, SpikeSourcePoisson
from neurosim.synapses import STDP, Static, TsodyksMarkram
from neurosim.testing.compare import observe, require_same

NAME = "spinnaker-emulator"


def busy(times: Any = ([2.0, 30.0], [5.0, 5.0], [11.0, 60.0])) -> Network:
    """Everything at once: sources of both kinds, input, delays, plasticity, two kinds of cells."""
    net = Network("busy")
    given = net.population("given", 3, SpikeSourceArray(times))
    poisson = net.population("poisson", 20, SpikeSourcePoisson(60.0))
    cells = net.population("cells", 30, IFCurrExp(tau_refrac=2.0, i_offset=0.4))
    other = net.population("other", 10, IFCondExp())
    net.inject(PoissonInput(300.0, 0.2), cells)
    net.project(given, cells, AllToAll(), Static(1.0, 3.0))
    rule = STDP(0.3, 2.0, w_max=0.8, A_plus=0.05, A_minus=0.06)
    net.project(poisson, cells, FixedProbability(0.5), rule, name="plastic")
    net.project(cells, other, FixedProbability(0.5), Static(0.02, 5.0))
    net.project(cells, cells, FixedProbability(0.2), Static(-0.3, 1.0), "inhibitory")
    net.record([given, poisson, cells, other], "spikes")
    net.record(cells, ["v", "isyn_exc"], every=2.0)
    net.record(other[2:5], "v", start=20.0, stop=70.0)
    return net


def start(net: Network | None = None, backend: Any = NAME) -> Simulation:
    return prepare(net or busy(), dt=1.0, seed=3, backend=backend)


def engine(simulation: Simulation) -> EmulatorEngine:
    made = simulation._engine
    assert isinstance(made, EmulatorEngine)
    return made


def test_the_same_seed_gives_the_same_bits_and_pauses_change_nothing() -> None:
    with start() as sim:
        whole = observe(sim.run(90.0))
        assert sum(len(t.times) for t in whole.recording.spikes.values()) > 300
        for pieces in ([45.0], [1.0, 1.0, 30.0, 0.0]):
            sim.reset()
            for piece in pieces:
                observe(sim.run(piece))
            require_same(whole, observe(sim.run_until(90.0)), "pauses change a result")
        sim.reset(4)
        other = observe(sim.run(90.0))
        assert not np.array_equal(
            other.recording.spikes["poisson"].times, whole.recording.spikes["poisson"].times
        )


@pytest.mark.parametrize(
    "backend",
    [
        Emulator(Settings(neurons_per_core=7, populations={"cells": {"spikes_per_second": 99.0}})),
        Emulator(disturbance=Disturbance(shuffle=True, loss=0.1, late=0.3, latest=4)),
    ],
)
def test_a_saved_state_goes_on_with_its_settings(tmp_path: Path, backend: Emulator) -> None:
    path = tmp_path / "state.npz"
    with start(backend=backend) as sim:
        sim.run(37.0).save(path)
        whole = observe(sim.run(53.0))
        require_same(whole, observe(sim.load(path).run(53.0)), "loading")
    with resume(path) as resumed:
        require_same(whole, observe(resumed.run(53.0)), "resuming")
        assert engine(resumed).settings == backend.settings
        assert engine(resumed).disturbance == backend.disturbance


def test_more_probes_and_populations_change_nothing_else() -> None:
    expected = simulate(busy(), 90.0, dt=1.0, seed=3, backend=NAME)
    more = busy()
    extra = more.population("extra", 5, IzhikevichCurrExp(i_offset=9.0))
    more.project(extra, extra, AllToAll(), Static(1.0, 30.0))
    more.record(more["other"], ["v", "gsyn_exc"], start=20.0, stop=70.0)
    found = simulate(more, 90.0, dt=1.0, seed=3, backend=NAME)
    for name, trains in expected.spikes.items():
        np.testing.assert_array_equal(found.spikes[name].times, trains.times)
        np.testing.assert_array_equal(found.spikes[name].ids, trains.ids)


def test_a_run_of_n_ticks_has_n_samples_before_the_update() -> None:
    recording = simulate(busy(), 90.0, dt=1.0, seed=3, backend=NAME)
    assert recording.signals["cells", "v"].times.tolist() == list(np.arange(0.0, 90.0, 2.0))
    assert recording.signals["other", "v"].times.tolist() == list(np.arange(20.0, 70.0))
    assert recording.signals["other", "v"].ids.tolist() == [2, 3, 4]
    assert recording.info["timing"] == "spinnaker"
    assert recording.info["backend_notes"]["profile"] == PROFILE


def test_fed_spikes_equal_given_ones() -> None:
    expected = simulate(busy(), 90.0, dt=1.0, seed=3, backend=NAME)
    with start(busy([[], [], []])) as sim:
        sim.feed("given", [(2, 60.0), (0, 30.0), (0, 2.0), (1, 5.0)])
        sim.run(5.0)
        sim.feed("given", [(1, 5.0), (2, 11.0)])
        found = sim.run_until(90.0).recording()
    for name, trains in expected.spikes.items():
        np.testing.assert_array_equal(found.spikes[name].times, trains.times)


def test_weights_are_those_of_words_in_our_unit_and_sign() -> None:
    net = Network("weights")
    source = net.population("source", 2, SpikeSourceArray([]))
    kinds = {"exp": IFCurrExp(), "delta": IFCurrDelta(tau_m=[10.0, 20.0]), "cond": IFCondExp()}
    values = {"exp": (0.3, -0.7), "delta": (3.1, -2.2), "cond": (0.013, 0.021)}
    for name, kind in kinds.items():
        cells = net.population(name, 2, kind)
        for weight, receptor in zip(values[name], ("excitatory", "inhibitory"), strict=True):
            synapse = Static(weight * np.array([[1.0, 0.5], [0.25, 0.9]]), 2.0)
            net.project(source, cells, AllToAll(), synapse, receptor, f"{name} {receptor}")
    with start(net) as sim:
        for name in kinds:
            for weight, receptor in zip(values[name], ("excitatory", "inhibitory"), strict=True):
                found = sim.weights(f"{name} {receptor}")
                wanted = weight * np.array([1.0, 0.5, 0.25, 0.9])
                np.testing.assert_allclose(found.weight, wanted, rtol=1e-3)
                assert found.pre.tolist() == [0, 0, 1, 1]
                assert found.delay.tolist() == [2.0] * 4
                sim.set_weights(f"{name} {receptor}", 0.5 * found.weight[::-1])
                again = sim.weights(f"{name} {receptor}").weight
                np.testing.assert_allclose(again, 0.5 * wanted[::-1], rtol=2e-3)


def test_signed_weights_of_delta_cells_go_to_both_receptors() -> None:
    net = Network("signed")
    source = net.population("source", 2, SpikeSourceArray([]))
    cells = net.population("cells", 2, IFCurrDelta())
    weights = np.array([[1.0, -2.0], [-0.5, 3.0]])
    net.project(source, cells, AllToAll(), Static(weights, 1.0), signed=True, name="signed")
    with start(net) as sim:
        assert [r.receptor for r in engine(sim).mapping.routes] == [0, 1]
        np.testing.assert_allclose(sim.weights("signed").weight, weights.ravel(), rtol=1e-3)


@pytest.mark.parametrize("share", [1.0, -0.1])
def test_weights_that_the_board_cannot_store_are_refused(share: float) -> None:
    with start() as sim:
        before = sim.weights("given->cells").weight
        most = 65536.0 / engine(sim).mapping.targets[0].scale(0)
        with pytest.raises(ParameterError, match=f"must be excitatory and below {most:g}"):
            sim.set_weights("given->cells", share * most)
        np.testing.assert_array_equal(sim.weights("given->cells").weight, before)


def test_waiting_potentiation_is_seen_only_when_asked_for() -> None:
    net = Network("waiting")
    pre = net.population("pre", 1, SpikeSourceArray([[2.0]]))
    drive = net.population("drive", 1, SpikeSourceArray([[4.0]]))
    cells = net.population("cells", 1, IFCurrExp(tau_refrac=50.0))
    net.project(drive, cells, AllToAll(), Static(25.0, 1.0))
    net.project(pre, cells, AllToAll(), STDP(0.5, 1.0, w_max=1.0, A_plus=0.1), name="plastic")
    with start(net) as sim:
        sim.run(20.0)
        raw = float(sim.weights("plastic", pending=False).weight[0])
        waits = float(sim.weights("plastic").weight[0])
        assert raw == pytest.approx(0.5, abs=1e-3)
        # the cell fires at 5 ms and is seen at 6 ms, 4 ms after the source
        assert waits == pytest.approx(0.5 + 0.1 * np.exp(-4.0 / 20.0), abs=2e-3)


def test_states_can_be_read_and_written() -> None:
    with start() as sim:
        sim.run(10.0)
        sim.write("cells", "v", np.linspace(-70.0, -60.0, 30))
        sim.write("cells", "isyn_inh", -0.25)
        sim.write("other", "gsyn_exc", 0.125)
        sim.write("cells", "refractory", 3.0)
        assert sim.read("cells", "v")[0] == -70.0
        assert set(sim.read("cells", "isyn_inh")) == {-0.25}
        assert set(sim.read("other", "gsyn_exc")) == {0.125}
        assert set(sim.read("cells", "refractory")) == {3.0}
        sim.run(2.0)
        assert set(sim.read("cells", "refractory")) == {1.0}


def test_what_the_board_keeps_in_another_form_is_refused() -> None:
    net = Network("forms")
    net.population("alpha", 1, IFCurrAlpha())
    net.population("izhikevich", 1, IzhikevichCurrExp())
    with start(net) as sim:
        assert sim.read("izhikevich", "stretch").tolist() == [1.0]
        assert sim.read("alpha", "rise_exc").tolist() == [0.0]
        with pytest.raises(UnsupportedError, match=r"'isyn_exc'.*cannot be set"):
            sim.write("alpha", "isyn_exc", 1.0)


def test_the_rise_of_alpha_synapses_is_that_of_their_currents() -> None:
    net = Network("alpha")
    pre = net.population("pre", 1, SpikeSourceArray([[2.0]]))
    cells = net.population("cells", 1, IFCurrAlpha(tau_syn_E=10.0, tau_syn_I=10.0))
    net.project(pre, cells, AllToAll(), Static(1.0, 1.0))
    net.project(pre, cells, AllToAll(), Static(-2.0, 1.0), "inhibitory")
    with start(net) as sim:
        sim.run(4.0)
        for side, sign in (("exc", 1.0), ("inh", -2.0)):
            rise = sim.read("cells", f"rise_{side}")[0]
            assert rise == pytest.approx(sign * np.e / 10.0 * np.exp(-1.0 / 10.0), rel=0.02)


def test_what_a_board_cannot_do_is_refused_and_changes_nothing() -> None:
    with start() as sim:
        sim.run(20.0)
        with pytest.raises(UnsupportedError, match="plasticity cannot"):
            sim.freeze("plastic")
        rest = observe(sim.run(70.0))
    with start() as sim:
        require_same(observe(sim.run(90.0)), rest, "a refusal changes a result")


def test_what_the_board_has_not_got_is_refused_at_once() -> None:
    net = Network("foreign")
    cells = net.population("adex", 2, AdEx())
    lif = net.population("lif", 2, IFCurrExp())
    net.project(cells, lif, AllToAll(), TsodyksMarkram(0.1, 1.0), name="depressing")
    with pytest.raises(UnsupportedError) as caught:
        start(net)
    for name in ("'adex'", "'depressing'"):
        assert name in str(caught.value)


def test_single_precision_is_refused() -> None:
    with pytest.raises(UnsupportedError, match="precision"):
        prepare(busy(), dt=1.0, seed=1, backend=NAME, precision="single")


def test_the_chain_fires_one_step_a_hop() -> None:
    net = Network("chain")
    before = net.population("source", 1, SpikeSourceArray([[5.0]]))
    for i in range(6):
        cell = net.population(f"cell {i}", 1, IFCurrExp(tau_refrac=50.0))
        net.project(before, cell, AllToAll(), Static(25.0, 1.0))
        net.record(cell, "spikes")
        before = cell
    recording = simulate(net, 30.0, dt=1.0, seed=1, backend=NAME)
    times = [recording.spikes[f"cell {i}"].times.tolist() for i in range(6)]
    assert times == [[6.0], [7.0], [8.0], [9.0], [10.0], [11.0]]
