"""The kinds do what a convention says: compared with loops that follow its words."""

from __future__ import annotations

import dataclasses
import itertools
import math
from typing import Any

import numpy as np
import pytest

from neurosim.errors import ParameterError
from neurosim.facade import simulate
from neurosim.io.nir.convention import RESET_TIMES, RESETS
from neurosim.io.nir.kinds import NIRCurrent, NIRMembrane
from neurosim.network import AllToAll, Network
from neurosim.neurons.sources import SpikeSourceArray
from neurosim.synapses import Static

N, STEPS, DT, DELAYED = 6, 60, 0.5, 3
P: dict[str, Any] = {"r": 4.0, "v_leak": 0.1, "v_threshold": 1.0, "v_reset": -0.2}
INPUT = np.random.default_rng(4).random((STEPS, 4)) < 0.35
WEIGHT = np.random.default_rng(5).normal(0.35, 0.5, (4, N))
RESETTING = [(r, t) for r, t in itertools.product(RESETS, RESET_TIMES)]


def run(kind: Any, backend: str) -> tuple[Any, Any]:
    """Spikes (steps, N) and potentials after each step of neurons that get ``INPUT @ WEIGHT``."""
    network = Network()
    trains = [(DT * np.flatnonzero(INPUT[:, j])).tolist() for j in range(4)]
    network.population("in", 4, SpikeSourceArray(trains))
    network.population("cells", N, kind)
    network.project("in", "cells", AllToAll(), Static(WEIGHT, DT))
    network.record("cells", ["v", "spikes"])
    found = simulate(network, STEPS * DT, dt=DT, seed=1, backend=backend, weights="double")
    raster = np.zeros((STEPS, N), dtype=np.bool_)
    rows = np.round(found.spikes["cells"].times / DT).astype(int) - 1
    raster[rows, found.spikes["cells"].ids] = True
    return raster, found.signal("cells", "v").values[1:]


def by_hand(kind: Any, latency: int) -> tuple[Any, Any]:
    """The same, neuron by neuron, with a branch for everything."""
    raster, trace = np.zeros((STEPS, N), dtype=np.bool_), np.zeros((STEPS, N))
    exact = kind.integrator_rule == "exact"
    cuba = isinstance(kind, NIRCurrent)
    size = kind.v_threshold - kind.v_reset

    def left(tau: float) -> float:
        return math.exp(-DT / tau) if exact else 1.0 - DT / tau

    def over(v: float) -> bool:
        return v >= kind.v_threshold if kind.threshold == "reached" else v > kind.v_threshold

    for n in range(N):
        start = {"IF": kind.v_reset, "I": 0.0, "Threshold": 0.0, "Output": 0.0}
        v, i = start.get(kind.node, kind.v_leak), 0.0
        for k in range(STEPS):
            if k >= latency:
                x = float(INPUT[k] @ WEIGHT[:, n]) + kind.i_offset
                was_over = kind.node in ("LIF", "IF", "CubaLIF") and over(v)
                value = kind.reset == "value" and kind.node != "Threshold"
                subtract = kind.reset == "subtract" and kind.node != "Threshold"
                if was_over and value and kind.reset_time == "next":
                    v = kind.v_reset
                if cuba:
                    a, old = left(kind.tau_mem), i
                    i = left(kind.tau_syn) * i + (1.0 - left(kind.tau_syn)) * kind.w_in * x
                    if kind.current == "new":
                        v = a * v + (1.0 - a) * (kind.v_leak + kind.r * i)
                    elif exact:  # solution of the two equations
                        b, s, m = left(kind.tau_syn), kind.tau_syn, kind.tau_mem
                        v = a * v + (1.0 - a) * kind.v_leak
                        v += kind.r * old * s / (s - m) * (b - a)
                    else:
                        v = a * v + (1.0 - a) * (kind.v_leak + kind.r * old)
                elif kind.node in ("LIF", "LI"):
                    a = left(kind.tau)
                    v = a * v + (1.0 - a) * (kind.v_leak + kind.r * x)
                elif kind.node in ("IF", "I"):
                    v = v + kind.r * x * DT / 1000.0
                else:
                    v = x
                if was_over and subtract and kind.reset_time in ("next", "held", "once"):
                    v -= size
                if was_over and value and kind.reset_time == "held":
                    v = kind.v_reset
                if kind.node in ("LIF", "IF", "CubaLIF", "Threshold") and over(v):
                    raster[k, n] = True
                if value and raster[k, n] and kind.reset_time in ("same", "once"):
                    v = kind.v_reset
                if subtract and kind.reset_time == "same" and raster[k, n]:
                    v -= size
                if subtract and kind.reset_time == "once":
                    v -= size * (float(raster[k, n]) - float(was_over))
            trace[k, n] = v
    return raster, trace


