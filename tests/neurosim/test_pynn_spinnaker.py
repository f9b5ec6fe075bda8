"""A script as it is written for boards, on the emulator and as a network of neurosim."""

import runpy
import sys
from importlib import import_module
from pathlib import Path

import numpy as np
import pytest

from neurosim import pynn, pynn_spinnaker
from neurosim.errors import NeurosimWarning, ParameterError, SimulationError
from neurosim.facade import prepare
from neurosim.hardware.spinnaker import Emulator, Settings
from neurosim.network import AllToAll, FromList, Network, OneToOne
from neurosim.neurons import IFCondExp, IFCurrExp
from neurosim.neurons.sources import SpikeSourceArray
from neurosim.pynn.spinnaker import NotOnBoard
from neurosim.synapses import STDP, Static

SCRIPT = Path(__file__).parents[2] / "docs" / "examples" / "pynn_spinnaker.py"
LINKS, WIDTH = 6, 10


@pytest.fixture(autouse=True)
def others_begin_anew():
    """Leave no board set up."""
    yield
    pynn.setup()


def native():
    """The network of the script."""
    net = Network("as in the script")
    start = net.population("start", WIDTH, SpikeSourceArray([[5.0 + u % 3] for u in range(WIDTH)]))
    cell = IFCurrExp(
        cm=0.25, tau_refrac=2.0, tau_syn_E=1.0, tau_syn_I=3.0, v_reset=-70.0, v_thresh=-55.0
    )
    chain = net.population("chain", LINKS * WIDTH, cell, {"v": -65.0})
    groups = [chain[k * WIDTH : (k + 1) * WIDTH] for k in range(LINKS)]
    for k, group in enumerate(groups):
        source = groups[k - 1] if k else start
        net.project(source, group, AllToAll(), Static(0.61, 3.0), name=f"link {k}")
    brake = FromList([(i, (i + WIDTH) % (LINKS * WIDTH)) for i in range(LINKS * WIDTH)])
    net.project(chain, chain, brake, Static(-0.33, 5.0), "inhibitory", "brake")
    times = [40.0 + 60.0 * k for k in range(5)]
    shifts = [-30.0, -15.0, -5.0, 5.0, 15.0, 30.0]
    pre = net.population("pre", 6, SpikeSourceArray([[*times, 340.0]] * 6))
    teacher = net.population(
        "teacher", 6, SpikeSourceArray([[t + s for t in times] for s in shifts])
    )
    post = net.population("post", 6, IFCondExp(tau_refrac=2.0), {"v": -65.0})
    net.project(teacher, post, OneToOne(), Static(0.1, 1.0))
    rule = STDP(0.005, 1.0, A_plus=0.001 / 0.02, A_minus=0.0012 / 0.02, w_max=0.02)
    net.project(pre, post, OneToOne(), rule, name="plastic")
    net.record(chain, "spikes")
    net.record(chain[0:2], ["v", "isyn_exc", "isyn_inh"])
    net.record(post, ["spikes", "v"])
    return net


def spikes(trains):
    """Time and unit of all spikes, in order."""
    return sorted((float(t), unit) for unit, train in enumerate(trains) for t in train.magnitude)


def test_the_script_is_the_network_bit_for_bit(monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", [str(SCRIPT)])
    script = runpy.run_path(str(SCRIPT))
    assert "plastic" in capsys.readouterr().out
    settings = Settings(
        populations={"chain": {"neurons_per_core": 50}, "post": {"spikes_per_second": 50.0}}
    )
    with prepare(native(), dt=1.0, seed=1, backend=Emulator(settings)) as simulation:
        found = simulation.run(350.0).recording()
        weights = {
            name: simulation.weights(name, pending=False).weight
            for name in ("link 0", "brake", "plastic")
        }
    for name in ("chain", "post"):
        trains, (segment,) = found.spikes[name], script[name].get_data().segments
        expected = sorted(zip(trains.times.tolist(), trains.ids.tolist(), strict=True))
        assert spikes(segment.spiketrains) == expected
        assert len(expected) > 20
    signals = {s.name: s.magnitude for s in script["signals"]}
    assert (signals["v"] == found.signal("chain", "v").values).all()
    assert (signals["gsyn_exc"] == found.signal("chain", "isyn_exc").values).all()
    assert (signals["gsyn_inh"] == -found.signal("chain", "isyn_inh").values).all()
    assert signals["gsyn_inh"].max() > 0.1
    v = script["post"].get_data("v").segments[0].analogsignals[0].magnitude
    assert (v == found.signal("post", "v").values).all()
    for name, own in (("link 0", script["wires"][0]), ("brake", script["inhibition"])):
        assert own.get("weight", "list", with_address=False) == np.abs(weights[name]).tolist()
    learned = script["plastic"].get("weight", "list", with_address=False)
    assert learned == weights["plastic"].tolist()
    assert min(learned) < 0.004 < 0.006 < max(learned)


def test_it_is_a_back_end_by_name():
    assert import_module("pyNN.neurosim_spinnaker") is pynn_spinnaker


def test_cells_need_a_set_up():
    pynn.setup()
    with pytest.raises(SimulationError, match=r"Call neurosim\.pynn_spinnaker\.setup\(\) first"):
        pynn_spinnaker.IF_curr_exp()


def test_set_up():
    with pytest.warns(NeurosimWarning, match="timestep: is 0.1 ms unless it is given"):
        pynn_spinnaker.setup()
    pynn_spinnaker.setup(1.0, backend=Emulator(Settings(neurons_per_core=3)))
    pynn_spinnaker.Population(7, pynn_spinnaker.IF_curr_exp())
    pynn_spinnaker.run(1.0)
    recording = pynn_spinnaker.simulation().recording()
    assert recording.info["backend_notes"]["cores"] == 3
    with pytest.raises(ParameterError, match="backend: must be 'spinnaker-emulator' or an Emul"):
        pynn_spinnaker.setup(1.0, backend="numba")


@pytest.mark.parametrize(
    ("name", "remedy"),
    [
        ("HH_cond_exp", r"neurosim\.pynn has it"),
        ("TsodyksMarkramSynapse", r"neurosim\.pynn has it"),
        ("NoisyCurrentSource", r"neurosim\.pynn has it"),
        ("MultiCompartmentNeuron", "Do without"),
        ("StructuralMechanismSTDP", "Do without"),
        ("KernelConnector", "Do without"),
    ],
)
def test_names_that_are_not_there(name, remedy):
    with pytest.raises(NotOnBoard, match=f"{name!r} is not on SpiNNaker boards.*{remedy}"):
        getattr(pynn_spinnaker, name)
    assert not hasattr(pynn_spinnaker, name)
