"""What holds for every kind: PyNN's defaults, refusal of nonsense, form of the step functions."""

from __future__ import annotations

import ast
import dataclasses
import math
import subprocess
import sys
from typing import Any

import numpy as np
import pytest

import neurosim.neurons
from neurosim.errors import ParameterError
from neurosim.neurons import NeuronKind, base
from tests.neurosim.neurons.drive import drive

KINDS = [
    kind
    for kind in (getattr(neurosim.neurons, name) for name in neurosim.neurons.__all__)
    if issubclass(kind, NeuronKind) and kind is not NeuronKind
]
FORMS = [
    (kind, timing, integrator)
    for kind in KINDS
    for timing in ("standard", "spinnaker")
    for integrator in (kind.integrators or [None])
    if timing == "standard" or (kind.step_spinnaker is not None and integrator is None)
]
FIELDS = [(kind, field) for kind in KINDS for field in dataclasses.fields(kind)]
NUMBERS = [(kind, field) for kind, field in FIELDS if isinstance(field.default, float)]
every_kind = pytest.mark.parametrize("kind", KINDS, ids=lambda k: k.__name__)
every_form = pytest.mark.parametrize(
    ("kind", "timing", "integrator"), FORMS, ids=[f"{k.__name__}-{t}-{i}" for k, t, i in FORMS]
)
every_field = pytest.mark.parametrize(
    ("kind", "field"), FIELDS, ids=[f"{k.__name__}.{f.name}" for k, f in FIELDS]
)
every_number = pytest.mark.parametrize(
    ("kind", "field"), NUMBERS, ids=[f"{k.__name__}.{f.name}" for k, f in NUMBERS]
)

LEAKY = {"v_rest": -65.0, "cm": 1.0, "tau_m": 20.0, "tau_refrac": 0.1, "v_thresh": -50.0}
LEAKY |= {"v_reset": -65.0, "i_offset": 0.0}
REVERSAL = {"e_rev_E": 0.0, "e_rev_I": -70.0}
PYNN: dict[str, dict[str, float]] = {
    "if_curr_exp": {**LEAKY, "tau_syn_E": 5.0, "tau_syn_I": 5.0},
    "if_curr_alpha": {**LEAKY, "tau_syn_E": 0.5, "tau_syn_I": 0.5},
    "if_curr_delta": LEAKY,
    "if_cond_exp": {**LEAKY, **REVERSAL, "tau_syn_E": 5.0, "tau_syn_I": 5.0},
    "if_cond_alpha": {**LEAKY, **REVERSAL, "tau_syn_E": 0.3, "tau_syn_I": 0.5},
    "izhikevich": {"a": 0.02, "b": 0.2, "c": -65.0, "d": 2.0, "i_offset": 0.0},
    "izhikevich_curr_exp": {
        "a": 0.02, "b": 0.2, "c": -65.0, "d": 2.0, "i_offset": 0.0, "tau_syn_E": 5.0,
        "tau_syn_I": 5.0,
    },
    "adex": {
        "cm": 0.281, "tau_refrac": 0.1, "v_spike": -40.0, "v_reset": -70.6, "v_rest": -70.6,
        "tau_m": 9.3667, "i_offset": 0.0, "a": 4.0, "b": 0.0805, "delta_T": 2.0, "tau_w": 144.0,
        "v_thresh": -50.4, "e_rev_E": 0.0, "tau_syn_E": 5.0, "e_rev_I": -80.0, "tau_syn_I": 5.0,
    },
    "leaky": {"beta": 0.5, "threshold": 1.0, "i_offset": 0.0},
    "hh_cond_exp": {
        "gbar_Na": 20.0, "gbar_K": 6.0, "g_leak": 0.01, "cm": 0.2, "v_offset": -63.0,
        "e_rev_Na": 50.0, "e_rev_K": -90.0, "e_rev_leak": -65.0, "e_rev_E": 0.0, "e_rev_I": -80.0,
        "tau_syn_E": 0.2, "tau_syn_I": 2.0, "i_offset": 0.0,
    },
}  # fmt: skip
START: dict[str, dict[str, float]] = {
    "izhikevich": {"v": -70.0, "u": -14.0},
    "izhikevich_curr_exp": {"v": -70.0, "u": -14.0, "stretch": 1.0},
    "adex": {"v": -70.6, "w": 0.0},
    "leaky": {"v": 0.0},
    "hh_cond_exp": {"v": -65.0, "m": 0.0, "h": 1.0, "n": 0.0},
}
RECORDABLE = {
    "if_curr_exp": "v isyn_exc isyn_inh", "if_curr_alpha": "v isyn_exc isyn_inh",
    "if_curr_delta": "v", "if_cond_exp": "v gsyn_exc gsyn_inh",
    "if_cond_alpha": "v gsyn_exc gsyn_inh", "izhikevich": "v u",
    "izhikevich_curr_exp": "v u isyn_exc isyn_inh", "adex": "v w gsyn_exc gsyn_inh",
    "leaky": "v", "hh_cond_exp": "v m h n gsyn_exc gsyn_inh",
}  # fmt: skip