def compare(kind: Any, latency: int = 0, backend: str = "numba") -> Any:
    raster, trace = run(kind, backend)
    expected, potentials = by_hand(kind, latency)
    assert np.array_equal(raster, expected)
    assert np.abs(trace - potentials).max() < 1e-10  # sums of another order
    return raster


@pytest.mark.parametrize(("reset", "reset_time"), RESETTING)
def test_resets_of_lif(reset: str, reset_time: str) -> None:
    kind = NIRMembrane("LIF", tau=6.0, **P, i_offset=0.1, reset=reset, reset_time=reset_time)
    assert compare(kind).sum() > 20


@pytest.mark.parametrize(("reset", "reset_time"), RESETTING)
def test_resets_of_cuba_lif(reset: str, reset_time: str) -> None:
    kind = NIRCurrent(
        "CubaLIF", 3.0, 8.0, **P, w_in=6.0, i_offset=0.1, reset=reset, reset_time=reset_time
    )
    assert compare(kind).sum() > 20


@pytest.mark.parametrize("node", ["LIF", "LI", "IF", "I", "Threshold", "Output"])
@pytest.mark.parametrize("rule", ["euler", "exact"])
@pytest.mark.parametrize("threshold", ["above", "reached"])
def test_nodes_of_membranes(node: str, rule: str, threshold: str) -> None:
    p = P | {"r": 900.0} if node in ("IF", "I") else P
    kind = NIRMembrane(node, 6.0, **p, integrator_rule=rule, threshold=threshold)
    spikes = compare(kind).sum()
    assert spikes > 10 if node in ("LIF", "IF", "Threshold") else spikes == 0


@pytest.mark.parametrize("node", ["CubaLIF", "CubaLI"])
@pytest.mark.parametrize("rule", ["euler", "exact"])
@pytest.mark.parametrize("current", ["new", "old"])
def test_nodes_with_a_current(node: str, rule: str, current: str) -> None:
    kind = NIRCurrent(node, 3.0, 8.0, **P, w_in=6.0, integrator_rule=rule, current=current)
    spikes = compare(kind).sum()
    assert spikes > 10 if node == "CubaLIF" else spikes == 0


@pytest.mark.parametrize("backend", ["numba", "reference"])
@pytest.mark.parametrize(
    "kind", [NIRMembrane("LIF", 6.0, **P), NIRCurrent("CubaLIF", 3.0, 8.0, **P, w_in=6.0)],
    ids=["membrane", "current"],
)  # fmt: skip
def test_nothing_happens_before_the_latency(kind: Any, backend: str) -> None:
    late = kind.replace(latency=DELAYED, i_offset=0.4)
    raster = compare(late, DELAYED, backend)
    assert raster.sum() > 20
    assert not raster[:DELAYED].any()


def test_a_threshold_that_is_reached_spikes_only_if_the_convention_says_so() -> None:
    for threshold, spikes in (("above", 0), ("reached", STEPS)):
        kind = NIRMembrane("Threshold", i_offset=1.0, threshold=threshold)
        network = Network()
        network.population("cells", 1, kind)
        network.record("cells")
        found = simulate(network, STEPS * DT, dt=DT, seed=1)
        assert len(found.spikes["cells"].times) == spikes


KINDS = (NIRMembrane, NIRCurrent)
FIELDS = [(kind, f.name) for kind in KINDS for f in dataclasses.fields(kind)]


@pytest.mark.parametrize(("kind", "field"), FIELDS, ids=[f"{k.__name__}.{f}" for k, f in FIELDS])
@pytest.mark.parametrize(
    "nonsense",
    ["nonsense", None, math.nan, math.inf, True, [[1.0, 2.0]], {"a": 1.0}, 1j],
    ids=repr,
)
def test_nonsense_is_refused_by_name(kind: Any, field: str, nonsense: Any) -> None:
    with pytest.raises(ParameterError, match=f"^{kind.__name__}.{field}: "):
        kind(**{field: nonsense})


@pytest.mark.parametrize("kind", KINDS)
def test_a_reset_above_the_threshold_is_refused(kind: Any) -> None:
    with pytest.raises(ParameterError, match="v_threshold: must be > v_reset"):
        kind(v_threshold=0.0)
    with pytest.raises(ParameterError, match="v_threshold: must be > v_reset"):
        kind(v_threshold=[1.0, 0.5], v_reset=[0.0, 0.5])
    assert NIRMembrane("Threshold", v_threshold=-1.0)
    assert NIRCurrent("CubaLI", v_threshold=0.0)
