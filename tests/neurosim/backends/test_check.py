import pytest

import neurosim as ns
from neurosim.backends.base import Capabilities
from neurosim.backends.check import require, violations
from neurosim.errors import UnsupportedError
from neurosim.plan.lower import lower


def plan():
    net = ns.Network("small")
    cells = net.population("cells", 2, ns.IFCurrExp())
    net.population("more", 1, ns.Izhikevich())
    given = net.population("given", 2, ns.SpikeSourceArray(spike_times=[[1.0], []]))
    net.population("noise", 2, ns.SpikeSourcePoisson(rate=10.0))
    net.project(given, cells, ns.OneToOne(), ns.Static(1.0, 1.0), name="plain")
    net.project("noise", cells, ns.OneToOne(), ns.STDP(0.5, 1.0), name="plastic")
    net.inject(ns.DCSource(0.1), cells, name="drive")
    return lower(net, 0.5, 1)


def test_nothing_is_refused_that_is_covered():
    assert violations(plan(), "full", Capabilities()) == []
    require([])


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        (
            {"timings": ("spinnaker",)},
            "cannot run network 'small': timing 'standard' is not among spinnaker. "
            "Use another backend.",
        ),
        (
            {"precisions": ("single",)},
            "cannot run network 'small': precision 'double' is not among single. "
            "Use precision='single'.",
        ),
        (
            {"neurons": ("if_curr_exp", "adex")},
            "cannot run population 'more': kind 'izhikevich' is not among if_curr_exp, adex. "
            "Use 'numba' or change the neuron.",
        ),
        (
            {"sources": ("spike_source_array",)},
            "cannot run population 'noise': source 'spike_source_poisson' is not among "
            "spike_source_array. Use 'numba' or another source.",
        ),
        (
            {"sources": ("spike_source_poisson",)},
            "cannot run population 'given': source 'spike_source_array' is not among "
            "spike_source_poisson. Use 'numba' or another source.",
        ),
        (
            {"synapses": ("static",)},
            "cannot run projection 'plastic': synapse 'stdp' is not among static. "
            "Use 'numba' or change the synapse.",
        ),
        (
            {"currents": ("ACSource",)},
            "cannot run injection 'drive': current 'DCSource' is not among ACSource. "
            "Use 'numba' or another current.",
        ),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else "",
)
def test_what_is_not_covered_is_named_with_a_remedy(changes, text):
    (found,) = violations(plan(), "small", Capabilities(**changes))
    assert str(found) == f"backend 'small' {text}"


def test_all_violations_are_listed_at_once():
    found = violations(plan(), "none", Capabilities(neurons=("elm",), synapses=("elm",)))
    assert len(found) == 4
    with pytest.raises(UnsupportedError) as caught:
        require(found)
    assert str(caught.value).splitlines() == [str(one) for one in found]
