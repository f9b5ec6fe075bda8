import numpy as np

from neurosim.hardware.spinnaker import fixed_point as fp
from neurosim.hardware.spinnaker.layout import amplitudes, core_seed, lay_out
from neurosim.hardware.spinnaker.layout_cells import constants
from neurosim.hardware.spinnaker.lower import map_plan
from neurosim.hardware.spinnaker.settings import Disturbance
from neurosim.network import AllToAll, Network
from neurosim.neurons import IFCondExp, IFCurrAlpha, IFCurrExp, IzhikevichCurrExp
from neurosim.neurons.sources import SpikeSourceArray
from neurosim.plan.lower import lower
from neurosim.synapses import STDP, Static


def mapping():
    net = Network("laid out")
    source = net.population("source", 3, SpikeSourceArray([[4.0], [1.0], [4.0]]))
    a = net.population("a", 2, IFCurrExp(tau_refrac=2.0), initial={"isyn_inh": -0.5})
    b = net.population("b", 3, IFCondExp(), initial={"gsyn_exc": 0.25})
    net.project(source, a, AllToAll(), Static(0.5, 3.0))
    net.project(source, b, AllToAll(), STDP(0.01, 1.0, w_max=0.02))
    return map_plan(lower(net, 1.0, 1))


def test_populations_lie_end_to_end():
    made = lay_out(mapping(), Disturbance())
    assert made.targets.first.tolist() == [0, 2]
    assert made.targets.slots.tolist() == [4, 2]
    assert made.targets.ring_start.tolist() == [0, 4 * 2 * 2]
    assert len(made.rings.ring) == 4 * 2 * 2 + 2 * 2 * 3  # delay 1 takes one bit
    assert made.net.unit.tolist() == [0, 3, 5]
    assert made.sources.stamp.tolist() == [1, 4, 4]
    assert made.sources.unit.tolist() == [1, 0, 2]
    assert made.targets.plastic.tolist() == [0, 1]
    assert all(c.flags.c_contiguous for part in (made.cells, made.routes) for c in part)


def test_constants_of_a_cell():
    made = mapping()
    found = constants(made.plan, made.targets[0])
    assert set(found["resistance"]) == {655360}
    assert set(found["decay"]) == {31170}
    assert set(found["refractory_ticks"]) == {2}
    assert set(found["value_inh"]) == {16384}
    conductance = constants(made.plan, made.targets[1])
    assert set(conductance["value_exc"]) == {8192 * 1024}
    assert set(conductance["reversal_inh"]) == {fp.to_k(-70.0)}


def test_constants_of_the_other_cells():
    net = Network("others")
    net.population("alpha", 1, IFCurrAlpha(tau_syn_E=2.0, tau_syn_I=4.0))
    net.population("izhikevich", 1, IzhikevichCurrExp(d=8.0))
    made = map_plan(lower(net, 1.0, 1))
    alpha = constants(made.plan, made.targets[0])
    assert (int(alpha["rise_exc"][0]), int(alpha["rise_inh"][0])) == (8192, 2048)
    izhikevich = constants(made.plan, made.targets[1])
    assert [int(np.ravel(izhikevich[n])[0]) for n in ("a", "b", "d", "h", "threshold")] == [
        655, 6554, 262144, 32768, 983040,
    ]  # fmt: skip


def test_additive_amplitudes_are_absolute_on_the_board():
    rule = STDP(0.1, 1.0, A_plus=0.05, A_minus=0.02, w_max=3.0)
    assert np.allclose(amplitudes(rule), (0.15, 0.06))
    assert amplitudes(rule.replace(dependence="multiplicative")) == (0.05, 0.02)


def test_generators_start_where_they_may():
    seed = core_seed(7, 0)
    assert seed[1] != 0
    assert 0 < seed[3] < 698769069
    assert not np.array_equal(seed, core_seed(7, 1))
    assert np.array_equal(seed, core_seed(7, 0))
