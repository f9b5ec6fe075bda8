import numpy as np
import pytest

from neurosim.errors import MappingError
from neurosim.hardware.spinnaker import fixed_point as fp
from neurosim.hardware.spinnaker.conversion import parameter
from neurosim.hardware.spinnaker.lower import map_plan
from neurosim.network import AllToAll, Network
from neurosim.neurons import IFCurrAlpha, IFCurrDelta, IFCurrExp
from neurosim.neurons.sources import SpikeSourceArray
from neurosim.plan.lower import lower
from neurosim.synapses import STDP, Static


def mapped(build, dt=1.0):
    net = Network("converted")
    build(net)
    return map_plan(lower(net, dt, 1))


def test_a_weight_of_a_delta_cell_moves_the_membrane_by_as_many_millivolts():
    def build(net):
        source = net.population("source", 1, SpikeSourceArray([]))
        cells = net.population("cells", 2, IFCurrDelta(tau_m=[10.0, 20.0], cm=[0.5, 2.0]))
        net.project(source, cells, AllToAll(), Static(3.0, 1.0))
        net.project(source, cells, AllToAll(), Static(-2.0, 1.0), "inhibitory")

    for dt in (1.0, 0.1):
        made = mapped(build, dt=dt)
        assert [r.receptor for r in made.routes] == [0, 1]
        for route, jump in zip(made.routes, (3.0, 2.0), strict=True):
            for i, (tau_m, cm) in enumerate([(10.0, 0.5), (20.0, 2.0)]):
                moved = 1.0 - fp.exp_k(-fp.divide(fp.to_k(dt), fp.to_k(tau_m))) / fp.ONE
                assert route.weights[i] / dt * tau_m / cm * moved == pytest.approx(jump, rel=1e-9)


def test_a_weight_of_an_alpha_cell_is_the_peak_of_its_current():
    def build(net):
        source = net.population("source", 1, SpikeSourceArray([]))
        kind = IFCurrAlpha(tau_syn_E=[2.0, 5.0], tau_syn_I=4.0)
        cells = net.population("cells", 2, kind)
        net.project(source, cells, AllToAll(), Static(1.5, 1.0))
        net.project(source, cells, AllToAll(), Static(-0.5, 1.0), "inhibitory")

    exc, inh = mapped(build).routes
    np.testing.assert_allclose(exc.weights, 1.5 * np.e * np.array([2.0, 5.0]))
    np.testing.assert_allclose(inh.weights, 0.5 * np.e * 4.0)


def plastic(kind):
    def build(net):
        source = net.population("source", 1, SpikeSourceArray([]))
        cells = net.population("cells", 2, kind)
        net.project(source, cells, AllToAll(), STDP(0.5, 1.0, w_min=0.1, w_max=2.0))

    return build


@pytest.mark.parametrize("kind", [IFCurrDelta(), IFCurrAlpha(tau_syn_E=3.0), IFCurrExp()])
def test_bounds_of_plasticity_are_converted_as_weights_are(kind):
    (route,) = mapped(plastic(kind)).routes
    np.testing.assert_allclose(route.weights / route.rule.w_max, 0.25)
    assert route.rule.w_min / route.rule.w_max == pytest.approx(0.05)
    assert route.statistics.largest == route.rule.w_max


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        (IFCurrDelta(tau_m=[10.0, 20.0]), "same tau_m and cm"),
        (IFCurrAlpha(tau_syn_E=[3.0, 5.0]), "same tau_syn"),
    ],
)
def test_one_bound_cannot_hold_for_cells_that_differ(kind, words):
    with pytest.raises(MappingError, match=words):
        mapped(plastic(kind))


def test_a_resistance_that_does_not_fit_is_refused():
    with pytest.raises(MappingError, match="must be below 65536 MOhm, got"):
        mapped(plastic(IFCurrDelta(cm=1e-4)))


def test_parameters_of_a_population_come_from_its_part_of_the_block():
    def build(net):
        net.population("a", 2, IFCurrExp(tau_m=10.0))
        net.population("b", 2, IFCurrExp(tau_m=[20.0, 30.0]))

    plan = mapped(build).plan
    assert parameter(plan, 0, "tau_m").tolist() == [10.0, 10.0]
    assert parameter(plan, 1, "tau_m").tolist() == [20.0, 30.0]
    assert parameter(plan, 1, "cm").tolist() == [1.0, 1.0]
