import numpy as np
import pytest

import neurosim as ns
from neurosim.neurons import arithmetic
from tests.neurosim.kernels.meter import Meter, engine, entries, spikes_in

SIZE, STEPS = 9, 40


def network(timing="standard"):
    net = ns.Network(timing=timing)
    trains = spikes_in(SIZE, STEPS, np.random.default_rng(4))
    net.population("source", SIZE, ns.SpikeSourceArray(spike_times=trains))
    net.population("meter", 140, Meter())
    net.record("meter", ["got", "other"])
    return net, trains


def random_pairs(rng, n=60, n_post=140):
    """Pairs, some of them twice, with delays up to 6 steps."""
    pairs = np.stack([rng.integers(0, SIZE, n), rng.integers(0, n_post, n)], axis=1)
    pairs = np.concatenate([pairs, pairs[:9]])
    return pairs, rng.integers(1, 7, len(pairs)).astype(float)


def expected(net, trains, projections):
    """What arrives at each stamp: sums in the stated order, in float64."""
    got = np.zeros((STEPS + 1, 140))
    for stamp in range(STEPS + 1):
        for pairs, weights, delays in projections:
            order = np.lexsort((np.arange(len(pairs)), pairs[:, 1], pairs[:, 0], delays))
            for i in order:
                source, target = pairs[i]
                for _ in range((trains[source] == stamp - delays[i]).sum()):
                    got[stamp, target] += weights[i]
    return got


def run(net, **options):
    """What arrived at each stamp from 0 on."""
    made = engine(net, **options)
    samples = entries(made, STEPS).meter_got
    last = made.read(made.plan.population("meter"), "got")
    first = 0 if made.plan.timing == "standard" else 1  # there a sample shows the stamp before
    return np.concatenate([samples[first:], [last]])


@pytest.mark.parametrize("timing", ["standard", "spinnaker"])
@pytest.mark.parametrize("weights", ["single", "double"])
def test_spikes_arrive_after_their_delay_and_are_summed_in_order(timing, weights):
    rng = np.random.default_rng(1)
    net, trains = network(timing)
    projections = []
    for number in range(3):
        pairs, delays = random_pairs(rng)
        amounts = rng.normal(size=len(pairs)) * 10.0 ** rng.integers(-9, 9, len(pairs))
        net.project(
            "source", "meter", ns.FromList(pairs), ns.Static(amounts, delays), name=str(number)
        )
        stored = amounts.astype(np.float32 if weights == "single" else np.float64)
        projections.append((pairs, stored.astype(float), delays))
    pairs, delays = random_pairs(rng)
    net.project("source", "meter", ns.FromList(pairs), ns.Static(0.1, delays), name="shared")
    projections.append((pairs, np.full(len(pairs), 0.1), delays))
    found = run(net, weights=weights)
    wanted = expected(net, trains, projections)
    assert np.count_nonzero(wanted) > 1000
    assert (found == wanted[: len(found)]).all()


def test_the_order_of_additions_is_projection_delay_source_target():
    big = 2.0**60
    net = ns.Network()
    net.population("source", 3, ns.SpikeSourceArray(spike_times=[[3.0, 4.0], [4.0], [2.0, 4.0]]))
    net.population("meter", 1, Meter())
    net.record("meter", "got")
    rows = [  # in their order at stamp 5: delay 1 of sources 0, 1, 2, then delay 2, then delay 3
        (2, 1.0, 64.0),
        (0, 2.0, big),
        (1, 1.0, -big),
        (2, 3.0, 1.0),
        (0, 1.0, big),
        (0, 1.0, 16.0),
    ]
    sources, delays, weights = (list(column) for column in zip(*rows, strict=True))
    pairs = [(source, 0) for source in sources]
    net.project("source", "meter", ns.FromList(pairs), ns.Static(weights, delays))
    net.project("source", "meter", ns.FromList([(1, 0)]), ns.Static(-big, 1.0))
    total = 0.0
    for weight in (big, 16.0, -big, 64.0, big, 1.0, -big):
        total += weight
    made = engine(net, weights="double")
    made.advance(5)
    assert made.read(1, "got")[0] == total == 0.0
    made = engine(net, weights="double")
    made.set_weights(0, made.synapses(0, True).weight * 0.5)
    made.advance(5)
    assert made.read(1, "got")[0] == -big / 2


