import numpy as np
import pytest

import neurosim as ns
from neurosim.errors import WiringError
from neurosim.plan.changes import fed_spikes, require_same_structure
from neurosim.plan.lower import lower


def network(**changes):
    facts = {
        "size": 3, "kind": ns.IFCurrExp(), "weight": 0.5, "delay": 1.0, "p": 0.5, "rule": ns.Static,
        "timing": "standard", "view": slice(None), "source": ns.SpikeSourcePoisson(rate=10.0),
        "more": {}, "name": "join",
    } | changes  # fmt: skip
    net = ns.Network(timing=facts["timing"])
    net.population("in", 2, facts["source"])
    net.population("a", facts["size"], facts["kind"])
    synapse = facts["rule"](facts["weight"], facts["delay"], **facts["more"])
    post = net["a"][facts["view"]]
    net.project("in", post, ns.FixedProbability(facts["p"]), synapse, name=facts["name"])
    return lower(net, 0.5, 1)


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"size": 4}, r"Network.populations: must stay the same, differ in \('a', 3"),
        ({"kind": ns.IFCondExp()}, r"Network.populations: must stay the same"),
        (
            {"source": ns.SpikeSourceArray(spike_times=[[], []])},
            r"Network.populations: must stay the same, differ in \('in', 2, 'P",
        ),
        ({"name": "other"}, r"Network.projections: must stay the same, differ in join"),
        ({"weight": 0.6}, r"projection 'join': weight must stay the same. Make a new simulation"),
        ({"weight": [[0.5] * 3] * 2}, r"projection 'join': weight must stay"),
        ({"delay": 1.5}, r"projection 'join': delay must stay"),
        ({"p": 0.6}, r"projection 'join': connector must stay"),
        ({"view": slice(0, 2)}, r"projection 'join': n_post must stay"),
        ({"view": [0, 2, 1]}, r"projection 'join': post_ids must stay"),
        ({"rule": ns.TsodyksMarkram}, r"projection 'join': synapse kind must stay"),
        ({"timing": "spinnaker"}, r"Network.timing: must stay 'standard', got 'spinnaker'"),
    ],
)
def test_structure_must_stay(changes, text):
    with pytest.raises(WiringError, match=rf"Simulation.change: {text}"):
        require_same_structure(network(), network(**changes))


def test_the_dendritic_share_must_stay_and_constants_of_plasticity_need_not():
    first = network(rule=ns.STDP, more={"A_plus": 0.01})
    require_same_structure(first, network(rule=ns.STDP, more={"A_plus": 0.02, "tau_plus": 9.0}))
    with pytest.raises(WiringError, match="dendritic_delay_fraction must stay the same"):
        require_same_structure(first, network(rule=ns.STDP, more={"dendritic_delay_fraction": 0.0}))


def test_parameters_need_not_stay():
    other = network(kind=ns.IFCurrExp(tau_m=[1.0, 2.0, 3.0]), source=ns.SpikeSourcePoisson(rate=5))
    require_same_structure(network(), other)


def test_fed_spikes_are_those_that_the_plan_does_not_give():
    net = ns.Network()
    net.population("in", 3, ns.SpikeSourceArray(spike_times=[[1.0, 5.0, 5.0], [6.0], []]))
    plan = lower(net, 1.0, 1)
    stamps, ids = np.array([5, 5, 5, 6, 6, 7]), np.array([0, 0, 0, 1, 1, 2], dtype=np.int32)
    ((population, found, units),) = fed_spikes((np.zeros(6, np.int64), stamps, ids), plan)
    assert population == 0
    assert sorted(zip(found.tolist(), units.tolist(), strict=True)) == [(5, 0), (6, 1), (7, 2)]
    given = np.array([0, 1, 3])
    assert fed_spikes((np.zeros(3, np.int64), stamps[given], ids[given]), plan) == []
