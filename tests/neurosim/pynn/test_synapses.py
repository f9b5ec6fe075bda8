import numpy as np
import pytest

import neurosim as ns
from neurosim.pynn.simulator import state

RULES = {
    "AdditiveWeightDependence": ("additive", {}),
    "MultiplicativeWeightDependence": ("multiplicative", {}),
    "AdditivePotentiationMultiplicativeDepression": (
        "additive_potentiation_multiplicative_depression", {},
    ),
    "GutigWeightDependence": ("gutig", {"mu_plus": 0.3, "mu_minus": 0.7}),
}  # fmt: skip


def pair(sim, synapse, pre=(10.0, 40.0, 60.0, 66.0), post=(15.0, 38.0, 70.0)):
    """Two cells that are made to fire, and a synapse between them."""
    sources = sim.Population(2, sim.SpikeSourceArray(spike_times=[list(pre), list(post)]))
    cells = sim.Population(2, sim.IF_curr_exp(tau_refrac=2.0, tau_syn_E=1.0))
    sim.Projection(
        sources, cells, sim.OneToOneConnector(), sim.StaticSynapse(weight=40.0, delay=0.1)
    )
    learning = sim.Projection(cells[0:1], cells[1:2], sim.AllToAllConnector(), synapse)
    cells.record("spikes")
    return cells, learning


@pytest.mark.parametrize("name", RULES)
@pytest.mark.parametrize("fraction", [0.0, 1.0])
def test_learned_weights_are_those_of_the_core(sim, name, fraction):
    dependence, more = RULES[name]
    timing = {"tau_plus": 15.0, "tau_minus": 25.0, "A_plus": 0.04, "A_minus": 0.03}
    rule = sim.STDPMechanism(
        timing_dependence=sim.SpikePairRule(**timing),
        weight_dependence=getattr(sim, name)(w_min=0.0, w_max=0.2, **more),
        dendritic_delay_fraction=fraction, weight=0.1, delay=2.0,
    )  # fmt: skip
    cells, learning = pair(sim, rule)
    assert learning.get("A_plus", format="list", with_address=False) == [0.04]
    sim.run(100.0)
    found = learning.get("weight", format="array")[0, 0]
    fired = [t.magnitude for t in cells.get_data().segments[0].spiketrains]
    assert [len(t) for t in fired] == [4, 3]

    net = ns.Network()
    net.population("in", 2, ns.SpikeSourceArray(spike_times=[fired[0] - 1.0, fired[1] - 1.0]))
    net.population("cells", 2, ns.IFCurrDelta(tau_refrac=0.1))
    net.project("in", "cells", ns.OneToOne(), ns.Static(90.0, 0.9))
    stdp = ns.STDP(
        0.1, 2.0, dependence=dependence, w_max=0.2, dendritic_delay_fraction=fraction,
        **timing, **more,
    )  # fmt: skip
    net.project(net["cells"][:1], net["cells"][1:], ns.AllToAll(), stdp, name="learning")
    with ns.prepare(net, dt=0.1, seed=1) as simulation:
        expected = simulation.run(100.0).weights("learning").weight[0]
    assert found == pytest.approx(float(expected), rel=1e-6)
    assert found != pytest.approx(0.1, rel=1e-3)


def test_learned_weights_go_on_from_what_is_set_and_a_reset_undoes_learning(sim):
    rule = sim.STDPMechanism(
        sim.SpikePairRule(), sim.AdditiveWeightDependence(), weight=0.1, delay=1.0
    )
    _, learning = pair(sim, rule)

    def weight():
        return learning.get("weight", format="list", with_address=False)[0]

    sim.run(50.0)
    learned = weight()
    assert learned != 0.1
    learning.set(weight=0.3)
    assert weight() == pytest.approx(0.3)
    sim.run(50.0)
    assert weight() != pytest.approx(0.3, abs=1e-4)
    sim.reset()
    sim.run(0.0)
    assert weight() == pytest.approx(0.3)


def test_short_term_plasticity_may_differ_by_synapse(sim):
    source = sim.Population(1, sim.SpikeSourceArray(spike_times=[5.0, 15.0]))
    cells = sim.Population(3, sim.IF_curr_exp(v_thresh=1000.0))
    use = np.array([[0.2, 0.5, 0.2]])
    synapse = sim.TsodyksMarkramSynapse(weight=1.0, delay=1.0, U=use, tau_rec=100.0)
    projection = sim.Projection(source, cells, sim.AllToAllConnector(), synapse)
    cells.record("isyn_exc")
    sim.run(20.0)
    assert projection.get("U", format="array").tolist() == use.tolist()
    current = cells.get_data().segments[0].analogsignals[0].magnitude
    assert current[60] == pytest.approx([0.2, 0.5, 0.2])
    assert (current[:, 0] == current[:, 2]).all()
    assert current[160, 1] / current[160, 0] < 2.4
    assert len(state.network.projections) == 2


def test_a_mechanism_needs_both_dependences(sim):
    with pytest.raises(TypeError, match="needs a timing and a weight dependence"):
        sim.STDPMechanism(timing_dependence=sim.SpikePairRule())


def test_without_a_delay_the_shortest_one_is_taken():
    import neurosim.pynn as sim

    sim.setup(timestep=0.5, min_delay=2.0)
    assert sim.StaticSynapse().parameter_space["delay"].base_value == 2.0
    sim.setup(timestep=0.5)
    assert sim.StaticSynapse().parameter_space["delay"].base_value == 0.5
