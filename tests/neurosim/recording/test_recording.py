import builtins
import math

import numpy as np
import pytest

import neurosim as ns
from neurosim.errors import MissingDependency, WiringError


def recording(duration=10.0):
    spikes = {
        "exc": ns.SpikeTrains(np.array([1.0, 1.0, 3.0]), np.array([0, 2, 2]), np.arange(3)),
        "inh": ns.SpikeTrains(np.empty(0), np.empty(0, np.int32), np.arange(2), 2.0, 4.0),
    }
    signal = ns.Signal(np.ones((3, 1)), np.array([0.0, 5.0, 10.0]), 5.0, np.array([2]), "mV")
    return ns.Recording(spikes, {("exc", "v"): signal}, duration, {"seed": 1})


def test_times_of_one_unit():
    trains = recording().spikes["exc"]
    assert trains.of(2).tolist() == [1.0, 3.0]
    assert trains.of(1).tolist() == []
    with pytest.raises(WiringError, match="unit 3 was not recorded"):
        trains.of(3)


def test_a_signal_is_an_array():
    signal = recording().signal("exc", "v")
    assert np.asarray(signal).shape == signal.shape == (3, 1)
    assert signal[1:, 0].tolist() == [1.0, 1.0]
    assert len(signal) == 3
    assert np.asarray(signal, dtype=np.float32).dtype == np.float32
    assert np.asarray(signal) is signal.values
    assert np.array(signal) is not signal.values


def test_a_signal_that_was_not_recorded_has_close_matches():
    with pytest.raises(WiringError, match=r"Did you mean 'exc.v'"):
        recording().signal("exc", "vv")


def test_rates_count_the_recorded_time_only():
    assert recording().rate("exc") == pytest.approx(100.0)
    assert recording().rate("inh") == 0.0
    assert math.isnan(recording(0.0).rate("exc"))
    with pytest.raises(WiringError, match=r"spikes of 'ex' were not recorded. Did you mean 'exc'"):
        recording().rate("ex")


def test_dictionary_view():
    data = recording().to_dict()
    assert data["spikes"]["exc"]["times"].tolist() == [1.0, 1.0, 3.0]
    assert data["spikes"]["inh"]["stop"] == 4.0
    assert data["signals"]["exc/v"]["unit"] == "mV"
    assert (data["duration"], data["info"]) == (10.0, {"seed": 1})


def test_pandas_view():
    frame = recording().to_pandas()
    assert list(frame.columns) == ["population", "id", "time"]
    assert frame["population"].tolist() == ["exc"] * 3
    assert frame["id"].tolist() == [0, 2, 2]
    assert frame["time"].tolist() == [1.0, 1.0, 3.0]
    assert frame["population"].cat.categories.tolist() == ["exc", "inh"]


def test_without_pandas_the_extra_is_named(monkeypatch):
    load = builtins.__import__

    def refuse(name, *args, **kwargs):
        if name == "pandas":
            raise ImportError(name)
        return load(name, *args, **kwargs)

    monkeypatch.setattr(builtins, "__import__", refuse)
    with pytest.raises(MissingDependency, match=r"neurosim-snn\[pandas\]"):
        recording().to_pandas()


def test_a_population_without_recorded_spikes_is_a_clear_error():
    with pytest.raises(WiringError, match=r"spikes of 'ecx' were not recorded. Did you mean 'exc'"):
        recording().spikes["ecx"]
    assert recording().spikes.get("ecx") is None