def test_only_sources_of_the_view_transmit():
    net, trains = network()
    net.project(net["source"][3:5], net["meter"][130:], ns.AllToAll(), ns.Static(1.0, 2.0))
    net.project(net["source"][[7, 1]], net["meter"][:1], ns.AllToAll(), ns.Static(0.5, 1.0))
    pairs = [(a, b) for a in (3, 4) for b in range(130, 140)]
    first = np.array(pairs), np.ones(20), np.full(20, 2.0)
    second = np.array([(1, 0), (7, 0)]), np.full(2, 0.5), np.ones(2)
    assert (run(net) == expected(net, trains, [first, second])).all()


def test_what_arrives_after_the_run_is_not_seen_before():
    net, trains = network()
    net.project("source", "meter", ns.AllToAll(), ns.Static(1.0, 1e4))
    made = engine(net)
    assert not entries(made, STEPS).meter_got.any()
    last = max(train.max() for train in trains)
    assert made.advance(10_000).entries[0][:, 0].sum() == sum(map(len, trains))
    assert last + 1e4 < made.step


def test_receptors_have_accumulators_of_their_own():
    net, _ = network()
    net.project("source", "meter", ns.AllToAll(), ns.Static(1.0, 1.0))
    net.project("source", "meter", ns.AllToAll(), ns.Static(-3.0, 1.0), "inhibitory")
    found = entries(engine(net), STEPS)
    assert found.meter_got.any()
    assert (found.meter_other == -3.0 * found.meter_got).all()


def efficacies(stamps, rule, dt):
    """``x u`` at each arrival."""
    found, x, u = [], 1.0, rule.U
    for i, stamp in enumerate(stamps):
        if i:
            h = float(stamp - stamps[i - 1]) * dt
            x = 1.0 + (x - x * u - 1.0) * arithmetic.exp(-h / rule.tau_rec)
            still = arithmetic.exp(-h / rule.tau_facil) if rule.tau_facil else 0.0
            u = rule.U + u * (1.0 - rule.U) * still if rule.tau_facil else rule.U
        found.append(x * u)
    return found


@pytest.mark.parametrize("facilitation", [0.0, 60.0])
def test_dynamic_synapses_transmit_their_efficacy(facilitation):
    net, trains = network()
    rule = ns.TsodyksMarkram(2.0, 1.0, U=0.3, tau_rec=25.0, tau_facil=facilitation)
    delays = np.arange(1.0, 1.0 + SIZE)
    pairs = [(source, source) for source in range(SIZE)]
    net.project("source", "meter", ns.FromList(pairs), rule.replace(delay=delays))
    amounts = np.arange(2.0, 2.0 + SIZE)
    own = rule.replace(delay=1.0, weight=amounts)
    net.project("source", "meter", ns.FromList(pairs), own, "inhibitory")
    net.project("source", "meter", ns.FromList([(0, 100)]), ns.Static(1.0, 1.0))
    found = entries(engine(net), STEPS)
    for source, train in enumerate(trains):
        assert len(np.unique(train)) < len(train)  # two spikes in one step
        factors = efficacies(train.astype(int).tolist(), rule, 1.0)
        got, other = np.zeros((2, STEPS + 20))
        for stamp, factor in zip(train.astype(int), factors, strict=True):
            got[stamp + 1 + source] += factor * 2.0
            other[stamp + 1] += factor * amounts[source]
        assert (found.meter_got[:, source] == got[:STEPS]).all()
        assert (found.meter_other[:, source] == other[:STEPS]).all()
    static = np.bincount(trains[0].astype(int) + 1, minlength=STEPS)[:STEPS]
    assert (found.meter_got[:, 100] == static).all()


@pytest.mark.parametrize("timing", ["standard", "spinnaker"])
def test_weights_fixed_on_emission_are_summed_apart_and_added_last(timing):
    big = 2.0**60
    net = ns.Network(timing=timing)
    net.population("source", 2, ns.SpikeSourceArray(spike_times=[[2.0, 3.0], [3.0]]))
    net.population("meter", 1, Meter())
    still = ns.STDP([big, 32.0], [2.0, 1.0], w_max=2.0 * big, A_plus=0.0, A_minus=0.0)
    net.project("source", "meter", ns.FromList([(0, 0), (1, 0)]), still)
    net.project("source", "meter", ns.FromList([(1, 0)]), ns.Static(-big, 1.0))
    made = engine(net, weights="double")
    made.advance(4 if timing == "standard" else 5)
    assert made.read(1, "got")[0] == -big + (big + 32.0) == 0.0
    made.advance(1)
    assert made.read(1, "got")[0] == big
    made.advance(3)
    assert made.read(1, "got")[0] == 0.0
