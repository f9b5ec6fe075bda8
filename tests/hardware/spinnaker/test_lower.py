import numpy as np
import pytest

from neurosim.errors import MappingError, ParameterError
from neurosim.hardware.spinnaker.lower import bits, board_plan, map_plan
from neurosim.hardware.spinnaker.settings import Settings
from neurosim.network import AllToAll, FromList, Network
from neurosim.neurons import IFCurrExp
from neurosim.neurons.sources import PoissonInput, SpikeSourceArray
from neurosim.plan.lower import lower
from neurosim.synapses import STDP, Static


def mapped(build, settings=None, dt=1.0):
    net = Network("mapped")
    build(net)
    return map_plan(lower(net, dt, 1), settings)


def test_bits_are_at_least_one_for_something():
    assert [bits(n) for n in (0, 1, 2, 3, 4, 5, 256, 257)] == [0, 1, 1, 2, 2, 3, 8, 9]


def test_poisson_inputs_become_populations_with_synapses():
    net = Network("input")
    cells = net.population("cells", 4, IFCurrExp())
    net.inject(PoissonInput(200.0, -0.5, "inhibitory", start=5.0), cells[1:3], name="noise")
    plan = board_plan(lower(net, 1.0, 1))
    assert (plan.timing, plan.inputs) == ("spinnaker", ())
    source = plan.populations[1]
    assert (source.name, source.size, source.block) == ("noise", 2, -1)
    assert plan.poisson[0].rates.tolist() == [200.0, 200.0]
    assert plan.poisson[0].first.tolist() == [5, 5]
    (route,) = map_plan(plan).routes
    assert (route.receptor, route.targets.tolist(), route.delays.tolist()) == (1, [1, 2], [1, 1])
    assert route.weights.tolist() == [0.5, 0.5]


def test_words_are_rounded_half_to_even_at_the_scale_of_the_receptor():
    weights = np.array([0.25, 0.3, 2.5 / 32768, 3.5 / 32768])

    def build(net):
        source = net.population("source", 1, SpikeSourceArray([]))
        cells = net.population("cells", 4, IFCurrExp())
        net.project(source, cells, FromList([(0, i) for i in range(4)]), Static(weights, 1.0))

    made = mapped(build)
    assert made.targets[0].shifts == (0, 0)
    assert made.targets[0].scale(0) == 32768.0
    assert made.routes[0].words.tolist() == [8192, 9830, 2, 4]


def test_weights_above_the_range_wrap_as_the_toolchain_lets_them():
    def build(net):
        source = net.population("source", 1, SpikeSourceArray([]))
        cells = net.population("cells", 1, IFCurrExp())
        net.project(source, cells, AllToAll(), Static(10.0, 1.0))

    limit = Settings(populations={"cells": {"max_expected_summed_weight": [1.0, 1.0]}})
    made = mapped(build, limit)
    assert made.routes[0].words[0] / made.targets[0].scale(0) == 2.0


@pytest.mark.parametrize(("per_core", "most"), [(256, 288), (128, 9 * 64), (1, 9 * 4096)])
def test_the_longest_delay_depends_on_the_neurons_of_a_core(per_core, most):
    def build(net, delay=float(most)):
        source = net.population("source", 1, SpikeSourceArray([]))
        cells = net.population("cells", 300, IFCurrExp())
        net.project(source, cells, AllToAll(), Static(0.1, delay))

    settings = Settings(neurons_per_core=per_core)
    (route,) = mapped(build, settings).routes
    assert route.stages == 9
    assert route.ptr.tolist() == [0] * 9 + [300]
    with pytest.raises(MappingError, match=f"delay of {most + 1} ticks.*neurons_per_core"):
        mapped(lambda net: build(net, most + 1.0), settings)


def test_plastic_populations_share_cores_with_fewer_neurons():
    def build(net):
        source = net.population("source", 2, SpikeSourceArray([]))
        cells = net.population("cells", 300, IFCurrExp())
        net.project(source, cells, AllToAll(), STDP(0.1, 1.0, w_max=0.7))

    made = mapped(build)
    assert (made.targets[0].per_core, made.targets[0].cores) == (254, 2)
    found = made.routes[0].statistics
    assert (found.mean, found.largest, found.variance, found.n) == (0.7, 0.7, 0.0, 2)


def test_rows_are_ordered_by_source_and_stage():
    delays = np.array([[40.0, 3.0, 70.0], [1.0, 32.0, 33.0]])

    def build(net):
        source = net.population("source", 2, SpikeSourceArray([]))
        cells = net.population("cells", 3, IFCurrExp())
        net.project(source, cells, AllToAll(), Static(0.1, delays))
        rest = net.population("rest", 256, IFCurrExp())
        net.project(source, rest, AllToAll(), Static(0.1, 70.0))

    small, wide = mapped(build).routes
    assert small.stages == 1  # three neurons leave room for 2048 ticks
    assert wide.stages == 3
    assert small.sources().tolist() == [0, 0, 0, 1, 1, 1]
    assert small.delays.tolist() == [3, 40, 70, 1, 32, 33]
    assert small.targets.tolist() == [1, 0, 2, 0, 1, 2]
    assert wide.ptr.tolist() == [0, 0, 0, 256, 256, 256, 512]


def test_settings_must_name_populations_of_the_network():
    with pytest.raises(ParameterError, match="must name populations"):
        mapped(lambda net: net.population("a", 1, IFCurrExp()), Settings(populations={"b": {}}))
