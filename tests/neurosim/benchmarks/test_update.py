from __future__ import annotations

from typing import Any

import pytest

import neurosim as ns
from neurosim.benchmarks import update
from neurosim.errors import ParameterError
from tests.neurosim.kernels.test_driver import KINDS


def test_every_built_in_kind_and_integrator_has_a_bound() -> None:
    found = update.forms()
    assert {type(neuron) for neuron in found.values()} == set(KINDS)
    assert len(found) == sum(max(1, len(kind.integrators)) for kind in KINDS)
    assert found.keys() == update.BOUNDS.keys()
    for name, neuron in found.items():
        integrator = getattr(neuron, "integrator", None)
        assert name == (f"{neuron.kind} {integrator}" if integrator else neuron.kind)
    assert all(double > single > 0.0 for double, single in update.BOUNDS.values())


def test_nanoseconds_come_by_name_and_precision() -> None:
    chosen = {"if_curr_delta": ns.IFCurrDelta(), "other": ns.IFCurrDelta(tau_m=10.0)}
    found = update.measure_updates(chosen, repeats=2, duration=5.0)
    assert list(found) == ["if_curr_delta", "other"]
    for name, by_precision in found.items():
        assert list(by_precision) == ["double", "single"]
        for i, entry in enumerate(by_precision.values()):
            assert entry.keys() == {"ns", "bound_ns"}
            assert entry["bound_ns"] == (None if name == "other" else update.BOUNDS[name][i])
            assert 0.01 < entry["ns"] < 1000.0


def test_the_fastest_span_counts_per_neuron_and_step(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = iter([0.0, 5.0, 10.0, 13.0, 20.0, 24.0])
    monkeypatch.setattr(update, "process_time", lambda: next(clock))
    found = update._fastest(ns.IFCurrDelta(), "double", 3, 2.0)
    assert found == pytest.approx(3e9 / (20 * update.NEURONS))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"repeats": 0}, r"measure_updates.repeats: must be >= 1, got 0"),
        ({"duration": 0.05}, r"measure_updates.duration: must be >= 0.1 ms, got 0.05"),
    ],
)
def test_bad_options_are_refused(options: dict[str, Any], message: str) -> None:
    with pytest.raises(ParameterError, match=message):
        update.measure_updates({}, **options)
