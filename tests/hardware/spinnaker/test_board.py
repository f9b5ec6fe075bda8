"""The backend, with a stub in place of sPyNNaker and the board."""

from __future__ import annotations

import gc

import numpy as np
import pytest

import neurosim as ns
from neurosim.backends.base import Backend
from neurosim.errors import (
    MappingError,
    MissingDependency,
    NoBoardConfigured,
    ParameterError,
    SimulationError,
    UnsupportedError,
)
from neurosim.hardware.spinnaker import board, toolchain
from neurosim.hardware.spinnaker.board import SpinnakerBoard
from neurosim.hardware.spinnaker.comparison import compare
from neurosim.hardware.spinnaker.deployment import Counter
from neurosim.hardware.spinnaker.settings import Settings
from neurosim.hardware.spinnaker.targets import Board, Virtual


class Stub:
    """A board that answers with numbers made from ids and times.

    Unit ``i`` of any population spikes in every step ``k`` with ``(k + i) % 3 == 0``; a sample of
    unit ``i`` at ``t`` ms is ``t + i / 100``; weights are those of the lists, in reverse order.
    """

    made: list[Stub]

    def __init__(self, deployment, target):
        assert all(other.closed for other in Stub.made), "two machines at once"
        Stub.made.append(self)
        self.deployment, self.target, self.version = deployment, target, "7.4.1"
        self.virtual = isinstance(target, Virtual)
        self.time, self.runs, self.resets, self.closed = 0.0, [], 0, False

    def run(self, duration):
        self.time += duration
        self.runs.append(duration)

    def reset(self):
        self.time, self.resets = 0.0, self.resets + 1

    def recorded(self):
        return [self._record(item) for item in self.deployment.recorded]

    def _record(self, item):
        size = next(c.size for c in self.deployment.cells if c.name == item.target.population)
        ids = range(size) if item.target.ids is None else item.target.ids.tolist()
        dt = self.deployment.dt
        steps = round(self.time / dt)
        if item.variables == ("spikes",):
            rows = [(i, k * dt) for i in ids for k in range(steps) if (k + i) % 3 == 0]
            return np.array(rows).reshape(-1, 2)
        every = round(item.every / dt)
        return np.array([[k * dt + i / 100.0 for i in ids] for k in range(0, steps, every)])

    def weights(self, link):
        wires = self.deployment.links[link].wires
        table = wires.connector.args["conn_list"]
        names = ["source", "target", *wires.connector.args["column_names"]]
        columns = {**wires.synapse.args, **dict(zip(names, table.T, strict=True))}
        rows = np.broadcast_arrays(*(columns[n] for n in ("source", "target", "weight", "delay")))
        return np.stack(rows, axis=1)[::-1]

    def provenance(self):
        return [Counter("cells(0:5)", 0, 0, 3, "Number_of_late_spikes", int(self.time))]

    def close(self):
        self.closed = True


@pytest.fixture(autouse=True)
def stub(monkeypatch):
    Stub.made = []
    monkeypatch.setattr(board, "Toolchain", Stub)
    monkeypatch.setattr(board, "require_spynnaker", lambda: None)
    return Stub


def network():
    net = ns.Network("n")
    pre = net.population("pre", 4, ns.SpikeSourceArray([[2.0]]))
    cells = net.population("cells", 6, ns.IFCurrExp())
    net.project(
        pre, cells, ns.FixedProbability(0.6),
        ns.Static(ns.Uniform(-0.5, -0.1), delay=ns.Uniform(1.0, 5.0)), receptor="inhibitory",
    )  # fmt: skip
    net.record(cells, ["spikes"])
    net.record(cells[[4, 1]], ["v", "isyn_inh"], every=2.0)
    return net


def prepared(target="board:10.0.0.1", **options):
    return ns.prepare(network(), dt=1.0, seed=3, backend=SpinnakerBoard(target, **options))


def test_it_is_a_backend():
    made: Backend = SpinnakerBoard()
    assert made.name == "spinnaker-board"
    assert made.capabilities.precisions == ("double",)


def test_a_recording_is_what_the_board_recorded():
    with prepared() as sim:
        recording = sim.run(7.0).recording()
    spikes = recording.spikes["cells"]
    expected = [(float(k), i) for k in range(7) for i in range(6) if (k + i) % 3 == 0]
    assert list(zip(spikes.times.tolist(), spikes.ids.tolist(), strict=True)) == expected
    v = recording.signal("cells", "v")
    assert v.ids.tolist() == [1, 4]
    assert v.times.tolist() == [0.0, 2.0, 4.0, 6.0]  # the board's samples: none at the end
    np.testing.assert_array_equal(v.values, v.times[:, None] + np.array([0.01, 0.04]))
    inhibition = recording.signal("cells", "isyn_inh").values
    np.testing.assert_array_equal(inhibition, -v.values)
    assert recording.duration == 7.0
    assert recording.info["timing"] == "spinnaker"
    notes = recording.info["backend_notes"]
    assert notes["virtual"] is False
    assert "results" not in notes
    assert notes["spynnaker"] == "7.4.1"
    assert notes["target"] == "Board(hostname='10.0.0.1')"
    assert notes["counters"] == {"cells(0:5) at 0,0,3": {"Number_of_late_spikes": 7}}


