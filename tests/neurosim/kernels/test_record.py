import numpy as np
import pytest

import neurosim as ns
from neurosim.backends import clocked
from neurosim.kernels.layout import STRIP
from tests.neurosim.kernels.meter import Meter, engine, entries, spikes_in

SIZES = (1, STRIP - 1, STRIP, STRIP + 1, 300, 2)
STEPS = 30


def driven(timing="standard"):
    """Populations of one kind, each unit fired by a source of its own one step later."""
    rng = np.random.default_rng(6)
    net = ns.Network(timing=timing)
    trains = {}
    for number, size in enumerate(SIZES):
        name = f"p{number}"
        trains[name] = spikes_in(size, STEPS - 2, rng, 0.1)
        net.population(f"{name} source", size, ns.SpikeSourceArray(spike_times=trains[name]))
        net.population(name, size, Meter(limit=0.5))
        net.project(f"{name} source", name, ns.OneToOne(), ns.Static(1.0, 1.0))
    return net, trains


def expected(trains, first=0, last=STEPS, ids=None):
    pairs = [
        (int(stamp) + 1, unit)
        for unit, train in enumerate(trains)
        for stamp in np.unique(train)
        if first <= stamp + 1 < last and (ids is None or unit in ids)
    ]
    return [list(pair) for pair in sorted(pairs)]


def all_spikes(made, steps):
    found = entries(made, steps)
    return {name: getattr(found, f"{name}_spikes").tolist() for name in names(made)}


def names(made):
    return [p.name for p in made.plan.populations if p.block >= 0]


@pytest.mark.parametrize("timing", ["standard", "spinnaker"])
def test_spikes_belong_to_the_right_population_and_unit(timing):
    net, trains = driven(timing)
    for name in trains:
        net.record(name, "spikes")
    made = engine(net)
    assert len(made.plan.neurons) == 1
    assert all_spikes(made, STEPS) == {name: expected(t) for name, t in trains.items()}


@pytest.mark.parametrize(
    "units",
    [
        slice(None), slice(0, 0), [0], [-1], slice(None, None, STRIP),
        slice(STRIP - 1, None, STRIP), [STRIP - 1, STRIP, STRIP + 1],
    ],
    ids=["all", "none", "first", "last", "first of strips", "last of strips", "around a strip"],
)  # fmt: skip
def test_all_some_or_none_of_a_block_may_fire(units):
    net = ns.Network()
    for number, size in enumerate(SIZES):
        net.population(f"p{number}", size, Meter(limit=0.5))
        net.record(f"p{number}", "spikes")
    made = engine(net)
    places = np.arange(sum(SIZES))[units]
    made.shards[0].neurons.inputs[places] = 1.0
    found = all_spikes(made, 1)
    ends = np.cumsum(SIZES)
    for number, (end, size) in enumerate(zip(ends, SIZES, strict=True)):
        mine = places[(places >= end - size) & (places < end)] - (end - size)
        assert found[f"p{number}"] == [[1, unit] for unit in mine.tolist()]
    assert all_spikes(made, 1) == {name: [] for name in names(made)}


def test_some_units_some_populations_and_a_window_are_recorded():
    net, trains = driven()
    net.record(net["p4"][[200, 3, 127, 128, 299]], "spikes", start=5.0, stop=21.0)
    net.record(net["p1"][10:12], "spikes")
    found = entries(engine(net), STEPS)
    assert found.p4_spikes.tolist() == expected(trains["p4"], 5, 21, {3, 127, 128, 200, 299})
    assert found.p1_spikes.tolist() == expected(trains["p1"], ids={10, 11})
    assert len(found.p4_spikes) > 5
    assert not hasattr(found, "p0_spikes")


def test_more_spikes_than_are_held_make_no_difference(monkeypatch):
    net, trains = driven()
    for name in trains:
        net.record(name, "spikes")
        net.record(f"{name} source", "spikes")
    whole = engine(net).advance(STEPS).entries
    monkeypatch.setattr(clocked, "SPIKES_HELD", 1)
    made = engine(net)
    calls = []
    advance = made.team.advance
    made.team.advance = lambda *args: calls.append(args[1]) or advance(*args)
    found = made.advance(STEPS).entries
    assert len(calls) >= 3
    assert sum(len(stamps) for stamps, _ in whole) > 2000
    for a, b in zip(whole, found, strict=True):
        assert (a[0] == b[0]).all()
        assert (a[1] == b[1]).all()


@pytest.mark.parametrize("pieces", [(STEPS,), (1, 2, 0, 3, 10, 14)])
@pytest.mark.parametrize("timing", ["standard", "spinnaker"])
def test_samples_are_taken_at_their_stamps(timing, pieces):
    net, trains = driven(timing)
    views = {
        "p4": ([299, 0, 128, 5], 3.0, 4.0, 26.0),
        "p1": ([126], 1.0, 0.0, None),
        "p5": ([0, 1], 7.0, 100.0, None),
    }
    for name, (ids, every, start, stop) in views.items():
        net.record(net[name][ids], "got", every=every, start=start, stop=stop)
    made = engine(net)
    parts = [entries(made, steps) for steps in pieces]
    for name, (ids, every, start, stop) in views.items():
        found = np.concatenate([getattr(part, f"{name}_got") for part in parts])
        stamps = np.arange(start, min(STEPS, stop or STEPS), every).astype(int)
        assert found.shape == (len(stamps), len(ids))
        for column, unit in zip(found.T, sorted(ids), strict=True):
            arrived = np.bincount(trains[name][unit].astype(int) + 1, minlength=STEPS)
            late = 0 if timing == "standard" else 1  # there a sample shows the stamp before
            seen = [arrived[m - late] if m >= late else 0 for m in stamps.tolist()]
            assert column.tolist() == seen
