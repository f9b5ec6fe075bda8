"""Changes between runs: parameters are loaded anew, everything else stays."""

import numpy as np
import pytest

from neurosim.errors import UnsupportedError
from neurosim.facade import prepare
from neurosim.network import AllToAll, Network
from neurosim.neurons import IFCurrAlpha, IFCurrDelta, IFCurrExp, IzhikevichCurrExp
from neurosim.neurons.currents import StepSource
from neurosim.neurons.sources import SpikeSourceArray, SpikeSourcePoisson
from neurosim.synapses import STDP

KINDS = (IFCurrExp, IFCurrAlpha, IFCurrDelta, IzhikevichCurrExp)


def network(kind, times=(3.0, 10.0, 19.0, 30.0), offset=0.0, step=None, rate=30.0):
    net = Network()
    source = net.population("source", 2, SpikeSourceArray([list(times)] * 2))
    noise = net.population("noise", 2, SpikeSourcePoisson(rate))
    cells = net.population("cells", 2, kind(i_offset=offset))
    rule = STDP(0.5, 3.0, A_plus=0.3, w_max=2.0)
    net.project(source, cells, AllToAll(), rule, name="plastic")
    net.project(noise, cells, AllToAll(), rule.replace(weight=0.2), name="noisy")
    if step is not None:
        net.inject(StepSource([step], [3.0]), cells)
    net.record(cells, ["spikes", "v"])
    return net


@pytest.mark.parametrize("kind", KINDS)
def test_a_changed_parameter_is_a_current_from_then_on(kind):
    with prepare(network(kind, step=20.0), dt=1.0, seed=1, backend="spinnaker-emulator") as sim:
        expected, weights = sim.run(60.0).recording(), sim.weights("plastic", False).weight
    with prepare(network(kind), dt=1.0, seed=1, backend="spinnaker-emulator") as sim:
        sim.run(20.0).change(network(kind, offset=3.0))
        found = sim.run(40.0).recording()
        assert (sim.weights("plastic", False).weight == weights).all()
    assert (found.signal("cells", "v").values == expected.signal("cells", "v").values).all()
    assert (found.spikes["cells"].times == expected.spikes["cells"].times).all()
    assert len(found.spikes["cells"].times) > 0


def test_spike_times_that_have_passed_do_not_count():
    kind = IFCurrExp
    late = (3.0, 10.0, 19.0, 22.0, 25.0)
    with prepare(network(kind, late), dt=1.0, seed=1, backend="spinnaker-emulator") as sim:
        expected = sim.run(60.0).recording()
    with prepare(network(kind), dt=1.0, seed=1, backend="spinnaker-emulator") as sim:
        sim.run(20.0).change(network(kind, (1.0, 5.0, 22.0, 25.0)))
        found = sim.run(40.0).recording()
    assert (found.signal("cells", "v").values == expected.signal("cells", "v").values).all()
    assert np.ptp(found.signal("cells", "v").values) > 1.0


def test_what_cannot_change():
    with prepare(network(IFCurrExp), dt=1.0, seed=1, backend="spinnaker-emulator") as sim:
        sim.run(5.0)
        with pytest.raises(UnsupportedError, match="Poisson sources cannot change"):
            sim.change(network(IFCurrExp, rate=50.0))
        with pytest.raises(UnsupportedError, match="plasticity cannot be stopped"):
            sim.freeze("plastic")
        assert sim.run(5.0).t == 10.0
