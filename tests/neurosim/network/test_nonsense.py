"""Every argument of every public constructor, replaced by nonsense in turn, is refused by name."""

from __future__ import annotations

import math
import re

import numpy as np
import pytest

import neurosim as ns
from neurosim.declare import Declared
from neurosim.distributions import KINDS as DISTRIBUTIONS
from neurosim.errors import NeurosimError
from neurosim.network.connectors import KINDS as CONNECTORS
from neurosim.neurons.base import KINDS as NEURONS
from neurosim.neurons.currents import CURRENTS
from neurosim.neurons.sources import SOURCES
from neurosim.synapses import KINDS as SYNAPSES

VALID = {
    "Uniform": {"low": 1.0, "high": 2.0},
    "Normal": {"mean": 1.0, "sd": 0.5, "low": 0.0, "high": 2.0},
    "LogNormal": {"mu": 0.0, "sigma": 1.0, "low": 0.5, "high": 2.0},
    "Exponential": {"scale": 1.0, "low": 0.5, "high": 2.0},
    "FixedProbability": {"p_connect": 0.5},
    "FixedNumberPre": {"n": 1},
    "FixedNumberPost": {"n": 1},
    "FixedTotalNumber": {"n": 1},
    "DistanceDependent": {"probability": "exp(-d)"},
    "SmallWorld": {"degree": 2, "rewiring": 0.1},
    "FromList": {"pairs": [(0, 1)]},
    "FromArray": {"connections": [[True]]},
    "Static": {"weight": 1.0, "delay": 1.0},
    "STDP": {"weight": 1.0, "delay": 1.0},
    "TsodyksMarkram": {"weight": 1.0, "delay": 1.0},
    "PoissonInput": {"rate": 1.0, "weight": 1.0, "stop": 5.0},
    "StepSource": {"times": [1.0], "amplitudes": [1.0]},
}
"""What the constructors need; those that are not here need nothing."""

BUILT_IN = [k for k in NEURONS.values() if k.__module__.startswith("neurosim.neurons.")]
CLASSES: list[type[Declared]] = [
    *DISTRIBUTIONS.values(), *CONNECTORS.values(), *SYNAPSES.values(), *CURRENTS.values(),
    *SOURCES.values(), ns.PoissonInput, *BUILT_IN,
]  # fmt: skip

NEVER = [
    object(), {"a": 1}, b"bytes", lambda: 0, 1j, [["x"], 3], type, "", "no such thing", [[[1.0]]],
    math.nan, -math.inf,
]  # fmt: skip
"""Not allowed for any argument, but words where words are asked for."""

TURNED = {">=": -1.0, ">": 0.0, "<=": 1.0, "<": 0.0}


def nonsense(rule, is_word):
    """Values that break a rule: such as never fit, and numbers just outside the stated bounds."""
    yield from (v for v in NEVER if not (is_word and v == "no such thing"))
    for sign, bound in re.findall(r"(>=|<=|>|<) (-?[\d.e+]+)", rule):
        yield float(bound) + TURNED[sign]


CASES = [(kind, field) for kind in CLASSES for field in kind.declared()]


@pytest.mark.parametrize(("kind", "field"), CASES, ids=lambda x: getattr(x, "__name__", x))
def test_every_field_of_every_class(kind, field):
    spec = kind.declared()[field]
    for value in nonsense(spec.rule, is_word=(kind, field) == (ns.PoissonInput, "receptor")):
        with pytest.raises(NeurosimError) as caught:
            kind(**{**VALID.get(kind.__name__, {}), field: value})
        message = str(caught.value)
        assert message.startswith(f"{kind.__name__}.{field}: "), (value, message)
        assert ", got " in message
        assert message.endswith((".", "?")), message


def test_the_valid_arguments_are_valid():
    for kind in CLASSES:
        assert isinstance(kind(**VALID.get(kind.__name__, {})), kind)


def network():
    net = ns.Network()
    net.population("in", 3, ns.SpikeSourceArray())
    net.population("a", 3, ns.IFCurrExp())
    return net