def test_a_run_on_a_board_can_be_compared_with_one_on_the_emulator():
    emulated = ns.simulate(network(), 7.0, dt=1.0, seed=3, backend="spinnaker-emulator")
    with prepared(settings=Settings(neurons_per_core=3)) as sim:
        found = compare(emulated, sim.run(7.0).recording())
    (cells,) = found.spikes
    assert (cells.expected, cells.found, cells.same) == (0, 12, 0)  # the last tick does not count
    assert found.shift == 0
    assert found.causes


def test_a_second_run_goes_on_and_each_is_one_run_of_the_board(stub):
    with prepared() as sim:
        sim.run(5.0)
        sim.run(4.0)
        assert stub.made[-1].runs == [5.0, 4.0]
        assert sim.t == 9.0
        recording = sim.recording()
    expected = [(float(k), i) for k in range(9) for i in range(6) if (k + i) % 3 == 0]
    spikes = recording.spikes["cells"]
    assert list(zip(spikes.times.tolist(), spikes.ids.tolist(), strict=True)) == expected
    assert recording.signal("cells", "v").values[:, 0].tolist() == [0.01, 2.01, 4.01, 6.01, 8.01]


def test_a_long_run_is_not_cut_into_chunks(stub):
    with prepared() as sim:
        sim.run(1000.0)
    assert stub.made[0].runs == [1000.0]


def test_a_reset_keeps_the_machine_and_forgets_what_was_recorded(stub):
    with prepared() as sim:
        sim.run(5.0)
        sim.reset()
        assert sim.t == 0.0
        recording = sim.run(2.0).recording()
        sim.reset()
        sim.reset()  # nothing has run since
        assert (len(stub.made), stub.made[0].resets) == (1, 2)
    assert recording.duration == 2.0
    assert recording.spikes["cells"].times.max() < 2.0


def test_a_reset_to_another_seed_is_another_network_on_one_machine(stub):
    with prepared() as sim:
        first = sim.weights("pre->cells")
        sim.reset(seed=4)
        second = sim.weights("pre->cells")
    assert len(stub.made) == 2
    assert stub.made[0].closed
    assert not np.array_equal(first.weight, second.weight)


def test_the_machine_is_given_back_when_the_simulation_is_closed(stub):
    with prepared() as sim:
        sim.run(1.0)
        assert not stub.made[0].closed
    assert stub.made[0].closed


def test_the_machine_is_given_back_when_the_simulation_is_forgotten(stub):
    sim = prepared()
    assert not stub.made[0].closed
    del sim
    gc.collect()
    assert stub.made[0].closed


def test_the_machine_is_given_back_after_an_error(stub, monkeypatch):
    monkeypatch.setattr(Stub, "recorded", lambda self: [np.zeros((3, 2))] * 3)
    sim = prepared()
    with pytest.raises(SimulationError, match="samples of 'v'"):
        sim.run(100.0)
    assert stub.made[0].closed


def test_weights_are_those_of_the_plan_in_its_order(stub):
    with (
        prepared() as sim,
        ns.prepare(network(), dt=1.0, seed=3, backend="reference", weights="double") as other,
    ):
        found, expected = sim.weights("pre->cells"), other.weights("pre->cells")
    for name in ("pre", "post", "weight", "delay"):
        np.testing.assert_array_equal(getattr(found, name), getattr(expected, name))
    assert (found.weight < 0.0).all()


def test_a_virtual_board_gives_nothing_and_says_so():
    with prepared("virtual?version=3") as sim:
        recording = sim.run(4.0).recording()
    assert len(recording.spikes["cells"]) == 8  # the stub computes, virtual or not
    assert np.isnan(recording.signal("cells", "v").values).all()
    assert recording.signal("cells", "v").shape == (2, 2)
    notes = recording.info["backend_notes"]
    assert notes["virtual"] is True
    assert notes["results"].startswith("empty: a virtual board computes nothing")
    assert "counters" not in notes


def test_what_changed_on_the_way_is_in_the_notes():
    with prepared(connectors="rules") as sim:
        notes = sim.recording().info["backend_notes"]
    assert any("is drawn by the board" in note for note in notes["translation"])


def test_settings_reach_the_board(stub):
    settings = Settings(populations={"cells": {"neurons_per_core": 2}})
    with prepared(settings=settings):
        assert stub.made[0].deployment.options["cells"]["neurons_per_core"] == 2
    assert stub.made[0].target == Board("10.0.0.1")


@pytest.mark.parametrize(
    ("act", "match"),
    [
        (lambda sim: sim.read("cells", "v"), "read state variables between runs"),
        (lambda sim: sim.write("cells", "v", -60.0), "set state variables"),
        (lambda sim: sim.feed("pre", [(0, 50.0)]), "take spikes after the network was made"),
        (lambda sim: sim.change(network()), "change the network"),
        (lambda sim: sim.set_weights("pre->cells", -0.1), "replace weights"),
        (lambda sim: sim.freeze("pre->cells"), "apply waiting potentiation"),
    ],
)
def test_what_a_board_cannot_do_says_so(act, match):
    with prepared() as sim, pytest.raises(UnsupportedError, match=match) as caught:
        act(sim)
    assert "spinnaker-emulator" in str(caught.value)