def test_all_kinds_are_exported_and_known() -> None:
    assert neurosim.neurons.__all__ == sorted(neurosim.neurons.__all__)
    assert {kind.kind for kind in KINDS} == set(PYNN)
    assert all(base.KINDS[kind.kind] is kind for kind in KINDS)


def test_importing_kinds_is_light() -> None:
    heavy = "{'numba', 'scipy', 'matplotlib', 'pandas', 'pydantic', 'nest'}"
    code = f"import sys, neurosim.neurons; sys.exit(str(sorted({heavy} & set(sys.modules))))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.stderr.strip() == "[]"


@every_kind
def test_parameters_and_start_values_are_pynns(kind: type[NeuronKind]) -> None:
    neuron = kind()
    numbers = {k: v for k, v in neuron.values().items() if not isinstance(v, str)}
    assert numbers == PYNN[kind.kind]
    trace = drive(neuron, 1)
    expected = {"v": -65.0, **START.get(kind.kind, {})}
    for state in kind.state:
        assert trace[state.name][0] == expected.get(state.name, 0.0)
    assert kind.recordable() == ("spikes", *RECORDABLE[kind.kind].split())


@every_field
@pytest.mark.parametrize(
    "nonsense",
    ["nonsense", "5 kg", None, math.nan, math.inf, -math.inf, True, [[1.0, 2.0], [3.0, 4.0]],
     [1.0, math.nan], {"a": 1.0}, 1j, pytest.param(object(), id="object")],
    ids=repr,
)  # fmt: skip
def test_nonsense_is_refused_by_name(
    kind: type[NeuronKind], field: dataclasses.Field[Any], nonsense: Any
) -> None:
    with pytest.raises(ParameterError) as caught:
        kind(**{field.name: nonsense})
    assert caught.value.field == field.name
    assert str(caught.value).startswith(f"{kind.__name__}.{field.name}: ")


@every_number
def test_negative_values_are_refused_where_they_make_no_sense(
    kind: type[NeuronKind], field: dataclasses.Field[Any]
) -> None:
    positive = field.name.startswith(("tau_", "cm", "g_leak"))
    if positive or field.name.startswith(("gbar", "delta_T")):
        with pytest.raises(ParameterError, match=field.name):
            kind(**{field.name: -1.0})
    if positive and field.name != "tau_refrac":
        with pytest.raises(ParameterError, match=field.name):
            kind(**{field.name: 0.0})


@every_kind
def test_unknown_parameters_are_refused(kind: type[NeuronKind]) -> None:
    with pytest.raises(ParameterError, match="is not a parameter"):
        kind(tau_mm=3.0)


@every_form
def test_arguments_are_known_and_all_inputs_are_used(
    kind: type[NeuronKind], timing: str, integrator: str | None
) -> None:
    step = kind.steps(timing, integrator)[-1]
    state = {s.name for s in kind.state}
    inputs = {*kind.inputs(), base.INJECTED}
    constants = set(kind().constants(0.1))
    assert len(set(step.args)) == len(step.args)
    assert not (state & constants)
    assert not (inputs & constants)
    assert not (state & inputs)
    assert state | inputs <= set(step.args) <= state | inputs | constants | {"dt"}


@every_form
def test_steps_are_free_of_branches(
    kind: type[NeuronKind], timing: str, integrator: str | None
) -> None:
    statements = (ast.Assign, ast.Return)
    for text in kind.steps(timing, integrator):
        (function,) = ast.parse(text.source).body
        assert isinstance(function, ast.FunctionDef)
        assert all(isinstance(node, statements) for node in function.body)
        assert not any(isinstance(node, ast.BoolOp) for node in ast.walk(function))


@every_number
def test_constants_of_arrays_are_those_of_their_elements(
    kind: type[NeuronKind], field: dataclasses.Field[Any]
) -> None:
    values = [field.default, field.default + 0.25]
    many = kind(**{field.name: values}).constants(0.1)
    for unit, value in enumerate(values):
        one = kind(**{field.name: value}).constants(0.1)
        assert set(one) == set(many)
        for name, constant in one.items():
            assert isinstance(constant, float)
            element = np.broadcast_to(many[name], (2,))[unit]
            assert element == pytest.approx(constant, rel=1e-14, abs=1e-300)


@every_form
def test_injected_current_excites(
    kind: type[NeuronKind], timing: str, integrator: str | None
) -> None:
    neuron = kind() if integrator is None else kind(integrator=integrator)
    amount = {"izhikevich": 0.01, "izhikevich_curr_exp": 10.0}.get(kind.kind, 2.0)
    trace = drive(neuron, 500, injected=amount, timing=timing)
    assert len(trace.spikes) > 0
    still = drive(neuron, 500, timing=timing)
    assert len(still.spikes) == 0
