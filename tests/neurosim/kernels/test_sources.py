import numpy as np
import pytest
from scipy import stats

import neurosim as ns
from neurosim import philox
from tests.neurosim.kernels.meter import Meter, engine, entries

STEPS = 50


def arrived(net, steps=STEPS, **options):
    """Samples of the state after each step."""
    made = engine(net, **options)
    found = entries(made, steps)
    rows = [found.meter_got, found.meter_current]
    last = [[made.read(0, name)] for name in ("got", "current")]
    return [np.concatenate(pair)[1:] for pair in zip(rows, last, strict=True)]


def meters(size=23, inject=True):
    net = ns.Network()
    net.population("meter", size, Meter())
    net.record("meter", ["got", "current"])
    if inject:
        net.inject(ns.DCSource(0.0), "meter", name="nothing")
        net.inject(ns.PoissonInput(0.0, 1.0), "meter", name="none")
    return net


# spike arrays


def test_given_spikes_come_at_their_stamps_by_id_and_as_often_as_given():
    net = ns.Network()
    times = [[3.0, 3.0, 9.0], [], [3.0, 0.0 + 8.0], [0.0, 3.0, 3.0, 3.0]]
    times = [sorted(train) for train in times]
    net.population("a", 4, ns.SpikeSourceArray(spike_times=times))
    net.population("b", 2, ns.SpikeSourceArray(spike_times=[[3.0], [8.0]]))
    net.record("a", "spikes")
    net.record("b", "spikes")
    found = entries(engine(net), 10)
    pairs = sorted((int(t), unit) for unit, train in enumerate(times) for t in train)
    assert [tuple(row) for row in found.a_spikes.tolist()] == pairs
    assert found.b_spikes.tolist() == [[3, 0], [8, 1]]


def test_a_spike_after_the_end_of_time_does_not_hold_up_others():
    net = ns.Network()
    net.population("a", 2, ns.SpikeSourceArray(spike_times=[[1e300], [2.0]]))
    net.record("a", "spikes")
    with pytest.warns(ns.errors.RoundingWarning, match="rounded"):
        made = engine(net)
    assert entries(made, 5).a_spikes.tolist() == [[2, 1]]


# Poisson sources


@pytest.mark.parametrize("size", [1, 3, 4, 5, 130])
def test_poisson_spikes_are_words_below_the_threshold(size):
    rng = np.random.default_rng(size)
    net = ns.Network()
    rate, start = rng.uniform(100.0, 900.0, size), rng.integers(0, 20, size).astype(float)
    kind = ns.SpikeSourcePoisson(rate=rate, start=start, duration=25.0)
    net.population("noise", size, kind)
    net.record("noise", "spikes")
    made = engine(net, seed=8)
    (block,) = made.plan.poisson
    expected = [
        [k, unit]
        for k in range(STEPS)
        for unit in range(size)
        if start[unit] <= k < start[unit] + 25.0
        and int(philox.words(block.key, unit, k)) < round(rate[unit] * 1e-3 * 2.0**32)
    ]
    assert len(expected) > 5
    assert entries(made, STEPS).noise_spikes.tolist() == expected


def test_a_rate_of_one_spike_a_step_fires_always_and_of_zero_never():
    net = ns.Network()
    net.population("noise", 3, ns.SpikeSourcePoisson(rate=[1000.0, 0.0, 500.0]))
    net.record("noise", "spikes")
    ids = entries(engine(net), 1000).noise_spikes[:, 1]
    counts = np.bincount(ids, minlength=3)
    assert counts.tolist()[:2] == [1000, 0]
    assert abs(counts[2] - 500) < 4 * np.sqrt(250.0)


# Poisson input


def counts_of(block, steps):
    """Events by the definition: entries of a neuron's table that are <= its word."""
    found = np.zeros((steps, len(block.ids)))
    for k in range(steps):
        drawn = philox.words(block.key, block.ids, k)
        for i, table in enumerate(block.table):
            entries_ = block.tables[block.starts[table] : block.starts[table + 1]]
            found[k, i] = (entries_ <= drawn[i]).sum()
    return found