def build(**changes):
    return ns.Network(**{"name": "n", "timing": "standard"} | changes)


def population(**changes):
    values = {"name": "b", "size": 3, "kind": ns.IFCurrExp(), "initial": {}, "positions": [1, 2, 3]}
    return network().population(**values | changes)


def project(**changes):
    values = {
        "pre": "in", "post": "a", "connector": ns.AllToAll(), "synapse": ns.Static(0.1),
        "receptor": "excitatory", "name": "p", "signed": False,
    }  # fmt: skip
    return network().project(**values | changes)


def inject(**changes):
    return network().inject(**{"source": ns.DCSource(), "target": "a", "name": "i"} | changes)


def record(**changes):
    values = {"target": "a", "variables": "v", "every": 1.0, "start": 0.0, "stop": 5.0}
    return network().record(**values | changes)


def view(**changes):
    return network()["a"][changes.get("index", 0)]


def state_var(**changes):
    values = {"name": "v", "unit": "mV", "initial": 0.0, "recordable": True}
    return ns.StateVar(**values | changes)


def receptor(**changes):
    return ns.Receptor(**{"name": "exc", "input": "exc", "unit": "nA", "sign": 1} | changes)


def prepare(**changes):
    values = {
        "network": network(), "dt": 0.5, "seed": 1, "backend": "reference", "precision": "double",
        "weights": "single", "progress": False, "memory_limit": 1e6,
    }  # fmt: skip
    return ns.prepare(**values | changes)


WORDS = {"name", "unit", "initial", "variables"}
"""Arguments for which any text is a word, or is looked up."""

NAMED = {"name": ["name", "population", "projection", "input"], "variables": ["variable"]}
"""How messages name an argument, where it is not by itself."""

METHODS = [
    (build, ("name", "timing")),
    (population, ("name", "size", "kind", "initial", "positions")),
    (project, ("pre", "post", "connector", "synapse", "receptor", "name", "signed")),
    (inject, ("source", "target", "name")),
    (record, ("target", "variables", "every", "start", "stop")),
    (view, ("index",)),
    (state_var, ("name", "unit", "initial", "recordable")),
    (receptor, ("name", "input", "unit", "sign")),
    (
        prepare,
        ("network", "dt", "seed", "backend", "precision", "weights", "progress", "memory_limit"),
    ),
]


@pytest.mark.parametrize(
    ("call", "argument"), [(c, a) for c, arguments in METHODS for a in arguments],
    ids=lambda x: getattr(x, "__name__", x),
)  # fmt: skip
def test_every_argument_of_every_method(call, argument):
    call()
    for value in NEVER:
        text = isinstance(value, str)
        if text and (argument in WORDS) and (value or argument in ("unit", "initial")):
            continue
        with pytest.raises(NeurosimError) as caught:
            call(**{argument: value})
        message = str(caught.value)
        assert any(name in message for name in NAMED.get(argument, [argument])), (value, message)
        assert message.endswith((".", "?")), message


def test_nothing_is_added_when_an_argument_is_wrong():
    for call in (
        lambda net: net.population("b", 3, ns.IFCurrExp(), {"v": "x"}),
        lambda net: net.project("in", "a", ns.AllToAll(), ns.Static(-0.1)),
        lambda net: net.inject(ns.DCSource(), ["a", "in"]),
        lambda net: net.inject(ns.PoissonInput(rate=1.0, weight=-1.0), "a"),
        lambda net: net.record(["a", "in"], "v"),
    ):
        net = network()
        before = net.to_dict()
        with pytest.raises(NeurosimError):
            call(net)
        assert net.to_dict() == before


def test_arrays_of_nonsense_are_refused():
    for value in (np.array(["a"]), np.array([np.nan] * 3), np.zeros((3, 3)), [None] * 3):
        with pytest.raises(NeurosimError, match=r"IFCurrExp.tau_m"):
            ns.IFCurrExp(tau_m=value)
