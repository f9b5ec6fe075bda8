from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest

from neurosim.benchmarks.cases import Case, Settings
from neurosim.benchmarks.definition import Bench, Group, MeanWeight
from neurosim.benchmarks.networks import b1, b4, b5
from neurosim.benchmarks.registry import benchmark
from neurosim.benchmarks.spans import judged, measure, out_degrees
from neurosim.errors import NeurosimError
from neurosim.facade import prepare
from neurosim.network import Network
from neurosim.neurons import IFCurrExp

KEYS = (
    "bench scale variant threads backend precision seed duration_ms repeats neurons synapses "
    "spikes events rate_hz rates rates_ok wall_s wall_median_s cpu_s cpu_median_s rtf "
    "ns_per_event build_s peak_mb bytes_per_synapse calibration_s load engine"
)


def test_a_measurement_is_complete_and_consistent():
    found = measure(b1(0.5), Settings(duration=100.0, repeats=2))
    assert set(KEYS.split()) == found.keys()
    assert json.loads(json.dumps(found, allow_nan=False)) == found
    assert (found["neurons"], found["synapses"], found["repeats"]) == (2000, 160_000, 2)
    assert found["rtf"] == pytest.approx(found["wall_s"] / 0.1)
    assert found["ns_per_event"] == pytest.approx(1e9 * found["wall_s"] / found["events"], rel=1e-4)
    assert found["wall_s"] <= found["wall_median_s"]
    assert found["rates_ok"] is None
    exc, inh = found["rates"]["excitatory"], found["rates"]["inhibitory"]
    assert 0.8 * exc + 0.2 * inh == pytest.approx(found["rate_hz"])
    assert found["spikes"] == pytest.approx(found["rate_hz"] * 0.1 * 2000, abs=0.5)
    # out-degrees have a mean of 80 over all neurons, and nearly so over those that fired
    assert found["events"] == pytest.approx(80 * found["spikes"], rel=0.05)


def test_spans_that_follow_each_other_are_all_counted():
    one = measure(b1(0.25), Settings(duration=200.0, repeats=1))
    two = measure(b1(0.25), Settings(duration=100.0, repeats=2))
    assert one["rate_hz"] == two["rate_hz"]
    assert one["events"] == pytest.approx(2 * two["events"], abs=2)


def test_plastic_networks_start_every_span_anew():
    settings = Settings(duration=50.0, repeats=1)
    one = measure(b4(0.05), settings)
    two = measure(b4(0.05), replace(settings, repeats=2))
    for key in ("rate_hz", "mean_weight", "events", "spikes"):
        assert one[key] == two[key]
    assert one["mean_weight"] != pytest.approx(0.1, abs=1e-9)
    assert one["weight_ok"] is None


def test_a_mean_weight_is_judged_after_its_span():
    made = replace(b4(0.05), mean_weight=MeanWeight("plastic", 20.0, (0.09, 0.11)))
    assert measure(made, Settings(duration=20.0, repeats=1))["weight_ok"] is True
    made = replace(made, mean_weight=MeanWeight("plastic", 20.0, (0.2, 0.3)))
    assert measure(made, Settings(duration=20.0, repeats=1))["weight_ok"] is False
    assert measure(made, Settings(duration=10.0, repeats=1))["weight_ok"] is None


def test_events_of_several_populations_are_those_of_their_out_degrees():
    made = b5(0.01)
    settings = Settings(duration=50.0, repeats=1)
    found = measure(made, settings)
    assert set(found["rates"]) == set(made.network.populations)
    with prepare(made.network, **settings.simulation_options()) as simulation:
        degrees = out_degrees(simulation, made)
        simulation.run(made.warmup + 50.0)
        spikes = simulation.recording().spikes
    assert found["synapses"] == sum(p.connector.n for p in made.network.projections.values())
    events = sum(
        degrees[name][spikes[name].ids[spikes[name].times >= made.warmup - 0.05]].sum()
        for name in degrees
    )
    assert found["events"] == events > 0


def two_groups(**accepted):
    net = Network()
    net.population("cells", 10, IFCurrExp())
    groups = Group("a", "cells", 0, 4), Group("b", "cells", 4, 10)
    return Bench("x", 1.0, "", net, groups, accepted=accepted)


def test_rates_are_judged_by_group_and_over_all():
    spikes = {"a": 8, "b": 30}
    assert judged(two_groups(), spikes, 2.0) == {
        "rate_hz": 1.9, "rates": {"a": 1.0, "b": 2.5}, "rates_ok": None,
    }  # fmt: skip
    assert judged(two_groups(mean=(1.8, 2.0)), spikes, 2.0)["rates_ok"] is True
    assert judged(two_groups(mean=(2.0, 3.0)), spikes, 2.0)["rates_ok"] is False
    assert judged(two_groups(a=(0.9, 1.1), b=(2.6, 3.0)), spikes, 2.0)["rates_ok"] is False
    assert judged(two_groups(mean=(1.8, 2.0)), 38, 2.0) == {
        "rate_hz": 1.9, "rates": {}, "rates_ok": True,
    }  # fmt: skip


def test_silence_has_no_cost_per_event():
    found = benchmark("b7").measure(Case("b7", 0.01, "silent"), Settings(duration=20.0, repeats=1))
    assert (found["events"], found["ns_per_event"], found["rate_hz"]) == (0, None, 0.0)


def test_a_peer_is_judged_by_the_same_rules():
    chosen, case = benchmark("b4"), Case("b4", 1.0, "one")
    spikes = {"excitatory": 368_000, "inhibitory": 92_000}
    good = chosen.judge(case, {"spikes": spikes, "mean_weight": 0.0998}, 1000.0)
    assert (good["rates_ok"], good["weight_ok"]) == (True, True)
    bad = chosen.judge(case, {"spikes": 470_000, "mean_weight": 0.11}, 1000.0)
    assert (bad["rates_ok"], bad["weight_ok"]) == (True, False)
    assert chosen.judge(case, {"spikes": 100, "mean_weight": None}, 1000.0)["rates_ok"] is False


def test_a_step_is_one_step():
    benchmark("b3").step(Case("b3", 0.01, "one"), Settings())
    with pytest.raises(NeurosimError, match="backend"):
        benchmark("b3").step(Case("b3", 0.01, "one"), Settings(backend="none"))


def test_the_seed_reaches_the_network():
    chosen = benchmark("b7")
    case = Case("b7", 0.01, "sparse")
    a, b = (np.asarray(chosen.made(case, s).network["cells"].kind.i_offset) for s in (1, 2))
    assert not np.array_equal(a, b)
