from __future__ import annotations

import numpy as np
import pytest

from neurosim.errors import NeurosimError, ParameterError
from neurosim.experiments.spinnaker_agreement import EXPERIMENT
from neurosim.experiments.spinnaker_agreement.experiment import configured
from neurosim.experiments.spinnaker_agreement.networks import LAGS
from neurosim.hardware.spinnaker.targets import VARIABLE

from .running import drawn, failed, run

SHORT = {"vogels_abbott": 200.0, "izhikevich": 500.0}


@pytest.fixture(autouse=True)
def no_board(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(VARIABLE, raising=False)


@pytest.fixture(scope="module")
def outcome():
    return run(EXPERIMENT, **SHORT)


def test_claims_hold(outcome):
    assert list(failed(outcome)) == []
    metrics = outcome.result.metrics
    assert metrics["board"] == "none"
    assert metrics["stress_spikes"] == 1828
    assert metrics["izhikevich_rhythm_emulated"] == pytest.approx(
        metrics["izhikevich_rhythm_float"], abs=10.0
    )


def test_the_window_is_that_of_the_rule(outcome):
    lag = LAGS + 1.0  # the whole delay is dendritic: the cell's spike is seen 1 ms later
    exact = np.where(lag > 0, np.exp(-lag / 20.0), -np.exp(lag / 20.0))
    np.testing.assert_allclose(outcome.result.arrays["stdp_float"], exact, atol=1e-4)
    step = 2.0**-14 / (0.02 * 0.05)  # of the board's weights, in units of the change
    apart = outcome.result.arrays["stdp_emulated"] - exact
    assert np.abs(apart).max() < step


def test_figure(outcome):
    titles = [a.get_title(loc="right") for a in drawn(EXPERIMENT, outcome).axes]
    assert titles == [
        "CA3: 0 spikes differ",
        "plasticity window",
        "Vogels-Abbott",
        "Izhikevich cells",
    ]


def test_a_board_is_one_that_was_named(monkeypatch):
    assert configured("") is None
    assert configured("virtual") is None
    assert "somewhere" in str(configured("board:somewhere?version=3").target)
    monkeypatch.setenv(VARIABLE, "board:elsewhere")
    assert "elsewhere" in str(configured("").target)
    with pytest.raises(ParameterError, match="board: must be a text"):
        run(EXPERIMENT, board=3)
    with pytest.raises(NeurosimError):
        configured("bord:x")
