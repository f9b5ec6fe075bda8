import numpy as np

from neurosim.backends import auto
from neurosim.benchmarks import event_costs
from neurosim.neurons import IFCurrExp


def test_all_costs_that_auto_needs_are_measured():
    found = event_costs.costs(size=300, duration=60.0, repeats=1)
    assert found["update"].keys() == auto.UPDATE_NS.keys()
    assert found["event"].keys() == {*auto.EVENT_NS, "draws"}
    assert min(found["update"].values()) > 0.0
    assert min(found["event"].values()) >= 0.0


def test_the_networks_do_what_they_are_for():
    net = event_costs.network(IFCurrExp, 100, 10, 0.5, 50.0)
    _, counts = event_costs.seconds(net, "numba-event", 200.0, 2)
    assert 300 < counts["synaptic_events"] < 5000
    assert 700 < counts["poisson_events"] < 1300
    assert 50 < counts["neuron_spikes"] < 400


def test_no_cost_is_negative():
    table = np.array([[1.0, 1.0], [1.0, 2.0], [1.0, 3.0]])
    assert event_costs._not_negative(table, np.array([3.0, 2.0, 1.0])).tolist() == [2.0, 0.0]