def test_its_state_is_not_saved(tmp_path):
    with prepared() as sim, pytest.raises(UnsupportedError, match="a board cannot save its state"):
        sim.save(tmp_path / "state.npz")
    assert not list(tmp_path.iterdir())


def test_the_engine_refuses_what_no_simulation_asks_for():
    with prepared() as sim:
        engine = sim._engine
        for act in (
            engine.waiting, lambda: engine.restore({}), lambda: engine.changed(sim.plan),
            lambda: engine.freeze(0, True),
        ):  # fmt: skip
            with pytest.raises(UnsupportedError):
                act()


def test_without_a_machine_nothing_is_built(stub, monkeypatch):
    monkeypatch.delenv("NEUROSIM_SPINNAKER", raising=False)
    with pytest.raises(NoBoardConfigured, match="spinnaker-emulator"):
        prepared(None)
    assert not stub.made


def test_the_environment_names_the_machine(stub, monkeypatch):
    monkeypatch.setenv("NEUROSIM_SPINNAKER", "virtual?version=3")
    with prepared(None):
        assert stub.made[0].target == Virtual(3)


def test_without_spynnaker_the_extra_is_named(stub, monkeypatch):
    monkeypatch.setattr(board, "require_spynnaker", toolchain.require_spynnaker)
    monkeypatch.setattr(toolchain, "find_spec", lambda name: None)
    with pytest.raises(MissingDependency, match=r"spynnaker: pip install 'neurosim-snn\[spinn"):
        prepared()
    assert not stub.made


def test_all_that_the_board_cannot_run_is_listed(stub):
    net = network()
    net.population("adapting", 2, ns.AdEx())
    net.inject(ns.ACSource(), "cells", name="sine")
    net.project("pre", "cells", ns.AllToAll(), ns.STDP(0.1, dependence="gutig"), name="learns")
    with pytest.raises(UnsupportedError) as caught:
        ns.prepare(net, dt=1.0, backend=SpinnakerBoard("virtual"), precision="single")
    for word in ("'adapting'", "'sine'", "'learns'", "'single'"):
        assert str(caught.value).count(word) == 1, word
    assert not stub.made


def test_a_delay_that_is_too_long_is_refused(stub):
    net = network()
    net.project("pre", "cells", ns.AllToAll(), ns.Static(0.1, delay=1e5), name="long")
    with pytest.raises(MappingError, match="delay"):
        ns.prepare(net, dt=1.0, backend=SpinnakerBoard("virtual"))
    assert not stub.made


def test_lists_of_which_the_tools_would_lose_synapses_are_refused(stub):
    net = ns.Network()
    pre = net.population("pre", 100, ns.SpikeSourceArray())
    cells = net.population("cells", 256, ns.IFCurrExp())
    net.project(pre, cells, ns.AllToAll(), ns.Static(0.1, delay=80.0), name="long")
    with pytest.raises(MappingError, match=r"projection 'long': 25600 of 25600 .* <= 128 for"):
        ns.prepare(net, dt=1.0, backend=SpinnakerBoard("virtual"))
    assert not stub.made
    with ns.prepare(net, dt=1.0, backend=SpinnakerBoard("virtual", connectors="rules")):
        assert len(stub.made) == 1


def test_weights_that_would_wrap_around_are_refused(stub):
    net = network()
    net.project("pre", "cells", ns.AllToAll(), ns.Static(10.0), name="strong")
    limits = Settings(populations={"cells": {"max_expected_summed_weight": 1.0}})
    with pytest.raises(
        MappingError, match=r"'strong': 24 weights above 3\.9\d+ would wrap"
    ) as caught:
        ns.prepare(net, dt=1.0, backend=SpinnakerBoard("virtual", limits))
    assert "max_expected_summed_weight of 'cells'" in str(caught.value)
    assert not stub.made


@pytest.mark.parametrize(
    ("arguments", "match"),
    [
        ({"target": 5}, r"deploy.target: must name a machine"),
        ({"target": "nowhere"}, r"deploy.target: must name a machine"),
        ({"settings": {"neurons_per_core": 5}}, r"SpinnakerBoard.settings: must be Settings"),
        ({"connectors": "drawn"}, r"deploy.connectors: must be 'lists' or 'rules'"),
    ],
)
def test_arguments_are_checked_when_they_are_given(arguments, match):
    with pytest.raises(ParameterError, match=match):
        SpinnakerBoard(**arguments)


def test_settings_of_unknown_populations_are_refused(stub):
    settings = Settings(populations={"cell": {"neurons_per_core": 5}})
    with pytest.raises(ParameterError, match="Did you mean 'cells'"):
        prepared(settings=settings)
    assert not stub.made
