from __future__ import annotations

import pytest
from hypothesis import HealthCheck, Phase, find, given, settings

from neurosim.network.network import TIMINGS
from neurosim.plan import lower
from neurosim.synapses import STDP
from neurosim.testing.cases import Case
from neurosim.testing.start import outcome
from neurosim.testing.strategies import DT, cases

FEW = settings(
    max_examples=15,
    phases=[Phase.generate],
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.large_base_example],
)


@pytest.mark.parametrize("timing", TIMINGS)
def test_networks_can_be_lowered_and_are_of_one_make(timing: str) -> None:
    makes = set()

    @FEW
    @given(case=cases(timing))
    def look(case: Case) -> None:
        plan = lower(case.network(), DT, 1)
        assert plan.timing == timing
        varied = [
            tuple(name for name, value in block.constants.items() if not isinstance(value, float))
            for block in plan.neurons
        ]
        kinds = frozenset(block.synapse.kind for block in plan.synapses)
        makes.add((tuple(varied), kinds >= {"stdp", "tsodyks_markram"}))

    look()
    assert len(makes) == 1


def test_networks_differ() -> None:
    def rich(case: Case) -> bool:
        rules = [p.synapse for p in case.network().projections.values()]
        mixed = any(isinstance(r, STDP) and 0.0 < r.dendritic_delay_fraction < 1.0 for r in rules)
        return mixed and len(rules) > 6 and len(case.network()["first"]) > 3

    assert rich(find(cases(), rich, settings=settings(FEW, max_examples=100)))


def test_networks_spike() -> None:
    def busy(case: Case) -> bool:
        spikes = outcome("reference", case).recording.spikes
        return all(len(spikes[name]) > 3 for name in ("first", "second", "third"))

    assert busy(find(cases(), busy, settings=settings(FEW, max_examples=100)))
