"""IFCurrAlpha: the alpha current and its exact response, for any ratio of time constants."""

from __future__ import annotations

import math
from decimal import Decimal, localcontext

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from neurosim.neurons import IFCurrAlpha
from neurosim.neurons.lif_alpha import alpha_gain, psi
from tests.neurosim.neurons.drive import drive

DT = 0.1


def response(t: float, tau_m: float, tau_syn: float, cm: float) -> float:
    """mV at ``t`` ms after a spike of 1 nA arrived, in exact arithmetic."""
    with localcontext() as context:
        context.prec = 80
        t, tau_m, tau_syn, cm = (Decimal(x) for x in (t, tau_m, tau_syn, cm))
        scale = Decimal(1).exp() / tau_syn / cm * (-t / tau_m).exp()
        if tau_m == tau_syn:
            return float(scale * t * t / 2)
        rate = 1 / tau_m - 1 / tau_syn
        return float(scale * ((rate * t).exp() * (rate * t - 1) + 1) / rate / rate)


def test_current_peaks_with_the_weight_after_tau_syn() -> None:
    neuron = IFCurrAlpha(tau_syn_E=2.0, tau_syn_I=1.0, v_thresh=1e3)
    trace = drive(neuron, 200, DT, {"excitatory": {4: 3.0}, "inhibitory": {4: -2.0}})
    t = np.arange(196) * DT
    assert np.allclose(trace["isyn_exc"][5:], 3.0 * t / 2.0 * np.exp(1.0 - t / 2.0), atol=1e-13)
    assert np.allclose(trace["isyn_inh"][5:], -2.0 * t * np.exp(1.0 - t), atol=1e-13)
    assert trace["isyn_exc"].argmax() == 5 + 20
    assert trace["isyn_exc"].max() == pytest.approx(3.0, abs=1e-13)


@pytest.mark.parametrize("tau_syn", [0.02, 0.5, 5.0, 19.9999999, 20.0, 20.0000001, 20.5, 80.0])
def test_response_to_one_spike(tau_syn: float) -> None:
    neuron = IFCurrAlpha(tau_syn_E=tau_syn, tau_syn_I=tau_syn, v_thresh=1e3)
    for receptor, sign in (("excitatory", 1.0), ("inhibitory", -1.0)):
        trace = drive(neuron, 300, DT, {receptor: {2: sign}})
        exact = [response(k * DT, 20.0, tau_syn, 1.0) for k in range(298)]
        error = np.abs(trace["v"][3:] + 65.0 - sign * np.array(exact))
        assert error.max() < 2e-12


def test_very_short_time_constants_stay_finite() -> None:
    for tau_m, tau_syn in ((1e-4, 5.0), (5.0, 1e-4), (1e-4, 2e-4)):
        gain = alpha_gain(tau_m, tau_syn, 1.0, 1.0)
        assert math.isfinite(gain)
        assert gain >= 0.0


@given(st.floats(-60.0, 0.0))
def test_psi_is_its_integral(x: float) -> None:
    with localcontext() as context:
        context.prec = 60
        y = Decimal(x)
        exact = (y.exp() * (y - 1) + 1) / (y * y) if abs(x) > 1e-12 else Decimal("0.5")
        assert psi(x) == pytest.approx(float(exact), rel=1e-12)


def test_psi_of_an_array() -> None:
    x = np.array([0.0, -0.5, -1.0, -30.0])
    assert psi(x).tolist() == [psi(float(one)) for one in x]


def test_threshold_reset_and_refractoriness() -> None:
    neuron = IFCurrAlpha(i_offset=1.0, tau_refrac=2.0, v_reset=-70.0)
    trace = drive(neuron, 1500, DT)
    first = math.ceil(20.0 * math.log(20.0 / 5.0) / DT)
    later = 20 + math.ceil(20.0 * math.log(25.0 / 5.0) / DT)
    assert trace.spikes[0] == first - 1
    assert (np.diff(trace.spikes) == later).all()
    assert (trace["v"][first : first + 21] == -70.0).all()


def test_injected_current_acts_like_an_offset() -> None:
    offset = drive(IFCurrAlpha(i_offset=1.0), 1000, DT)
    injected = drive(IFCurrAlpha(), 1000, DT, injected=1.0)
    assert np.array_equal(offset.spikes, injected.spikes)
    assert np.allclose(offset["v"], injected["v"], rtol=0, atol=1e-10)
