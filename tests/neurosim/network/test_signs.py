import math

import numpy as np
import pytest

import neurosim as ns
from neurosim.errors import ParameterError, UnsupportedError


def project(kind, weight, receptor, signed=False, synapse=ns.Static):
    net = ns.Network()
    net.population("a", 2, kind())
    return net.project(
        "a", "a", ns.AllToAll(), synapse(weight), receptor, "p", signed
    ).synapse.weight


@pytest.mark.parametrize(
    ("kind", "receptor", "sign", "unit"),
    [
        (ns.IFCurrExp, "excitatory", 1, "nA"),
        (ns.IFCurrExp, "inhibitory", -1, "nA"),
        (ns.IFCurrDelta, "inhibitory", -1, "mV"),
        (ns.IFCondExp, "excitatory", 1, "uS"),
        (ns.IFCondExp, "inhibitory", 1, "uS"),
    ],
)
def test_weights_have_the_sign_of_the_receptor(kind, receptor, sign, unit):
    assert project(kind, 0.5 * sign, receptor) == 0.5 * sign
    assert project(kind, 0.0, receptor) == 0.0
    side = ">= 0" if sign > 0 else "<= 0"
    for wrong in (-0.5 * sign, np.array([[0.0, 0.0], [0.0, -0.1 * sign]])):
        with pytest.raises(ParameterError) as caught:
            project(kind, wrong, receptor)
        message = str(caught.value)
        assert f"must be {side} {unit} at receptor {receptor!r}" in message
        assert "signed=True" in message
        assert "projection 'p'" in message
        assert np.all(project(kind, wrong, receptor, signed=True) == wrong)


def test_random_weights_keep_to_their_side_of_zero():
    assert project(ns.IFCurrExp, ns.Normal(0.5, 0.3), "excitatory") == ns.Normal(0.5, 0.3, low=0.0)
    assert project(ns.IFCurrExp, ns.Normal(-0.5, 0.3), "inhibitory") == ns.Normal(
        -0.5, 0.3, high=0.0
    )
    assert project(ns.IFCurrExp, ns.LogNormal(0.0, 1.0), "excitatory") == ns.LogNormal(0.0, 1.0)
    assert project(ns.IFCurrExp, ns.Uniform(-1.0, 0.0), "inhibitory") == ns.Uniform(-1.0, 0.0)


@pytest.mark.parametrize(
    ("weight", "receptor"),
    [
        (ns.Uniform(-0.1, 1.0), "excitatory"),
        (ns.Normal(-0.5, 0.3), "excitatory"),
        (ns.Normal(0.5, 0.3, low=-0.1), "excitatory"),
        (ns.LogNormal(0.0, 1.0), "inhibitory"),
        (ns.Normal(0.5, 0.3), "inhibitory"),
    ],
)
def test_distributions_across_zero_are_refused_unless_signed(weight, receptor):
    with pytest.raises(ParameterError, match="at receptor"):
        project(ns.IFCurrExp, weight, receptor)
    assert project(ns.IFCurrExp, weight, receptor, signed=True) == weight


def test_plastic_weights_are_positive():
    with pytest.raises(UnsupportedError, match="STDP needs a receptor with weights >= 0"):
        project(ns.IFCurrExp, 0.5, "inhibitory", synapse=ns.STDP)
    assert project(ns.IFCondExp, 0.5, "inhibitory", synapse=ns.STDP) == 0.5
    with pytest.raises(ParameterError, match=r"STDP.w_min: must be >= 0 nA"):
        project(ns.IFCurrExp, 0.5, "excitatory", synapse=lambda w: ns.STDP(w, w_min=-1.0))


def test_poisson_input_follows_the_rule_too():
    net = ns.Network()
    net.population("a", 2, ns.IFCurrExp())
    net.inject(ns.PoissonInput(rate=1.0, weight=-0.1, receptor="inhibitory"), "a")
    with pytest.raises(ParameterError, match="must be <= 0 nA at receptor 'inhibitory'"):
        net.inject(ns.PoissonInput(rate=1.0, weight=0.1, receptor="inhibitory"), "a")


def test_truncated_weights_are_drawn_on_their_side():
    weight = project(ns.IFCurrExp, ns.Normal(0.1, 1.0), "excitatory")
    assert weight.support == (0.0, math.inf)
    assert weight.quantile(np.array([1e-12]))[0] >= 0.0
