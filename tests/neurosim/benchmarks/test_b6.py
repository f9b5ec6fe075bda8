import json

import numpy as np
import pytest

import neurosim as ns
from neurosim.benchmarks import b6
from neurosim.errors import ParameterError


def test_the_rate_is_the_published_one_and_a_sample_is_the_plain_loop():
    net, samples = b6.build(seed=3, batch=4)
    recording = ns.simulate_batch(net, samples, 100.0, dt=b6.DT, seed=3, weights="double")
    low, high = b6.ACCEPTED
    assert low <= recording.counts("hidden").mean() / b6.STEPS <= high
    w_in, w_rec = (p.synapse.weight for p in net.projections.values())
    x = samples[2]["in"]
    v, s = np.zeros(b6.HIDDEN), np.zeros(b6.HIDDEN, dtype=bool)
    found = recording[2].spikes["hidden"]
    for step in range(b6.STEPS):
        v = 0.95 * v + w_in[x[step]].sum(axis=0) + w_rec[s].sum(axis=0) - s
        s = v > 1.0
        ids = found.ids[found.times == (step + 1) * b6.DT]
        assert np.array_equal(ids, np.flatnonzero(s))


def test_the_seed_decides():
    (net, samples), (again, same), (other, _) = b6.build(1, 2), b6.build(1, 2), b6.build(2, 2)
    assert net == again
    assert net != other
    assert all((a["in"] == b["in"]).all() for a, b in zip(samples, same, strict=True))
    assert 0.018 < np.mean([s["in"].mean() for s in samples]) < 0.022


def test_a_measurement_is_plain_data():
    found = b6.measure(repeats=2, precision="single")
    json.dumps(found)
    assert found["rates_ok"] is True
    assert found["synapses"] == 1_700_000
    assert 2.9e8 < found["events"] < 3.5e8
    assert found["events"] % b6.HIDDEN == 0
    assert 0 < found["wall_s"] <= found["wall_median_s"]
    assert 0 < found["cpu_s"] <= found["cpu_median_s"]
    assert found["ns_per_event"] == pytest.approx(1e9 * found["wall_s"] / found["events"])
    assert found["peak_mb"] > 10


def test_repeats_are_checked():
    with pytest.raises(ParameterError, match=r"measure\.repeats"):
        b6.measure(repeats=0)
