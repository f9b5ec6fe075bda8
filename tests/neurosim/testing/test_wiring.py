from __future__ import annotations

import numpy as np

from neurosim.network import Network, connectors
from neurosim.network.projection import Projection
from neurosim.testing import wiring
from neurosim.testing.cases import CASES


def built(name: str) -> Network:
    return CASES[name].network()


def test_every_connector_is_used() -> None:
    used = {type(p.connector).__name__ for p in built("connectors").projections.values()}
    assert used == set(connectors.KINDS)


def test_groups_have_every_form() -> None:
    projections = list(built("groups").projections.values())
    views = [view for p in projections for view in (*p.pre, *p.post)]
    assert any(isinstance(view.ids, range) and view.ids.step > 1 for view in views)
    assert any((np.diff(view.array()) < 0).any() for view in views)
    assert {len(p.pre) for p in projections} == {len(p.post) for p in projections} == {1, 2}


def test_delays_go_from_one_step_to_more_than_the_run() -> None:
    case = CASES["delays"]
    delays = [p.synapse.delay for p in case.network().projections.values()]
    assert case.dt in delays
    assert max(d for d in delays if isinstance(d, float)) > case.duration
    assert any(_signed(p) for p in case.network().projections.values())


def _signed(projection: Projection) -> bool:
    return projection.signed


def test_probes_have_windows_and_intervals() -> None:
    probes = built("probes").probes
    assert any(probe.every for probe in probes)
    assert any(probe.stop for probe in probes)
    assert any(probe.start == CASES["probes"].duration for probe in probes)
    assert any(probe.target.size < probe.target.population.size for probe in probes)


def test_forward_takes_spike_times() -> None:
    network = Network()
    wiring.forward([[1.0], [], [], [2.0]])(network)
    trains = network["source"].kind.values()["spike_times"]
    assert [train.tolist() for train in trains] == [[1.0], [], [], [2.0]]
