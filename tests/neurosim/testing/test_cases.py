from __future__ import annotations

import pytest

from neurosim.network import Network
from neurosim.network.network import TIMINGS
from neurosim.neurons import IFCurrExp
from neurosim.neurons.sources import SOURCES
from neurosim.testing.cases import CASES
from neurosim.testing.start import start


@pytest.mark.parametrize("name", CASES)
def test_cases_lie_on_the_grid_and_spike(name: str) -> None:
    case = CASES[name]
    with start("reference", case) as simulation:
        plan = simulation.plan
        recording = simulation.run(case.duration).recording()
    assert plan.notes == ()
    neurons = {population for block in plan.neurons for population in block.slices}
    assert sum(len(trains) for p, trains in recording.spikes.items() if p in neurons) > 5


def test_cases_cover_timings_weights_and_sources() -> None:
    assert {case.timing for case in CASES.values()} == set(TIMINGS)
    assert {case.weights for case in CASES.values()} == {"single", "double"}
    used = {
        population.kind.kind
        for case in CASES.values()
        for population in case.network().populations.values()
        if population.is_source
    }
    assert used == set(SOURCES)


def test_something_may_come_before() -> None:
    def before(network: Network) -> None:
        network.population("zero", 1, IFCurrExp())

    network = CASES["delays"].network(before)
    assert next(iter(network.populations)) == "zero"
    assert list(network.populations)[1:] == list(CASES["delays"].network().populations)
