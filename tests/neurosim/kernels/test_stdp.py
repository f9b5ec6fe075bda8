import math

import numpy as np
import pytest

import neurosim as ns
from neurosim.kernels import stdp
from neurosim.synapses.stdp import DEPENDENCES
from tests.neurosim.kernels.meter import Meter, engine, entries, spikes_in

TAU = {"tau_plus": 12.0, "tau_minus": 17.0}
RULE = {**TAU, "A_plus": 0.04, "A_minus": 0.03, "w_min": 0.1, "w_max": 0.9}


def pair(pre, post, weight=0.5, delay=1.0, fraction=0.0, weights="double", **rule):
    """A plastic synapse whose source spikes at ``pre`` and whose target at ``post`` (stamps)."""
    net = ns.Network()
    net.population("pre", 1, ns.SpikeSourceArray(spike_times=[pre]))
    net.population("teacher", 1, ns.SpikeSourceArray(spike_times=[[t - 1.0 for t in post]]))
    net.population("post", 1, Meter(limit=10.0))
    net.project("teacher", "post", ns.OneToOne(), ns.Static(20.0, 1.0))
    plastic = ns.STDP(weight, delay, dendritic_delay_fraction=fraction, **{**RULE, **rule})
    net.project("pre", "post", ns.OneToOne(), plastic)
    net.record("post", ["spikes", "got"])
    return engine(net, weights=weights)


def weight(made, pending=True, block=1):
    return float(made.synapses(block, pending).weight[0])


def change(dependence, sign, w, share, mu_plus=0.5, mu_minus=0.5):
    """The published change of a weight by one pair."""
    low, high = RULE["w_min"], RULE["w_max"]
    q = (w - low) / (high - low)
    k = share * (RULE["A_plus"] if sign > 0 else RULE["A_minus"])
    if sign > 0:
        factor = {"multiplicative": high - w, "gutig": high * (1.0 - q) ** mu_plus}
    else:
        factor = {"additive": high, "gutig": high * q**mu_minus}
    return sign * k * factor.get(dependence, high if sign > 0 else w - low)


@pytest.mark.parametrize("dependence", DEPENDENCES)
@pytest.mark.parametrize(("pre", "post"), [(4.0, 9.0), (9.0, 4.0), (9.0, 10.0), (4.0, 30.0)])
@pytest.mark.parametrize("mu", [(0.5, 0.5), (0.0, 1.0), (1.0, 0.0)])
def test_one_pair_changes_the_weight_by_the_published_amount(dependence, pre, post, mu):
    made = pair([pre], [post], dependence=dependence, mu_plus=mu[0], mu_minus=mu[1])
    assert entries(made, 50).post_spikes.tolist() == [[post, 0]]
    gap = post - (pre + 1.0)
    tau = TAU["tau_plus"] if gap > 0 else TAU["tau_minus"]
    sign = 1.0 if gap > 0 else -1.0
    moved = change(dependence, sign, 0.5, math.exp(-abs(gap) / tau), *mu)
    assert weight(made) == pytest.approx(0.5 + moved, rel=1e-12)
    waiting = 0.5 if gap > 0 else weight(made)
    assert weight(made, pending=False) == waiting


@pytest.mark.parametrize(
    ("fraction", "delay", "axonal"), [(0.0, 6.0, 6), (0.5, 6.0, 3), (1.0, 6.0, 0), (0.25, 5.0, 4)]
)
def test_both_spikes_are_seen_after_their_share_of_the_delay(fraction, delay, axonal):
    made = pair([10.0], [8.0 + 2.0 * axonal], delay=delay, fraction=fraction)
    made.advance(60)
    gap = (8.0 + 2.0 * axonal + delay - axonal) - (10.0 + axonal)
    sign, tau = (1.0, TAU["tau_plus"]) if gap > 0 else (-1.0, TAU["tau_minus"])
    assert weight(made) == pytest.approx(
        0.5 + change("additive", sign, 0.5, math.exp(-abs(gap) / tau)), rel=1e-12
    )


def test_at_equal_times_the_postsynaptic_spike_comes_first():
    made = pair([9.0], [10.0])
    made.advance(30)
    assert weight(made) == pytest.approx(0.5 + change("additive", -1.0, 0.5, 1.0), rel=1e-12)


@pytest.mark.parametrize("fraction", [0.0, 1.0])
def test_a_spike_transmits_the_potentiated_weight(fraction):
    made = pair([3.0, 12.0], [8.0], fraction=fraction)
    got = entries(made, 20).post_got[:, 0]
    gap = 4.0 if fraction == 0.0 else 6.0
    grown = 0.5 + change("additive", 1.0, 0.5, math.exp(-gap / TAU["tau_plus"]))
    after = 5.0 if fraction == 0.0 else 3.0
    fallen = grown + change("additive", -1.0, grown, math.exp(-after / TAU["tau_minus"]))
    assert got[4] == 0.5
    assert got[13] == pytest.approx(grown if fraction == 0.0 else fallen, rel=1e-12)
    assert weight(made) == pytest.approx(fallen, rel=1e-12)


