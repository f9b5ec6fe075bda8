import numpy as np
import pytest

from neurosim.hardware.spinnaker.causes import causes
from neurosim.hardware.spinnaker.lower import map_plan
from neurosim.network import AllToAll, Network
from neurosim.neurons import IFCurrExp, IzhikevichCurrExp
from neurosim.neurons.sources import SpikeSourceArray
from neurosim.plan.lower import lower
from neurosim.synapses import Static


def found(kind, weight, dt=1.0):
    net = Network("causes")
    source = net.population("source", 1, SpikeSourceArray([]))
    cells = net.population("cells", 2, kind)
    net.project(source, cells, AllToAll(), Static(np.array(weight), 1.0))
    return {(c.subject, c.what): c for c in causes(map_plan(lower(net, dt, 1)))}


def test_weights_that_become_zero_are_counted():
    weight = found(IFCurrExp(), [[200.0, 0.001]])["projection 'source->cells'", "weight (nA)"]
    assert (weight.lost, weight.largest) == (1, 1.0)
    assert weight.relative == pytest.approx(-0.001 / 200.001, rel=1e-6)
    assert "1 became 0" in str(weight)


def test_numbers_that_fit_are_no_causes():
    kinds = found(IFCurrExp(v_rest=-65.0, i_offset=0.5), [[1.0, 0.5]])
    assert ("projection 'source->cells'", "weight (nA)") not in kinds
    assert ("population 'cells'", "v_rest (mV)") not in kinds
    assert ("population 'cells'", "i_offset (nA)") not in kinds


def test_constants_of_short_steps_are_worse():
    key = "population 'cells'", "decay of the membrane in a tick"
    coarse, fine = (abs(found(IFCurrExp(), [[1.0, 1.0]], dt)[key].relative) for dt in (1.0, 0.1))
    assert 1e-6 < coarse < 2e-5
    assert fine < 5e-5
    assert found(IFCurrExp(), [[1.0, 1.0]])[key].exact == pytest.approx(np.exp(-1.0 / 20.0))


def test_the_largest_come_first():
    kinds = list(found(IzhikevichCurrExp(a=0.0201, i_offset=3.3), [[1.0, 1.0]]).values())
    assert next(k.what for k in kinds) == "a"
    sizes = [abs(k.relative) for k in kinds]
    assert sizes == sorted(sizes, reverse=True)
