from __future__ import annotations

import pytest

from neurosim.errors import ParameterError
from neurosim.models.ca3 import CA3Params, Circuit
from neurosim.models.ca3.params import Cell, GateCell, OutCell, Weights


@pytest.mark.parametrize(
    ("cell", "weight"), [(Cell(), 3.2924), (GateCell(), 3.3580), (OutCell(), 2.7437)]
)
def test_published_decision_points(cell, weight):
    assert cell.firing_weight == pytest.approx(weight, abs=1e-4)


def test_published_cells():
    a, b, out = Cell().neuron(), GateCell().neuron(), OutCell().neuron()
    assert (a.cm, a.tau_m, a.v_thresh) == (0.27, 3.0, -57.0)
    assert (b.cm, b.tau_m, b.v_thresh) == (0.14, 0.5, -57.0)
    assert (out.cm, out.tau_m, out.v_thresh) == (0.27, 3.0, -57.5)
    for cell in (a, b, out):
        assert (cell.tau_refrac, cell.tau_syn_E, cell.tau_syn_I) == (1.0, 0.3, 0.3)
        assert (cell.v_rest, cell.v_reset, cell.i_offset) == (-60.0, -60.0, 0.0)


def test_inhibition_is_negative():
    weights = Weights()
    assert (weights.cue_block, weights.gate_close, weights.lateral) == (-6.0, -6.0, -6.0)
    with pytest.raises(ParameterError, match=r"Weights\.gate_close: must be <= 0 nA"):
        Weights(gate_close=6.0)


def test_nested_values_can_be_given_as_mappings():
    params = CA3Params(2, 3, {"class_a": {"tau_m": 4.0}, "plasticity": {"w_max": 5.0}})
    assert params.circuit.class_a.tau_m == 4.0
    assert params.circuit.plasticity.w_max == 5.0
    assert params.circuit.class_b == Circuit().class_b


@pytest.mark.parametrize(
    ("make", "named"),
    [
        (lambda: CA3Params(0, 4), "n_cues"),
        (lambda: CA3Params(3, 2.5), "n_content"),
        (lambda: CA3Params(3, "many"), "n_content"),
        (lambda: CA3Params(3, 4, 5), "circuit"),
        (lambda: Cell(v_rest=-50.0), "v_rest"),
        (lambda: Cell(tau_m=float("nan")), "tau_m"),
        (lambda: Circuit(klass_a={}), "klass_a"),
    ],
)
def test_bad_parameters_are_named(make, named):
    with pytest.raises(ParameterError, match=rf"\.{named}:"):
        make()