@pytest.mark.parametrize("pairing", ["all_to_all", "nearest"])
def test_which_pairs_count(pairing):
    made = pair([3.0, 5.0], [10.0, 13.0], pairing=pairing)
    made.advance(30)
    shares = [
        math.exp(-(post - pre - 1.0) / TAU["tau_plus"])
        for post in (10.0, 13.0)
        for pre in ((3.0, 5.0) if pairing == "all_to_all" else (5.0,))
    ]
    assert weight(made) == pytest.approx(0.5 + 0.04 * 0.9 * sum(shares), rel=1e-12)


@pytest.mark.parametrize("dependence", ["additive", "gutig"])
@pytest.mark.parametrize("sign", [1, -1])
def test_weights_stay_within_their_bounds(dependence, sign):
    pre, post = [2.0, 12.0, 22.0, 32.0], [4.0, 14.0, 24.0, 34.0]
    pre, post = (pre, post) if sign > 0 else (post, pre)
    strong = {"A_plus": 0.9, "A_minus": 0.9, "dependence": dependence}
    strong |= {"A_minus": 0.0} if sign > 0 else {"A_plus": 0.0}
    made = pair(pre, post, **strong)
    made.advance(60)
    found = weight(made)
    assert RULE["w_min"] <= found <= RULE["w_max"]
    if dependence == "additive":
        assert found == (RULE["w_max"] if sign > 0 else RULE["w_min"])


# what is looked up side by side, and what is not


@pytest.mark.parametrize("precision", ["double", "single"])
@pytest.mark.parametrize("fraction", [0.0, 1.0])
@pytest.mark.parametrize("count", range(12))
def test_any_number_of_postsynaptic_spikes_may_wait(count, fraction, precision):
    times = 10.0 + 2.0 * np.arange(count)
    made = pair([4.0, 50.0], times, fraction=fraction, weights=precision, A_minus=0.0)
    made.advance(60)
    gaps = times - 5.0 if fraction == 0.0 else times + 1.0 - 4.0
    grown = 0.5 + 0.04 * 0.9 * np.exp(-gaps / TAU["tau_plus"]).sum()
    rel = 1e-12 if precision == "double" else 1e-6
    assert weight(made, pending=False) == pytest.approx(grown, rel=rel)


@pytest.mark.parametrize("pause", [3e3, 32e3, 32768.0, 36e3, 40e3, 44e3, 61440.0, 65536.0, 7e4])
@pytest.mark.parametrize("tau", [12.0, 30000.0])
def test_spikes_far_apart_count_for_what_they_are(pause, tau):
    late = [5.0 + pause, 9.0 + pause]
    made = pair([4.0, *late], [8.0], tau_plus=tau, tau_minus=tau)
    made.advance(int(pause) + 20)
    expected = 0.5 + change("additive", 1.0, 0.5, math.exp(-3.0 / tau))
    for time in late:
        expected += change("additive", -1.0, 0.5, math.exp(-(time + 1.0 - 8.0) / tau))
    assert weight(made) == pytest.approx(expected, rel=1e-12)


def test_a_silent_target_leaves_the_weight_alone():
    made = pair([4.0, 9000.0, 70000.0, 70001.0], [], tau_plus=3e4, tau_minus=3e4)
    made.advance(70010)
    assert weight(made) == weight(made, pending=False) == 0.5


@pytest.mark.parametrize("delay", [4000.0, 4200.0, 30000.0])
def test_dendritic_delays_may_be_long(delay):
    made = pair([10.0, delay + 20.0], [15.0, delay + 18.0], delay=delay, fraction=1.0)
    made.advance(int(2 * delay) + 30)
    expected = 0.5
    for pre in (10.0, delay + 20.0):
        for post in (15.0 + delay, 2 * delay + 18.0):
            sign, tau = (1.0, TAU["tau_plus"]) if post > pre else (-1.0, TAU["tau_minus"])
            expected += change("additive", sign, 0.5, math.exp(-abs(post - pre) / tau))
    assert weight(made) == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize(("start", "bound"), [(2.0, 0.9), (-1.0, 0.1)])
def test_a_weight_outside_its_bounds_stays_until_its_first_event(start, bound):
    made = pair([4.0, 12.0, 40.0], [20.0, 60.0], weight=start, w_min=0.1, w_max=0.9)
    made.advance(19)
    assert weight(made) == start
    made.advance(10)
    assert weight(made) == pytest.approx(bound, abs=0.05)
    assert weight(made, pending=False) == start
    for more in (3, 5, 40):
        made.advance(more)
        assert 0.1 <= weight(made) <= 0.9
    made.set_weights(1, np.array([start]))
    made.advance(1)
    assert weight(made) == start


