import numpy as np
import pytest

import neurosim as ns
from neurosim.backends import footprint
from neurosim.backends.bundles import bundles
from neurosim.backends.footprint import COUNT_BYTES, PTR_BYTES, require_memory, synapse_bytes
from neurosim.backends.layout import lay_out
from neurosim.backends.share import shares
from neurosim.errors import SimulationError
from neurosim.plan.connect import Drawer
from neurosim.plan.lower import lower

DELAYS = np.where(np.arange(20) % 2, 1.0, 2.0)


def parts(weight, size=100, n=1, **options):
    """Two projections that are joined, with 20 synapses onto each target and two delays."""
    net = ns.Network()
    net.population("a", 20, ns.IFCurrExp())
    net.population("b", size, ns.IFCurrExp())
    delay = np.broadcast_to(DELAYS[:, np.newaxis], (20, size)).copy()
    net.project("a", "b", ns.AllToAll(), ns.Static(weight, delay))
    net.project("a", "a", ns.AllToAll(), ns.Static(weight, 1.0))
    plan = lower(net, 0.5, 1, **options)
    drawers = [Drawer(block, plan.dt) for block in plan.synapses]
    spans = shares(plan, drawers, n)
    return plan, bundles(plan, spans), drawers, spans


@pytest.mark.parametrize(
    ("weight", "options", "wide", "each"),
    [
        (0.5, {}, False, 2), (0.5, {}, True, 4),
        (ns.Uniform(0.1, 0.2), {}, False, 6), (ns.Uniform(0.1, 0.2), {}, True, 8),
        (ns.Uniform(0.1, 0.2), {"weights": "double"}, False, 10),
    ],
)  # fmt: skip
def test_a_synapse_takes_its_target_and_its_own_weight(weight, options, wide, each):
    plan, joined, drawers, _ = parts(weight, **options)
    assert synapse_bytes(plan, joined, drawers, wide) == each * (20 * 100 + 20 * 20)


@pytest.mark.parametrize("weight", [0.5, ns.Uniform(0.1, 0.2)], ids=["one weight", "own"])
@pytest.mark.parametrize("n", [1, 2])
def test_the_estimate_is_what_the_arrays_take_and_the_counts(weight, n):
    plan, joined, drawers, spans = parts(weight, n=n)
    found = footprint.footprint(plan, joined, drawers, spans, n)
    taken = 0
    for shard in lay_out(plan, drawers, n).shards:
        synapses = shard.synapses
        taken += sum(a.nbytes for a in (synapses.ptr, synapses.targets, synapses.weights))
    segments = 20 * 2
    assert found == pytest.approx(taken + n * segments * COUNT_BYTES, abs=2 * n * PTR_BYTES)


def test_wide_targets_count():
    narrow, wide = (parts(0.5, size) for size in (65_516, 65_517))
    (bundle,) = narrow[1]
    assert len(bundle.blocks) == 2
    first = synapse_bytes(*narrow[:3], wide=False)
    assert footprint.footprint(*narrow, 1) == first + 40 * (COUNT_BYTES + PTR_BYTES)
    assert len(wide[1]) == 2  # apart, both are narrow
    second = synapse_bytes(*wide[:3], wide=False)
    assert second == first + 20 * 2
    single = parts(0.5, 70_000)
    assert footprint.footprint(*single, 1) > 4 * 20 * 70_000


def test_a_network_that_fits_passes_and_one_that_does_not_is_refused():
    require_memory(5e6, 1e6, 5_000_000)
    text = r"network needs about 5\.72 MiB \(1e\+06 synapses, .*\), 4\.77 MiB are free"
    with pytest.raises(SimulationError, match=text):
        require_memory(6e6, 1e6, 5_000_000)


def test_where_the_system_does_not_tell_nothing_is_refused(monkeypatch):
    monkeypatch.setattr(footprint, "available", lambda: None)
    require_memory(1e18, 1e17)


def test_by_default_the_system_is_asked(monkeypatch):
    monkeypatch.setattr(footprint, "available", lambda: 1000)
    require_memory(1000.0, 10)
    with pytest.raises(SimulationError, match="are free"):
        require_memory(1001.0, 10)


def test_spikes_in_flight_count_and_very_long_delays_are_refused():
    plan, _, drawers, _ = parts(0.5)
    assert footprint.history_bytes(plan, drawers, 2) == 2 * 4 * (4 * 120 + 24 * 2)
    net = ns.Network()
    net.population("a", 10, ns.IFCurrExp())
    net.project("a", "a", ns.AllToAll(), ns.Static(0.1, 1e9))
    with pytest.raises(SimulationError, match=r"in flight for the longest delay"):
        ns.prepare(net, dt=0.5, seed=1)
