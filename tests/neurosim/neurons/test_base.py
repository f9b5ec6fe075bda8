"""The contract of neuron kinds: user-defined kinds, what is refused, helpers of derive()."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import pytest

from neurosim.declare import param
from neurosim.errors import SpecError, UnsupportedError
from neurosim.neurons import (
    IFCurrDelta,
    IFCurrExp,
    NeuronKind,
    Receptor,
    StateVar,
    base,
    propagators,
)
from tests.neurosim.neurons.drive import drive


@pytest.fixture(autouse=True)
def kinds() -> Iterator[dict[str, type[NeuronKind]]]:
    """The table of kinds, restored afterwards."""
    before = dict(base.KINDS)
    yield base.KINDS
    base.KINDS.clear()
    base.KINDS.update(before)


def test_kinds_that_are_built_in_are_right(kinds: dict[str, type[NeuronKind]]) -> None:
    """They are not checked when they are imported, which takes longer than importing them."""
    built_in = [kind for kind in kinds.values() if kind.__module__.startswith("neurosim.neurons.")]
    assert len(built_in) >= 8
    for kind in built_in:
        base.check_kind(kind)


def test_a_kind_of_a_users_own(kinds: dict[str, type[NeuronKind]]) -> None:
    class LeakyCounter(NeuronKind):
        tau: float = param(10.0, "ms", above=0.0)
        limit: float = param(3.0)

        state = {"x": 0.0, "total": StateVar("total", "1", "limit", recordable=False)}  # noqa: RUF012
        receptors = (Receptor("drive", "arrived"),)

        @staticmethod
        def derive(p: Any, dt: float) -> dict[str, Any]:
            return {"keep": propagators.decay(p.tau, dt)}

        def step(x: float, total: float, arrived: float, keep: float, limit: float) -> Any:
            """Text of this kind is dropped, like annotations."""
            x = x * keep + arrived
            spiked = x >= limit
            total = total + (1.0 if spiked else 0.0)
            x = 0.0 if spiked else x
            return x, total, spiked

    assert LeakyCounter.kind == "leaky_counter"
    assert kinds["leaky_counter"] is base.kind_named("leaky_counter") is LeakyCounter
    assert LeakyCounter.recordable() == ("spikes", "x")
    assert LeakyCounter.inputs() == ("arrived",)
    (text,) = LeakyCounter.steps("standard")
    assert text.args == ("x", "total", "arrived", "keep", "limit")
    assert "float" not in text.source
    assert "dropped" not in text.source
    trace = drive(LeakyCounter(), 6, 1.0, {"arrived": {1: 2.0, 2: 2.0, 3: 1.0}})
    assert trace.spikes.tolist() == [2]
    assert trace["total"].tolist() == [3.0, 3.0, 3.0, 4.0, 4.0, 4.0, 4.0]
    assert trace["x"][-1] == pytest.approx(math.exp(-0.2))


def test_a_kind_given_as_source_text() -> None:
    class Perfect(NeuronKind):
        kind = "perfect"
        gain: float = param(0.25)
        state = (StateVar("v", "mV"),)
        helpers = ("def twice(x):\n    return 2.0 * x",)
        step = """
        def integrate(v, excitatory, inhibitory, injected, gain):
            v = v + twice(gain) * (excitatory + inhibitory + injected)
            spiked = v >= 1.0
            v = 0.0 if spiked else v
            return v, spiked
        """

    helper, text = Perfect.steps("standard")
    assert (helper.name, text.name) == ("twice", "integrate")
    trace = drive(Perfect(), 4, 1.0, {"excitatory": {2: 1.0}, "inhibitory": {1: -0.5}}, 0.5)
    assert trace["v"].tolist() == [0.0, 0.25, 0.25, 0.0, 0.25]
    assert trace.spikes.tolist() == [2]


def test_a_kind_without_step_is_a_mere_base(kinds: dict[str, type[NeuronKind]]) -> None:
    before = set(kinds)

    class Mother(NeuronKind):
        tau: float = param(1.0, "ms")

    class Daughter(Mother):
        state = (StateVar("v"),)
        step = "def step(v, tau): return v + tau, False"

    assert set(kinds) - before == {"daughter"}
    assert Daughter(2.0).constants(0.1) == {"tau": 2.0}


def test_several_integrators() -> None:
    class Two(NeuronKind):
        state = (StateVar("v"),)
        integrators = {"up": "step", "down": "step_down"}  # noqa: RUF012

        def step(v):
            return v + 1.0, False

        def step_down(v):
            return v - 1.0, False

    assert Two.steps("standard", "down")[0].name == "step_down"
    assert Two.steps("standard", "up") == Two.steps("standard")
    assert Two.steps("standard", None) == Two.steps("standard")


def define(text: Any, **attributes: Any) -> type[NeuronKind]:
    state = (StateVar("v"), StateVar("w"))
    return type("Odd", (NeuronKind,), {"state": state, "step": text, **attributes})


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("def step(v, w): return v, w, theta > v", r"Odd.step: may use its .* got 'theta'"),
        ("def step(v, w): return math.exp(v), w, True", "got 'math'"),
        ("def step(v, w): return v ** 2.0, w, True", r"must not use '\*\*', got 'v \*\* 2.0'"),
        (
            "def step(v, w): return v, True",
            r"must return \(v, w, spiked\), got 'return \(v, True\)'",
        ),
        ("def step(v, w): return v", "must return"),
        ("def step(v, w): v = w", r"must return \(v, w, spiked\), got 'return'"),
        ("def step(v, w) return v", "must be valid Python"),
        ("v = 3", "must be one function, got 'v = 3'"),
        ("step = lambda v, w: (v, w, True)", "must be one function"),
        ("def step(v, w): return v, w, True\ndef other(): pass", "must be one function"),
        ("", "must be one function"),
        (len, "source text must be readable"),
        (3, "source text must be readable"),
    ],
)
def test_step_functions_that_are_refused(
    text: Any, message: str, kinds: dict[str, type[NeuronKind]]
) -> None:
    with pytest.raises(SpecError, match=message):
        define(text)
    assert "odd" not in kinds


def test_functions_without_source_are_refused_with_advice() -> None:
    names: dict[str, Any] = {}
    exec("def step(v, w): return v, w, True", names)
    with pytest.raises(SpecError, match="as text"):
        define(names["step"])


def test_every_step_function_is_checked() -> None:
    good, bad = "def step(v, w): return v, w, True", "def step(v, w): return v, w, z"
    with pytest.raises(SpecError, match=r"Odd\.step_spinnaker: may use"):
        define(good, step_spinnaker=bad)
    with pytest.raises(SpecError, match=r"Odd\.step_other: may use"):
        define(good, step_other=bad, integrators={"a": "step", "b": "step_other"})


@pytest.mark.parametrize(
    ("helper", "message"),
    [
        ("def f(x): return x ** 2.0", r"Odd.f: must not use '\*\*'"),
        ("def f(x): return x + y", "Odd.f: may use its arguments .* got 'y'"),
        ("f = 3", "must be one function"),
    ],
)
def test_helpers_that_are_refused(helper: str, message: str) -> None:
    with pytest.raises(SpecError, match=message):
        define("def step(v, w): return f(v), w, True", helpers=(helper,))


def test_helpers_may_call_each_other() -> None:
    helpers = ("def f(x): return 2.0 * x", "def g(x): return f(x) + exp(x)")
    kind = define("def step(v, w): return g(v), w, False", helpers=helpers)
    assert drive(kind(), 1)["v"].tolist() == [0.0, 1.0]


def test_unknown_names_are_answered_with_close_ones() -> None:
    assert IFCurrExp.receptor("inhibitory").sign == -1
    with pytest.raises(UnsupportedError, match="Did you mean 'excitatory'"):
        IFCurrExp.receptor("exitatory")
    with pytest.raises(UnsupportedError, match="timing 'spinnaker'"):
        IFCurrDelta.steps("spinnaker")
    with pytest.raises(SpecError, match="Did you mean 'if_curr_exp'"):
        base.kind_named("if_cur_exp")