# histories of postsynaptic spikes


def busy(fraction, precision="double"):
    """Many plastic synapses with several delays, and targets that fire often."""
    rng = np.random.default_rng(8)
    net = ns.Network()
    net.population("pre", 12, ns.SpikeSourceArray(spike_times=spikes_in(12, 200, rng, 0.06)))
    net.population("teacher", 7, ns.SpikeSourceArray(spike_times=spikes_in(7, 200, rng, 0.3)))
    net.population("post", 7, Meter(limit=10.0))
    net.project("teacher", "post", ns.OneToOne(), ns.Static(20.0, 1.0))
    for number, dependence in enumerate(("additive", "gutig")):
        rule = ns.STDP(
            ns.Uniform(0.2, 0.8), ns.Uniform(1.0, 5.0), dependence=dependence,
            dendritic_delay_fraction=fraction, **RULE,
        )  # fmt: skip
        net.project("pre", "post", ns.FixedProbability(0.8), rule, name=str(number))
    net.record("post", ["spikes", "got"])
    return engine(net, precision=precision)


def short(made, depth):
    """The engine with room for that many postsynaptic spikes of a neuron."""
    (shard,) = made.shards
    shape = (len(shard.posts.count), depth)
    shard.posts = shard.posts._replace(stamp=np.zeros(shape, np.int64), trace=np.zeros(shape))
    return made


@pytest.mark.parametrize("fraction", [0.0, 0.4, 1.0])
@pytest.mark.parametrize("depth", [8, 11])
def test_full_histories_are_emptied_without_a_trace(fraction, depth):
    whole, made = busy(fraction), short(busy(fraction), depth)
    emptied = []
    make_room = made.access.make_room
    made.access.make_room = lambda step: emptied.append(step) or make_room(step)
    for _ in range(4):
        expected, found = entries(whole, 50), entries(made, 50)
        assert (found.post_spikes == expected.post_spikes).all()
        assert (found.post_got == expected.post_got).all()
        for block in (1, 2):
            assert (made.synapses(block, True).weight == whole.synapses(block, True).weight).all()
    assert len(emptied) > 5
    assert not (whole.synapses(1, True).weight == busy(fraction).synapses(1, True).weight).all()


def test_emptying_leaves_frozen_synapses_alone():
    whole, made = busy(0.4), short(busy(0.4), 8)
    for one in (whole, made):
        one.advance(60)
        one.flush(1)
        one.freeze(1, True)
    before = whole.synapses(1, False).weight
    expected, found = entries(whole, 60), entries(made, 60)
    assert (found.post_got == expected.post_got).all()
    for one in (whole, made):
        assert (one.synapses(1, False).weight == before).all()
        one.flush(1)
        one.freeze(1, False)
    expected, found = entries(whole, 60), entries(made, 60)
    assert (found.post_got == expected.post_got).all()
    for block in (1, 2):
        assert (made.synapses(block, True).weight == whole.synapses(block, True).weight).all()


def test_old_spikes_are_dropped_but_the_newest():
    made = busy(0.0)
    posts = short(made, 8).shards[0].posts
    rows = {0: [], 1: [3], 2: [3, 9], 3: [3, 9, 10], 4: [12, 14], 5: [1, 2, 3, 4], 6: [10]}
    for row, stamps in rows.items():
        posts.count[row] = len(stamps)
        posts.stamp[row, : len(stamps)] = stamps
        posts.trace[row, : len(stamps)] = 0.5 * np.array(stamps)
    stdp.forget_posts(9, 0, 6, posts)
    kept = [posts.stamp[row, : posts.count[row]].tolist() for row in rows]
    assert kept == [[], [3], [9], [9, 10], [12, 14], [4], [10]]
    for row, stamps in enumerate(kept):
        assert posts.trace[row, : len(stamps)].tolist() == [0.5 * s for s in stamps]


# looking


@pytest.mark.parametrize("fraction", [0.0, 0.4, 1.0])
def test_looking_at_weights_changes_nothing(fraction):
    made = busy(fraction)
    made.advance(130)
    before = made.state()
    raw, present = (made.synapses(1, pending).weight for pending in (False, True))
    assert (raw != present).any()
    np.testing.assert_equal(made.state(), before)
    made.flush(1)
    assert (made.synapses(1, False).weight == present).all()
    assert (made.synapses(2, False).weight != made.synapses(2, True).weight).any()
    made.flush(1)
    assert (made.synapses(1, True).weight == present).all()
