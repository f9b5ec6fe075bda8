import numpy as np
import pytest
from scipy import stats

import neurosim as ns
from neurosim.errors import ParameterError
from neurosim.neurons.currents import CURRENTS

EXAMPLES = [
    ns.DCSource(0.5, start=1.0, stop=3.0),
    ns.StepSource([0.5, 2.0], [1.0, -1.0]),
    ns.ACSource(amplitude=2.0, offset=0.5, frequency=100.0, phase=30.0, start=1.0, stop=8.0),
    ns.NoisySource(mean=0.2, stdev=0.5, start=1.0, stop=8.0),
    ns.NoisySource(dt=2.0),
]


def test_a_constant_current_lasts_from_start_to_stop():
    values = ns.DCSource(0.5, start=1.0, stop=2.0).samples(0, 6, 0.5, 0)
    assert values.tolist() == [0.0, 0.0, 0.5, 0.5, 0.0, 0.0]
    assert ns.DCSource(0.5).samples(10, 3, 0.5, 0).tolist() == [0.5] * 3
    assert ns.DCSource(0.5, start=0.7, stop=0.7).samples(0, 4, 0.5, 0).tolist() == [0.0] * 4


def test_times_off_the_grid_take_effect_with_the_next_step():
    assert ns.DCSource(1.0, start=0.6, stop=1.1).samples(0, 4, 0.5, 0).tolist() == [0, 0, 1, 0]
    assert ns.StepSource([0.6], [1.0]).samples(0, 4, 0.5, 0).tolist() == [0, 0, 1, 1]


def test_times_on_the_grid_are_met_despite_rounding():
    assert ns.DCSource(1.0, start=0.3).samples(0, 5, 0.1, 0).tolist() == [0, 0, 0, 1, 1]
    assert ns.StepSource([0.3], [1.0]).samples(2, 2, 0.1, 0).tolist() == [0, 1]


def test_steps_hold_their_value_until_the_next():
    values = ns.StepSource([0.5, 2.0], [1.0, -1.0]).samples(0, 6, 0.5, 0)
    assert values.tolist() == [0.0, 1.0, 1.0, 1.0, -1.0, -1.0]
    assert ns.StepSource([], []).samples(0, 2, 0.5, 0).tolist() == [0.0, 0.0]


def test_a_sine_follows_its_equation():
    source = ns.ACSource(amplitude=2.0, offset=0.5, frequency=100.0, phase=30.0, start=1.0)
    t = np.arange(2, 40) * 0.5
    expected = 0.5 + 2.0 * np.sin(2.0 * np.pi * 100.0 * (t - 1.0) / 1000.0 + np.pi / 6.0)
    np.testing.assert_allclose(source.samples(2, 38, 0.5, 0), expected, atol=1e-12)
    assert source.samples(0, 2, 0.5, 0).tolist() == [0.0, 0.0]


def test_noise_has_its_mean_and_deviation():
    values = ns.NoisySource(mean=0.2, stdev=0.5).samples(0, 20_000, 0.1, 77)
    assert stats.kstest((values - 0.2) / 0.5, "norm").pvalue > 0.01
    assert abs(np.corrcoef(values[1:], values[:-1])[0, 1]) < 0.02
    assert (ns.NoisySource(stdev=0.0).samples(0, 9, 0.1, 77) == 0.0).all()


def test_noise_keeps_its_value_for_its_interval():
    values = ns.NoisySource(dt=2.0).samples(0, 40, 0.5, 1).reshape(10, 4)
    assert (values == values[:, :1]).all()
    assert len(np.unique(values)) == 10


def test_noise_depends_on_its_stream():
    source = ns.NoisySource()
    assert (source.samples(0, 9, 0.1, 1) != source.samples(0, 9, 0.1, 2)).all()


@pytest.mark.parametrize("source", EXAMPLES, ids=repr)
def test_chunks_do_not_change_a_current(source):
    whole = source.samples(0, 30, 0.5, 5)
    parts = [source.samples(first, 7, 0.5, 5) for first in range(0, 28, 7)]
    assert np.concatenate(parts).tobytes() == whole[:28].tobytes()


@pytest.mark.parametrize("kind", [ns.DCSource, ns.ACSource, ns.NoisySource])
def test_currents_end_after_their_start(kind):
    with pytest.raises(ParameterError, match=rf"{kind.__name__}.stop: must be >= start"):
        kind(start=2.0, stop=1.0)


@pytest.mark.parametrize(
    ("times", "amplitudes", "words"),
    [
        ([1.0, 1.0], [0.1, 0.2], "times: must be >= 0 ms and strictly increasing"),
        ([-1.0], [0.1], "times: must be >= 0 ms"),
        ([1.0], [0.1, 0.2], "amplitudes: must have 1 values, one per time"),
        ([[1.0]], [0.1], "times: must be a flat list of finite numbers"),
        ([1.0], [np.inf], "amplitudes: must be a flat list of finite numbers"),
        ("a", [0.1], "times: must be a list of numbers"),
    ],
)
def test_wrong_steps_are_refused(times, amplitudes, words):
    with pytest.raises(ParameterError, match=f"StepSource.{words}"):
        ns.StepSource(times, amplitudes)


def test_currents_are_listed_by_name():
    assert set(CURRENTS) == {"DCSource", "StepSource", "ACSource", "NoisySource"}
    assert all(kind.__name__ == name for name, kind in CURRENTS.items())
