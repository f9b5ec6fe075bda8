import numpy as np

from neurosim import simulate
from neurosim.hardware.spinnaker.counters import NAMES, NOT_EMULATED, total
from neurosim.hardware.spinnaker.emulator import Emulator
from neurosim.hardware.spinnaker.settings import Settings
from neurosim.network import FromList, Network
from neurosim.neurons import IFCurrExp
from neurosim.neurons.sources import SpikeSourceArray
from neurosim.synapses import Static


def test_work_is_counted_by_core():
    net = Network("work")
    source = net.population("source", 2, SpikeSourceArray([[1.0, 5.0], [3.0]]))
    cells = net.population("cells", 5, IFCurrExp())
    net.project(source, cells, FromList([(0, 0), (0, 1), (0, 4), (1, 3)]), Static(0.1, 1.0))
    backend = Emulator(Settings(neurons_per_core=2))
    notes = simulate(net, 10.0, dt=1.0, seed=1, backend=backend).info["backend_notes"]
    cores = notes["provenance"]["cells"]
    assert [c["n_pre_synaptic_events"] for c in cores] == [4, 1, 2]
    assert [c["n_spikes_processed"] for c in cores] == [3, 3, 3]
    assert all(tuple(c) == NAMES for c in cores)
    assert all(c[name] == 0 for c in cores for name in NOT_EMULATED)
    assert all(c["current_timer_tick"] == 10 for c in cores)
    assert total(notes["provenance"], "n_pre_synaptic_events") == 7
    assert np.all([isinstance(v, int) for c in cores for v in c.values()])
