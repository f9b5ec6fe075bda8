import numpy as np
import pytest

from neurosim.errors import ParameterError
from neurosim.pynn.renewal import GammaTrains, RefractoryTrains


def gamma(alpha=4.0, beta=400.0, start=0.0, duration=1e9, size=3):
    values = {"alpha": alpha, "beta": beta, "start": start, "duration": duration}
    return {name: np.full(size, value) for name, value in values.items()}


def refractory(rate=100.0, tau_refrac=5.0, start=0.0, duration=1e9, size=3):
    values = {"rate": rate, "tau_refrac": tau_refrac, "start": start, "duration": duration}
    return {name: np.full(size, value) for name, value in values.items()}


def intervals(spikes, unit):
    return np.diff([t for u, t in spikes if u == unit])


def test_moments_of_gamma_intervals():
    spikes = GammaTrains(1).until(1e5, 0.01, 7, gamma())
    for unit in range(3):
        found = intervals(spikes, unit)
        assert found.mean() == pytest.approx(10.0, rel=0.02)
        assert found.std() / found.mean() == pytest.approx(0.5, rel=0.03)


def test_moments_of_refractory_intervals():
    spikes = RefractoryTrains(1).until(1e5, 0.01, 7, refractory())
    found = intervals(spikes, 0)
    assert found.min() >= 5.0
    assert found.mean() == pytest.approx(10.0, rel=0.02)
    assert (found - 5.0).std() == pytest.approx(5.0, rel=0.03)


@pytest.mark.parametrize(("kind", "values"), [(GammaTrains, gamma), (RefractoryTrains, refractory)])
def test_pieces_make_the_same_trains_and_seeds_others(kind, values):
    whole = kind(2).until(500.0, 0.1, 7, values())
    trains = kind(2)
    pieces = [s for end in (0.0, 99.9, 100.0, 500.0) for s in trains.until(end, 0.1, 7, values())]
    assert sorted(pieces) == sorted(whole)
    trains.restart()
    assert trains.until(500.0, 0.1, 7, values()) == whole
    assert kind(2).until(500.0, 0.1, 8, values()) != whole
    assert kind(3).until(500.0, 0.1, 7, values()) != whole
    assert len({t for u, t in whole}) == len(whole)


def test_they_begin_and_end_when_they_should():
    spikes = GammaTrains(1).until(1000.0, 0.1, 7, gamma(start=200.0, duration=300.0))
    times = [t for _, t in spikes]
    assert 200.0 < min(times) < 240.0
    assert 460.0 < max(times) < 500.0


@pytest.mark.parametrize(
    ("kind", "values", "text"),
    [
        (GammaTrains, gamma(alpha=0.0), r"SpikeSourceGamma.alpha: must be > 0, got 0"),
        (GammaTrains, gamma(beta=-1.0), r"SpikeSourceGamma.beta: must be > 0, got -1"),
        (RefractoryTrains, refractory(rate=-1.0), r"Refractory.rate: must be >= 0, got -1"),
        (RefractoryTrains, refractory(tau_refrac=-1.0), r"tau_refrac: must be >= 0, got -1"),
        (
            RefractoryTrains,
            refractory(rate=200.0),
            r"rate: must be below 1000 / tau_refrac",
        ),
    ],
)
def test_values_without_a_train(kind, values, text):
    with pytest.raises(ParameterError, match=text):
        kind(1).until(10.0, 0.1, 7, values)


def test_no_rate_no_spikes():
    assert RefractoryTrains(1).until(1e4, 0.1, 7, refractory(rate=0.0)) == []


def test_sources_drive_a_network_and_repeat_after_a_reset(sim):
    source = sim.Population(2, sim.SpikeSourceGamma(alpha=2.0, beta=100.0))
    cells = sim.Population(2, sim.IF_curr_exp())
    sim.Projection(source, cells, sim.OneToOneConnector(), sim.StaticSynapse(weight=5.0, delay=1.0))
    source.record("spikes")
    cells.record("spikes")
    for _ in range(2):
        sim.run(300.0)
        sim.run(200.0)
        sim.reset()
    first, second = source.get_data().segments
    assert [t.magnitude.tolist() for t in first.spiketrains] == [
        t.magnitude.tolist() for t in second.spiketrains
    ]
    assert 40 < sum(map(len, first.spiketrains)) < 70
    assert sum(map(len, cells.get_data().segments[0].spiketrains)) > 10