@pytest.mark.parametrize(
    "ids",
    [
        slice(None), slice(3, 20), slice(1, 2), slice(22, 23), slice(6, 10), [4, 5, 6, 7],
        [20, 3, 4, 11], slice(None, None, -1), slice(2, 23, 5),
    ],
    ids=str,
)  # fmt: skip
@pytest.mark.parametrize("rate", [300.0, 2500.0])
def test_counts_are_those_of_the_table_for_any_view(ids, rate):
    net = meters()
    net.inject(ns.PoissonInput(rate, 0.75), net["meter"][ids], name="input")
    got, _ = arrived(net)
    block = engine(net).plan.inputs[1]
    assert block.name == "input"
    expected = np.zeros((STEPS, 23))
    expected[:, block.ids] = 0.75 * counts_of(block, STEPS)
    assert expected.any()
    assert (got == expected).all()


def test_the_way_of_counting_makes_no_difference():
    rates = np.full(23, 1500.0)
    net = meters()
    net.inject(ns.PoissonInput(rates, 0.3), "meter", name="input")
    shared = engine(net)
    assert shared.shards[0].inputs.shared.tolist() == [True, True]
    searched = engine(net)
    searched.shards[0].inputs.shared[:] = False
    assert (entries(shared, STEPS).meter_got == entries(searched, STEPS).meter_got).all()


def test_long_tables_are_searched_and_give_the_right_mean():
    net = meters(200)
    net.inject(ns.PoissonInput(600_000.0, 1.0), "meter", name="input")
    made = engine(net)
    assert made.shards[0].inputs.shared.tolist() == [True, False]
    got, _ = arrived(net)
    assert abs(got.mean() - 600.0) < 4.0 * np.sqrt(600.0 / got.size)
    assert stats.kstest(stats.norm(600.0, np.sqrt(600.0)).cdf(got.ravel()), "uniform")[0] < 0.03


@pytest.mark.parametrize("mean", [1e-3, 0.1, 2.0, 50.0])
def test_counts_follow_the_poisson_distribution(mean):
    net = meters(1000)
    net.inject(ns.PoissonInput(1000.0 * mean, 1.0), "meter", name="input")
    got, _ = arrived(net, 20)
    n = got.size
    assert abs(got.mean() - mean) < 4.0 * np.sqrt(mean / n)
    assert abs(got.var() - mean) < 4.0 * np.sqrt((mean + 2.0 * mean**2) / n)


def test_rates_may_differ_and_the_window_is_kept():
    rates = np.linspace(0.0, 4000.0, 23)
    net = meters()
    net.inject(ns.PoissonInput(rates, -2.0, "inhibitory", start=10.0, stop=30.0), "meter")
    made = engine(net)
    net.record("meter", "other")
    made = engine(net)
    other = entries(made, STEPS).meter_other
    expected = -2.0 * counts_of(made.plan.inputs[1], STEPS)
    expected[:10] = expected[30:] = 0.0
    assert (other[1:] == expected[:-1]).all()
    assert (other[:, 0] == 0.0).all()
    assert expected[:, 22].any()


# currents


def test_currents_are_summed_in_order_and_reach_the_units_of_the_view():
    net = meters(inject=False)
    big = 2.0**60
    net.inject(ns.DCSource(big, start=5.0), net["meter"][3:9])
    net.inject(ns.DCSource(1.0), net["meter"][[8, 2]])
    net.inject(ns.DCSource(-big, stop=8.0), net["meter"][8:10])
    net.inject(ns.PoissonInput(0.0, 1.0), "meter", name="none")
    _, current = arrived(net, 12)
    expected = np.zeros((12, 23))
    expected[5:, 3:9] = big
    expected[:, [8, 2]] += 1.0
    expected[:8, 8:10] -= big
    assert (current == expected).all()
    assert expected[6, 8] == 0.0  # the 1 is lost between the two


def test_waves_do_not_depend_on_chunks():
    net = meters()
    net.inject(ns.ACSource(1.0, 0.5, 30.0, 20.0, start=3.0), "meter")
    net.inject(ns.NoisySource(0.0, 1.0), net["meter"][5:])
    net.inject(ns.StepSource([2.0, 9.0], [1.0, -1.0]), net["meter"][:7])
    whole = entries(engine(net), STEPS).meter_current
    made = engine(net)
    parts = [entries(made, steps).meter_current for steps in (1, 0, 7, 20, STEPS - 28)]
    assert len(np.unique(whole)) > STEPS
    assert (np.concatenate(parts) == whole).all()
    blocks = made.plan.currents
    waves = [b.source.samples(0, STEPS, 1.0, b.key) for b in blocks]
    expected = np.zeros((STEPS, 23))
    for block, wave in zip(blocks, waves, strict=True):
        expected[:, block.ids] += wave[:, np.newaxis]
    assert (whole[1:] == expected[:-1]).all()
