import pytest

import neurosim as ns
from neurosim.errors import ParameterError, WiringError


def network():
    net = ns.Network()
    net.population("a", 6, ns.IFCurrExp())
    net.population("b", 3, ns.IFCurrExp())
    net.population("in", 2, ns.SpikeSourceArray())
    return net


@pytest.mark.parametrize(
    ("window", "words"),
    [
        ({"every": 2.0}, "every of 'v' of 'a' must be None as in an earlier call, got 2.0"),
        ({"start": 1.0}, "start of 'v' of 'a' must be 0.0"),
        ({"stop": 9.0}, "stop of 'v' of 'a' must be None"),
    ],
)
def test_a_second_interval_or_window_of_a_variable_is_refused(window, words):
    net = network()
    net.record(net["a"][:2], "v")
    with pytest.raises(WiringError, match=words):
        net.record(net["a"][3:], ["isyn_exc", "v"], **window)
    assert len(net.probes) == 1
    net.record("b", "v", **window)
    net.record("a", "isyn_exc", **window)


def test_the_interval_of_samples_does_not_matter_for_spikes():
    net = network()
    net.record("a", ["spikes", "v"], every=2.0)
    net.record("a", "spikes")
    assert len(net.probes) == 2
    with pytest.raises(WiringError, match="stop of 'spikes'"):
        net.record("a", "spikes", stop=5.0)


@pytest.mark.parametrize("variables", [[], None, 3, [3], ["v", None], {"v": 1}.values()])
def test_variables_are_names(variables):
    with pytest.raises(
        ParameterError, match=r"Network.record.variables: must be a name or several"
    ):
        network().record("a", variables)


def test_unknown_variables_have_close_matches():
    with pytest.raises(
        WiringError, match=r"'a' has no variable 'isyn_ex'. Did you mean 'isyn_exc'"
    ):
        network().record("a", "isyn_ex")
    with pytest.raises(WiringError, match="has no variable 'refractory'"):
        network().record("a", "refractory")
    with pytest.raises(WiringError, match="'in' has no variable 'v'"):
        network().record(["a", "in"], "v")


def test_nothing_is_recorded_after_an_error():
    net = network()
    with pytest.raises(WiringError):
        net.record(["a", "in"], "v")
    assert net.probes == []
