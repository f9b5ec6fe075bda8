"""HHCondExp: rates, order of convergence, spikes, stability."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from neurosim.neurons import HHCondExp, hh
from tests.neurosim.neurons.drive import drive, errors, orders

LEVEL = -33.0


@given(st.floats(-50.0, 50.0))
def test_ratio_is_smooth_through_zero(x: float) -> None:
    exact = x / math.expm1(x) if x != 0.0 else 1.0
    assert hh.ratio(x, math.exp(x)) == pytest.approx(exact, rel=1e-13)


NAMES = ("m opening", "m closing", "h opening", "h closing", "n opening", "n closing")


def traub_miles(u: float) -> tuple[float, ...]:
    return (
        0.32 * (13.0 - u) / math.expm1((13.0 - u) / 4.0),
        0.28 * (u - 40.0) / math.expm1((u - 40.0) / 5.0),
        0.128 * math.exp((17.0 - u) / 18.0),
        4.0 / (1.0 + math.exp((40.0 - u) / 5.0)),
        0.032 * (15.0 - u) / math.expm1((15.0 - u) / 5.0),
        0.5 * math.exp((10.0 - u) / 40.0),
    )


@given(st.floats(-300.0, 300.0).filter(lambda u: u not in (13.0, 15.0, 40.0)))
def test_rates_are_those_of_traub_and_miles(u: float) -> None:
    for name, rate, exact in zip(NAMES, hh.rates(u), traub_miles(u), strict=True):
        assert rate == pytest.approx(exact, rel=1e-12), name


@pytest.mark.parametrize("u", [1e3, 1e5, 1e300, math.inf])
def test_rates_stay_finite_at_any_potential(u: float) -> None:
    for sign in (1.0, -1.0):
        assert hh.rates(sign * u) == hh.rates(sign * 300.0)
        assert all(0.0 <= rate < math.inf for rate in hh.rates(sign * u))


def test_rates_at_their_singularities() -> None:
    assert hh.rates(13.0)[0] == pytest.approx(0.32 * 4.0, rel=1e-15)
    assert hh.rates(40.0)[1] == pytest.approx(0.28 * 5.0, rel=1e-15)
    assert hh.rates(15.0)[4] == pytest.approx(0.032 * 5.0, rel=1e-15)


def test_second_order_of_convergence_through_a_spike() -> None:
    steps = (0.1, 0.05, 0.025)
    inputs = {"excitatory": {0.4: 0.005}}
    found = errors(HHCondExp(), HHCondExp(), steps, 0.001, 4.0, inputs, injected=1.0)
    assert np.abs(orders(found) - 2.0).max() < 0.2


def test_conductances_decay_and_act() -> None:
    inputs = {"excitatory": {4: 0.02}, "inhibitory": {4: 0.01}}
    trace = drive(HHCondExp(), 100, 0.1, inputs)
    t = np.arange(96) * 0.1
    assert np.allclose(trace["gsyn_exc"][5:], 0.02 * np.exp(-t / 0.2), rtol=0, atol=1e-14)
    assert np.allclose(trace["gsyn_inh"][5:], 0.01 * np.exp(-t / 2.0), rtol=0, atol=1e-14)
    quiet = drive(HHCondExp(), 100, 0.1)
    assert (trace["v"][6:20] > quiet["v"][6:20]).all()
    inhibited = drive(HHCondExp(), 100, 0.1, {"inhibitory": {4: 0.01}})
    assert (inhibited["v"][6:] < quiet["v"][6:]).all()


def test_spike_is_the_first_maximum_above_the_level() -> None:
    trace = drive(HHCondExp(), 2000, 0.05, injected=1.0)
    v = trace["v"]
    up = np.flatnonzero((v[:-1] < LEVEL) & (v[1:] >= LEVEL)) + 1
    assert len(trace.spikes) == len(up) > 8
    for crossing, spike in zip(up, trace.spikes, strict=True):
        assert v[spike] == v[crossing : crossing + 20].max()
        assert v[spike + 1] < v[spike]
        assert 2 <= spike - crossing <= 5  # the peak comes 0.1 to 0.2 ms after the crossing


def test_low_maxima_do_not_count() -> None:
    trace = drive(HHCondExp(gbar_Na=0.0), 400, 0.05, {"excitatory": {20: 0.05, 200: 2.0}})
    peaks = trace["v"][:200].max(), trace["v"][200:].max()
    assert peaks[0] < LEVEL < peaks[1]
    assert len(trace.spikes) == 1
    assert trace.spikes[0] > 200


def test_a_plateau_counts_once() -> None:
    strong = drive(HHCondExp(gbar_K=0.0), 2000, 0.05, injected=1.0)
    assert strong["v"][-1] > LEVEL
    assert len(strong.spikes) == 1


def test_start_values_are_near_equilibrium() -> None:
    trace = drive(HHCondExp(), 2000, 0.1)
    assert len(trace.spikes) == 0
    assert np.abs(trace["v"] + 65.0).max() < 1.0
    for gate, rest in (("m", 0.01), ("h", 1.0), ("n", 0.03)):
        assert trace[gate][-1] == pytest.approx(rest, abs=5e-3)


def test_injected_current_acts_like_an_offset() -> None:
    offset = drive(HHCondExp(i_offset=1.0), 300, 0.1)
    injected = drive(HHCondExp(), 300, 0.1, injected=1.0)
    assert np.array_equal(offset.spikes, injected.spikes)
    assert np.allclose(offset["v"], injected["v"], rtol=0, atol=1e-9)


@pytest.mark.parametrize("dt", [0.1, 1.0, 10.0])
@pytest.mark.parametrize("inputs", [{}, {"excitatory": {3: 50.0}}, {"inhibitory": {3: 50.0}}])
def test_any_step_is_stable(dt: float, inputs: Any) -> None:
    trace = drive(HHCondExp(), 200, dt, inputs, injected=1.0)
    assert trace["v"].min() > -90.0
    assert trace["v"].max() < 60.0
    for gate in "mhn":
        assert trace[gate].min() >= 0.0
        assert trace[gate].max() <= 1.0
